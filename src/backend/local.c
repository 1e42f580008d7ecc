/* The local engine's backend: its tickets' jobs, their tries, their ends. What the
 * answers mean stands in the other local_*.c. */
#include "backend/local_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "core/filter.h"
#include "wire/proto.h"

enum { ANSWER_MS = 10000, HEARTBEAT_MS = 15000, MAX_RETRY_MS = 5000, PAUSE_MS = 200,
       TRIES = 3 };

struct local *local_of(struct backend *b)
{
	void *l = b;	/* base is the first member */
	return l;
}

static void local_free(struct local *l)
{
	mem_free(l->name);
	mem_free(l->where);
	mem_free(l);
}

void local_enter(struct local *l)
{
	l->depth++;
}

void local_leave(struct local *l)
{
	if (--l->depth)
		return;
	local_follow_sweep(l);
	if (l->dead) {
		local_watch_release(l);
		local_free(l);
	}
}

/* ---- targets ---- */

void local_add_query(struct str *target, const char *name, struct view value)
{
	if (!value.len)
		return;
	bool first = view_find_byte(view_of_str(target), '?', 0) == SIZE_MAX;
	str_addf(target, "%c%s=", first ? '?' : '&', name);
	http_add_encoded(target, value);
}

/* The engine calls itself "local", whatever our context is called. */
void local_add_filter(struct str *target, const struct local *l, struct view text)
{
	struct filter *filter = filter_parse(text, NULL, NULL);
	struct str settled = { 0 };
	if (filter)
		filter_add_settled(filter, view_of(l->name), &settled);
	else
		str_add(&settled, text);	/* it says what is wrong */
	local_add_query(target, "filter", view_of_str(&settled));
	filter_free(filter);
	str_release(&settled);
}

void local_add_query_int(struct str *target, const char *name, int64_t value)
{
	struct str digits = { 0 };
	str_addf(&digits, "%lld", (long long)value);
	local_add_query(target, name, view_of_str(&digits));
	str_release(&digits);
}

/* ---- jobs ---- */

static void on_again(void *arg)
{
	struct local_job *j = arg;
	if (j->follow)
		local_follow_send(j);
	else if (j->watched)
		local_run_send(j);
	else if (j->exporting)
		local_export_send(j);
	else
		local_job_send(j);
}

static struct local_job *job_new(struct local *l, struct str *target)
{
	struct local_job *j = mem_zero(sizeof *j);
	j->local = l;
	j->ticket = backend_ticket(&l->base);
	j->method = "GET";
	j->target = str_steal(target);
	j->again = loop_timer(l->base.loop, on_again, j);
	j->next = l->jobs;
	if (l->jobs)
		l->jobs->prev = j;
	l->jobs = j;
	return j;
}

struct local_job *local_get(struct local *l, struct str *target, local_answered_fn *answered)
{
	struct local_job *j = job_new(l, target);
	j->answered = answered;
	return j;
}

static void on_answer(void *arg, const struct http_answer *a)
{
	struct local_job *j = arg;
	struct local *l = j->local;
	j->request = NULL;
	local_enter(l);
	j->answered(j, a);
	local_leave(l);
}

void local_job_send(struct local_job *j)
{
	struct str key = { 0 };
	if (j->key)
		str_addf(&key, "Idempotency-Key: %s", j->key);
	const char *const headers[] = { j->key ? str_text(&key) : NULL, NULL };
	const struct http_order order = {
		.method = j->method,
		.target = j->target,
		.headers = headers,
		.body = view_of(j->body),
		.timeout_ms = j->local->times.answer_ms,
	};
	j->tries++;
	j->request = http_send(j->local->http, &order, NULL, on_answer, j);
	str_release(&key);
}

void local_job_send_later(struct local_job *j, int64_t delay_ms)
{
	loop_timer_set(j->again, delay_ms);
}

struct local_job *local_job_of(struct local *l, ticket_id t)
{
	for (struct local_job *j = l->jobs; j; j = j->next) {
		if (j->ticket == t)
			return j;
	}
	return NULL;
}

void local_job_free(struct local_job *j)
{
	if (j->prev)
		j->prev->next = j->next;
	else
		j->local->jobs = j->next;
	if (j->next)
		j->next->prev = j->prev;
	http_cancel(j->request);
	loop_remove(j->again);
	local_follow_close(j->local, j->follow);
	local_run_free(j->watched);
	str_release(&j->lost);
	mem_free(j->target);
	mem_free(j->body);
	mem_free(j->key);
	mem_free(j->run);
	mem_free(j->task);
	mem_free(j);
}

void local_finish(struct local_job *j, enum outcome outcome, const char *text)
{
	const struct backend_sink *sink = j->local->base.sink;
	ticket_id t = j->ticket;
	local_job_free(j);
	sink->done(sink->arg, t, outcome, VIEW(""), text ? text : "");
}

int local_silence_ms(const struct local *l)
{
	return l->times.heartbeat_ms * 5 / 2;
}

/* ---- what failed ---- */

