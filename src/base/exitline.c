/* The record of a process's end, written and read. Knows nothing of files. */
#include "base/exitline.h"

#include <inttypes.h>

static const char *const reason_names[] = {
	[EXIT_BY_ITSELF] = "exit",
	[EXIT_BY_TIMEOUT] = "timeout",
	[EXIT_BY_CANCEL] = "cancel",
	[EXIT_NO_SPAWN] = "spawn",
};
_Static_assert(sizeof(reason_names) / sizeof(*reason_names) == EXIT_REASONS, "a name each");

/* FNV-1a, 32 bits: against torn writes, not against malice. */
static uint32_t sum_of(struct view v)
{
	uint32_t sum = 2166136261u;
	for (size_t i = 0; i < v.len; i++)
		sum = (sum ^ (unsigned char)v.ptr[i]) * 16777619u;
	return sum;
}

void exit_line_write(struct str *s, const struct exit_line *line)
{
	size_t start = s->len;
	str_addf(s, "v1 code=%d signal=%d reason=%s at=%" PRId64 " cpu_ms=%" PRId64, line->code,
		 line->signal, reason_names[line->reason], line->at_ms, line->cpu_ms);
	str_addf(s, " rss_kb=%" PRId64 " read=%" PRId64 " write=%" PRId64, line->rss_kb,
		 line->read_bytes, line->write_bytes);
	uint32_t sum = sum_of(view_cut(view_of_str(s), start, s->len - start));
	str_addf(s, " sum=%08" PRIx32, sum);
	size_t used = s->len - start;
	if (used < EXIT_LINE_SIZE - 1)
		str_add_many(s, ' ', EXIT_LINE_SIZE - 1 - used);
	str_add_char(s, '\n');
}

static bool reason_parse(struct view v, enum exit_reason *out)
{
	for (int i = 0; i < EXIT_REASONS; i++) {
		if (view_is(v, reason_names[i])) {
			*out = (enum exit_reason)i;
			return true;
		}
	}
	return false;
}

/* Takes "NAME=VALUE" off the front; false where another name stands there. */
static bool take_word(struct view *rest, const char *name, struct view *value)
{
	struct view word, key;
	if (!view_split(rest, ' ', &word) || !view_split(&word, '=', &key))
		return false;
	*value = word;
	return view_is(key, name) && word.ptr;
}

static bool take_number(struct view *rest, const char *name, int64_t max, int64_t *out)
{
	struct view value;
	return take_word(rest, name, &value) && number_parse(value, 0, max, out);
}

static bool sum_matches(struct view text, struct view hex)
{
	struct str want = { 0 };
	str_addf(&want, "%08" PRIx32, sum_of(text));
	bool same = view_eq(view_of_str(&want), hex);
	str_release(&want);
	return same;
}

bool exit_line_read(struct view v, struct exit_line *line)
{
	static const char mark[] = " sum=";
	struct view text = view_trim(v);
	size_t at = view_find(text, view_of(mark), 0);
	if (at == SIZE_MAX || v.ptr[v.len - 1] != '\n')
		return false;
	struct view rest = view_cut(text, 0, at);
	if (!sum_matches(rest, view_cut(text, at + sizeof(mark) - 1, text.len)))
		return false;

	struct exit_line got = { 0 };
	struct view version, reason;
	int64_t code, signal;
	bool good = view_split(&rest, ' ', &version) && view_is(version, "v1") &&
		    take_number(&rest, "code", 255, &code) &&
		    take_number(&rest, "signal", 255, &signal) &&
		    take_word(&rest, "reason", &reason) && reason_parse(reason, &got.reason) &&
		    take_number(&rest, "at", INT64_MAX, &got.at_ms) &&
		    take_number(&rest, "cpu_ms", INT64_MAX, &got.cpu_ms) &&
		    take_number(&rest, "rss_kb", INT64_MAX, &got.rss_kb) &&
		    take_number(&rest, "read", INT64_MAX, &got.read_bytes) &&
		    take_number(&rest, "write", INT64_MAX, &got.write_bytes);
	if (!good)
		return false;
	got.code = (int)code;
	got.signal = (int)signal;
	*line = got;
	return true;
}
