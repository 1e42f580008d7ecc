/* GET .../log: octets as they lie in the file, or lines with times; once or followed.
 * A follower is a place in the log, never a queue: it reads on when its peer can
 * take some. */
#include "base/arena.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "engine/route.h"

enum { OCTETS_AT_ONCE = 64 << 10, LINES_AT_ONCE = 500, LINES_MAX = 10000 };

struct tail {
	struct tails *tails;
	struct engine *engine;
	struct exchange *x;
	const struct caller *caller;
	size_t index;
	struct str run, task, cursor, level, search;
	struct engine_log_query q;	/* its views point to the texts above */
	bool follow;
	bool bare;			/* the lines that fit, as octets */
	struct watch *again;		/* looks on in the next turn */
	int64_t left;			/* octets still wanted; -1: all */
	bool more;			/* the log goes on behind what was read */
	bool ended;			/* all that is wanted lies in out */
	struct str out;
	size_t sent;
};

struct tails {
	VEC(struct tail *) items;
};

static void add_event(struct tail *t, const char *name, struct view data)
{
	str_addf(&t->out, "event: %s\ndata: ", name);
	str_add(&t->out, data);
	str_add_text(&t->out, "\n\n");
}

/* ---- where it begins ---------------------------------------------------------------- */

/* What the task object says of its log. */
struct extent {
	int64_t attempt, octets[2];	/* stdout, stderr */
};

static void read_sizes(struct jtext *t, struct extent *out)
{
	struct view key;
	if (!jtext_enter(t, JTEXT_OBJECT)) {
		jtext_value(t);
		return;
	}
	while (jtext_member(t, NULL, &key)) {
		if (view_is(key, "stdout_bytes"))
			out->octets[0] = jtext_int(t, 0);
		else if (view_is(key, "stderr_bytes"))
			out->octets[1] = jtext_int(t, 0);
		else
			jtext_value(t);
	}
}

static bool read_extent(struct tail *t, struct extent *out, struct err *err)
{
	struct engine_caller nobody = { 0 };
	struct str json = { 0 };
	struct arena keys = { 0 };
	struct view key;
	int64_t version;
	bool good = engine_task(t->engine, t->q.run, t->q.task, &nobody, &json, &version, err);
	struct jtext text = jtext_of(view_of_str(&json));
	*out = (struct extent){ 0 };
	if (good && jtext_enter(&text, JTEXT_OBJECT)) {
		while (jtext_member(&text, &keys, &key)) {
			if (view_is(key, "attempt"))
				out->attempt = jtext_int(&text, 0);
			else if (view_is(key, "log"))
				read_sizes(&text, out);
			else
				jtext_value(&text);
		}
	}
	arena_release(&keys);
	str_release(&json);
	return good;
}

/* The last attempt is the last one now: a retry is another log. One that has not
 * begun is looked for again. An offset from the end becomes one from the begin. */
static bool settle(struct tail *t, struct err *err)
{
	struct extent extent;
	if (t->q.attempt && t->q.offset >= 0)
		return true;
	if (!read_extent(t, &extent, err))
		return false;
	if (!t->q.attempt)
		t->q.attempt = (int)extent.attempt;
	if (t->q.offset < 0) {
		int64_t all = (t->q.streams & ENGINE_STDOUT ? extent.octets[0] : 0) +
			      (t->q.streams & ENGINE_STDERR ? extent.octets[1] : 0);
		t->q.offset = all + t->q.offset > 0 ? all + t->q.offset : 0;
	}
	return true;
}

/* ---- reading on --------------------------------------------------------------------- */

