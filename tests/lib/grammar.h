/* What may reach a terminal: printable characters that show themselves, and the
 * sequences that ncurses and src/term send. Written without a look at the
 * product's sanitiser, and never using it, so that one checks the other. */
#ifndef TESTS_LIB_GRAMMAR_H
#define TESTS_LIB_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum grammar_state { GRAMMAR_GROUND, GRAMMAR_ESC, GRAMMAR_CHARSET, GRAMMAR_CSI, GRAMMAR_OSC };

struct grammar {
	enum grammar_state state;
	struct str item;	/* the sequence being read */
	uint32_t code;		/* UTF-8 being read, `more` bytes to come */
	uint32_t least;		/* the smallest code point for its length */
	int more;
	struct str last;	/* the last character, for REP */
	struct str error;	/* empty: all was well so far */
	uint64_t offset;	/* bytes read */
};

/* Reads on. What is well-formed is appended to clean, with REP (CSI n b), which
 * libvterm does not know, written out. False once anything was wrong. */
bool grammar_feed(struct grammar *g, struct view bytes, struct str *clean);
/* Nothing was left half-said. */
bool grammar_is_whole(const struct grammar *g);
void grammar_release(struct grammar *g);

#endif
