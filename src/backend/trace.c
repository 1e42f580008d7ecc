/* Writes down what a backend is asked and what it tells, and passes both on. Must
 * not know which backend it is wrapped around. */
#include "backend/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "backend/recording.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/encode.h"

struct trace {
	struct backend base;		/* first */
	struct backend *inner;
	struct backend_sink sink;	/* what inner reports to */
	int fd;				/* -1: a write has failed, no more is written */
	int64_t start_ms;		/* monotonic */
	struct str line;
	struct jsonw w;
};

static struct trace *trace_of(struct backend *b)
{
	void *t = b;	/* base is the first member */
	return t;
}

/* ---- lines ---- */

static struct jsonw *begin(struct trace *t)
{
	str_clear(&t->line);
	jsonw_init(&t->w, &t->line);
	jsonw_object(&t->w, NULL);
	jsonw_int(&t->w, "t", when_mono_ms() - t->start_ms);
	return &t->w;
}

static struct jsonw *begin_tell(struct trace *t, enum tell kind)
{
	struct jsonw *w = begin(t);
	jsonw_string(w, "tell", tell_name(kind));
	return w;
}

/* Of an answer to a ticket. */
static struct jsonw *begin_answer(struct trace *t, enum tell kind, ticket_id ticket)
{
	struct jsonw *w = begin_tell(t, kind);
	jsonw_int(w, "ticket", (int64_t)ticket);
	return w;
}

static void end(struct trace *t)
{
	struct err err = { 0 };
	jsonw_end_object(&t->w);
	str_add_char(&t->line, '\n');
	if (t->fd < 0 || file_write_all(t->fd, view_of_str(&t->line), &err))
		return;
	log_warn("the recording ends here: %s", err_text(&err));
	err_release(&err);
	close(t->fd);
	t->fd = -1;
}

/* ---- what is told: written, then passed on as the last thing, because the sink
 *      may destroy us ---- */

static void on_identity(void *arg, unsigned abilities, const struct backend_identity *id)
{
	struct trace *t = arg;
	struct jsonw *w = begin_tell(t, TELL_IDENTITY);
	jsonw_int(w, "abilities", abilities);
	jsonw_text(w, "user", id->user);
	jsonw_text(w, "roles", id->roles);
	jsonw_text(w, "version", id->version);
	jsonw_text(w, "engine", id->engine);
	jsonw_bool(w, "read_only", id->read_only);
	jsonw_int(w, "clock_offset_ms", id->clock_offset_ms);
	end(t);
	t->base.sink->identity(t->base.sink->arg, abilities, id);
}

static void on_condition(void *arg, enum condition c, const char *sentence, int64_t fresh_ms)
{
	struct trace *t = arg;
	struct jsonw *w = begin_tell(t, TELL_CONDITION);
	jsonw_int(w, "condition", c);
	jsonw_string(w, "sentence", sentence);
	jsonw_int(w, "fresh_ms", fresh_ms);
	end(t);
	t->base.sink->condition(t->base.sink->arg, c, sentence, fresh_ms);
}

static void on_snapshot_begin(void *arg, struct view filter)
{
	struct trace *t = arg;
	jsonw_text(begin_tell(t, TELL_SNAPSHOT_BEGIN), "filter", filter);
	end(t);
	t->base.sink->snapshot_begin(t->base.sink->arg, filter);
}

static void write_runs(struct jsonw *w, const struct run_facts *runs, size_t n)
{
	jsonw_array(w, "runs");
	for (size_t i = 0; i < n; i++)
		encode_run(w, NULL, &runs[i]);
	jsonw_end_array(w);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct trace *t = arg;
	write_runs(begin_tell(t, TELL_RUNS), runs, n);
	end(t);
	t->base.sink->runs(t->base.sink->arg, runs, n);
}

static void on_gone(void *arg, struct view id)
{
	struct trace *t = arg;
	jsonw_text(begin_tell(t, TELL_GONE), "id", id);
	end(t);
	t->base.sink->gone(t->base.sink->arg, id);
}

static void on_progress(void *arg, const struct run_facts *run)
{
	struct trace *t = arg;
	encode_run(begin_tell(t, TELL_PROGRESS), "run", run);
	end(t);
	t->base.sink->progress(t->base.sink->arg, run);
}

static void on_snapshot_end(void *arg, bool complete)
{
	struct trace *t = arg;
	jsonw_bool(begin_tell(t, TELL_SNAPSHOT_END), "complete", complete);
	end(t);
	t->base.sink->snapshot_end(t->base.sink->arg, complete);
}

static void on_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
	struct trace *t = arg;
	struct jsonw *w = begin_tell(t, TELL_LANE_COUNTS);
	for (int lane = 0; lane < LANES; lane++) {
		if (!at_least[lane])
			jsonw_int(w, lane_name((enum lane)lane), counts[lane]);
	}
	end(t);
	t->base.sink->lane_counts(t->base.sink->arg, counts, at_least);
}