static bool fill_octets(struct tail *t, struct err *err)
{
	enum engine_log_state state;
	size_t before = t->out.len;
	t->q.limit = t->left >= 0 && t->left < OCTETS_AT_ONCE ? t->left : OCTETS_AT_ONCE;
	if (!t->q.limit) {
		t->ended = true;
		return true;
	}
	if (!engine_log(t->engine, &t->q, &t->out, &state, err))
		return false;
	int64_t got = (int64_t)(t->out.len - before);
	t->q.offset += got;
	t->left -= t->left >= 0 ? got : 0;
	t->more = state == ENGINE_LOG_MORE;
	t->ended = state == ENGINE_LOG_EOF || (state == ENGINE_LOG_FOLLOWING && !t->follow);
	return true;
}

/* Whether the page has lines, and where the next begins. */
static bool read_page(struct view page, struct str *next)
{
	struct jtext t = jtext_of(page);
	struct view key;
	bool lines = false;
	if (!jtext_enter(&t, JTEXT_OBJECT))
		return false;
	while (jtext_member(&t, NULL, &key)) {
		if (view_is(key, "lines")) {
			lines = view_trim(jtext_value(&t)).len > 2;	/* more than [] */
		} else if (view_is(key, "next")) {
			struct view cursor = jtext_string(&t, NULL);
			str_clear(next);
			str_add(next, cursor);
		} else {
			jtext_value(&t);
		}
	}
	return lines;
}

/* The texts of one line object, or of a page of them. */
static void add_text(struct jtext *t, struct str *out)
{
	struct arena arena = { 0 };
	struct view key;
	if (!jtext_enter(t, JTEXT_OBJECT)) {
		jtext_value(t);
		return;
	}
	while (jtext_member(t, NULL, &key)) {
		if (!view_is(key, "text")) {
			jtext_value(t);
			continue;
		}
		str_add(out, jtext_string(t, &arena));
		str_add_char(out, '\n');
	}
	arena_release(&arena);
}

static void add_texts(struct view page, struct str *out)
{
	struct jtext t = jtext_of(page);
	struct view key;
	if (!jtext_enter(&t, JTEXT_OBJECT))
		return;
	while (jtext_member(&t, NULL, &key)) {
		if (!view_is(key, "lines") || !jtext_enter(&t, JTEXT_ARRAY)) {
			jtext_value(&t);
			continue;
		}
		while (jtext_element(&t))
			add_text(&t, out);
	}
}

static void add_bare(struct tail *t, struct view page, enum engine_log_state state)
{
	add_texts(page, &t->out);
	if (t->left >= 0 && t->out.len >= (size_t)t->left) {
		str_shorten(&t->out, (size_t)t->left);
		t->ended = true;
	}
	t->left -= t->left >= 0 ? (int64_t)t->out.len : 0;
	t->ended |= state == ENGINE_LOG_EOF || (state == ENGINE_LOG_FOLLOWING && !t->follow);
}

static void add_page(struct tail *t, struct view page, bool lines, enum engine_log_state state)
{
	if (lines)
		add_event(t, "lines", page);
	if (state == ENGINE_LOG_EOF) {
		add_event(t, "eof", VIEW("{}"));
		t->ended = true;
	}
}

static bool fill_lines(struct tail *t, struct err *err)
{
	struct str page = { 0 }, next = { 0 };
	enum engine_log_state state;
	bool good = engine_log(t->engine, &t->q, &page, &state, err);
	if (good) {
		bool lines = read_page(view_of_str(&page), &next);
		if (t->bare)
			add_bare(t, view_of_str(&page), state);
		else
			add_page(t, view_of_str(&page), lines, state);
		if (next.len) {
			str_clear(&t->cursor);
			str_add(&t->cursor, view_of_str(&next));
			t->q.cursor = view_of_str(&t->cursor);
			t->q.line = 0;	/* was the begin */
		}
		t->more = state == ENGINE_LOG_MORE;
	}
	str_release(&page);
	str_release(&next);
	return good;
}

static void beat(void *arg)
{
	struct tail *t = arg;
	struct str data = { 0 };
	if (!t->q.lines || t->bare || t->sent < t->out.len)
		return;
	str_add_text(&data, "{\"time\":\"");
	when_add_rfc3339(&data, when_now_ms());
	str_add_text(&data, "\"}");
	add_event(t, "heartbeat", view_of_str(&data));
	str_release(&data);
}

