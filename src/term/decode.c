/* The key decoder. Each step looks at the front of what is held and either takes
 * a whole item off it or waits for more. Never reads past what is held. */
#include "term/decode.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "term/csi.h"

enum {
	ESC = 0x1b,
	BEL = 0x07,
	DEL = 0x7f,
};

/* What a step found at the front: how many bytes it took (0: more is needed), and
 * the key, if it was one. */
struct step {
	size_t taken;
	struct key key;
};

static const struct step MORE = { .taken = 0 };

static struct step took(size_t taken)
{
	return (struct step){ .taken = taken };
}

static struct step key_of(size_t taken, uint32_t code, unsigned mods)
{
	return (struct step){ .taken = taken, .key = { .code = code, .mods = mods } };
}

static unsigned char byte_at(struct view v, size_t at)
{
	return (unsigned char)v.ptr[at];
}

/* ---- terminfo's strings ---------------------------------------------------- */

/* The longest string that stands at the front; MORE with *found where the front
 * is the beginning of one and nothing shorter fits. */
static struct step step_known(const struct decode *d, struct view v, bool *found)
{
	struct step best = MORE;
	bool begun = false;
	for (size_t i = 0; i < d->strings.len; i++) {
		const struct decode_string *s = &d->strings.items[i];
		size_t common = s->bytes.len < v.len ? s->bytes.len : v.len;
		if (memcmp(s->bytes.ptr, v.ptr, common) != 0)
			continue;
		if (s->bytes.len > v.len)
			begun = true;
		else if (s->bytes.len > best.taken)
			best = key_of(s->bytes.len, s->code, s->mods);
	}
	*found = best.taken > 0 || begun;
	return best;
}

/* ---- single characters ----------------------------------------------------- */

static struct step step_control(unsigned char byte)
{
	switch (byte) {
	case '\r':
	case '\n':
		return key_of(1, KEY_CODE_ENTER, 0);
	case '\t':
		return key_of(1, KEY_CODE_TAB, 0);
	case '\b':
	case DEL:
		return key_of(1, KEY_CODE_BACKSPACE, 0);
	case 0:
		return key_of(1, ' ', KEY_MOD_CTRL);
	default:
		/* 1..26 are letters, 28..31 are \ ] ^ _ */
		return key_of(1, byte <= 26 ? byte + 'a' - 1u : byte + '@' + 0u, KEY_MOD_CTRL);
	}
}

static size_t utf8_length(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

static struct step step_character(struct view v)
{
	size_t need = utf8_length(byte_at(v, 0));
	for (size_t i = 1; i < need && i < v.len; i++) {
		if ((byte_at(v, i) & 0xc0) != 0x80)
			return took(1);
	}
	if (v.len < need)
		return MORE;
	size_t at = 0;
	uint32_t code = utf8_next(v, &at);
	/* C1 controls are nobody's key. */
	if (code == UTF8_BAD || (code >= 0x80 && code < 0xa0))
		return took(at);
	return key_of(at, code, 0);
}

static struct step step_plain(struct view v)
{
	unsigned char byte = byte_at(v, 0);
	return byte < ' ' || byte == DEL ? step_control(byte) : step_character(v);
}

/* ---- sequences ------------------------------------------------------------- */

static struct step step_csi(struct decode *d, struct view v)
{
	struct csi csi;
	size_t taken = csi_scan(v, &csi);
	if (taken == 0)
		return MORE;
	struct step step = took(taken);
	switch (csi_key(&csi, &step.key)) {
	case CSI_NOTHING:
	case CSI_KEY:
		break;
	case CSI_PASTE:
		d->pasting = true;
		break;
	}
	return step;
}

/* ESC O x: the keypad and F1-F4 in application mode. */
static struct step step_ss3(struct view v)
{
	struct key key;
	if (v.len < 3)
		return MORE;
	if (csi_ss3_key(byte_at(v, 2), &key))
		return (struct step){ .taken = 3, .key = key };
	return key_of(2, 'O', KEY_MOD_ALT);
}

/* OSC, DCS, APC, PM, SOS: dropped up to BEL or ST, whatever they say. */
static struct step step_string(struct decode *d, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		bool last = i + 1 == v.len;
		if (byte_at(v, i) == ESC && last)
			return took(i);
		if (byte_at(v, i) != BEL && byte_at(v, i) != ESC)
			continue;
		d->in_string = false;
		return took(byte_at(v, i) == BEL ? i + 1 : byte_at(v, i + 1) == '\\' ? i + 2 : i);
	}
	return took(v.len);
}

