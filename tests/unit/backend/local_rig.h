/* The local engine's backend and a stub of the engine, for its tests. */
#ifndef TESTS_UNIT_BACKEND_LOCAL_RIG_H
#define TESTS_UNIT_BACKEND_LOCAL_RIG_H

#include "rig.h"

#include "backend/local.h"

#define BEGIN "event: snapshot_begin\ndata: {\"filter\":\"\"}\n\n"
#define RUN(id, status, n) \
	"event: run\nid: e-" #n "\ndata: {\"id\":\"" id "\",\"status\":\"" status "\",\"seq\":" #n "}\n\n"
#define END(n) "event: snapshot_end\nid: e-" #n "\ndata: {\"complete\":true}\n\n"

void local_rig_set_up(void);
/* Another backend in its place. */
void local_rig_reopen(struct local_config config);
/* The engine's events begin so, and go on. */
void stream(const char *body);

#endif
