/* The control socket of an attempt: SOCK_SEQPACKET, one message a packet
 * (doc/protocols.md 1). Never blocks; a listener that does not read loses
 * messages, never the supervisor's time. */
#ifndef STEP_CONTROL_H
#define STEP_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CONTROL_CLIENTS = 8 };

enum control_word { CONTROL_NOTHING, CONTROL_TERM, CONTROL_KILL, CONTROL_HELLO };

struct control {
	int listener;			/* -1: none */
	int clients[CONTROL_CLIENTS];
	size_t n_clients;
};

/* Binds `control` in the present folder. */
bool control_open(struct control *c, struct err *err);
/* Fills CONTROL_CLIENTS + 1 places at most; returns how many. */
size_t control_polls(const struct control *c, struct pollfd *polls);
/* Takes a newcomer in: true where there was one, which has the last place. */
bool control_accept(struct control *c);
/* The next word of client i; it is removed (and NOTHING given) when it left. */
enum control_word control_read(struct control *c, size_t i);
void control_send(struct control *c, size_t i, const char *text);
void control_send_all(struct control *c, const char *text);
/* Closes all and removes the socket. */
void control_close(struct control *c);

#endif
