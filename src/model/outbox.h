/* The screen of the orders given here and what became of them. */
#ifndef MODEL_OUTBOX_H
#define MODEL_OUTBOX_H

#include "model/rows.h"
#include "model/screen.h"

enum { OUTBOX_DETAIL_ROWS = 5 };	/* below the list: the line under the cursor */

struct outbox_state {
	struct rows rows;	/* youngest first */
};

extern const struct screen screen_outbox;

struct order_line;
/* The n-th line, youngest first; NULL beyond the end. */
const struct order_line *outbox_line(const struct model *m, size_t n);

#endif
