/* The fields of the filter language: their words, what they take, and how values
 * are compared. */
#include "core/filter_parts.h"

#include "core/status.h"

static const struct filter_field_row rows[] = {
	{ "status", FILTER_STATUS, FILTER_TAKES_WORD, FILTER_EQ },
	{ "lane", FILTER_LANE, FILTER_TAKES_WORD, FILTER_EQ },
	{ "workflow", FILTER_WORKFLOW, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "trigger", FILTER_TRIGGER, FILTER_TAKES_WORD, FILTER_EQ },
	{ "by", FILTER_BY, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "queue", FILTER_QUEUE, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "worker", FILTER_WORKER, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "label.", FILTER_LABEL, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "param.", FILTER_PARAM, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "task", FILTER_TASK, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "id", FILTER_ID, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "backend", FILTER_BACKEND, FILTER_TAKES_TEXT, FILTER_EQ },
	{ "since", FILTER_CREATED, FILTER_TAKES_TIME, FILTER_GE },
	{ "until", FILTER_CREATED, FILTER_TAKES_TIME, FILTER_LE },
	{ "duration", FILTER_DURATION, FILTER_TAKES_SPAN, FILTER_EQ },
	{ "wait", FILTER_WAIT, FILTER_TAKES_SPAN, FILTER_EQ },
	{ "retries", FILTER_RETRIES, FILTER_TAKES_COUNT, FILTER_EQ },
};
enum { ROWS = sizeof rows / sizeof *rows };

const struct filter_field_row *filter_field_find(struct view word, struct view *name)
{
	*name = (struct view){ 0 };
	for (int i = 0; i < ROWS; i++) {
		struct view row = view_of(rows[i].word);
		if (view_eq(word, row) && row.ptr[row.len - 1] != '.')
			return &rows[i];
		if (row.ptr[row.len - 1] != '.' || !view_starts(word, rows[i].word))
			continue;
		*name = view_cut(word, row.len, word.len);
		return name->len ? &rows[i] : NULL;
	}
	return NULL;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool filter_same(struct view a, struct view b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (fold(a.ptr[i]) != fold(b.ptr[i]))
			return false;
	return true;
}

/* On a mismatch the last star takes one byte more. */
bool filter_glob(struct view pattern, struct view text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, star_text = 0;
	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			star_text = t;
		} else if (p < pattern.len && fold(pattern.ptr[p]) == fold(text.ptr[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++star_text;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

const char *filter_word_at(enum filter_field field, int i)
{
	if (field == FILTER_STATUS && i < RUN_STATUSES)
		return run_status_name((enum run_status)i);
	if (field == FILTER_LANE && i < LANES)
		return lane_name((enum lane)i);
	if (field == FILTER_TRIGGER && i < TRIGGER_KINDS)
		return trigger_name((enum trigger_kind)i);
	return NULL;
}

static uint32_t open_statuses(bool open)
{
	uint32_t set = 0;
	for (int i = 0; i < RUN_STATUSES; i++)
		if (run_status_is_open((enum run_status)i) == open)
			set |= UINT32_C(1) << i;
	return set;
}

uint32_t filter_word_set(enum filter_field field, struct view pattern, bool glob)
{
	uint32_t set = 0;
	const char *word;
	if (field == FILTER_STATUS && filter_same(pattern, VIEW("open")))
		return open_statuses(true);
	if (field == FILTER_STATUS && filter_same(pattern, VIEW("ended")))
		return open_statuses(false);
	for (int i = 0; (word = filter_word_at(field, i)); i++)
		if (glob ? filter_glob(pattern, view_of(word)) : filter_same(pattern, view_of(word)))
			set |= UINT32_C(1) << i;
	return set;
}
