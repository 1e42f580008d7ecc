/* Raw HTTP clients for the tests, in the loop of the server under test. */
#ifndef TESTS_UNIT_ENGINE_CLIENT_H
#define TESTS_UNIT_ENGINE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "io/loop.h"

struct client {
	struct loop *loop;
	struct watch *watch;
	int fd;
	struct str got;		/* all that came, heads and chunk sizes included */
	bool ended;
};

/* Connects to a Unix socket. */
void client_init(struct client *c, struct loop *loop, const char *path);
void client_send(struct client *c, struct view bytes);
/* Turns the loop until the peer closed; fails the test when that takes too long. */
void client_wait_end(struct client *c);
/* Turns the loop until `text` has come. */
void client_wait_text(struct client *c, const char *text);
/* Until the first frame of an event stream that has `event` in it has come whole. */
void client_wait_frame(struct client *c, const char *event);
void client_release(struct client *c);
/* Answers in what came, and the status of the first. */
int client_answers(const struct client *c);
int client_status(const struct client *c);
/* What stands behind the first answer's head. */
struct view client_body(const struct client *c);
/* One request on a connection of its own; c->got has the answer. method and path as
 * "GET /v1/info", headers each with CR LF. */
void client_ask(struct client *c, const char *line, const char *headers, const char *body);

#endif
