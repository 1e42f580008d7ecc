/* The tests' Temporal (temporal_rig.h). */
#include "temporal_rig.h"

#include "temporal_events.h"

#include "base/file.h"

/* The longest prefix must come last: the newest rule that matches answers. */
const struct rig_route rig_routes[] = {
	{ "GET", "/api/v1/system-info", "{\"serverVersion\":\"1.31.2\"}" },
	{ "GET", SPACE, "{\"namespaceInfo\":{}}" },
	{ "GET", SPACE "/search-attributes", "{\"customAttributes\":{}}" },
	{ "GET", SPACE "/workflow-count", "{\"count\":\"2\"}" },
	{ "GET", SPACE "/workflows", "{\"executions\":[" RUN_A "," RUN_B "]}" },
	{ "GET", LIST "%28ExecutionStatus%20%3D", "{\"executions\":[" RUN_A "]}" },
	{ "GET", LIST "%28ExecutionStatus%20IN", "{\"executions\":[" RUN_B "]}" },
	{ "GET", LIST "%28CloseTime", "{\"executions\":[" RUN_B "]}" },
	{ "GET", SPACE "/workflows/", "{\"workflowExecutionInfo\":" RUN_A "," BUSY "}" },
	{ "GET", SPACE "/workflows/a/history",
	  "{\"history\":{\"events\":[{\"eventId\":\"1\",\"eventType\":\"EVENT_TYPE_TIMER_FIRED\"}]}}" },
	{ "GET", SPACE "/schedules", "{\"schedules\":[]}" },
	{ "GET", SPACE "/workers", "{}" },
	{ "GET", SPACE "/task-queues/", "{}" },
	{ "POST", SPACE "/workflows/", "{\"runId\":\"c\",\"outcome\":{\"success\":{}}}" },
};

const size_t rig_n_routes = sizeof rig_routes / sizeof *rig_routes;

void serve_well(void)
{
	for (size_t i = 0; i < rig_n_routes; i++)
		stub_on(stub, rig_routes[i].method, rig_routes[i].target,
			&(struct stub_reply){ .body = rig_routes[i].body });
	stub_on(stub, "GET", "/api/v1/settings", &(struct stub_reply){ .status = 404 });
}

void serve_describe(const char *target, const char *length, const char *more)
{
	struct str body = { 0 };
	str_addf(&body,
		 "{\"workflowExecutionInfo\":{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},"
		 "\"type\":{\"name\":\"U\"},\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":"
		 "\"WORKFLOW_EXECUTION_STATUS_RUNNING\",\"taskQueue\":\"q\",\"historyLength\":\"%s\","
		 "\"searchAttributes\":{\"indexedFields\":{\"BuildIds\":{}}}}%s}", length, more);
	serve("GET", target, str_text(&body));
	str_release(&body);
}

void serve_vector(const char *method, const char *target, const char *name)
{
	struct str path = { 0 }, body = { 0 };
	str_addf(&path, "%s/%s.json", VECTORS, name);
	ck_assert(file_read(str_text(&path), 1 << 20, &body, NULL));
	serve(method, target, str_text(&body));
	str_release(&path);
	str_release(&body);
}

static char approve_key[] = "approve.ApprovalUpdate", reject_key[] = "reject.ApprovalUpdate",
	    signal_key[] = "approve.T", update_value[] = "update:decide:{\"ok\":${approved}}",
	    signal_value[] = "signal:approve";

static const struct setting approvals[] = { { approve_key, update_value },
					    { reject_key, update_value },
					    { signal_key, signal_value } };

struct temporal_config config_of(void)
{
	return (struct temporal_config){
		.name = "home",
		.unix_path = stub_path(stub),
		.approvals = approvals,
		.n_approvals = 3,
		.times = { .answer_ms = 10000, .update_ms = 10000, .tick_ms = 20, .effect_ms = 40,
			   .effect_step_ms = 5, .better_ms = 50, .first_retry_ms = 2, .max_retry_ms = 8,
			   .calls = 2000 },
	};
}

void open_hasty(void)
{
	struct temporal_config config = config_of();
	config.times.answer_ms = config.times.update_ms = 150;
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ck_assert_ptr_nonnull(ear.backend);
}

void open_backend(void)
{
	const struct temporal_config config = config_of();
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ck_assert_ptr_nonnull(ear.backend);
}

bool is_live(void *arg)
{
	struct str state = { 0 };
	bool live = ear.condition == CONDITION_LIVE && !ear.snapshot &&
		    str_eq(ear_state(&ear, &state), "a:running b:failed");
	str_release(&state);
	return live;
}

void hold(const char *token)
{
	struct str target = { 0 };
	str_addf(&target, "%s%s", POLL, token);
	stub_on(stub, "GET", str_text(&target), &(struct stub_reply){ .body = "", .stream = true });
	str_release(&target);
}

const struct ear_ticket *order(enum verb verb, const char *run)
{
	const struct order o = { .verb = verb, .run = view_of(run), .task = VIEW("gate"),
				 .comment = VIEW("why not") };
	return until_done(ear_order(&ear, &o));
}
