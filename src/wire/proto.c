/* Lists, frames and small objects of the API. Run objects are in proto_run.c. */
#include "wire/proto.h"

#include <assert.h>

#include "wire/proto_parts.h"

/* ---- lists of runs ---- */

static bool read_element(struct view element, struct arena *arena, struct run_facts *run)
{
	arena_clear(arena);
	struct reader r = reader_of(element, arena);
	return read_run(&r, run) && jtext_ended(&r.text);
}

/* One member of a list's object: the list itself is walked, element by element. */
static bool read_list(struct jtext *t, struct arena *arena, proto_run_fn *fn, void *arg)
{
	struct run_facts run;
	bool more = true;
	if (!jtext_enter(t, JTEXT_ARRAY))
		return false;
	while (more && jtext_element(t)) {
		struct view element = jtext_value(t);
		if (!read_element(element, arena, &run))
			return false;
		more = fn(arg, &run);
	}
	while (!more && jtext_element(t))
		jtext_value(t);
	return !t->bad;
}

static struct view cursor_of(struct view json)
{
	bool text = json.len >= 2 && json.ptr[0] == '"';
	return text ? view_cut(json, 1, json.len - 2) : (struct view){ 0 };
}

bool proto_runs(struct view json, struct arena *arena, proto_run_fn *fn, void *arg,
		struct view *next_cursor, struct err *err)
{
	struct jtext t = jtext_of(json);
	struct arena keys = { 0 };
	struct view key, next = { 0 };
	bool found = false, good = true;
	if (jtext_peek(&t) == JTEXT_ARRAY)
		found = good = read_list(&t, arena, fn, arg);
	else if (!jtext_enter(&t, JTEXT_OBJECT))
		good = false;
	while (good && t.depth && jtext_member(&t, &keys, &key)) {
		if (view_is(key, "runs"))
			found = good = read_list(&t, arena, fn, arg);
		else if (view_is(key, "next_cursor"))
			next = cursor_of(jtext_value(&t));
		else
			jtext_value(&t);
	}
	good = good && found && jtext_ended(&t);
	arena_release(&keys);
	if (next_cursor)
		*next_cursor = next;
	return good || err_set(err, ERR_PARSE, "the list of runs cannot be read");
}

struct view proto_next_cursor(struct view json)
{
	struct jtext t = jtext_of(json);
	struct arena keys = { 0 };
	struct view key, next = { 0 };
	if (jtext_enter(&t, JTEXT_OBJECT)) {
		while (jtext_member(&t, &keys, &key)) {
			struct view value = jtext_value(&t);
			if (view_is(key, "next_cursor"))
				next = cursor_of(value);
		}
	}
	arena_release(&keys);
	return next;
}

/* ---- history ---- */

static const struct member history_members[] = {
	MEMBER("seq", member_int64, struct history_facts, seq),
	MEMBER("at", member_time, struct history_facts, at_ms),
	MEMBER("kind", member_text, struct history_facts, kind),
	MEMBER("by", member_text, struct history_facts, by),
	MEMBER("task", member_text, struct history_facts, task),
	MEMBER("attempt", member_int, struct history_facts, attempt),
	MEMBER("text", member_text, struct history_facts, text),
	MEMBER("comment", member_text, struct history_facts, comment),
	{ 0 },
};

static void member_history(struct reader *r, void *history)
{
	struct proto_history *h = history;
	struct history_facts *items = arena_array(r->arena, count_elements(r) + 1, sizeof *items);
	if (!jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return;
	}
	h->len = 0;
	while (jtext_element(&r->text))
		read_members(r, history_members, &items[h->len++]);
	h->items = items;
}

static const struct member history_list_members[] = {
	{ "history", member_history, 0 },
	{ "events", member_history, 0 },
	MEMBER("next_cursor", member_text, struct proto_history, next_cursor),
	{ 0 },
};

