/* JSON text laid out in lines. The scanner of base has checked the text before:
 * here only its structure is walked. */
#include "core/pretty.h"

#include "base/jscan.h"

struct walk {
	struct view text;
	size_t at;
	int depth;
	struct pretty *out;
};

static void blanks(struct walk *w)
{
	while (w->at < w->text.len && strchr(" \t\r\n", w->text.ptr[w->at]))
		w->at++;
}

static char peek(struct walk *w)
{
	blanks(w);
	return w->at < w->text.len ? w->text.ptr[w->at] : '\0';
}

static struct view string_here(struct walk *w)
{
	size_t from = w->at++;
	while (w->at < w->text.len && w->text.ptr[w->at] != '"')
		w->at += w->text.ptr[w->at] == '\\' ? 2 : 1;
	w->at++;
	return view_cut(w->text, from, w->at - from);
}

static struct view word_here(struct walk *w)
{
	size_t from = w->at;
	while (w->at < w->text.len && !strchr(",]} \t\r\n", w->text.ptr[w->at]))
		w->at++;
	return view_cut(w->text, from, w->at - from);
}

static struct pretty_line *emit(struct walk *w, struct view key, struct view value,
				enum pretty_kind kind)
{
	struct pretty_line line = { .depth = w->depth, .key = key, .value = value, .kind = kind };
	vec_push(&w->out->lines, line);
	return &w->out->lines.items[w->out->lines.len - 1];
}

/* One scalar, or the opening of a container; true for the latter. */
static bool value_here(struct walk *w, struct view key)
{
	char c = peek(w);
	if (c == '{' || c == '[') {
		size_t open = w->at++;
		char close = c == '{' ? '}' : ']';
		if (peek(w) == close) {
			w->at++;
			emit(w, key, c == '{' ? VIEW("{}") : VIEW("[]"), PRETTY_BRACKET);
			return false;
		}
		emit(w, key, view_cut(w->text, open, 1), PRETTY_BRACKET);
		return true;
	}
	if (c == '"')
		emit(w, key, string_here(w), PRETTY_STRING);
	else
		emit(w, key, word_here(w), c == '-' || (c >= '0' && c <= '9') ? PRETTY_NUMBER :
										PRETTY_WORD);
	return false;
}

/* Closes what ends here; false at the end of everything. */
static bool close_here(struct walk *w)
{
	char c;
	while (w->depth > 0 && ((c = peek(w)) == '}' || c == ']')) {
		w->depth--;
		emit(w, VIEW(""), view_cut(w->text, w->at++, 1), PRETTY_BRACKET);
	}
	if (w->depth == 0)
		return false;
	if (peek(w) == ',') {
		w->out->lines.items[w->out->lines.len - 1].comma = true;
		w->at++;
	}
	return true;
}

static void walk_all(struct walk *w)
{
	struct view key = VIEW("");
	do {
		if (w->out->lines.len >= PRETTY_LINES_MAX) {
			emit(w, VIEW(""), VIEW("... the rest is left out"), PRETTY_WORD);
			return;
		}
		key = VIEW("");
		size_t before = w->at;
		if (w->depth > 0 && peek(w) == '"') {
			struct view string = string_here(w);
			if (peek(w) == ':') {
				key = string;
				w->at++;
			} else {
				w->at = before;
				blanks(w);
			}
		}
		if (value_here(w, key))
			w->depth++;
	} while (close_here(w));
}

void pretty_read(struct pretty *p, struct view json)
{
	struct walk w = { .text = json, .out = p };
	struct jscan_limits limits = { .size = (size_t)64 << 20 };
	vec_clear(&p->lines);
	if (!json.len)
		return;
	if (jscan_check(json, limits, NULL, NULL))
		walk_all(&w);
	else
		emit(&w, VIEW(""), json, PRETTY_WORD);
}

void pretty_release(struct pretty *p)
{
	vec_release(&p->lines);
}
