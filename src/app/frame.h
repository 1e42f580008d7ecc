/* Frames out and keys in: the terminal's side of the running board. All calls do
 * nothing where the board is headless. */
#ifndef APP_FRAME_H
#define APP_FRAME_H

#include "app/app.h"

/* Takes the terminal over; keys come from then on. */
bool frame_open(struct app *a, struct err *err);
void frame_close(struct app *a);
/* Draws the model onto the canvas and hands it to the terminal, if something
 * changed and the terminal can take it: called at the end of a turn. */
void frame_end_of_turn(struct app *a);
/* True when nothing is left to draw or to send. */
bool frame_is_settled(const struct app *a);

/* What --test-sync writes: the input taken in and the bytes sent (term.h). */
void frame_sync(const struct app *a, int fd);

void frame_suspend(struct app *a);
/* The terminal is somebody else's until use returns. */
void frame_lend(struct app *a, void (*use)(void *arg), void *arg);
void frame_redraw(struct app *a);
void frame_bell(struct app *a);
void frame_copy(struct app *a, struct view text);
void frame_theme(struct app *a, struct view name);

#endif
