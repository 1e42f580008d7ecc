/* A golden scene: settings and keys in, a canvas out. */
#ifndef TESTS_SCREEN_SCENE_H
#define TESTS_SCREEN_SCENE_H

#include "base/str.h"
#include "screen/canvas.h"

/* Plays the settings (the lines of a scene above "screen") and draws the end:
 *
 *   size 80x24          columns by rows
 *   load night          a set of tests/lib/fixture.h
 *   ascii               a locale without UTF-8
 *   read-only           the board gives no orders; comes before load
 *   keys l j "text"     by name, quoted text letter by letter
 *   wait 12s            lets time pass
 *   down|stale|live|connecting SENTENCE    how the backend is
 *   move NUMBER STATUS  a run of the set changes its status
 *   happens newcomers   what fixture_happens knows
 *   answer ok|refused SENTENCE             to the last order
 *   says WORDS          what the decision that is open would send
 *
 * *c is made here and the caller's. False, and *error, where a line means nothing. */
bool scene_render(struct view settings, struct canvas *c, struct str *error);

#endif
