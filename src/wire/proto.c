/* Lists of the API: runs, history, lines of a log. Run objects are in proto_run.c. */
#include "wire/proto.h"

#include "wire/proto_parts.h"

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

/* "stdout", "stderr", "note", or the number of the protocol. */
static void member_stream(struct reader *r, void *field)
{
	enum log_stream *stream = field;
	if (jtext_peek(&r->text) == JTEXT_NUMBER) {
		int64_t n = jtext_int(&r->text, LOG_STREAM_STDOUT);
		*stream = n == LOG_STREAM_STDERR ? LOG_STREAM_STDERR : LOG_STREAM_STDOUT;
		return;
	}
	struct view word = jtext_string(&r->text, r->arena);
	*stream = view_is(word, "stdout") ? LOG_STREAM_STDOUT :
		  view_is(word, "note")	  ? LOG_STREAM_NOTE :
					    LOG_STREAM_STDERR;
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
