/* A key as the user would name it: "a", "Enter", "Ctrl-D", "PgUp", "Alt-x". */
#ifndef SCREEN_KEY_H
#define SCREEN_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum key_code {
	KEY_CODE_NONE = 0,
	/* below 0x110000: a Unicode code point (also Ctrl-letters, with KEY_MOD_CTRL) */
	KEY_CODE_NAMED = 0x110000,
	KEY_CODE_UP, KEY_CODE_DOWN, KEY_CODE_LEFT, KEY_CODE_RIGHT, KEY_CODE_HOME,
	KEY_CODE_END, KEY_CODE_PGUP, KEY_CODE_PGDN,
	KEY_CODE_ENTER, KEY_CODE_TAB, KEY_CODE_BACKTAB, KEY_CODE_ESC, KEY_CODE_BACKSPACE, KEY_CODE_DELETE, KEY_CODE_INSERT,
	KEY_CODE_F1, KEY_CODE_F2, KEY_CODE_F3, KEY_CODE_F4, KEY_CODE_F5, KEY_CODE_F6, KEY_CODE_F7, KEY_CODE_F8, KEY_CODE_F9, KEY_CODE_F10,
	KEY_CODE_F11, KEY_CODE_F12,
	KEY_CODE_MOUSE,		/* button, row, col are set */
	KEY_CODE_PASTE,		/* text of a bracketed paste is in `paste` */
	KEY_CODE_FOCUS_IN, KEY_CODE_FOCUS_OUT,
	KEY_CODES
};

enum { KEY_MOD_CTRL = 1, KEY_MOD_ALT = 2, KEY_MOD_SHIFT = 4 };
enum mouse_button { MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct key {
	uint32_t code;
	unsigned mods;
	enum mouse_button button;
	int row, col;
	struct view paste;	/* borrowed until the callback returns */
};

bool key_eq(struct key a, struct key b);	/* code and mods */
/* "Ctrl-D", "PgUp", "g". */
void key_add_name(struct str *s, struct key k);
bool key_parse(struct view name, struct key *out);

#endif
