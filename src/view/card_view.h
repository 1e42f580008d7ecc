/* One run as a card, in three densities. */
#ifndef VIEW_CARD_VIEW_H
#define VIEW_CARD_VIEW_H

#include "core/run.h"
#include "view/paint.h"

struct card {
	const struct run_facts *run;
	bool selected;		/* has the cursor */
	bool focused;		/* in the lane that has the focus */
	bool marked, stale;
};

/* r: as many rows as the density has lines. */
void view_card(struct pen *p, struct rect r, const struct card *card);
/* Appends one line that says what a run is doing, or how it ended: "3/7 build",
 * "queued: all slots are busy", "build: exit status 2". */
void add_doing(struct str *s, const struct run_facts *run, const char *dot);
/* "by ada", "schedule", "webhook" */
void add_trigger(struct str *s, const struct run_facts *run);
/* The number that matters: elapsed, waited or left, age since it ended. */
void add_clock(struct str *s, const struct run_facts *run, int64_t now_ms);

#endif
