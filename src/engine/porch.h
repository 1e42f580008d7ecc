/* The porch before the HTTP server: takes connections from the listeners, waits
 * until a whole request head has come, checks it (front.h) without taking it from
 * the socket, and only then lets it in. What is refused is answered here, once,
 * and never seen by the server. One request a connection. */
#ifndef ENGINE_PORCH_H
#define ENGINE_PORCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/front.h"
#include "io/loop.h"

enum porch_kind { PORCH_UNIX, PORCH_TCP };

/* Who is at the other end. */
struct porch_peer {
	enum porch_kind kind;
	uid_t uid;		/* of a Unix peer */
	int port;		/* of our TCP listener */
};

/* One connection with its checked head. */
struct guest {
	int fd;
	struct porch_peer peer;
	struct str bytes;	/* the head points into it */
	struct front_head head;
};

void guest_free(struct guest *g);	/* closes fd unless it is -1 */

/* Takes the guest: fd is still to be read from its first byte. */
typedef void porch_enter_fn(void *arg, struct guest *guest);
/* A last word on a good head, by who sends it. False: *why is answered. */
typedef bool porch_admit_fn(void *arg, const struct guest *guest, struct front_refusal *why);

struct porch_config {
	porch_admit_fn *admit;	/* NULL: all */
	porch_enter_fn *enter;
	void *arg;
	int64_t head_ms;	/* 0: 10 s */
};

struct porch;
struct porch *porch_new(struct loop *loop, const struct porch_config *config);
/* Takes a listening, non-blocking descriptor. */
void porch_listen(struct porch *p, int fd, enum porch_kind kind);
/* Closes listeners and whoever waits. */
void porch_free(struct porch *p);

/* The JSON body of an error: {"error":{"code","message","detail"}}; detail is JSON
 * or empty. */
void porch_add_error(struct str *out, struct view code, struct view message, struct view detail);

#endif
