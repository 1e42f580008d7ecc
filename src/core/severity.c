/* How serious a line of a log is. Looks at the first bytes only; knows no file. */
#include "core/severity.h"

enum { LOOK_AT = 400, WORD_MAX = 12 };

static const struct {
	const char *word;
	enum severity severity;
} words[] = {
	{ "error", SEVERITY_ERROR },   { "err", SEVERITY_ERROR },     { "fatal", SEVERITY_ERROR },
	{ "critical", SEVERITY_ERROR }, { "crit", SEVERITY_ERROR },   { "panic", SEVERITY_ERROR },
	{ "alert", SEVERITY_ERROR },   { "emerg", SEVERITY_ERROR },   { "severe", SEVERITY_ERROR },
	{ "warning", SEVERITY_WARN },  { "warn", SEVERITY_WARN },     { "info", SEVERITY_INFO },
	{ "notice", SEVERITY_INFO },   { "note", SEVERITY_INFO },     { "debug", SEVERITY_DEBUG },
	{ "trace", SEVERITY_DEBUG },   { "verbose", SEVERITY_DEBUG },
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool folds_to(struct view v, const char *word)
{
	size_t i = 0;
	for (; i < v.len && word[i]; i++)
		if ((v.ptr[i] | 0x20) != word[i])
			return false;
	return i == v.len && !word[i];
}

bool severity_parse(struct view word, enum severity *out)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (folds_to(word, words[i].word)) {
			*out = words[i].severity;
			return true;
		}
	return false;
}

bool severity_continues(struct view line)
{
	return line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
}

bool severity_passes(enum severity s, enum severity least)
{
	return (s == SEVERITY_NONE ? SEVERITY_INFO : s) >= least;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = {
		[SEVERITY_NONE] = "",	    [SEVERITY_DEBUG] = "debug", [SEVERITY_INFO] = "info",
		[SEVERITY_WARN] = "warn",   [SEVERITY_ERROR] = "error",
	};
	return names[s];
}

/* The letters at the begin of v. */
static struct view leading_word(struct view v)
{
	size_t n = 0;
	while (n < v.len && n < WORD_MAX && is_letter(v.ptr[n]))
		n++;
	return view_cut(v, 0, n);
}

/* Syslog's priority "<3>": its lowest three bits. */
static enum severity of_priority(struct view v)
{
	size_t end = view_find_byte(view_cut(v, 0, 6), '>', 1);
	int64_t priority;
	if (end == SIZE_MAX || !number_parse(view_cut(v, 1, end - 1), 0, 191, &priority))
		return SEVERITY_NONE;
	static const enum severity by_level[] = {
		SEVERITY_ERROR, SEVERITY_ERROR, SEVERITY_ERROR, SEVERITY_ERROR,
		SEVERITY_WARN,	SEVERITY_INFO,	SEVERITY_INFO,	SEVERITY_DEBUG,
	};
	return by_level[priority & 7];
}

/* The word behind a marker such as `level=` or `"level":`, quoted or not. */
static enum severity behind(struct view v, struct view marker)
{
	enum severity s = SEVERITY_NONE;
	size_t at = view_find(v, marker, 0);
	if (at == SIZE_MAX)
		return s;
	at += marker.len;
	while (at < v.len && (v.ptr[at] == ' ' || v.ptr[at] == '"'))
		at++;
	severity_parse(leading_word(view_cut(v, at, WORD_MAX)), &s);
	return s;
}

/* Leading escape sequences (colours) and blanks say nothing. */
static struct view without_lead(struct view v)
{
	size_t at = 0;
	while (at < v.len) {
		if (v.ptr[at] == ' ' || v.ptr[at] == '\t') {
			at++;
		} else if (v.ptr[at] == '\033' && at + 1 < v.len && v.ptr[at + 1] == '[') {
			at += 2;
			while (at < v.len && !is_letter(v.ptr[at]))
				at++;
			at += at < v.len;
		} else {
			break;
		}
	}
	return view_cut(v, at, v.len);
}

/* "ERROR: ..." and "[WARN] ..."; a bare word must be in capitals or have a colon,
 * because sentences begin with words too. */
static enum severity of_leading(struct view v)
{
	enum severity s = SEVERITY_NONE;
	bool bracket = v.len && v.ptr[0] == '[';
	struct view word = leading_word(bracket ? view_cut(v, 1, v.len) : v);
	size_t end = word.len + bracket;
	if (!word.len || !severity_parse(word, &s))
		return SEVERITY_NONE;
	char next = end < v.len ? v.ptr[end] : '\0';
	bool capitals = word.ptr[0] < 'a' && word.ptr[word.len - 1] < 'a';
	if (bracket)
		return next == ']' ? s : SEVERITY_NONE;
	return next == ':' || (capitals && !is_letter(next)) ? s : SEVERITY_NONE;
}

enum severity severity_of_line(struct view line)
{
	struct view v = without_lead(view_cut(line, 0, LOOK_AT));
	enum severity s = SEVERITY_NONE;
	if (!v.len)
		return s;
	if (v.ptr[0] == '<')
		s = of_priority(v);
	if (s == SEVERITY_NONE && v.ptr[0] == '{')
		s = behind(v, VIEW("\"level\":"));
	if (s == SEVERITY_NONE)
		s = of_leading(v);
	return s == SEVERITY_NONE ? behind(v, VIEW("level=")) : s;
}
