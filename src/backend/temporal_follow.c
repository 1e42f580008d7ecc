/* A run that is open, by the long poll of its history: what the server pushes is told at
 * once, and describe is asked once for all that comes together.
 *
 *   look (token of the history's end, describe, what is newer) -> told
 *   poll from the token on, held by the server -> told, look; and again
 *
 * The token is taken before what is read, so nothing falls between; what comes twice is
 * known by its number. Where the run was read a moment ago, by who opened it, the first
 * look asks for nothing: it tells that, and polls on from there. While something is
 * pending that no event tells (attempts, heartbeats, a queue without workers) it is
 * looked at now and then.
 *
 * Must not know what a story is. */
#include "backend/temporal_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"

/* An empty answer that comes sooner was not held: as good as a failure. */
enum { HELD_MS = 1000, TOKEN_FAILURES = 3 };

struct temporal_follow {
	struct temporal *t;
	struct temporal_follow *next;
	ticket_id ticket;
	char *run, *workflow_id;	/* NULL: not found yet */
	struct temporal_job *look, *poll;
	struct watch *look_timer, *poll_timer;
	struct str token;		/* where the history goes on; empty: not known */
	struct json_doc *describe;	/* of the last look, or NULL */
	int64_t looked_ms, polled_ms;
	bool changed;			/* since that look was begun */
	bool blind;			/* the server gives no such token: looks alone */
	struct backoff look_backoff, poll_backoff;
};

static struct temporal_follow *follow_of(const struct temporal *t, ticket_id ticket)
{
	struct temporal_follow *f = t->follows;
	while (f && f->ticket != ticket)
		f = f->next;
	return f;
}

static void drop(struct temporal_job **place)
{
	if (*place)
		temporal_job_free(*place);
	*place = NULL;
}

static void rest(struct temporal_follow *f)
{
	drop(&f->look);
	drop(&f->poll);
	loop_timer_stop(f->look_timer);
	loop_timer_stop(f->poll_timer);
}

static void follow_free(struct temporal_follow *f)
{
	struct temporal_follow **at = &f->t->follows;
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	drop(&f->look);
	drop(&f->poll);
	loop_remove(f->look_timer);
	loop_remove(f->poll_timer);
	mem_free(f->run);
	mem_free(f->workflow_id);
	str_release(&f->token);
	json_free(f->describe);
	mem_free(f);
}

static void end(struct temporal_follow *f, enum outcome outcome, const char *text)
{
	const struct backend_sink *sink = f->t->base.sink;
	ticket_id ticket = f->ticket;
	struct str words = { 0 };
	str_add_text(&words, text ? text : "");
	follow_free(f);
	sink->done(sink->arg, ticket, outcome, VIEW(""), str_text(&words));
	str_release(&words);
}

/* ---- when ---- */

static int64_t left_of(int64_t since_ms, int64_t span_ms)
{
	int64_t left = since_ms + span_ms - when_mono_ms();
	return left > 0 ? left : 0;
}

static void look_in(struct temporal_follow *f, int64_t ms)
{
	int64_t gap = left_of(f->looked_ms, f->t->times.gap_ms);
	loop_timer_set(f->look_timer, ms > gap ? ms : gap);
}

static void poll_in(struct temporal_follow *f, int64_t ms)
{
	int64_t gap = left_of(f->polled_ms, f->t->times.gap_ms);
	loop_timer_set(f->poll_timer, ms > gap ? ms : gap);
}

static int64_t later(struct backoff *b)
{
	uint32_t random;
	ident_random(&random, sizeof random);
	return backoff_next(b, when_mono_ms(), random);
}

/* Once for all that comes while one is under way. */
static void want_look(struct temporal_follow *f)
{
	f->changed = true;
	if (!f->look)
		look_in(f, 0);
}

/* ---- the look ---- */

static const struct json *described(const struct temporal_follow *f, const char *member)
{
	return f->describe ? json_get(json_root(f->describe), member) : NULL;
}

/* What changes without an event. */
static bool has_pending(const struct temporal_follow *f)
{
	return json_count(described(f, "pendingActivities")) ||
	       json_count(described(f, "pendingNexusOperations")) ||
	       json_count(described(f, "pendingWorkflowTask"));
}

static bool has_ended(const struct temporal_follow *f)
{
	return json_get(described(f, "workflowExecutionInfo"), "closeTime") != NULL;
}

static void looked(struct temporal_follow *f)
{
	backoff_well(&f->look_backoff, when_mono_ms());
	f->look_backoff.failures = 0;
	if (has_ended(f)) {
		end(f, OUTCOME_OK, NULL);
		return;
	}
	if (f->changed)
		look_in(f, 0);
	else if (f->blind || has_pending(f))
		look_in(f, f->t->times.look_ms);
	if (!f->poll && f->token.len && !loop_timer_is_set(f->poll_timer))
		poll_in(f, 0);
	else if (!f->poll && !f->token.len && !f->blind)
		look_in(f, later(&f->poll_backoff));
}

