/* The backend of the local engine: runboardd's HTTP API over its Unix socket, or
 * over TCP with a bearer token. */
#ifndef BACKEND_LOCAL_H
#define BACKEND_LOCAL_H

#include "backend/backend.h"

/* Zeros: the defaults behind. */
struct local_times {
	int heartbeat_ms;	/* 15 000: the engine's; stale after 2.5 of them */
	int answer_ms;		/* 10 000: a whole answer */
	int first_retry_ms;	/* 500 */
	int max_retry_ms;	/* 5 000 */
	int healthy_ms;		/* 60 000 */
	int pause_ms;		/* 200: between two details of a run that is followed */
};

struct local_config {
	const char *name;	/* of the context */
	const char *socket;	/* path, or NULL: url */
	const char *url;	/* "https://host:port" */
	const char *token;	/* bearer, or NULL */
	const char *ca_file;	/* or NULL */
	bool read_only;
	struct local_times times;
};

/* Everything is copied; sends nothing until asked. The sink may cancel and destroy
 * from inside its calls. */
struct backend *local_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			  const struct local_config *config);

#endif
