/* One request to Temporal: its way through the budget of visibility calls, and its
 * tries. Must not know what it is for. */
#include "backend/temporal_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"

/* A first board needs about eight calls: the first second has all of its calls at once,
 * then never more than eight fall into a second. */
enum { TRIES = 3, FIRST = 8, FIRST_MS = 1000, BURST = 4, SLOWER_AFTER_MS = 1000, PAGE_MIN = 100 };

/* temporal.api.enums.v1.ResourceExhaustedCause, in a refusal's details: the database was
 * asked for too much, not the server for too many calls. */
#define PERSISTENCE_LIMIT "RESOURCE_EXHAUSTED_CAUSE_PERSISTENCE_LIMIT"

struct temporal_call {
	struct temporal *t;
	struct temporal_call *prev, *next;
	struct http_request *request;	/* NULL: queued, or waiting for its next try */
	struct temporal_decoding *decoding;	/* its answer is at the codec, or NULL */
	struct watch *again;
	const char *method, *header;
	char *target, *body;
	size_t rows, asked;	/* see struct temporal_ask; of those asked for in this try */
	bool listed, keyed, sealed, queued;
	bool held;		/* until it is known which endpoint this is */
	int timeout_ms, tries;
	temporal_heard_fn *heard;
	void *arg;
};

/* ---- targets ---- */

void temporal_add_space(struct str *target, const struct temporal *t)
{
	str_add_text(target, "/api/v1/namespaces/");
	http_add_encoded(target, view_of(t->space));
}

bool temporal_can_address(const struct temporal *t, const char *workflow_id)
{
	return t->settings.is_ui || !strchr(workflow_id, '/');
}

void temporal_add_workflow(struct str *target, const struct temporal *t, const char *workflow_id)
{
	temporal_add_space(target, t);
	str_add_text(target, "/workflows/");
	http_add_encoded(target, view_of(workflow_id));
}

void temporal_add_query(struct str *target, const char *name, struct view value)
{
	if (!value.len)
		return;
	bool first = view_find_byte(view_of_str(target), '?', 0) == SIZE_MAX;
	str_addf(target, "%c%s=", first ? '?' : '&', name);
	http_add_encoded(target, value);
}

void temporal_add_run(struct str *target, const char *run_id)
{
	temporal_add_query(target, "execution.runId", view_of(run_id));
}

/* ---- what answers mean ---- */

bool temporal_ok(const struct http_answer *a)
{
	return a->status >= 200 && a->status < 300;
}

enum outcome temporal_outcome(int status)
{
	if (!status || status == 429 || status == 503 || status == 504)
		return OUTCOME_UNREACHABLE;
	if (status == 404)
		return OUTCOME_NOT_FOUND;
	if (status == 501)
		return OUTCOME_UNSUPPORTED;
	if (status >= 500)
		return OUTCOME_UNREACHABLE;
	return status < 300 ? OUTCOME_OK : OUTCOME_REFUSED;
}

void temporal_add_words(struct str *s, const struct temporal *t, const struct http_answer *a)
{
	struct arena arena = { 0 };
	if (a->status)
		str_add(s, temporal_refusal(a->body, a->status, &arena));
	else if (!a->sent)
		str_addf(s, "Temporal does not answer on %s", t->where);
	else
		str_add_text(s, err_text(a->err));
	for (size_t i = 0; i < s->len; i++) {
		if (s->ptr[i] == '\n')
			s->ptr[i] = ' ';
	}
	arena_release(&arena);
}

/* ---- the budget ---- */

static void refill(struct temporal *t)
{
	struct temporal_budget *b = &t->budget;
	int64_t now = when_mono_ms();
	if (b->rate < b->most && now - b->slowed_ms >= t->times.better_ms) {
		b->rate = b->rate * 2 < b->most ? b->rate * 2 : b->most;
		b->slowed_ms = now;
		loop_timer_set(b->timer, 0);	/* says so: here an operation may be under way */
	}
	if (now < b->filled_ms)
		return;
	b->tokens += (double)(now - b->filled_ms) / 1000 * b->rate;
	b->tokens = b->tokens < BURST ? b->tokens : BURST;
	b->filled_ms = now;
}