bool proto_history(struct view json, struct arena *arena, struct proto_history *out,
		   struct err *err)
{
	struct reader r = reader_of(json, arena);
	bool good = true;
	*out = (struct proto_history){ 0 };
	if (jtext_peek(&r.text) == JTEXT_ARRAY)
		member_history(&r, out);
	else
		good = read_members(&r, history_list_members, out);
	return reader_done(&r, good, "the history", err);
}

/* ---- lines of a log ---- */

/* "stdout", "stderr", "note", or the number of the protocol. */
static void member_stream(struct reader *r, void *field)
{
	enum log_stream *stream = field;
	if (jtext_peek(&r->text) == JTEXT_NUMBER) {
		int64_t n = jtext_int(&r->text, LOG_STREAM_STDOUT);
		*stream = n == LOG_STREAM_STDERR ? LOG_STREAM_STDERR : LOG_STREAM_STDOUT;
		return;
	}
	bool out = view_is(jtext_string(&r->text, r->arena), "stdout");
	*stream = out ? LOG_STREAM_STDOUT : LOG_STREAM_STDERR;
}

static const struct member line_members[] = {
	MEMBER("at", member_time, struct log_line_facts, at_ms),
	MEMBER("stream", member_stream, struct log_line_facts, stream),
	MEMBER("text", member_text, struct log_line_facts, text),
	MEMBER("partial", member_true, struct log_line_facts, partial),
	{ 0 },
};

static void member_lines(struct reader *r, void *lines)
{
	struct proto_lines *l = lines;
	struct log_line_facts *items = arena_array(r->arena, count_elements(r) + 1, sizeof *items);
	if (!jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return;
	}
	l->len = 0;
	while (jtext_element(&r->text)) {
		struct log_line_facts *line = &items[l->len++];
		*line = (struct log_line_facts){ .stream = LOG_STREAM_STDOUT };
		read_members(r, line_members, line);
	}
	l->items = items;
}

static void member_lines_state(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	*(enum log_state *)field = view_is(word, "following") ? LOG_FOLLOWING :
				   view_is(word, "eof")	      ? LOG_EOF :
								LOG_MORE;
}

static const struct member lines_members[] = {
	{ "lines", member_lines, 0 },
	MEMBER("next", member_text, struct proto_lines, next),
	MEMBER("prev", member_text, struct proto_lines, prev),
	MEMBER("state", member_lines_state, struct proto_lines, state),
	{ 0 },
};

bool proto_lines(struct view json, struct arena *arena, struct proto_lines *out,
		 struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_lines){ .state = LOG_MORE };
	return reader_done(&r, read_members(&r, lines_members, out), "the log", err);
}

/* ---- errors and information ---- */

static const struct member error_members[] = {
	MEMBER("code", member_text, struct proto_error, code),
	MEMBER("message", member_text, struct proto_error, message),
	MEMBER("detail", member_raw, struct proto_error, detail),
	{ 0 },
};

static void member_whole_error(struct reader *r, void *error)
{
	struct proto_error *e = error;
	if (jtext_peek(&r->text) == JTEXT_STRING)
		member_text(r, &e->message);
	else
		read_members(r, error_members, e);
}

static const struct member error_body_members[] = {
	{ "error", member_whole_error, 0 },
	{ 0 },
};

void proto_error(struct view body, int status, struct arena *arena, struct proto_error *out)
{
	struct reader r = reader_of(body, arena);
	*out = (struct proto_error){ 0 };
	if (!read_members(&r, error_body_members, out) || !jtext_ended(&r.text))
		*out = (struct proto_error){ 0 };
	if (out->message.len)
		return;
	struct str words = { 0 };
	str_addf(&words, "the server answered %d", status);
	out->message = arena_view(arena, view_of_str(&words));
	str_release(&words);
}

static void member_capabilities(struct reader *r, void *info)
{
	struct proto_info *i = info;
	i->capabilities = read_views(r, "name", &i->n_capabilities);
}

static const struct member user_members[] = {
	MEMBER("name", member_text, struct proto_info, user),
	MEMBER("roles", member_words, struct proto_info, roles),
	{ 0 },
};

