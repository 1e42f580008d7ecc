/* Control sequences that a terminal sends: ESC [ parameters final. Pure. */
#ifndef TERM_CSI_H
#define TERM_CSI_H

#include <stddef.h>

#include "base/str.h"
#include "screen/key.h"

enum { CSI_PARAMS = 4 };

struct csi {
	char mark;			/* '<' '?' '>' '=' before the numbers, or 0 */
	char final;			/* 0: broken, to be dropped */
	int params[CSI_PARAMS];		/* 0 where missing */
	int n_params;
	int mouse[3];			/* the bytes behind ESC [ M, the old mouse report */
};

enum csi_kind { CSI_NOTHING, CSI_KEY, CSI_PASTE };

/* Bytes of the sequence that begins at v ("\x1b["); 0: not whole yet. */
size_t csi_scan(struct view v, struct csi *out);
/* What it means. CSI_PASTE: a bracketed paste begins. */
enum csi_kind csi_key(const struct csi *csi, struct key *key);
/* The last byte of ESC O x. */
bool csi_ss3_key(unsigned char last, struct key *key);

#endif