static size_t rows_of(const struct temporal *t, size_t rows)
{
	return t->budget.page && t->budget.page < rows ? t->budget.page : rows;
}

/* A server may read its database once a row (those for development do) and refuse a
 * long page for that, however seldom it is asked for. What it bears is remembered:
 * asking for more again would be refused again. */
static bool shorten(struct temporal *t, size_t refused, const struct http_answer *a)
{
	size_t half = refused / 2;
	if (half < PAGE_MIN || view_find(a->body, VIEW(PERSISTENCE_LIMIT), 0) == SIZE_MAX)
		return false;
	t->budget.page = rows_of(t, half);
	return true;
}

/* Answers that come together are one refusal. */
static void slow_down(struct temporal *t)
{
	struct temporal_budget *b = &t->budget;
	refill(t);
	if (b->slowed_ms && when_mono_ms() - b->slowed_ms < SLOWER_AFTER_MS)
		return;
	b->rate = b->rate / 2 > 0.25 ? b->rate / 2 : 0.25;
	b->tokens = b->tokens < 0 ? b->tokens : 0;
	b->slowed_ms = when_mono_ms();
	if (t->link.state == TEMPORAL_LIVE)
		temporal_link_tell_live(t);
}

static void send_now(struct temporal_call *c);

static struct temporal_call *oldest_queued(struct temporal *t)
{
	struct temporal_call *oldest = NULL;
	for (struct temporal_call *c = t->calls; c; c = c->next) {
		if (c->queued)
			oldest = c;
	}
	return oldest;
}

static void send_queued(struct temporal *t)
{
	struct temporal_budget *b = &t->budget;
	struct temporal_call *c;
	while ((c = oldest_queued(t)) != NULL && b->tokens >= 1) {
		b->tokens -= 1;
		c->queued = false;
		send_now(c);
	}
	if (c)
		loop_timer_set(b->timer, (int64_t)((1 - b->tokens) / b->rate * 1000) + 1);
}

static void run_queue(void *arg)
{
	struct temporal *t = arg;
	temporal_enter(t);
	refill(t);
	if (t->budget.rate > t->budget.told && t->link.state == TEMPORAL_LIVE)
		temporal_link_tell_live(t);
	if (!t->dead)
		send_queued(t);
	temporal_leave(t);
}

/* ---- sending ---- */

static void call_free(struct temporal_call *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		c->t->calls = c->next;
	if (c->next)
		c->next->prev = c->prev;
	http_cancel(c->request);
	temporal_decoding_free(c->decoding);
	loop_remove(c->again);
	mem_free(c->target);
	mem_free(c->body);
	mem_free(c);
}

static bool may_try_again(const struct temporal_call *c, const struct http_answer *a)
{
	bool harmless = !c->body || c->keyed;
	if (c->tries >= TRIES)
		return false;
	if (a->status == 429)
		return true;
	if (a->status)
		return harmless && (a->status == 500 || a->status == 502 || a->status == 503);
	return harmless && a->sent;
}

static int64_t delay_of(const struct temporal_call *c, const struct http_answer *a)
{
	int64_t seconds;
	const char *value = a->header(a, "Retry-After");
	if (value && number_parse(view_of(value), 0, 3600, &seconds))
		return seconds * 1000;
	struct backoff b = c->t->link.backoff;
	uint32_t random;
	ident_random(&random, sizeof random);
	b.failures = c->tries;
	b.well_since_ms = 0;
	return backoff_next(&b, 0, random);
}

static void end(void *arg, const struct http_answer *a)
{
	struct temporal_call *c = arg;
	temporal_heard_fn *heard = c->heard;
	void *owner = c->arg;
	call_free(c);
	heard(owner, a);
}

