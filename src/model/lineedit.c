/* One editable line: bytes with a cursor that stands between graphemes. */
#include "model/lineedit.h"

#include "base/utf8.h"

void lineedit_release(struct lineedit *e)
{
	if (e)
		str_release(&e->text);
}

void lineedit_clear(struct lineedit *e)
{
	str_clear(&e->text);
	e->at = 0;
}

struct view lineedit_view(const struct lineedit *e)
{
	return view_of_str(&e->text);
}

static void splice(struct lineedit *e, size_t from, size_t to, struct view in)
{
	struct str s = { 0 };

	if (e->text.len - (to - from) + in.len > LINEEDIT_MAX)
		return;
	str_add(&s, view_cut(lineedit_view(e), 0, from));
	str_add(&s, in);
	str_add(&s, view_cut(lineedit_view(e), to, SIZE_MAX));
	str_release(&e->text);
	e->text = s;
	e->at = from + in.len;
}

void lineedit_set(struct lineedit *e, struct view text)
{
	lineedit_clear(e);
	splice(e, 0, 0, view_cut(text, 0, LINEEDIT_MAX));
}

static size_t before(const struct lineedit *e)
{
	size_t at = 0, last = 0;

	while (at < e->at) {
		last = at;
		at = utf8_grapheme_end(lineedit_view(e), at);
	}
	return last;
}

static size_t after(const struct lineedit *e)
{
	return e->at < e->text.len ? utf8_grapheme_end(lineedit_view(e), e->at) : e->at;
}

static size_t word_before(const struct lineedit *e)
{
	size_t at = e->at;

	while (at > 0 && e->text.ptr[at - 1] == ' ')
		at--;
	while (at > 0 && e->text.ptr[at - 1] != ' ')
		at--;
	return at;
}

static enum lineedit_result move_to(struct lineedit *e, size_t at)
{
	e->at = at;
	return LINEEDIT_MOVED;
}

static enum lineedit_result cut(struct lineedit *e, size_t from, size_t to)
{
	splice(e, from, to, VIEW(""));
	return LINEEDIT_CHANGED;
}

static enum lineedit_result control_key(struct lineedit *e, uint32_t code)
{
	switch (code) {
	case 'a': return move_to(e, 0);
	case 'e': return move_to(e, e->text.len);
	case 'b': return move_to(e, before(e));
	case 'f': return move_to(e, after(e));
	case 'h': return cut(e, before(e), e->at);
	case 'd': return cut(e, e->at, after(e));
	case 'k': return cut(e, e->at, e->text.len);
	case 'u': return cut(e, 0, e->at);
	case 'w': return cut(e, word_before(e), e->at);
	default: return LINEEDIT_IGNORED;
	}
}

static enum lineedit_result paste(struct lineedit *e, struct view text)
{
	struct str s = { 0 };

	for (size_t i = 0; i < text.len; i++)
		str_add_char(&s, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
	splice(e, e->at, e->at, view_of_str(&s));
	str_release(&s);
	return LINEEDIT_CHANGED;
}

static enum lineedit_result letter(struct lineedit *e, uint32_t code)
{
	struct str s = { 0 };

	if (code < ' ' || code == 127 || code >= KEY_CODE_NAMED)
		return LINEEDIT_IGNORED;
	utf8_add(&s, code);
	splice(e, e->at, e->at, view_of_str(&s));
	str_release(&s);
	return LINEEDIT_CHANGED;
}

enum lineedit_result lineedit_key(struct lineedit *e, struct key key)
{
	if (key.mods & KEY_MOD_ALT)
		return LINEEDIT_IGNORED;
	if (key.mods & KEY_MOD_CTRL)
		return control_key(e, key.code >= 'A' && key.code <= 'Z' ? key.code + 32
									 : key.code);
	switch (key.code) {
	case KEY_CODE_LEFT: return move_to(e, before(e));
	case KEY_CODE_RIGHT: return move_to(e, after(e));
	case KEY_CODE_HOME: return move_to(e, 0);
	case KEY_CODE_END: return move_to(e, e->text.len);
	case KEY_CODE_BACKSPACE: return cut(e, before(e), e->at);
	case KEY_CODE_DELETE: return cut(e, e->at, after(e));
	case KEY_CODE_PASTE: return paste(e, key.paste);
	default: return letter(e, key.code);
	}
}
