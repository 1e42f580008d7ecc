/* Notices: what a workflow's `notify` wants to be told, as rows of an outbox that is
 * written with the facts and emptied after: at least once, tried again, given up
 * after some tries. Knows no API. */
#ifndef ENGINE_NOTICES_H
#define ENGINE_NOTICES_H

#include "engine/machine.h"

struct engine;
struct live_run;
struct notices;

struct notices *notices_new(struct engine *e);
/* What is being sent is given up; its row stays and is tried again. */
void notices_free(struct notices *n);
/* A run has facts that are going into the batch: what is to be told goes with them. */
void notices_look_at(struct notices *n, struct live_run *run);
/* After a restart: it may become too long, or have become so meanwhile. */
void notices_take_up(struct notices *n, struct live_run *run);
/* The engine's own are others now: for what runs, too. */
void notices_renew(struct notices *n);
/* The clock was set: what is to be tried again is so after as long as before. */
void notices_move(struct notices *n, int64_t by_ms);
/* After a commit: sends what is due. */
void notices_send(struct notices *n);

#endif
