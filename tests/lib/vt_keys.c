/* Keys by name, given to libvterm, which knows the mode of the cursor keys. */
#include "lib/vt_keys.h"

#include <string.h>

#include "base/utf8.h"

static const struct {
	const char *name;
	VTermKey key;
} KEYS[] = {
	{ "Enter", VTERM_KEY_ENTER },	  { "Tab", VTERM_KEY_TAB },
	{ "Backspace", VTERM_KEY_BACKSPACE }, { "Esc", VTERM_KEY_ESCAPE },
	{ "Up", VTERM_KEY_UP },		  { "Down", VTERM_KEY_DOWN },
	{ "Left", VTERM_KEY_LEFT },	  { "Right", VTERM_KEY_RIGHT },
	{ "Insert", VTERM_KEY_INS },	  { "Delete", VTERM_KEY_DEL },
	{ "Home", VTERM_KEY_HOME },	  { "End", VTERM_KEY_END },
	{ "PgUp", VTERM_KEY_PAGEUP },	  { "PgDn", VTERM_KEY_PAGEDOWN },
};

static void press(VTerm *term, struct view name, VTermModifier mod)
{
	int64_t number;
	size_t at = 0;
	for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
		if (view_is(name, KEYS[i].name)) {
			vterm_keyboard_key(term, KEYS[i].key, mod);
			return;
		}
	}
	if (name.len > 1 && name.ptr[0] == 'F' &&
	    number_parse(view_cut(name, 1, name.len), 1, 12, &number)) {
		vterm_keyboard_key(term, (VTermKey)VTERM_KEY_FUNCTION(number), mod);
		return;
	}
	uint32_t code = view_is(name, "Space") ? ' ' : utf8_next(name, &at);
	if (mod & VTERM_MOD_CTRL && code >= 'A' && code <= 'Z')
		code += 'a' - 'A';
	vterm_keyboard_unichar(term, code, mod);
}

void vt_press(VTerm *term, struct view name)
{
	static const struct {
		const char *prefix;
		VTermModifier mod;
	} mods[] = {
		{ "Ctrl-", VTERM_MOD_CTRL }, { "Alt-", VTERM_MOD_ALT }, { "Shift-", VTERM_MOD_SHIFT },
	};
	unsigned mod = VTERM_MOD_NONE;
	for (size_t i = 0; i < 3; i++) {
		if (view_starts(name, mods[i].prefix)) {
			mod |= mods[i].mod;
			name = view_cut(name, strlen(mods[i].prefix), name.len);
		}
	}
	press(term, name, (VTermModifier)mod);
}
