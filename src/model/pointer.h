/* The mouse: the wheel moves, a click puts the cursor on a lane or a card, a click on
 * the card under the cursor opens it. It never gives an order. */
#ifndef MODEL_POINTER_H
#define MODEL_POINTER_H

#include "model/effect.h"
#include "screen/key.h"

struct model;

void pointer_press(struct model *m, struct key key, struct effects *fx);

#endif
