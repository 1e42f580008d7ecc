/* Bytes from a terminal to keys: terminfo's strings, xterm's modifiers, Alt by
 * an Esc before, UTF-8, bracketed paste, SGR mouse, focus. Replies of the
 * terminal and what nobody knows are swallowed. Pure: no descriptor, no clock. */
#ifndef TERM_DECODE_H
#define TERM_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"
#include "screen/key.h"

enum {
	DECODE_ESC_MS = 30,		/* how long a lone Esc may be the start of a sequence */
	DECODE_SEQUENCE_MS = 300,	/* how long the rest of a sequence may take, */
					/* and a whole string (OSC, DCS ...) */
	DECODE_PASTE_MAX = 1 << 20,	/* bytes; the rest of a longer paste is dropped */
};

/* The terminal sends `bytes` for this key. */
struct decode_string {
	struct view bytes;
	uint32_t code;
	unsigned mods;
};

typedef void term_key_fn(void *arg, const struct key *key);

struct decode {
	VEC(struct decode_string) strings;	/* terminfo's; the bytes are owned */
	struct str held;	/* the start of a sequence that is not whole yet */
	struct str paste;
	bool pasting;
	bool in_string;		/* in an OSC, DCS ...: dropped up to its end */
	int64_t deadline_ms;	/* when `held` is taken as it is; 0: nothing held */
	term_key_fn *key;
	void *arg;
};

void decode_init(struct decode *d, term_key_fn *key, void *arg);
void decode_release(struct decode *d);
/* Copies the bytes. Empty strings and single printable bytes are ignored. */
void decode_learn(struct decode *d, struct decode_string s);
/* Calls key for every key that is whole. now_ms: of the clock that the caller
 * compares deadline_ms with. */
void decode_feed(struct decode *d, struct view bytes, int64_t now_ms);
/* To be called when deadline_ms has come: what is held is a lone Esc, or junk. */
void decode_timeout(struct decode *d);

#endif