enum outcome local_outcome(int status)
{
	if (!status)
		return OUTCOME_UNREACHABLE;
	if (status >= 200 && status < 300)
		return OUTCOME_OK;
	if (status == 404)
		return OUTCOME_NOT_FOUND;
	if (status == 429 || status >= 500)
		return OUTCOME_UNREACHABLE;
	return OUTCOME_REFUSED;
}

void local_add_refusal(struct str *s, const struct http_answer *a)
{
	struct arena arena = { 0 };
	struct proto_error e;
	proto_error(a->body, a->status, &arena, &e);
	str_add(s, e.message);
	arena_release(&arena);
}

int64_t local_retry_after(const struct http_answer *a)
{
	int64_t seconds;
	const char *value = a->header(a, "Retry-After");
	if (!value || !number_parse(view_of(value), 0, 3600, &seconds))
		return -1;
	return seconds * 1000;
}

int64_t local_jitter(const struct local *l, int tries)
{
	struct backoff b = l->link.backoff;
	uint32_t random;
	ident_random(&random, sizeof random);
	b.failures = tries;
	b.well_since_ms = 0;
	return backoff_next(&b, 0, random);
}

/* Another try may help: the engine is there, but its answer was lost or it was too
 * busy. Where nobody listens, the link's tries say when that is over. */
static bool may_try_again(const struct local_job *j, const struct http_answer *a)
{
	bool busy = a->status == 429 || a->status >= 500;
	bool lost = !a->status && a->sent;
	return j->tries < TRIES && (busy || lost);
}

void local_fail(struct local_job *j, const struct http_answer *a)
{
	struct str text = { 0 };
	if (may_try_again(j, a)) {
		int64_t wait = local_retry_after(a);
		local_job_send_later(j, wait >= 0 ? wait : local_jitter(j->local, j->tries));
		return;
	}
	if (a->status)
		local_add_refusal(&text, a);
	else if (!a->sent)
		str_addf(&text, "runboardd does not answer on %s", j->local->where);
	else
		str_add_text(&text, err_text(a->err));
	local_finish(j, a->status ? local_outcome(a->status) : OUTCOME_UNREACHABLE,
		     str_text(&text));
	str_release(&text);
}

void local_unreadable(struct local_job *j, struct err *err)
{
	struct str text = { 0 };
	str_addf(&text, "runboardd's answer cannot be read: %s", err_text(err));
	local_finish(j, OUTCOME_UNREACHABLE, str_text(&text));
	str_release(&text);
	err_release(err);
}

/* ---- the backend ---- */

static void cancel(struct backend *b, ticket_id t)
{
	struct local *l = local_of(b);
	struct local_job *j = local_job_of(l, t);
	if (j)
		local_job_free(j);
	else
		local_watch_cancel(l, t);
}

static size_t pending(const struct backend *b)
{
	const void *self = b;
	const struct local *l = self;
	size_t n = l->link.info != NULL;
	n += l->link.stream && !l->watch.synced;
	for (const struct local_job *j = l->jobs; j; j = j->next)
		n += j->watched ? local_run_is_read(j->watched) : !j->follow;
	return n;
}

static void destroy(struct backend *b)
{
	struct local *l = local_of(b);
	l->base.sink = &backend_silence;
	l->dead = true;
	l->watch.open = false;
	while (l->jobs)
		local_job_free(l->jobs);
	local_link_release(l);
	http_free(l->http);
	/* From inside a call of the sink: what is being read goes when it returns. */
	local_enter(l);
	local_leave(l);
}

static const struct backend_ops local_ops = {
	.kind = "local",
	.probe = local_probe,
	.watch = local_watch,
	.page = local_page,
	.fetch = local_fetch,
	.follow = local_follow_run,
	.catalog = local_catalog,
	.schedule = local_schedule,
	.errand = local_errand,
	.log = local_log,
	.order = local_order,
	.save = local_export,
	.cancel = cancel,
	.pending = pending,
	.destroy = destroy,
};

static int or_default(int value, int fallback)
{
	return value ? value : fallback;
}

struct backend *local_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			  const struct local_config *config)
{
	struct local *l = mem_zero(sizeof *l);
	const struct http_config http = {
		.base_url = config->socket ? "http://localhost" : config->url,
		.unix_path = config->socket,
		.bearer = config->token,
		.ca_file = config->ca_file,
	};
	l->base = (struct backend){ .ops = &local_ops, .loop = loop, .sink = sink,
				    .context = context };
	l->http = http_new(loop, &http);
	l->name = mem_text(config->name);
	l->where = mem_text(config->socket ? config->socket : config->url);
	l->read_only = config->read_only;
	l->times = config->times;
	l->times.answer_ms = or_default(l->times.answer_ms, ANSWER_MS);
	l->times.heartbeat_ms = or_default(l->times.heartbeat_ms, HEARTBEAT_MS);
	l->times.max_retry_ms = or_default(l->times.max_retry_ms, MAX_RETRY_MS);
	l->times.pause_ms = or_default(l->times.pause_ms, PAUSE_MS);
	local_link_init(l);
	local_watch_init(l);
	return &l->base;
}
