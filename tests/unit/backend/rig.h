/* A backend under test, the stub of its server and who listens, on one loop: what the
 * tests of all backends wait for and look at. */
#ifndef TESTS_UNIT_BACKEND_RIG_H
#define TESTS_UNIT_BACKEND_RIG_H

#include "backend/ear.h"
#include "backend/stub.h"
#include "lib/unit.h"

/* What may be wrong with an answer. */
struct rig_fault {
	const char *name;
	struct stub_reply reply;
	bool down;		/* there is nobody to answer */
	bool garbled;		/* the body is the right one's */
};

extern struct loop *loop;
extern struct stub *stub;
extern struct ear ear;

void rig_set_up(void);
void rig_tear_down(void);
void serve(const char *method, const char *target, const char *body);
void turn_a_little(void);
/* The stub holds one request; for stub_until_fn. */
bool is_held(void *stub);
void until_held(void);
/* The answer to what is held, which ends with it. */
void push(const char *body);
/* How it ended. */
const struct ear_ticket *until_done(ticket_id t);
/* One of the ear's lines begins so. */
void until_line(const char *begin);
/* Of the first POST there. */
const char *body_of(const char *target);
void expect_sent(const char *target, const char *words);

#endif
