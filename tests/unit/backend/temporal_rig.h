/* The Temporal backend and a stub of its server on one loop, for its tests: routes
 * that serve well, answers of a real server (recorded), orders and what they sent. */
#ifndef TESTS_UNIT_BACKEND_TEMPORAL_RIG_H
#define TESTS_UNIT_BACKEND_TEMPORAL_RIG_H

#include "backend/ear.h"
#include "backend/stub.h"
#include "backend/temporal.h"
#include "lib/unit.h"

#define SPACE "/api/v1/namespaces/default"
#define LIST SPACE "/workflows?query="
#define RUN_A "{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},\"type\":{\"name\":\"T\"}," \
	      "\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"," \
	      "\"taskQueue\":\"q\",\"historyLength\":\"11\",\"searchAttributes\":{\"indexedFields\":" \
	      "{\"BuildIds\":{}}}}"
#define RUN_B "{\"execution\":{\"workflowId\":\"w-b\",\"runId\":\"b\"},\"type\":{\"name\":\"T\"}," \
	      "\"startTime\":\"2026-11-20T03:00:00Z\",\"closeTime\":\"2026-11-20T03:00:09Z\"," \
	      "\"status\":\"WORKFLOW_EXECUTION_STATUS_FAILED\",\"taskQueue\":\"q\"}"
#define A_ENDED "{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},\"type\":{\"name\":\"T\"}," \
		"\"startTime\":\"2026-11-20T03:00:00Z\",\"closeTime\":\"2026-11-20T03:00:09Z\"," \
		"\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\",\"taskQueue\":\"q\"}"

/* Not idle: nothing says that it waits for a person. */
#define BUSY "\"pendingActivities\":[{\"activityId\":\"1\",\"activityType\":{\"name\":\"X\"}," \
	     "\"state\":\"PENDING_ACTIVITY_STATE_STARTED\"}]"

struct rig_route {
	const char *method, *target, *body;
};

extern const struct rig_route rig_routes[];
extern const size_t rig_n_routes;
extern struct loop *loop;
extern struct stub *stub;
extern struct ear ear;

void rig_set_up(void);
void rig_tear_down(void);
void serve_well(void);
/* What describe says of the run "a" when its history is so long; more: further members. */
void rig_add_describe(struct str *body, const char *length, const char *more);
void serve(const char *method, const char *target, const char *body);
/* A recorded answer of the real server. */
void serve_vector(const char *method, const char *target, const char *name);
struct temporal_config config_of(void);
void open_backend(void);
/* For servers that do not answer. */
void open_hasty(void);
void turn_a_little(void);
/* Live, and the board is a:running b:failed; for stub_until_fn. */
bool is_live(void *arg);
/* Sends and waits for its end. */
const struct ear_ticket *order(enum verb verb, const char *run);
/* The first POST there had these words in its body. */
bool body_has(const char *target, const char *words);

#endif