static void look_on(void *arg)
{
	struct tail *t = arg;
	exchange_wake(t->x);
}

/* A slice without a line that fits is passed over in a turn of its own: the others come
 * in between. */
static bool fill(struct tail *t, struct err *err)
{
	str_clear(&t->out);
	t->sent = 0;
	if (!settle(t, err) || !(t->q.lines ? fill_lines(t, err) : fill_octets(t, err)))
		return false;
	if (!t->out.len && !t->ended && t->more)
		loop_timer_set(t->again, 0);
	return true;
}

static ssize_t pull(void *arg, char *buf, size_t max)
{
	struct tail *t = arg;
	if (!caller_can(t->caller, CAN_VIEW_DETAILS))
		return STREAM_END;	/* the rights were taken away meanwhile */
	if (t->sent == t->out.len && !t->ended && !fill(t, NULL))
		return STREAM_END;
	struct view part = view_cut(view_of_str(&t->out), t->sent, max);
	if (!part.len)
		return t->ended ? STREAM_END : STREAM_WAIT;
	memcpy(buf, part.ptr, part.len);
	t->sent += part.len;
	return (ssize_t)part.len;
}

static void tail_free(void *arg)
{
	struct tail *t = arg;
	struct tail *last = t->tails->items.items[--t->tails->items.len];
	t->tails->items.items[t->index] = last;
	last->index = t->index;
	loop_remove(t->again);
	str_release(&t->run);
	str_release(&t->task);
	str_release(&t->cursor);
	str_release(&t->level);
	str_release(&t->search);
	str_release(&t->out);
	mem_free(t);
}

static const struct stream_ops stream = {
	.pull = pull,
	.beat = beat,
	.close = tail_free,
};

/* ---- what was asked ------------------------------------------------------------------- */

static struct tail *tail_new(struct call *c)
{
	struct tail *t = mem_zero(sizeof *t);
	t->tails = c->api->tails;
	t->engine = c->api->with.engine;
	t->x = c->x;
	t->caller = c->caller;
	t->again = loop_timer(c->api->with.loop, look_on, t);
	t->index = t->tails->items.len;
	vec_push(&t->tails->items, t);
	str_add(&t->run, call_word(c, 0));
	str_add(&t->task, call_word(c, 1));
	return t;
}

static bool refuse(struct call *c, const char *message)
{
	call_error(c, 400, "bad_request", message);
	return false;
}

static bool read_streams(struct call *c, struct tail *t)
{
	static const struct {
		const char *name;
		unsigned streams;
	} words[] = {
		{ "", ENGINE_STDOUT | ENGINE_STDERR },
		{ "both", ENGINE_STDOUT | ENGINE_STDERR },
		{ "stdout", ENGINE_STDOUT },
		{ "stderr", ENGINE_STDERR },
		{ "note", ENGINE_NOTES },
	};
	struct str text = { 0 };
	bool good = call_query(c, "stream", &text), found = false;
	for (size_t i = 0; good && i < sizeof(words) / sizeof(*words); i++) {
		if (view_is(view_of_str(&text), words[i].name)) {
			t->q.streams = words[i].streams;
			found = true;
		}
	}
	str_release(&text);
	return good && (found || refuse(c, "stream is stdout, stderr, note or both"));
}

static bool read_format(struct call *c, struct tail *t)
{
	struct str text = { 0 };
	bool good = call_query(c, "format", &text);
	t->q.lines = view_is(view_of_str(&text), "lines");
	bool known = t->q.lines || !text.len || view_is(view_of_str(&text), "octets");
	str_release(&text);
	return good && (known || refuse(c, "format is lines or octets"));
}