static void member_user(struct reader *r, void *info)
{
	struct proto_info *i = info;
	if (jtext_peek(&r->text) == JTEXT_OBJECT)
		read_members(r, user_members, i);
	else
		member_text(r, &i->user);
}

static const struct member info_members[] = {
	{ "user", member_user, 0 },
	MEMBER("roles", member_words, struct proto_info, roles),
	MEMBER("version", member_text, struct proto_info, version),
	MEMBER("engine", member_text, struct proto_info, engine),
	{ "capabilities", member_capabilities, 0 },
	MEMBER("time", member_time, struct proto_info, time_ms),
	MEMBER("read_only", member_true, struct proto_info, read_only),
	{ 0 },
};

bool proto_info(struct view json, struct arena *arena, struct proto_info *out, struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_info){ 0 };
	return reader_done(&r, read_members(&r, info_members, out), "who the server is", err);
}

/* ---- the event stream ---- */

static const char *const event_names[] = {
	[PROTO_EVENT_UNKNOWN] = "",
	[PROTO_EVENT_SNAPSHOT_BEGIN] = "snapshot_begin",
	[PROTO_EVENT_RUN] = "run",
	[PROTO_EVENT_SNAPSHOT_END] = "snapshot_end",
	[PROTO_EVENT_GONE] = "gone",
	[PROTO_EVENT_PROGRESS] = "progress",
	[PROTO_EVENT_RESET] = "reset",
	[PROTO_EVENT_HEARTBEAT] = "heartbeat",
	[PROTO_EVENT_TASK] = "task",
	[PROTO_EVENT_LINES] = "lines",
	[PROTO_EVENT_EOF] = "eof",
};
static_assert(sizeof event_names / sizeof *event_names == PROTO_EVENTS, "a name for each event");

enum proto_event proto_event_parse(struct view name)
{
	for (int i = 1; i < PROTO_EVENTS; i++)
		if (view_is(name, event_names[i]))
			return (enum proto_event)i;
	return PROTO_EVENT_UNKNOWN;
}

const char *proto_event_name(enum proto_event e)
{
	return (int)e < PROTO_EVENTS ? event_names[e] : "";
}

static void member_counts(struct reader *r, void *field)
{
	int64_t *counts = field;
	struct view key;
	if (!jtext_enter(&r->text, JTEXT_OBJECT)) {
		jtext_value(&r->text);
		return;
	}
	while (jtext_member(&r->text, r->arena, &key)) {
		int64_t n = jtext_int(&r->text, -1);
		enum lane lane;
		if (lane_parse(key, &lane))
			counts[lane] = n;
	}
}

static const struct member frame_members[] = {
	MEMBER("filter", member_text, struct proto_frame, filter),
	MEMBER("id", member_text, struct proto_frame, id),
	MEMBER("reason", member_text, struct proto_frame, reason),
	MEMBER("ended", member_int64, struct proto_frame, ended),
	MEMBER("time", member_time, struct proto_frame, time_ms),
	MEMBER("complete", member_true, struct proto_frame, complete),
	MEMBER("counts", member_counts, struct proto_frame, counts),
	{ 0 },
};

bool proto_frame(struct view json, struct arena *arena, struct proto_frame *out,
		 struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_frame){ .ended = -1 };
	for (int i = 0; i < LANES; i++)
		out->counts[i] = -1;
	return reader_done(&r, read_members(&r, frame_members, out), "an event", err);
}

static const struct member task_members[] = {
	MEMBER("run", member_text, struct proto_task, run),
	MEMBER("task", member_text, struct proto_task, task),
	MEMBER("attempt", member_int, struct proto_task, attempt),
	MEMBER("stdout_bytes", member_int64, struct proto_task, stdout_bytes),
	MEMBER("stderr_bytes", member_int64, struct proto_task, stderr_bytes),
	MEMBER("progress", member_real, struct proto_task, progress),
	{ 0 },
};

bool proto_task(struct view json, struct arena *arena, struct proto_task *out, struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_task){ .progress = -1 };
	return reader_done(&r, read_members(&r, task_members, out), "an event", err);
}