static void on_page(void *arg, ticket_id ticket, const struct run_facts *runs, size_t n,
		    struct view next_cursor)
{
	struct trace *t = arg;
	struct jsonw *w = begin_answer(t, TELL_PAGE, ticket);
	write_runs(w, runs, n);
	jsonw_text(w, "next_cursor", next_cursor);
	end(t);
	t->base.sink->page(t->base.sink->arg, ticket, runs, n, next_cursor);
}

static void on_detail(void *arg, ticket_id ticket, const struct run_detail *d)
{
	struct trace *t = arg;
	encode_detail(begin_answer(t, TELL_DETAIL, ticket), "run", d);
	end(t);
	t->base.sink->detail(t->base.sink->arg, ticket, d);
}

static void on_history(void *arg, ticket_id ticket, struct view run,
		       const struct history_facts *h, size_t n, struct view next_cursor)
{
	struct trace *t = arg;
	struct jsonw *w = begin_answer(t, TELL_HISTORY, ticket);
	jsonw_text(w, "run", run);
	jsonw_array(w, "history");
	for (size_t i = 0; i < n; i++)
		encode_history(w, NULL, &h[i]);
	jsonw_end_array(w);
	jsonw_text(w, "next_cursor", next_cursor);
	end(t);
	t->base.sink->history(t->base.sink->arg, ticket, run, h, n, next_cursor);
}

static void on_catalog(void *arg, ticket_id ticket, enum catalog_kind kind, struct view json,
		       struct view next_cursor)
{
	struct trace *t = arg;
	struct jsonw *w = begin_answer(t, TELL_CATALOG, ticket);
	jsonw_int(w, "kind", kind);
	jsonw_text(w, "next_cursor", next_cursor);
	jsonw_raw(w, "json", json);
	end(t);
	t->base.sink->catalog(t->base.sink->arg, ticket, kind, json, next_cursor);
}

static const char *stream_word(enum log_stream s)
{
	static const char *const words[] = {
		[LOG_STREAM_STDOUT] = "stdout", [LOG_STREAM_STDERR] = "stderr",
		[LOG_STREAM_BOTH] = "stdout", [LOG_STREAM_NOTE] = "note",
	};
	return words[s];
}

