/* Reads control sequences and says which keys they are (xterm's tables). */
#include "term/csi.h"

enum {
	ESC = 0x1b,
	CSI_MAX = 64,		/* bytes; longer ones are dropped */
	NUMBER_MAX = 0x10ffff,
	MOUSE_SHIFT = 4,
	MOUSE_ALT = 8,
	MOUSE_CTRL = 16,
	MOUSE_MOTION = 32,
	MOUSE_WHEEL = 64,
};

struct name {
	int id;			/* final byte, or the number before '~' */
	uint32_t code;
};

static const struct name FINALS[] = {
	{ 'A', KEY_CODE_UP },	{ 'B', KEY_CODE_DOWN }, { 'C', KEY_CODE_RIGHT },
	{ 'D', KEY_CODE_LEFT }, { 'H', KEY_CODE_HOME }, { 'F', KEY_CODE_END },
	{ 'P', KEY_CODE_F1 },	{ 'Q', KEY_CODE_F2 },	{ 'R', KEY_CODE_F3 },
	{ 'S', KEY_CODE_F4 },	{ 'M', KEY_CODE_ENTER }, { 0, 0 },
};

static const struct name NUMBERS[] = {
	{ 1, KEY_CODE_HOME },  { 2, KEY_CODE_INSERT }, { 3, KEY_CODE_DELETE },
	{ 4, KEY_CODE_END },   { 5, KEY_CODE_PGUP },   { 6, KEY_CODE_PGDN },
	{ 7, KEY_CODE_HOME },  { 8, KEY_CODE_END },    { 11, KEY_CODE_F1 },
	{ 12, KEY_CODE_F2 },   { 13, KEY_CODE_F3 },    { 14, KEY_CODE_F4 },
	{ 15, KEY_CODE_F5 },   { 17, KEY_CODE_F6 },    { 18, KEY_CODE_F7 },
	{ 19, KEY_CODE_F8 },   { 20, KEY_CODE_F9 },    { 21, KEY_CODE_F10 },
	{ 23, KEY_CODE_F11 },  { 24, KEY_CODE_F12 },   { 0, 0 },
};

/* Code points that have a name of their own when sent by number. */
static const struct name CODES[] = {
	{ 9, KEY_CODE_TAB }, { 13, KEY_CODE_ENTER }, { 27, KEY_CODE_ESC },
	{ 127, KEY_CODE_BACKSPACE }, { 0, 0 },
};

static uint32_t look_up(const struct name *table, int id)
{
	for (; table->id; table++) {
		if (table->id == id)
			return table->code;
	}
	return KEY_CODE_NONE;
}

static void read_params(struct view v, struct csi *out)
{
	size_t at = 0;
	bool sub = false;	/* behind a ':' : not for us */
	if (v.len > 0 && v.ptr[0] >= '<' && v.ptr[0] <= '?')
		out->mark = v.ptr[at++];
	out->n_params = v.len > at;
	for (; at < v.len; at++) {
		int *number = &out->params[out->n_params - 1];
		if (v.ptr[at] == ';') {
			sub = false;
			if (out->n_params++ == CSI_PARAMS) {
				out->n_params = CSI_PARAMS;
				return;
			}
		} else if (v.ptr[at] == ':') {
			sub = true;
		} else if (v.ptr[at] >= '0' && v.ptr[at] <= '9' && !sub) {
			if (*number <= NUMBER_MAX)
				*number = *number * 10 + (v.ptr[at] - '0');
		}
	}
}

size_t csi_scan(struct view v, struct csi *out)
{
	*out = (struct csi){ 0 };
	size_t at = 2;
	while (at < v.len && v.ptr[at] >= 0x20 && v.ptr[at] <= 0x3f && at < CSI_MAX)
		at++;
	if (at >= v.len)
		return 0;
	unsigned char final = (unsigned char)v.ptr[at];
	/* ESC [ [ A ... E: function keys of the Linux console. */
	if (at == 2 && final == '[') {
		if (v.len < 4)
			return 0;
		if (v.ptr[3] >= 'A' && v.ptr[3] <= 'E') {
			out->final = '~';
			out->n_params = 1;
			out->params[0] = 11 + (v.ptr[3] - 'A');
		}
		return (unsigned char)v.ptr[3] == ESC ? 3 : 4;
	}
	if (final == ESC || final < 0x20 || final > 0x7e)
		return at;
	if (final < 0x40)
		return at + 1;
	if (at == 2 && final == 'M')
		return v.len < 6 ? 0 : 6;	/* the old mouse report: not asked for */
	read_params(view_cut(v, 2, at - 2), out);
	out->final = (char)final;
	return at + 1;
}

