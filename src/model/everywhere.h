/* Keys and actions that mean the same on every screen. */
#ifndef MODEL_EVERYWHERE_H
#define MODEL_EVERYWHERE_H

#include "model/action.h"
#include "model/effect.h"
#include "screen/key.h"

struct model;

/* A key was pressed: field, keymap, screen, then what holds everywhere. */
void everywhere_key(struct model *m, struct key key, struct effects *fx);
/* An action, as if its key had been pressed (palette, menu, mouse). */
void everywhere_act(struct model *m, enum action a, struct effects *fx);
/* Releases what all screens keep. */
void screens_release(struct model *m);

#endif