/* That may be the token's fault. */
static void poll_failed(struct temporal_follow *f)
{
	int64_t wait = later(&f->poll_backoff);
	if (f->poll_backoff.failures < TOKEN_FAILURES) {
		poll_in(f, wait);
		return;
	}
	str_clear(&f->token);
	if (!f->look)
		look_in(f, wait);
}

static void take_look(struct temporal_follow *f, struct temporal_job *j)
{
	json_free(f->describe);
	f->describe = j->describe;
	j->describe = NULL;
	/* What came by a poll meanwhile may lie behind what was read. */
	if (!f->changed && !temporal_history_token(f->t, j->run).len)
		temporal_history_go_on(f->t, j->run, view_of_str(&f->token));
	mem_free(f->run);
	f->run = mem_text(j->run);
	mem_free(f->workflow_id);
	f->workflow_id = mem_text(j->workflow_id);
}

void temporal_follow_ended(struct temporal_job *j, enum outcome outcome, const char *text)
{
	struct temporal_follow *f = j->follow;
	bool was_look = j == f->look;
	if (was_look && outcome == OUTCOME_OK)
		take_look(f, j);
	drop(was_look ? &f->look : &f->poll);
	if (!was_look)
		poll_failed(f);
	else if (outcome == OUTCOME_OK)
		looked(f);
	else if (outcome == OUTCOME_UNREACHABLE)
		look_in(f, later(&f->look_backoff));
	else
		end(f, outcome, text);
}

static bool is_failure(const struct http_answer *a)
{
	return !a->status || a->status == 429 || a->status == 404 || a->status >= 502 ||
	       a->status == 500;
}

static void on_tail(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal_follow *f = j->follow;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, 0, NULL) : NULL;
	if (!doc && (is_failure(a) || temporal_ok(a))) {
		temporal_fail(j, a);
		return;
	}
	f->blind = !doc;
	if (doc)
		str_add(&f->token, json_get_text(json_root(doc), "nextPageToken"));
	json_free(doc);
	temporal_load_detail(j);
}

/* The poll for the end of a run, given up at once: its token stands at the end of the
 * history as it is now, without reading all of it. */
static void ask_tail(struct temporal_job *j)
{
	struct str target = { 0 };
	str_clear(&j->follow->token);
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/history?waitNewEvent=true&historyEventFilterType=2");
	temporal_add_run(&target, j->run);
	struct temporal_ask ask = { .target = &target, .header = "Grpc-Timeout: 2S",
				    .timeout_ms = j->t->times.poll_ms };
	temporal_job_ask(j, &ask, on_tail);
}

/* What describe said last, with the events that have come since. */
static void tell_events(struct temporal_follow *f, struct temporal_job *j)
{
	struct temporal *t = f->t;
	ticket_id ticket = f->ticket;
	if (!f->describe || !temporal_history_copy(j))
		return;
	/* The sink may end the follow: then it goes with the job. */
	j->describe = f->describe;
	f->describe = NULL;
	temporal_give_detail(j, ticket);
	if ((f = follow_of(t, ticket)) == NULL)
		return;
	f->describe = j->describe;
	j->describe = NULL;
}

static void begin_look(struct temporal_follow *f)
{
	struct temporal_job *j = temporal_job(f->t);
	j->follow = f;
	j->ticket = f->ticket;
	j->part = PART_DETAIL_SOON;
	j->run = mem_text(f->run);
	f->look = j;
	f->changed = false;
	f->looked_ms = when_mono_ms();
	loop_timer_stop(f->look_timer);
}

static void look(struct temporal_follow *f)
{
	struct temporal_job *j = f->look;
	temporal_then_fn *then = f->token.len || f->blind ? temporal_load_detail : ask_tail;
	if (!f->workflow_id) {
		temporal_find(j, then);
		return;
	}
	j->workflow_id = mem_text(f->workflow_id);
	then(j);
}

/* False: it was not read a moment ago, or not in a way that a poll can go on from. */
static bool look_at_what_was_read(struct temporal_follow *f)
{
	struct temporal *t = f->t;
	ticket_id ticket = f->ticket;
	struct temporal_job *j = f->look;
	struct view token = temporal_history_token(t, f->run);
	j->describe = f->workflow_id || !token.len ? NULL : temporal_history_described(t, f->run);
	if (!j->describe)
		return false;
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	struct view id = json_get_text(json_get(info, "execution"), "workflowId");
	j->workflow_id = mem_bytes(id.ptr, id.len);
	str_add(&f->token, token);
	take_look(f, j);
	tell_events(f, j);
	if ((f = follow_of(t, ticket)) == NULL)
		return true;
	drop(&f->look);
	looked(f);
	return true;
}

static void on_look(void *arg)
{
	struct temporal_follow *f = arg;
	struct temporal *t = f->t;
	temporal_enter(t);
	if (!f->look && t->link.state == TEMPORAL_LIVE) {
		begin_look(f);
		if (!look_at_what_was_read(f))
			look(f);
	}
	temporal_leave(t);
}