static void write_lines(struct jsonw *w, const struct log_line_facts *lines, size_t n)
{
	jsonw_array(w, "lines");
	for (size_t i = 0; i < n; i++) {
		jsonw_object(w, NULL);
		jsonw_time(w, "at", lines[i].at_ms);
		jsonw_string(w, "stream", stream_word(lines[i].stream));
		jsonw_text(w, "text", lines[i].text);
		jsonw_bool(w, "partial", lines[i].partial);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void on_log(void *arg, ticket_id ticket, const struct log_line_facts *lines, size_t n,
		   enum log_state state, struct view next_cursor, struct view prev_cursor)
{
	struct trace *t = arg;
	struct jsonw *w = begin_answer(t, TELL_LOG, ticket);
	write_lines(w, lines, n);
	jsonw_int(w, "log_state", state);
	jsonw_text(w, "next", next_cursor);
	jsonw_text(w, "prev", prev_cursor);
	end(t);
	t->base.sink->log(t->base.sink->arg, ticket, lines, n, state, next_cursor, prev_cursor);
}

static void on_done(void *arg, ticket_id ticket, enum outcome outcome, struct view follow_key,
		    const char *text)
{
	struct trace *t = arg;
	struct jsonw *w = begin_answer(t, TELL_DONE, ticket);
	jsonw_int(w, "outcome", outcome);
	jsonw_text(w, "follow_key", follow_key);
	jsonw_string(w, "text", text);
	end(t);
	t->base.sink->done(t->base.sink->arg, ticket, outcome, follow_key, text);
}

static const struct backend_sink trace_slots = {
	.identity = on_identity,
	.condition = on_condition,
	.snapshot_begin = on_snapshot_begin,
	.runs = on_runs,
	.gone = on_gone,
	.progress = on_progress,
	.snapshot_end = on_snapshot_end,
	.lane_counts = on_lane_counts,
	.page = on_page,
	.detail = on_detail,
	.history = on_history,
	.catalog = on_catalog,
	.log = on_log,
	.done = on_done,
};

/* ---- what is asked: the tickets are the inner backend's ---- */

/* Takes ask's memory. */
static ticket_id asked(struct trace *t, struct str *ask, ticket_id ticket)
{
	struct jsonw *w = begin(t);
	jsonw_text(w, "ask", view_of_str(ask));
	jsonw_int(w, "ticket", (int64_t)ticket);
	end(t);
	str_release(ask);
	return ticket;
}

static bool probe(struct backend *b)
{
	backend_probe(trace_of(b)->inner);
	return true;
}

static ticket_id watch(struct backend *b, const struct watch_scope *scope)
{
	struct str ask = { 0 };
	str_add_text(&ask, "watch");
	return asked(trace_of(b), &ask, backend_watch(trace_of(b)->inner, scope));
}

static ticket_id page(struct backend *b, struct view filter, struct view cursor, size_t limit)
{
	struct str ask = { 0 };
	ask_page(&ask, filter, cursor, limit);
	return asked(trace_of(b), &ask, backend_page(trace_of(b)->inner, filter, cursor, limit));
}

static ticket_id fetch(struct backend *b, struct view run, enum run_part part,
		       struct view cursor)
{
	struct str ask = { 0 };
	ask_fetch(&ask, run, part, cursor);
	return asked(trace_of(b), &ask, backend_fetch(trace_of(b)->inner, run, part, cursor));
}

static ticket_id follow(struct backend *b, struct view run)
{
	struct str ask = { 0 };
	ask_follow(&ask, run);
	return asked(trace_of(b), &ask, backend_follow(trace_of(b)->inner, run));
}

static ticket_id catalog(struct backend *b, enum catalog_kind kind, struct view cursor)
{
	struct str ask = { 0 };
	ask_catalog(&ask, kind, cursor);
	return asked(trace_of(b), &ask, backend_catalog(trace_of(b)->inner, kind, cursor));
}

static ticket_id read_log(struct backend *b, const struct log_query *q)
{
	struct str ask = { 0 };
	ask_log(&ask, q);
	return asked(trace_of(b), &ask, backend_log(trace_of(b)->inner, q));
}

static ticket_id give_order(struct backend *b, const struct order *o)
{
	struct str ask = { 0 };
	ask_order(&ask, o);
	return asked(trace_of(b), &ask, backend_order(trace_of(b)->inner, o));
}

static void cancel(struct backend *b, ticket_id ticket)
{
	backend_cancel(trace_of(b)->inner, ticket);
}

static ticket_id preview(struct backend *b, const struct order *o)
{
	return backend_order(trace_of(b)->inner, o);
}

static ticket_id ask_run(struct backend *b, const struct run_question *q)
{
	return backend_ask(trace_of(b)->inner, q);
}

static ticket_id order_schedule(struct backend *b, const struct schedule_order *o)
{
	return backend_schedule(trace_of(b)->inner, o);
}

static ticket_id run_errand(struct backend *b, const struct errand *e)
{
	return backend_errand(trace_of(b)->inner, e);
}

static ticket_id save(struct backend *b, struct view run, int fd)
{
	return backend_save(trace_of(b)->inner, run, fd);
}

static ticket_id space(struct backend *b, struct view name)
{
	return backend_space(trace_of(b)->inner, name);
}

static void in_view(struct backend *b, const struct view *runs, size_t n)
{
	backend_in_view(trace_of(b)->inner, runs, n);
}

static size_t pending(const struct backend *b)
{
	const void *self = b;
	const struct trace *t = self;
	return backend_pending(t->inner);
}

static void destroy(struct backend *b)
{
	struct trace *t = trace_of(b);
	backend_destroy(t->inner);
	if (t->fd >= 0)
		close(t->fd);
	str_release(&t->line);
	mem_free(t);
}

static const struct backend_ops trace_ops = {
	.kind = "trace",
	.probe = probe,
	.watch = watch,
	.page = page,
	.fetch = fetch,
	.follow = follow,
	.catalog = catalog,
	.log = read_log,
	.order = give_order,
	.preview = preview,
	.ask = ask_run,
	.schedule = order_schedule,
	.errand = run_errand,
	.save = save,
	.space = space,
	.in_view = in_view,
	.cancel = cancel,
	.pending = pending,
	.destroy = destroy,
};

static void write_head(struct trace *t)
{
	str_clear(&t->line);
	jsonw_init(&t->w, &t->line);
	jsonw_object(&t->w, NULL);
	jsonw_int(&t->w, "recording", RECORDING_VERSION);
	jsonw_time(&t->w, "at", when_now_ms());
	end(t);
}

struct backend *trace_new(struct loop *loop, const struct backend_sink *sink, const char *path,
			  struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_system(err, errno, "%s", path);
		return NULL;
	}
	struct trace *t = mem_zero(sizeof *t);
	t->base = (struct backend){ .ops = &trace_ops, .loop = loop, .sink = sink };
	t->sink = trace_slots;
	t->sink.arg = t;
	t->fd = fd;
	t->start_ms = when_mono_ms();
	write_head(t);
	return &t->base;
}

const struct backend_sink *trace_sink(struct backend *trace)
{
	return &trace_of(trace)->sink;
}

void trace_wrap(struct backend *trace, struct backend *inner)
{
	trace_of(trace)->inner = inner;
}
