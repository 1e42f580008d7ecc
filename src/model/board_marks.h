/* Marks on cards: orders go to the marked runs, else to the focused one. */
#ifndef MODEL_BOARD_MARKS_H
#define MODEL_BOARD_MARKS_H

#include "core/run.h"

struct model;
struct board_state;

void board_mark(struct board_state *b, struct run_key key);
void board_unmark(struct board_state *b, struct run_key key);
/* What is not shown any more is not acted upon. */
void board_drop_hidden_marks(struct model *m);
/* Marks every card of the lanes shown; where all are, clears them. */
void board_mark_all(struct model *m);

#endif
