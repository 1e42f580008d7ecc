/* The event stream: frames to snapshots, runs, what has gone, progress. Runs that
 * come together are handed over together. Must not know when to try again. */
#include "backend/local_inside.h"

#include "base/log.h"
#include "base/when.h"
#include "wire/proto.h"

enum { BATCH_MAX = 256 };

typedef bool frame_fn(struct local *l, struct view data, struct err *err);

static void flush(struct local *l)
{
	struct local_watch *w = &l->watch;
	if (w->batch.len)
		l->base.sink->runs(l->base.sink->arg, w->batch.items, w->batch.len);
	vec_clear(&w->batch);
	arena_clear(&w->arena);
}

/* ---- frames ---- */

static bool on_snapshot_begin(struct local *l, struct view data, struct err *err)
{
	struct proto_frame frame;
	if (!proto_frame(data, &l->watch.arena, &frame, err))
		return false;
	l->watch.in_snapshot = true;
	l->watch.part_unread = false;
	l->base.sink->snapshot_begin(l->base.sink->arg, view_of_str(&l->watch.filter));
	return true;
}

static bool on_run(struct local *l, struct view data, struct err *err)
{
	struct run_facts run;
	if (!proto_run(data, &l->watch.arena, &run, err))
		return false;
	run.context = l->base.context;
	vec_push(&l->watch.batch, run);
	if (l->watch.batch.len == BATCH_MAX)
		flush(l);
	return true;
}

static void end_snapshot(struct local *l, bool complete)
{
	l->watch.in_snapshot = false;
	l->base.sink->snapshot_end(l->base.sink->arg, complete);
}

static bool on_snapshot_end(struct local *l, struct view data, struct err *err)
{
	struct proto_frame frame;
	bool at_least[LANES] = { false };
	if (!proto_frame(data, &l->watch.arena, &frame, err))
		return false;
	l->watch.synced = true;
	end_snapshot(l, frame.complete && !l->watch.part_unread);
	for (int lane = 0; lane < LANES; lane++) {
		at_least[lane] = frame.counts[lane] < 0;
		frame.counts[lane] = at_least[lane] ? 0 : frame.counts[lane];
	}
	l->base.sink->lane_counts(l->base.sink->arg, frame.counts, at_least);
	return true;
}

static bool on_gone(struct local *l, struct view data, struct err *err)
{
	struct proto_frame frame;
	if (!proto_frame(data, &l->watch.arena, &frame, err))
		return false;
	l->base.sink->gone(l->base.sink->arg, frame.id);
	return true;
}

static bool on_progress(struct local *l, struct view data, struct err *err)
{
	struct run_facts run;
	if (!proto_progress(data, &l->watch.arena, &run, err))
		return false;
	run.context = l->base.context;
	l->base.sink->progress(l->base.sink->arg, &run);
	return true;
}

void local_watch_forget(struct local *l)
{
	str_clear(&l->watch.last_id);
}

/* What we know is no longer gone on from: a snapshot follows. It may be that our rights
 * are others now, which info tells. */
static bool on_reset(struct local *l, struct view data, struct err *err)
{
	local_watch_forget(l);
	l->watch.synced = false;
	local_probe(&l->base);
	return true;
}

static bool on_heartbeat(struct local *l, struct view data, struct err *err)
{
	struct proto_frame frame;
	if (!proto_frame(data, &l->watch.arena, &frame, err))
		return false;
	str_clear(&l->watch.trouble);
	str_add(&l->watch.trouble, frame.trouble);
	local_link_live(l);
	return true;
}

static frame_fn *const frames[PROTO_EVENTS] = {
	[PROTO_EVENT_SNAPSHOT_BEGIN] = on_snapshot_begin,
	[PROTO_EVENT_RUN] = on_run,
	[PROTO_EVENT_SNAPSHOT_END] = on_snapshot_end,
	[PROTO_EVENT_GONE] = on_gone,
	[PROTO_EVENT_PROGRESS] = on_progress,
	[PROTO_EVENT_RESET] = on_reset,
	[PROTO_EVENT_HEARTBEAT] = on_heartbeat,
};

/* An event that cannot be read is said, not kept quiet; the rest goes on. */
static void count_unread(struct local *l, struct err *err)
{
	log_warn("an event of runboardd on %s cannot be read: %s", l->where, err_text(err));
	err_release(err);
	l->watch.unread++;
	l->watch.part_unread = true;
	local_link_tell_live(l);
}

static void on_event(void *arg, const struct sse_event *event)
{
	struct local *l = arg;
	struct err err = { 0 };
	enum proto_event kind = proto_event_parse(event->name);
	if (!l->watch.open)
		return;
	if (kind != PROTO_EVENT_RUN)
		flush(l);
	if (frames[kind] && !frames[kind](l, event->data, &err))
		count_unread(l, &err);
	if (event->own_id && l->watch.open) {
		str_clear(&l->watch.last_id);
		str_add(&l->watch.last_id, event->id);
	}
}