static struct step step_escape(struct decode *d, struct view v)
{
	bool known;
	struct step step = step_known(d, v, &known);
	if (step.taken > 0)
		return step;
	if (v.len < 2)
		return MORE;
	switch (byte_at(v, 1)) {
	case '[':
		return step_csi(d, v);
	case 'O':
		return step_ss3(v);
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X':
		/* Alone it is a key with Alt. */
		d->in_string = v.len > 2;
		return d->in_string ? took(2) : MORE;
	case ESC:
		return key_of(1, KEY_CODE_ESC, 0);
	default:
		break;
	}
	if (known)
		return MORE;
	step = step_plain(view_cut(v, 1, v.len));
	if (step.taken == 0)
		return MORE;
	step.key.mods |= KEY_MOD_ALT;
	step.taken++;
	return step;
}

/* ---- paste ----------------------------------------------------------------- */

#define PASTE_END "\x1b[201~"

static void paste_add(struct decode *d, struct view v)
{
	size_t room = DECODE_PASTE_MAX - d->paste.len;
	str_add(&d->paste, view_cut(v, 0, room));
}

static struct step step_paste(struct decode *d, struct view v)
{
	size_t end = view_find(v, VIEW(PASTE_END), 0);
	if (end == SIZE_MAX) {
		/* Its last bytes may be the beginning of the end. */
		size_t keep = sizeof(PASTE_END) - 2;
		size_t sure = v.len > keep ? v.len - keep : 0;
		paste_add(d, view_cut(v, 0, sure));
		return took(sure);
	}
	paste_add(d, view_cut(v, 0, end));
	d->pasting = false;
	struct step step = key_of(end + sizeof(PASTE_END) - 1, KEY_CODE_PASTE, 0);
	step.key.paste = view_of_str(&d->paste);
	return step;
}

/* ---- the loop -------------------------------------------------------------- */

static struct step next_step(struct decode *d, struct view v)
{
	bool known;
	if (d->pasting)
		return step_paste(d, v);
	if (d->in_string) {
		struct step step = step_string(d, v);
		/* An Esc that ends nothing begins the next item. */
		if (step.taken > 0 || d->in_string)
			return step;
	}
	if (byte_at(v, 0) == ESC)
		return step_escape(d, v);
	struct step step = step_known(d, v, &known);
	return step.taken > 0 ? step : step_plain(v);
}

static void give(struct decode *d, const struct key *key)
{
	if (key->code != KEY_CODE_NONE && d->key)
		d->key(d->arg, key);
	if (key->code == KEY_CODE_PASTE)
		str_clear(&d->paste);
}

/* Takes what is whole off the front of the held bytes. */
static void run(struct decode *d)
{
	size_t at = 0;
	while (at < d->held.len) {
		struct step step = next_step(d, view_bytes(d->held.ptr + at, d->held.len - at));
		if (step.taken == 0)
			break;
		at += step.taken;
		give(d, &step.key);
	}
	str_drop(&d->held, at);
}

void decode_init(struct decode *d, term_key_fn *key, void *arg)
{
	*d = (struct decode){ .key = key, .arg = arg };
}

void decode_release(struct decode *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->strings.len; i++)
		mem_free((void *)(uintptr_t)d->strings.items[i].bytes.ptr);
	vec_release(&d->strings);
	str_release(&d->held);
	str_release(&d->paste);
}

void decode_learn(struct decode *d, struct decode_string s)
{
	if (s.bytes.len == 0 || (s.bytes.len == 1 && byte_at(s.bytes, 0) >= ' ' &&
				 byte_at(s.bytes, 0) != DEL))
		return;
	s.bytes.ptr = mem_bytes(s.bytes.ptr, s.bytes.len);
	vec_push(&d->strings, s);
}

void decode_feed(struct decode *d, struct view bytes, int64_t now_ms)
{
	bool was_in_string = d->in_string;
	str_add(&d->held, bytes);
	run(d);
	if (d->pasting || (d->held.len == 0 && !d->in_string))
		d->deadline_ms = 0;
	else if (!d->in_string || !was_in_string)
		d->deadline_ms = now_ms + (d->held.len == 1 && !d->in_string ? DECODE_ESC_MS :
									       DECODE_SEQUENCE_MS);
}

/* What is held when time is up: a lone Esc, or Alt with the first character of
 * what might have been a sequence. */
static struct key lone_key(struct view v)
{
	if (v.len == 1 && byte_at(v, 0) == ESC)
		return (struct key){ .code = KEY_CODE_ESC };
	if (v.len == 2 && byte_at(v, 0) == ESC && byte_at(v, 1) > ' ' && byte_at(v, 1) < DEL)
		return (struct key){ .code = byte_at(v, 1), .mods = KEY_MOD_ALT };
	return (struct key){ .code = KEY_CODE_NONE };
}

void decode_timeout(struct decode *d)
{
	d->deadline_ms = 0;
	if (d->pasting)
		return;
	struct key key = { .code = KEY_CODE_NONE };
	if (!d->in_string)
		key = lone_key(view_of_str(&d->held));
	d->in_string = false;
	str_clear(&d->held);
	give(d, &key);
}