/* xterm's 1 + (shift 1, alt 2, ctrl 4). */
static unsigned mods_of(int param)
{
	unsigned bits = param > 1 && param <= 16 ? (unsigned)param - 1 : 0;
	return (bits & 1 ? KEY_MOD_SHIFT : 0u) | (bits & 2 ? KEY_MOD_ALT : 0u) |
	       (bits & 4 ? KEY_MOD_CTRL : 0u);
}

/* A key sent by its code point (CSI u, or xterm's CSI 27). */
static enum csi_kind code_key(int code, unsigned mods, struct key *key)
{
	uint32_t named = look_up(CODES, code);
	if (named == KEY_CODE_TAB && (mods & KEY_MOD_SHIFT)) {
		named = KEY_CODE_BACKTAB;
		mods &= ~(unsigned)KEY_MOD_SHIFT;
	}
	bool character = code >= ' ' && code <= NUMBER_MAX && !(code >= 0x7f && code < 0xa0) &&
			 !(code >= 0xd800 && code < 0xe000);
	if (named == KEY_CODE_NONE && !character)
		return CSI_NOTHING;
	*key = (struct key){ .code = named ? named : (uint32_t)code, .mods = mods };
	return CSI_KEY;
}

static enum csi_kind mouse_key(const struct csi *csi, struct key *key)
{
	static const enum mouse_button buttons[] = { MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT };
	int bits = csi->params[0], button = bits & 3;
	if (csi->n_params < 3 || csi->final != 'M' || bits & MOUSE_MOTION || bits >= 128 ||
	    csi->params[1] < 1 || csi->params[2] < 1)
		return CSI_NOTHING;
	*key = (struct key){ .code = KEY_CODE_MOUSE,
			     .col = csi->params[1] - 1,
			     .row = csi->params[2] - 1 };
	key->mods = (bits & MOUSE_SHIFT ? KEY_MOD_SHIFT : 0u) |
		    (bits & MOUSE_ALT ? KEY_MOD_ALT : 0u) | (bits & MOUSE_CTRL ? KEY_MOD_CTRL : 0u);
	if (bits & MOUSE_WHEEL) {
		if (button > 1)
			return CSI_NOTHING;
		key->button = button == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
		return CSI_KEY;
	}
	if (button == 3)
		return CSI_NOTHING;
	key->button = buttons[button];
	return CSI_KEY;
}

static enum csi_kind number_key(const struct csi *csi, struct key *key)
{
	if (csi->params[0] == 200)
		return CSI_PASTE;
	if (csi->params[0] == 27 && csi->n_params >= 3)
		return code_key(csi->params[2], mods_of(csi->params[1]), key);
	*key = (struct key){ .code = look_up(NUMBERS, csi->params[0]),
			     .mods = mods_of(csi->params[1]) };
	return key->code == KEY_CODE_NONE ? CSI_NOTHING : CSI_KEY;
}

static enum csi_kind final_key(const struct csi *csi, struct key *key)
{
	/* A cursor report looks like F3 with modifiers, but for its numbers. */
	bool report = csi->final == 'R' && csi->n_params > 1 &&
		      (csi->params[0] != 1 || csi->params[1] > 16);
	if (report || csi->params[0] > 1)
		return CSI_NOTHING;
	*key = (struct key){ .code = look_up(FINALS, csi->final), .mods = mods_of(csi->params[1]) };
	return key->code == KEY_CODE_NONE ? CSI_NOTHING : CSI_KEY;
}

enum csi_kind csi_key(const struct csi *csi, struct key *key)
{
	if (csi->mark == '<')
		return mouse_key(csi, key);
	if (csi->mark)
		return CSI_NOTHING;
	switch (csi->final) {
	case '~':
		return number_key(csi, key);
	case 'u':
		return code_key(csi->params[0], mods_of(csi->params[1]), key);
	case 'Z':
		*key = (struct key){ .code = KEY_CODE_BACKTAB };
		return CSI_KEY;
	case 'I':
	case 'O':
		*key = (struct key){ .code = csi->final == 'I' ? KEY_CODE_FOCUS_IN :
								 KEY_CODE_FOCUS_OUT };
		return csi->n_params ? CSI_NOTHING : CSI_KEY;
	default:
		return final_key(csi, key);
	}
}

/* The keypad in application mode: ESC O p ... ESC O y are its digits. */
bool csi_ss3_key(unsigned char last, struct key *key)
{
	static const char keypad[] = "*+,-./0123456789";
	*key = (struct key){ .code = look_up(FINALS, last) };
	if (last >= 'j' && last <= 'y')
		key->code = (unsigned char)keypad[last - 'j'];
	return key->code != KEY_CODE_NONE;
}