/* ---- the stream ---- */

static void stream_failed(struct local *l, const struct http_answer *a)
{
	if (l->watch.in_snapshot)
		end_snapshot(l, false);
	l->watch.synced = false;
	if (!l->dead && l->watch.ticket)
		local_link_lost(l, a);
}

/* The filter was refused: no use in asking again. */
static void refused(struct local *l, const struct http_answer *a)
{
	struct str text = { 0 };
	ticket_id t = l->watch.ticket;
	local_add_refusal(&text, a);
	l->watch.ticket = 0;
	l->link.state = LINK_IDLE;
	local_link_live(l);
	l->base.sink->done(l->base.sink->arg, t, OUTCOME_REFUSED, VIEW(""), str_text(&text));
	str_release(&text);
}

static void on_end(void *arg, const struct http_answer *a)
{
	struct local *l = arg;
	l->link.stream = NULL;
	local_enter(l);
	if (a->status == 400 || a->status == 422)
		refused(l, a);
	else
		stream_failed(l, a);
	local_leave(l);
}

static void on_chunk(void *arg, struct view bytes)
{
	struct local *l = arg;
	struct err err = { 0 };
	l->link.heard_ms = when_mono_ms();
	l->link.fresh_ms = when_now_ms();
	local_enter(l);
	if (!l->watch.live) {
		l->watch.live = true;
		local_link_live(l);
	}
	bool ok = sse_feed(&l->watch.sse, bytes, &err);
	if (l->watch.open)
		flush(l);
	if (!ok && l->watch.open) {
		http_cancel(l->link.stream);
		l->link.stream = NULL;
		stream_failed(l, &(struct http_answer){ .sent = true, .err = &err });
	}
	err_release(&err);
	local_leave(l);
}

static void add_target(struct str *target, const struct local *l, bool resume)
{
	const struct local_watch *w = &l->watch;
	str_add_text(target, "/v1/events");
	if (!resume)
		local_add_query(target, "snapshot", VIEW("1"));
	if (w->ended)
		local_add_query_int(target, "ended", (int64_t)w->ended);
	local_add_filter(target, l, view_of_str(&w->filter));
}

void local_watch_open(struct local *l)
{
	struct local_watch *w = &l->watch;
	struct str target = { 0 }, header = { 0 };
	struct view last = view_of_str(&w->last_id);
	add_target(&target, l, last.len > 0);
	str_add_text(&header, "Last-Event-ID: ");
	str_add(&header, last);
	const char *const headers[] = { "Accept: text/event-stream",
					last.len ? str_text(&header) : NULL, NULL };
	const struct http_order order = {
		.method = "GET",
		.target = str_text(&target),
		.headers = headers,
		.max_bytes = SIZE_MAX,
		.timeout_ms = -1,
		.silence_ms = local_silence_ms(l),
	};
	sse_restart(&w->sse);
	w->live = w->in_snapshot = false;
	w->open = true;
	w->synced = last.len > 0;
	w->unread = 0;
	l->link.state = LINK_STREAMING;
	l->link.stream = http_send(l->http, &order, on_chunk, on_end, l);
	str_release(&target);
	str_release(&header);
}

/* ---- the operation ---- */

void local_watch_init(struct local *l)
{
	sse_init(&l->watch.sse, on_event, l);
}

/* Forgets what was watched, and where it had come to. */
static void stop(struct local *l)
{
	http_cancel(l->link.stream);
	l->link.stream = NULL;
	str_clear(&l->watch.last_id);
	l->watch.ticket = 0;
	l->watch.open = l->watch.in_snapshot = l->watch.live = false;
	if (l->link.state == LINK_STREAMING)
		l->link.state = LINK_IDLE;
}

ticket_id local_watch(struct backend *b, const struct watch_scope *scope)
{
	struct local *l = local_of(b);
	if (l->watch.ticket)
		backend_answer(b, l->watch.ticket, OUTCOME_OK, "another watch took its place");
	stop(l);
	l->watch.ticket = backend_ticket(b);
	l->watch.ended = scope->ended;
	str_clear(&l->watch.filter);
	str_add(&l->watch.filter, scope->filter);
	if (l->depth)
		local_link_restart(l);
	else
		local_link_start(l);
	return l->watch.ticket;
}

bool local_watch_cancel(struct local *l, ticket_id t)
{
	if (!t || l->watch.ticket != t)
		return false;
	stop(l);
	return true;
}

void local_watch_release(struct local *l)
{
	str_release(&l->watch.filter);
	str_release(&l->watch.last_id);
	str_release(&l->watch.trouble);
	sse_release(&l->watch.sse);
	arena_release(&l->watch.arena);
	vec_release(&l->watch.batch);
}