static bool read_query(struct call *c, struct tail *t)
{
	int64_t attempt;
	if (!read_streams(c, t) || !read_format(c, t) || !call_query(c, "cursor", &t->cursor) ||
	    !call_query(c, "level", &t->level) || !call_query(c, "search", &t->search) ||
	    !call_query_flag(c, "follow", &t->follow) || !call_query_flag(c, "exact", &t->q.exact) ||
	    !call_query_flag(c, "backward", &t->q.backward) ||
	    !call_query_int(c, "line", (struct call_range){ 1, INT64_MAX / 2, 0 }, &t->q.line) ||
	    !call_query_int(c, "tail", (struct call_range){ 1, LINES_MAX, 0 }, &t->q.tail) ||
	    !call_query_int(c, "attempt", (struct call_range){ 1, INT32_MAX, 0 }, &attempt) ||
	    !call_query_int(c, "offset", (struct call_range){ INT64_MIN, INT64_MAX, 0 }, &t->q.offset))
		return false;
	struct call_range limit = { 1, t->q.lines ? LINES_MAX : INT64_MAX, t->q.lines ? 0 : -1 };
	if (!call_query_int(c, "limit", limit, &t->left))
		return false;
	if (t->follow && t->q.backward)
		return refuse(c, "a log is followed forward only");
	if (t->q.line && t->q.tail)
		return refuse(c, "line and tail exclude each other");
	if ((t->q.line || t->q.tail) && (!t->q.lines || t->q.backward || t->cursor.len))
		return refuse(c, "line and tail are a begin: with format=lines, without cursor");
	t->bare = !t->q.lines && (t->level.len || t->search.len);
	if (t->bare && t->q.offset)
		return refuse(c, "offset counts all octets: not with level or search");
	t->q.attempt = (int)attempt;
	t->q.run = view_of_str(&t->run);
	t->q.task = view_of_str(&t->task);
	t->q.cursor = view_of_str(&t->cursor);
	t->q.level = view_of_str(&t->level);
	t->q.search = view_of_str(&t->search);
	if (t->q.lines && t->q.streams == (ENGINE_STDOUT | ENGINE_STDERR))
		t->q.streams |= ENGINE_NOTES;
	if (t->q.lines)
		t->q.limit = t->follow && !t->left ? LINES_AT_ONCE : t->left;
	if (t->bare) {
		t->q.lines = true;
		t->q.limit = LINES_AT_ONCE;
	}
	return true;
}

/* One page of lines is an answer, all else a stream: of events, or of octets. */
static void serve(struct call *c, struct tail *t, struct err *err)
{
	bool events = t->q.lines && !t->bare;
	if (events && !t->follow) {
		struct str page = { 0 };
		enum engine_log_state state;
		if (engine_log(t->engine, &t->q, &page, &state, err))
			call_json(c, 200, &page);
		else
			call_failed(c, err);
		str_release(&page);
		tail_free(t);
	} else if (fill(t, err)) {
		exchange_stream(c->x, events ? "text/event-stream" : "text/plain; charset=utf-8",
				&stream, t);
	} else {
		call_failed(c, err);
		tail_free(t);
	}
}

void api_log(struct call *c)
{
	struct err err = { 0 };
	struct tail *t = tail_new(c);
	if (read_query(c, t))
		serve(c, t, &err);
	else
		tail_free(t);
	err_release(&err);
}

/* ---- who follows ------------------------------------------------------------------------ */

struct tails *tails_new(void)
{
	return mem_zero(sizeof(struct tails));
}

void tails_free(struct tails *t)
{
	if (!t)
		return;
	vec_release(&t->items);
	mem_free(t);
}

void tails_wake(struct tails *t, struct view run, struct view task)
{
	for (size_t i = 0; i < t->items.len; i++) {
		struct tail *tail = t->items.items[i];
		if ((!run.len || view_eq(run, view_of_str(&tail->run))) &&
		    (!task.len || view_eq(task, view_of_str(&tail->task))))
			exchange_wake(tail->x);
	}
}
