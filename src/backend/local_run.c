/* One run told as it changes: a stream of its events says when, its detail what. Must
 * not know what is in it. */
#include "backend/local_inside.h"

#include "base/mem.h"
#include "wire/proto.h"

struct local_run {
	struct sse sse;
	struct http_request *fetch;	/* its detail, or NULL */
	struct watch *pause;		/* set: not asked for again before */
	bool dirty;			/* it has changed since it was asked for */
	int failures;
};

void local_run_free(struct local_run *r)
{
	if (!r)
		return;
	http_cancel(r->fetch);
	loop_remove(r->pause);
	sse_release(&r->sse);
	mem_free(r);
}

bool local_run_is_read(const struct local_run *r)
{
	return r->fetch != NULL;
}

/* ---- the detail ---- */

static void on_detail(void *arg, const struct http_answer *a);

static void ask(struct local_job *j)
{
	struct local_run *r = j->watched;
	struct str target = { 0 };
	r->dirty = true;
	if (r->fetch || loop_timer_is_set(r->pause))
		return;
	r->dirty = false;
	str_add_text(&target, "/v1/runs/");
	http_add_encoded(&target, view_of(j->run));
	const struct http_order order = {
		.method = "GET", .target = str_text(&target),
		.timeout_ms = j->local->times.answer_ms,
	};
	r->fetch = http_send(j->local->http, &order, NULL, on_detail, j);
	loop_timer_set(r->pause, j->local->times.pause_ms);
	str_release(&target);
}

static void on_pause(void *arg)
{
	struct local_job *j = arg;
	if (j->watched->dirty)
		ask(j);
}

static void tell(struct local_job *j, struct view body)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct arena arena = { 0 };
	struct run_detail detail;
	struct err err = { 0 };
	if (!proto_detail(body, &arena, &detail, &err)) {
		local_unreadable(j, &err);
	} else {
		bool ended = !run_status_is_open(detail.run.status);
		detail.run.context = l->base.context;
		sink->detail(sink->arg, t, &detail);
		if (ended && (j = local_job_of(l, t)) != NULL)
			local_finish(j, OUTCOME_OK, NULL);
		else if ((j = local_job_of(l, t)) != NULL && j->watched->dirty)
			ask(j);
	}
	arena_release(&arena);
}

static void on_detail(void *arg, const struct http_answer *a)
{
	struct local_job *j = arg;
	struct local_run *r = j->watched;
	struct local *l = j->local;
	enum outcome outcome = local_outcome(a->status);
	r->fetch = NULL;
	local_enter(l);
	if (outcome == OUTCOME_OK) {
		tell(j, a->body);
	} else if (outcome == OUTCOME_UNREACHABLE) {
		r->dirty = true;
		loop_timer_set(r->pause, local_jitter(l, r->failures++));
	} else {
		local_fail(j, a);
	}
	local_leave(l);
}

/* ---- the events ---- */

/* A snapshot begins each stream: from there on no change is missed. */
static void on_event(void *arg, const struct sse_event *event)
{
	struct local_job *j = arg;
	if (proto_event_parse(event->name) != PROTO_EVENT_HEARTBEAT)
		j->watched->dirty = true;
}

static void on_chunk(void *arg, struct view bytes)
{
	struct local_job *j = arg;
	struct local *l = j->local;
	struct err err = { 0 };
	local_enter(l);
	j->watched->failures = 0;
	if (!sse_feed(&j->watched->sse, bytes, &err))
		local_unreadable(j, &err);
	else if (j->watched->dirty)
		ask(j);
	local_leave(l);
}

static void on_end(void *arg, const struct http_answer *a)
{
	struct local_job *j = arg;
	struct local *l = j->local;
	enum outcome outcome = local_outcome(a->status);
	j->request = NULL;
	local_enter(l);
	if (outcome == OUTCOME_REFUSED || outcome == OUTCOME_NOT_FOUND)
		local_fail(j, a);
	else
		local_job_send_later(j, local_jitter(l, j->watched->failures++));
	local_leave(l);
}

void local_run_send(struct local_job *j)
{
	static const char *const headers[] = { "Accept: text/event-stream", NULL };
	const struct http_order order = {
		.method = "GET",
		.target = j->target,
		.headers = headers,
		.max_bytes = SIZE_MAX,
		.timeout_ms = -1,
		.silence_ms = local_silence_ms(j->local),
	};
	sse_restart(&j->watched->sse);
	j->request = http_send(j->local->http, &order, on_chunk, on_end, j);
}

ticket_id local_follow_run(struct backend *b, struct view run)
{
	struct str target = { 0 };
	str_add_text(&target, "/v1/events?snapshot=1&ended=0");
	local_add_query(&target, "run", run);
	struct local_job *j = local_get(local_of(b), &target, NULL);
	j->run = mem_bytes(run.ptr ? run.ptr : "", run.len);
	j->watched = mem_zero(sizeof *j->watched);
	j->watched->pause = loop_timer(b->loop, on_pause, j);
	sse_init(&j->watched->sse, on_event, j);
	local_run_send(j);
	return j->ticket;
}
