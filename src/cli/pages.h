/* A list page by page: where its next page begins. One that leads in a circle would never
 * end: it is noticed, at the latest after three times as many pages as lie on the circle
 * and before it. */
#ifndef CLI_PAGES_H
#define CLI_PAGES_H

#include "cli/session.h"

struct pages {
	struct str cursor;	/* of the page to ask for; empty: the first */
	struct str mark;	/* one of before */
	size_t n;
};

/* After a page has come: whether there is another one. A circle ends the session's ticket
 * as one that failed, with a sentence. */
bool pages_go_on(struct pages *p, struct session *s);
void pages_release(struct pages *p);

#endif
