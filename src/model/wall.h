/* The wall: for a screen that nobody sits at. No cursor; big counts, what waits and
 * what failed. */
#ifndef MODEL_WALL_H
#define MODEL_WALL_H

#include "model/screen.h"

extern const struct screen screen_wall;

#endif
