/* The cursor of the board and how it stays on its card while cards come and go. */
#ifndef MODEL_BOARD_CURSOR_H
#define MODEL_BOARD_CURSOR_H

#include <stdbool.h>

#include "core/change.h"

struct model;

/* One write of the store: tells core/board.h and keeps every lane's cursor on its
 * card and on its row. */
void board_cursor_change(struct model *m, const struct change *change);
/* As before the first key: what comes now was not waited for, the cursor stands on
 * the first card. */
void board_cursor_start_over(struct model *m);
/* The board was sorted or filtered anew. */
void board_cursor_renew(struct model *m);
/* Moves within the lane by cards (clipped), or to its first and last. */
void board_cursor_move(struct model *m, long by);
/* To the next lane on the left (-1) or right (1); no wrapping round. */
void board_cursor_lane(struct model *m, int by);
void board_cursor_go_lane(struct model *m, int lane);
/* From a lane without cards to the one that has the most to say. */
void board_cursor_find(struct model *m);
/* Lets the newcomers in: to the top of the lane, the cursor where it is. */
void board_cursor_take_new(struct model *m);
/* To the next card that changed its lane since. False: none. */
bool board_cursor_next_moved(struct model *m);
/* Scrolls the lane so that its cursor is seen. */
void board_cursor_reveal(struct model *m, int lane);

#endif
