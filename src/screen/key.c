/* Names of keys, for the configuration, the help and the bar at the bottom.
 * Knows no bytes of a terminal. */
#include "screen/key.h"

#include "base/utf8.h"

struct key_name {
	uint32_t code;
	const char *name;
};

/* The first name of a code is the one that is shown. */
static const struct key_name NAMES[] = {
	{ KEY_CODE_UP, "Up" },
	{ KEY_CODE_DOWN, "Down" },
	{ KEY_CODE_LEFT, "Left" },
	{ KEY_CODE_RIGHT, "Right" },
	{ KEY_CODE_HOME, "Home" },
	{ KEY_CODE_END, "End" },
	{ KEY_CODE_PGUP, "PgUp" },
	{ KEY_CODE_PGUP, "PageUp" },
	{ KEY_CODE_PGDN, "PgDn" },
	{ KEY_CODE_PGDN, "PageDown" },
	{ KEY_CODE_ENTER, "Enter" },
	{ KEY_CODE_ENTER, "Return" },
	{ KEY_CODE_TAB, "Tab" },
	{ KEY_CODE_BACKTAB, "Shift-Tab" },
	{ KEY_CODE_BACKTAB, "BackTab" },
	{ KEY_CODE_ESC, "Esc" },
	{ KEY_CODE_ESC, "Escape" },
	{ KEY_CODE_BACKSPACE, "Backspace" },
	{ KEY_CODE_DELETE, "Delete" },
	{ KEY_CODE_DELETE, "Del" },
	{ KEY_CODE_INSERT, "Insert" },
	{ KEY_CODE_F1, "F1" },
	{ KEY_CODE_F2, "F2" },
	{ KEY_CODE_F3, "F3" },
	{ KEY_CODE_F4, "F4" },
	{ KEY_CODE_F5, "F5" },
	{ KEY_CODE_F6, "F6" },
	{ KEY_CODE_F7, "F7" },
	{ KEY_CODE_F8, "F8" },
	{ KEY_CODE_F9, "F9" },
	{ KEY_CODE_F10, "F10" },
	{ KEY_CODE_F11, "F11" },
	{ KEY_CODE_F12, "F12" },
	{ KEY_CODE_MOUSE, "Mouse" },
	{ KEY_CODE_PASTE, "Paste" },
	{ KEY_CODE_FOCUS_IN, "FocusIn" },
	{ KEY_CODE_FOCUS_OUT, "FocusOut" },
	{ ' ', "Space" },
};

static const struct {
	unsigned mod;
	const char *prefix;
} MODS[] = {
	{ KEY_MOD_CTRL, "Ctrl-" },
	{ KEY_MOD_ALT, "Alt-" },
	{ KEY_MOD_SHIFT, "Shift-" },
};

enum { N_NAMES = sizeof(NAMES) / sizeof(NAMES[0]), N_MODS = sizeof(MODS) / sizeof(MODS[0]) };

static uint32_t upper(uint32_t code)
{
	return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
}

static uint32_t lower(uint32_t code)
{
	return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

bool key_eq(struct key a, struct key b)
{
	return a.code == b.code && a.mods == b.mods;
}

void key_add_name(struct str *s, struct key k)
{
	for (int i = 0; i < N_MODS; i++) {
		if (k.mods & MODS[i].mod)
			str_add_text(s, MODS[i].prefix);
	}
	for (int i = 0; i < N_NAMES; i++) {
		if (NAMES[i].code == k.code) {
			str_add_text(s, NAMES[i].name);
			return;
		}
	}
	if (k.code > ' ' && k.code < KEY_CODE_NAMED)
		utf8_add(s, k.mods & KEY_MOD_CTRL ? upper(k.code) : k.code);
}

static bool parse_named(struct view name, struct key *k)
{
	for (int i = 0; i < N_NAMES; i++) {
		struct view known = view_of(NAMES[i].name);
		if (known.len == name.len && view_find_fold(name, known, 0) == 0) {
			k->code = NAMES[i].code;
			return true;
		}
	}
	return false;
}

static bool parse_character(struct view name, struct key *k)
{
	size_t at = 0;
	if (name.len == 0)
		return false;
	uint32_t code = utf8_next(name, &at);
	if (at != name.len || code == UTF8_BAD || code <= ' ' || code == 0x7f)
		return false;
	k->code = k->mods & KEY_MOD_CTRL ? lower(code) : code;
	return true;
}

static bool take_mod(struct view *name, struct key *k)
{
	for (int i = 0; i < N_MODS; i++) {
		struct view prefix = view_of(MODS[i].prefix);
		if (name->len > prefix.len &&
		    view_find_fold(view_cut(*name, 0, prefix.len), prefix, 0) == 0) {
			k->mods |= MODS[i].mod;
			*name = view_cut(*name, prefix.len, name->len);
			return true;
		}
	}
	return false;
}

bool key_parse(struct view name, struct key *out)
{
	struct key k = { 0 };
	do {
		if (parse_named(name, &k) || parse_character(name, &k)) {
			*out = k;
			return true;
		}
	} while (take_mod(&name, &k));
	return false;
}
