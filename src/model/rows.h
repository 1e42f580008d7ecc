/* A cursor in a list of rows that has no identities (menus, tables), and the ways
 * to move it. */
#ifndef MODEL_ROWS_H
#define MODEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/action.h"

struct rows {
	size_t at, top;
};

/* Moves by the action of moving, within len rows of which `page` are shown. False:
 * it is none. */
bool rows_move(struct rows *r, enum action a, size_t len, int page);
/* Clips the cursor and scrolls so that it is seen. */
void rows_reveal(struct rows *r, size_t len, int page);
/* The first row to draw where `page` of them have room: the cursor is seen also where there
 * was more when it moved. */
size_t rows_first(struct rows r, size_t len, int page);

#endif
