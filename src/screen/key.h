/* A key as the user would name it: "a", "Enter", "Ctrl-D", "PgUp", "Alt-x". */
#ifndef SCREEN_KEY_H
#define SCREEN_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum key_code {
	KEY_NONE = 0,
	/* below 0x110000: a Unicode code point (also Ctrl-letters, with KEY_CTRL) */
	KEY_NAMED = 0x110000,
	KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_PGUP, KEY_PGDN,
	KEY_ENTER, KEY_TAB, KEY_BACKTAB, KEY_ESC, KEY_BACKSPACE, KEY_DELETE, KEY_INSERT,
	KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10,
	KEY_F11, KEY_F12,
	KEY_MOUSE,		/* button, row, col are set */
	KEY_PASTE,		/* text of a bracketed paste is in `paste` */
	KEY_FOCUS_IN, KEY_FOCUS_OUT,
	KEY_CODE_END
};

enum { KEY_CTRL = 1, KEY_ALT = 2, KEY_SHIFT = 4 };
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
