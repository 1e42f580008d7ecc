/* When the board next looks different by the clock alone. */
#ifndef MODEL_BOARD_DUE_H
#define MODEL_BOARD_DUE_H

#include <stdint.h>

struct model;

/* 0: at no time. An idle board of old cards wakes once a minute or less. */
int64_t board_due_ms(const struct model *m);

#endif
