/* The filter line of the board and what it puts in force. */
#ifndef MODEL_BOARD_FILTER_H
#define MODEL_BOARD_FILTER_H

#include "model/effect.h"

struct model;

/* Sorts and filters the cards anew by what stands in the board's state. */
void board_renew(struct model *m);
/* Puts the typed filter in force; where it is wrong, the last one stays and
 * filter_error says why. */
void board_apply_filter(struct model *m);
void board_remember_filter(struct model *m, struct effects *fx);
/* To an older (-1) or a newer (1) filter. */
void board_walk_past(struct model *m, int by);

#endif
