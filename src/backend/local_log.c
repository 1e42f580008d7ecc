/* Lines of logs: a page of them, or followed as a stream that goes on from the
 * last cursor after every break. Must not know what the lines say. */
#include "backend/local_inside.h"

#include "base/mem.h"
#include "wire/proto.h"

/* A log that is followed. */
struct local_follow {
	struct local_job *job;
	struct sse sse;
	struct arena arena;
	struct str cursor;	/* behind what was handed over */
	bool spoken;		/* the engine has answered once */
	bool closed;		/* the rest of the stream is not for us */
	bool ended;		/* eof has come */
	int failures;
	struct local_follow *next;	/* closed while it is read: freed later */
};

/* ---- a page of lines ---- */

static void on_lines(struct local_job *j, const struct http_answer *a)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct arena arena = { 0 };
	struct proto_lines lines;
	struct err err = { 0 };
	if (local_outcome(a->status) != OUTCOME_OK) {
		local_fail(j, a);
		return;
	}
	if (!proto_lines(a->body, &arena, &lines, &err)) {
		local_unreadable(j, &err);
	} else {
		sink->log(sink->arg, t, lines.items, lines.len, lines.state, lines.next,
			  lines.prev);
		if ((j = local_job_of(l, t)) != NULL)
			local_finish(j, OUTCOME_OK, NULL);
	}
	arena_release(&arena);
}

/* ---- following ---- */

static void follow_free(struct local_follow *f)
{
	sse_release(&f->sse);
	arena_release(&f->arena);
	str_release(&f->cursor);
	mem_free(f);
}

void local_follow_close(struct local *l, struct local_follow *f)
{
	if (!f)
		return;
	f->closed = true;
	if (!l->depth) {
		follow_free(f);
		return;
	}
	f->next = l->closed;
	l->closed = f;
}

void local_follow_sweep(struct local *l)
{
	while (l->closed) {
		struct local_follow *f = l->closed;
		l->closed = f->next;
		follow_free(f);
	}
}

static void hand_over(struct local_follow *f, const struct proto_lines *lines)
{
	struct local_job *j = f->job;
	const struct backend_sink *sink = j->local->base.sink;
	if (lines->next.len) {
		str_clear(&f->cursor);
		str_add(&f->cursor, lines->next);
	}
	sink->log(sink->arg, j->ticket, lines->items, lines->len, lines->state,
		  view_of_str(&f->cursor), lines->prev);
}

static void on_event(void *arg, const struct sse_event *event)
{
	struct local_follow *f = arg;
	struct proto_lines lines = { .state = LOG_EOF };
	enum proto_event kind = proto_event_parse(event->name);
	struct err err = { 0 };
	if (f->closed || f->ended)
		return;
	if (kind == PROTO_EVENT_LINES) {
		if (proto_lines(event->data, &f->arena, &lines, &err))
			hand_over(f, &lines);
		else
			local_unreadable(f->job, &err);
	} else if (kind == PROTO_EVENT_EOF) {
		hand_over(f, &lines);
		f->ended = true;
	}
	arena_clear(&f->arena);
}

static void on_chunk(void *arg, struct view bytes)
{
	struct local_follow *f = arg;
	struct local *l = f->job->local;
	struct err err = { 0 };
	local_enter(l);
	f->spoken = true;
	f->failures = 0;
	bool ok = sse_feed(&f->sse, bytes, &err);
	if (!f->closed && !ok)
		local_unreadable(f->job, &err);
	else if (!f->closed && f->ended)
		local_finish(f->job, OUTCOME_OK, NULL);
	local_leave(l);
}

/* The stream has ended without an eof: it goes on where it was. */
static void on_end(void *arg, const struct http_answer *a)
{
	struct local_follow *f = arg;
	struct local_job *j = f->job;
	struct local *l = j->local;
	j->request = NULL;
	local_enter(l);
	enum outcome outcome = local_outcome(a->status);
	bool over = outcome == OUTCOME_REFUSED || outcome == OUTCOME_NOT_FOUND;
	if (over || (!f->spoken && outcome != OUTCOME_OK))
		local_fail(j, a);
	else
		local_job_send_later(j, local_jitter(l, f->failures++));
	local_leave(l);
}

void local_follow_send(struct local_job *j)
{
	static const char *const headers[] = { "Accept: text/event-stream", NULL };
	struct local_follow *f = j->follow;
	struct str target = { 0 };
	str_add_text(&target, j->target);
	local_add_query(&target, "cursor", view_of_str(&f->cursor));
	const struct http_order order = {
		.method = "GET",
		.target = str_text(&target),
		.headers = headers,
		.max_bytes = SIZE_MAX,
		.timeout_ms = -1,
		.silence_ms = local_silence_ms(j->local),
	};
	sse_restart(&f->sse);
	j->tries++;
	j->request = http_send(j->local->http, &order, on_chunk, on_end, f);
	str_release(&target);
}

static struct local_follow *follow_new(struct local_job *j, struct view cursor)
{
	struct local_follow *f = mem_zero(sizeof *f);
	f->job = j;
	sse_init(&f->sse, on_event, f);
	str_add(&f->cursor, cursor);
	return f;
}

/* ---- the operation ---- */

static void add_target(struct str *target, const struct log_query *q)
{
	str_add_text(target, "/v1/runs/");
	http_add_encoded(target, q->run);
	str_add_text(target, "/tasks/");
	http_add_encoded(target, q->task);
	str_add_text(target, "/log?format=lines");
	if (q->attempt > 0)
		local_add_query_int(target, "attempt", q->attempt);
	if (q->streams == LOG_STREAM_STDOUT)
		local_add_query(target, "stream", VIEW("stdout"));
	if (q->streams == LOG_STREAM_STDERR)
		local_add_query(target, "stream", VIEW("stderr"));
	if (q->limit)
		local_add_query_int(target, "limit", (int64_t)q->limit);
	local_add_query(target, "search", q->search);
	if (q->exact)
		local_add_query_int(target, "exact", 1);
	local_add_query(target, "level", q->level);
}

ticket_id local_log(struct backend *b, const struct log_query *q)
{
	struct str target = { 0 };
	add_target(&target, q);
	if (q->follow) {
		str_add_text(&target, "&follow=1");
	} else {
		local_add_query(&target, "cursor",
				q->backward && !q->cursor.len ? VIEW("end") : q->cursor);
		if (q->backward)
			str_add_text(&target, "&backward=1");
	}
	struct local_job *j = local_get(local_of(b), &target, on_lines);
	if (q->follow)
		j->follow = follow_new(j, q->cursor);
	if (j->follow)
		local_follow_send(j);
	else
		local_job_send(j);
	return j->ticket;
}
