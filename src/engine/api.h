/* The HTTP API (INTERFACES.md): routes to the engine's calls. Knows HTTP's words
 * and the engine's facade, neither libmicrohttpd nor the journal. */
#ifndef ENGINE_API_H
#define ENGINE_API_H

#include <stdbool.h>

#include "base/err.h"
#include "engine/access.h"
#include "engine/engine.h"
#include "engine/server.h"
#include "io/loop.h"

struct api;

struct api_config {
	struct loop *loop;
	struct engine *engine;		/* must outlive the api */
	struct access *access;		/* so must this */
	int64_t beat_ms;		/* of streams; 0: 15 s */
};

struct api *api_new(const struct api_config *config, struct err *err);
/* Ends every exchange. Orders under way go on in the engine, but their replies have
 * nowhere to go: the loop must not turn again before the engine is freed. */
void api_free(struct api *api);
/* Access has taken other people: who reads the stream sees from now on what he may. */
void api_renew(struct api *api);
/* Takes a listening descriptor. */
void api_listen(struct api *api, int fd, enum porch_kind kind);

#endif
