/* The Temporal backend and a stub of its server on one loop, for its tests: routes
 * that serve well, answers of a real server (recorded), orders and what they sent. */
#ifndef TESTS_UNIT_BACKEND_TEMPORAL_RIG_H
#define TESTS_UNIT_BACKEND_TEMPORAL_RIG_H

#include "rig.h"

#include "backend/temporal.h"

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

#define PAYLOAD(encoding, data) "{\"metadata\":{\"encoding\":\"" encoding "\"},\"data\":\"" data "\"}"
/* binary/encrypted, json/plain */
#define SEALED(data) PAYLOAD("YmluYXJ5L2VuY3J5cHRlZA==", data)
#define OPENED(data) PAYLOAD("anNvbi9wbGFpbg==", data)
#define PAYLOADS(list) "{\"payloads\":[" list "]}"

/* Not idle: nothing says that it waits for a person. */
#define BUSY "\"pendingActivities\":[{\"activityId\":\"1\",\"activityType\":{\"name\":\"X\"}," \
	     "\"state\":\"PENDING_ACTIVITY_STATE_STARTED\"}]"

/* Of a table of faults: these say nothing, whatever was asked. */
#define NO_ANSWERS                                                                                \
	{ "closed without an answer", .reply = { .fault = STUB_CLOSE } },                          \
	{ "401", .reply = { .status = 401, .body = "{\"code\":16,\"message\":\"who are you\"}" } }, \
	{ "429", .reply = { .status = 429, .headers = "Retry-After: 0\r\n",                        \
			    .body = "{\"code\":8,\"message\":\"rate limit exceeded\"}" } },        \
	{ "500", .reply = { .status = 500, .body = "<html>oops" } },                               \
	{ "503", .reply = { .status = 503, .body = "{\"code\":14,\"message\":\"no\\nway\"}" } },   \
	{ "not JSON", .reply = { .body = "not json at all" } }

struct rig_route {
	const char *method, *target, *body;
};

extern const struct rig_route rig_routes[];
extern const size_t rig_n_routes;

void serve_well(void);
/* What describe says of the run "a" when its history is so long; more: further members. */
void serve_describe(const char *target, const char *length, const char *more);
/* A recorded answer of the real server. */
void serve_vector(const char *method, const char *target, const char *name);
struct temporal_config config_of(void);
void open_backend(void);
/* For servers that do not answer. */
void open_hasty(void);
/* Live, and the board is a:running b:failed; for stub_until_fn. */
bool is_live(void *arg);
/* The long poll of the run "a" from that token on is held until something is pushed. */
void hold(const char *token);
/* Sends and waits for its end. */
const struct ear_ticket *order(enum verb verb, const char *run);

#endif
