/* Marks on cards: orders go to the marked runs, else to the focused one. */
#ifndef MODEL_BOARD_MARKS_H
#define MODEL_BOARD_MARKS_H

#include "core/run.h"
#include "model/msg.h"
#include "model/target.h"

struct model;
struct board_state;

void board_mark(struct board_state *b, struct run_key key);
void board_unmark(struct board_state *b, struct run_key key);
/* What is not shown any more is not acted upon. */
void board_drop_hidden_marks(struct model *m);
/* Marks every card of the lanes shown; where all are, clears them. */
void board_mark_all(struct model *m);

/* Whether the order is possible now for one of the marked runs at least: *out is of that
 * one, looked for from `from` on; else it says why not. */
bool board_marks_target(const struct model *m, enum verb v, struct run_key from,
			struct target *out);
/* Keeps which orders the status bar offers for the marked runs: after each message. */
void board_marks_look(struct model *m, const struct msg *msg);
bool board_marks_allow(const struct model *m, enum verb v);

#endif