static void on_answer(void *arg, const struct http_answer *a)
{
	struct temporal_call *c = arg;
	struct temporal *t = c->t;
	c->request = NULL;
	temporal_enter(t);
	if (a->status)
		temporal_link_fresh(t, a);
	if (a->status == 429 && c->listed && !t->dead && !shorten(t, c->asked, a))
		slow_down(t);
	if (t->dead) {
		temporal_leave(t);
		return;
	}
	if (may_try_again(c, a)) {
		loop_timer_set(c->again, delay_of(c, a));
	} else {
		const struct temporal_sealed sealed = { t, &c->decoding, end, c };
		if (!c->sealed || !temporal_decode(&sealed, a))
			end(c, a);
	}
	temporal_leave(t);
}

static void add_page(struct str *target, struct temporal_call *c)
{
	struct str number = { 0 };
	if (!c->rows)
		return;
	c->asked = rows_of(c->t, c->rows);
	str_addf(&number, "%zu", c->asked);
	temporal_add_query(target, "pageSize", view_of_str(&number));
	str_release(&number);
}

static void send_now(struct temporal_call *c)
{
	const struct temporal *t = c->t;
	struct str target = { 0 };
	str_add_text(&target, c->target);
	add_page(&target, c);
	/* A UI server asks no CSRF token of those who bring an Authorization. */
	const char *csrf = t->settings.is_ui && !t->has_token ? "Authorization: none" : NULL;
	const char *const headers[] = { "Accept: application/json+no-payload-shorthand",
					csrf ? csrf : c->header, csrf ? c->header : NULL, NULL };
	const struct http_order order = {
		.method = c->method,
		.target = str_text(&target),
		.headers = headers,
		.body = view_of(c->body),
		.max_bytes = TEMPORAL_BODY_MAX,
		.timeout_ms = c->timeout_ms,
	};
	c->tries++;
	c->request = http_send(t->http, &order, NULL, on_answer, c);
	str_release(&target);
}

static void enqueue(struct temporal_call *c)
{
	struct temporal *t = c->t;
	/* A UI server takes no POST without its token, see send_now. */
	if (c->body && !t->settings.known && !c->tries && !c->held) {
		c->held = true;
		temporal_ask_settings(t);
		return;
	}
	if (!c->listed) {
		send_now(c);
		return;
	}
	c->queued = true;
	if (!loop_timer_is_set(t->budget.timer))
		loop_timer_set(t->budget.timer, 0);
}

static void on_again(void *arg)
{
	enqueue(arg);
}

static struct temporal_call *oldest_held(struct temporal *t)
{
	struct temporal_call *oldest = NULL;
	for (struct temporal_call *c = t->calls; c; c = c->next) {
		if (c->held && !c->tries && !c->queued)
			oldest = c;
	}
	return oldest;
}

void temporal_send_held(struct temporal *t)
{
	struct temporal_call *c;
	while ((c = oldest_held(t)) != NULL)
		enqueue(c);
}

/* Destroyed meanwhile: nothing is sent any more. */
static struct temporal_call *drop(const struct temporal_ask *ask)
{
	str_release(ask->target);
	if (ask->body)
		str_release(ask->body);
	return NULL;
}

struct temporal_call *temporal_ask(struct temporal *t, const struct temporal_ask *ask)
{
	if (t->dead)
		return drop(ask);
	struct temporal_call *c = mem_zero(sizeof *c);
	c->t = t;
	c->method = ask->method ? ask->method : "GET";
	c->target = str_steal(ask->target);
	c->body = ask->body ? str_steal(ask->body) : NULL;
	c->header = ask->header;
	c->listed = ask->listed;
	c->rows = ask->rows;
	c->keyed = ask->keyed;
	c->sealed = ask->sealed;
	c->timeout_ms = ask->timeout_ms ? ask->timeout_ms : t->times.answer_ms;
	c->heard = ask->heard;
	c->arg = ask->arg;
	c->again = loop_timer(t->base.loop, on_again, c);
	c->next = t->calls;
	if (t->calls)
		t->calls->prev = c;
	t->calls = c;
	if (!t->budget.timer) {
		t->budget.timer = loop_timer(t->base.loop, run_queue, t);
		t->budget.filled_ms = when_mono_ms() + FIRST_MS;
		t->budget.tokens = FIRST;
	}
	enqueue(c);
	return c;
}

void temporal_call_cancel(struct temporal_call *c)
{
	if (c)
		call_free(c);
}
