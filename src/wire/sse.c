/* The parser of text/event-stream: bytes to lines, lines to fields, fields to
 * events. Knows nothing of what the events say. */
#include "wire/sse.h"

#include <string.h>

static const unsigned char bom[] = { 0xef, 0xbb, 0xbf };

void sse_init(struct sse *s, sse_event_fn *fn, void *arg)
{
	*s = (struct sse){ .fn = fn, .arg = arg, .retry_ms = -1 };
	struct str *const all[] = { &s->line, &s->name, &s->data, &s->id, &s->last_id };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		str_init(all[i], SSE_MAX);
}

void sse_release(struct sse *s)
{
	if (!s)
		return;
	str_release(&s->line);
	str_release(&s->name);
	str_release(&s->data);
	str_release(&s->id);
	str_release(&s->last_id);
	*s = (struct sse){ .retry_ms = -1 };
}

void sse_stop(struct sse *s)
{
	s->stopped = true;
}

static void forget_event(struct sse *s)
{
	str_clear(&s->name);
	str_clear(&s->data);
	s->has_data = s->has_id = false;
}

void sse_restart(struct sse *s)
{
	forget_event(s);
	str_clear(&s->line);
	s->line.cut = s->data.cut = false;
	s->bytes = 0;
	s->bom = 0;
	s->after_cr = s->stopped = s->failed = false;
	sse_set_last_id(s, view_of_str(&s->last_id));
}

struct view sse_last_id(const struct sse *s)
{
	return view_of_str(&s->last_id);
}

void sse_set_last_id(struct sse *s, struct view id)
{
	struct str copy = { .max = SSE_MAX };
	str_add(&copy, id);
	str_clear(&s->id);
	str_clear(&s->last_id);
	str_add(&s->id, view_of_str(&copy));
	str_add(&s->last_id, view_of_str(&copy));
	str_release(&copy);
}

static void dispatch(struct sse *s)
{
	str_clear(&s->last_id);
	str_add(&s->last_id, view_of_str(&s->id));
	if (s->has_data) {
		struct view data = view_of_str(&s->data);
		struct sse_event event = {
			.name = s->name.len ? view_of_str(&s->name) : VIEW("message"),
			.data = view_cut(data, 0, data.len - 1),
			.id = view_of_str(&s->last_id),
			.own_id = s->has_id,
		};
		s->fn(s->arg, &event);
	}
	forget_event(s);
}

static void take_id(struct sse *s, struct view value)
{
	if (view_find_byte(value, '\0', 0) != SIZE_MAX)
		return;
	str_clear(&s->id);
	str_add(&s->id, value);
	s->has_id = true;
}

static void take_retry(struct sse *s, struct view value)
{
	int64_t ms = 0;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return;
	if (number_parse(value, 0, INT32_MAX, &ms))
		s->retry_ms = ms;
}

static bool take_field(struct sse *s, struct view field, struct view value)
{
	if (view_is(field, "data")) {
		s->has_data = true;
		return str_add(&s->data, value) && str_add_char(&s->data, '\n');
	}
	if (view_is(field, "event")) {
		str_clear(&s->name);
		return str_add(&s->name, value);
	}
	if (view_is(field, "id"))
		take_id(s, value);
	else if (view_is(field, "retry"))
		take_retry(s, value);
	return true;
}

static bool take_line(struct sse *s, struct view line)
{
	if (!line.len) {
		dispatch(s);
		return true;
	}
	size_t colon = view_find_byte(line, ':', 0);
	if (colon == 0)
		return true;
	if (colon == SIZE_MAX)
		return take_field(s, line, (struct view){ 0 });
	struct view value = view_cut(line, colon + 1, line.len);
	if (view_starts(value, " "))
		value = view_cut(value, 1, value.len);
	return take_field(s, view_cut(line, 0, colon), value);
}

/* A line that lies whole in the given bytes is taken there; only what was cut is
 * put together in s->line. */
static bool end_line(struct sse *s, struct view part)
{
	if (!s->line.len)
		return part.len <= SSE_MAX && take_line(s, part);
	if (!str_add(&s->line, part))
		return false;
	bool good = take_line(s, view_of_str(&s->line));
	str_clear(&s->line);
	return good;
}

/* Where the line that begins at `from` ends, or v.len. */
static size_t line_end(struct view v, size_t from)
{
	const char *start = v.ptr + from;
	size_t len = v.len - from;
	const char *lf = memchr(start, '\n', len);
	if (lf)
		len = (size_t)(lf - start);
	const char *cr = memchr(start, '\r', len);
	return from + (cr ? (size_t)(cr - start) : len);
}

static bool take_bytes(struct sse *s, struct view v)
{
	for (size_t at = 0; at < v.len && !s->stopped;) {
		if (s->after_cr && v.ptr[at] == '\n')
			at++;
		s->after_cr = false;
		if (at == v.len)
			break;
		size_t end = line_end(v, at);
		struct view part = view_cut(v, at, end - at);
		if (end == v.len)
			return str_add(&s->line, part);
		s->after_cr = v.ptr[end] == '\r';
		at = end + 1;
		if (!end_line(s, part))
			return false;
	}
	return true;
}

/* A BOM at the very start is dropped; what only began as one is taken as text.
 * Returns how many bytes of v are done with. */
static size_t take_bom(struct sse *s, struct view v)
{
	size_t at = 0;
	if (s->bytes != s->bom)
		return 0;
	while (at < v.len && s->bom < sizeof bom && (unsigned char)v.ptr[at] == bom[s->bom]) {
		s->bom++;
		s->bytes++;
		at++;
	}
	if (s->bom == sizeof bom || at == v.len)
		return at;
	str_add_bytes(&s->line, bom, s->bom);
	return at;
}

bool sse_feed(struct sse *s, struct view bytes, struct err *err)
{
	if (s->stopped)
		return true;
	size_t at = s->bom < sizeof bom ? take_bom(s, bytes) : 0;
	struct view rest = view_cut(bytes, at, bytes.len);
	s->bytes += rest.len;
	if (!s->failed && take_bytes(s, rest))
		return true;
	s->failed = true;
	return err_set(err, ERR_LIMIT, "the event stream has a line or an event over %d bytes",
		       SSE_MAX);
}