/* ---- the poll ---- */

/* The token is void: a restart, a reset. All is read again. */
static void start_again(struct temporal_follow *f)
{
	str_clear(&f->token);
	temporal_history_forget(f->t, f->run);
	drop(&f->poll);
	drop(&f->look);
	f->changed = true;
	look_in(f, later(&f->poll_backoff));
}

/* False: what was known is told again, or nothing. */
static bool take_events(struct temporal_follow *f, const struct json *events)
{
	int64_t before = temporal_history_end(f->t, f->run);
	bool any = json_count(events) > 0, joins = !any || temporal_history_add(f->t, f->run, events);
	if (joins)
		temporal_history_go_on(f->t, f->run, view_of_str(&f->token));
	return any && (!joins || temporal_history_end(f->t, f->run) != before);
}

static void take_page(struct temporal_follow *f, const struct json *page)
{
	struct temporal *t = f->t;
	ticket_id ticket = f->ticket;
	bool held = when_mono_ms() - f->polled_ms >= HELD_MS;
	int64_t wait = 0;
	str_clear(&f->token);
	str_add(&f->token, json_get_text(page, "nextPageToken"));
	bool news = take_events(f, json_get(json_get(page, "history"), "events"));
	if (news || held)
		f->poll_backoff.failures = 0;
	else
		wait = later(&f->poll_backoff);
	/* Without a token it has ended, which describe must say, too. */
	if (news && f->token.len)
		tell_events(f, f->poll);
	if ((f = follow_of(t, ticket)) == NULL)
		return;
	drop(&f->poll);
	if (news)
		want_look(f);
	else if (!f->token.len && !f->look)
		look_in(f, wait);
	if (f->token.len)
		poll_in(f, wait);
}

static void on_poll(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal_follow *f = j->follow;
	if (a->status == 400 || a->status == 404 || a->status == 409 || a->status == 501) {
		start_again(f);
		return;
	}
	struct json_doc *doc = temporal_job_json(j, a);
	if (doc)
		take_page(f, json_root(doc));
	json_free(doc);
}

static void poll(struct temporal_follow *f)
{
	struct str target = { 0 };
	struct temporal_job *j = temporal_job(f->t);
	j->follow = f;
	j->run = mem_text(f->run);
	j->workflow_id = mem_text(f->workflow_id);
	f->poll = j;
	f->polled_ms = when_mono_ms();
	temporal_add_workflow(&target, f->t, f->workflow_id);
	str_add_text(&target, "/history?waitNewEvent=true");
	temporal_add_run(&target, f->run);
	temporal_add_query(&target, "nextPageToken", view_of_str(&f->token));
	struct temporal_ask ask = { .target = &target, .timeout_ms = f->t->times.poll_ms };
	temporal_job_ask(j, &ask, on_poll);
}

static void on_poll_timer(void *arg)
{
	struct temporal_follow *f = arg;
	if (!f->poll && f->token.len && f->workflow_id && f->t->link.state == TEMPORAL_LIVE)
		poll(f);
}

/* ---- the whole ---- */

ticket_id temporal_follow(struct backend *b, struct view run)
{
	struct temporal *t = temporal_of(b);
	struct temporal_follow *f = mem_zero(sizeof *f);
	const struct backoff backoff = { .first_ms = t->times.first_retry_ms,
					 .max_ms = t->times.max_retry_ms };
	f->t = t;
	f->ticket = backend_ticket(b);
	f->run = mem_bytes(run.ptr ? run.ptr : "", run.len);
	f->look_timer = loop_timer(b->loop, on_look, f);
	f->poll_timer = loop_timer(b->loop, on_poll_timer, f);
	f->look_backoff = f->poll_backoff = backoff;
	f->next = t->follows;
	t->follows = f;
	if (t->link.state == TEMPORAL_LIVE)
		look_in(f, 0);
	return f->ticket;
}

bool temporal_follow_cancel(struct temporal *t, ticket_id ticket)
{
	struct temporal_follow *f = follow_of(t, ticket);
	if (f)
		follow_free(f);
	return f != NULL;
}

void temporal_follows_begin(struct temporal *t)
{
	for (struct temporal_follow *f = t->follows; f; f = f->next)
		look_in(f, 0);
}

void temporal_follows_pause(struct temporal *t)
{
	for (struct temporal_follow *f = t->follows; f; f = f->next)
		rest(f);
}

void temporal_follows_end(struct temporal *t, ticket_id newest)
{
	struct temporal_follow *f = t->follows;
	while (f) {
		if (f->ticket > newest) {
			f = f->next;
			continue;
		}
		end(f, OUTCOME_UNREACHABLE, "the board went over to another namespace");
		f = t->follows;	/* the sink may have done anything */
	}
}

void temporal_follows_release(struct temporal *t)
{
	while (t->follows)
		follow_free(t->follows);
}
