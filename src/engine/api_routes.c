/* The table of all routes: method, path, what one needs to be allowed, who serves it. */
#include "engine/route.h"

#define RUN	 "/v1/runs/:"
#define TASK	 "/v1/runs/:/tasks/:"
#define SCHEDULE "/v1/schedules/:"

const struct route routes[] = {
	{ "GET", "/v1/info", ROUTE_ANYBODY, api_info },
	{ "GET", "/v1/workflows", CAN_LIST_WORKFLOWS, api_table, .table = ENGINE_WORKFLOWS },
	{ "GET", "/v1/workflows/:", CAN_LIST_WORKFLOWS, api_workflow },
	{ "POST", "/v1/workflows/:/runs", CAN_RUN_WORKFLOW, api_start, VERB_START },
	{ "GET", "/v1/runs", CAN_VIEW_RUNS, api_runs },
	{ "GET", RUN, CAN_VIEW_DETAILS, api_run },
	{ "GET", RUN "/history", CAN_VIEW_DETAILS, api_history },
	{ "GET", RUN "/export", CAN_VIEW_DETAILS, api_export },
	{ "POST", RUN "/cancel", CAN_CANCEL_RUN, api_run_order, VERB_CANCEL },
	{ "POST", RUN "/pause", CAN_CANCEL_RUN, api_run_order, VERB_PAUSE },
	{ "POST", RUN "/resume", CAN_CANCEL_RUN, api_run_order, VERB_RESUME },
	{ "POST", RUN "/rerun", CAN_RUN_WORKFLOW, api_run_order, VERB_RERUN },
	{ "GET", TASK, CAN_VIEW_DETAILS, api_task },
	{ "GET", TASK "/log", CAN_VIEW_DETAILS, api_log },
	{ "POST", TASK "/approve", CAN_APPROVE_STEP, api_task_order, VERB_APPROVE },
	{ "POST", TASK "/reject", CAN_APPROVE_STEP, api_task_order, VERB_REJECT },
	{ "POST", TASK "/answer", CAN_APPROVE_STEP, api_task_order, VERB_ANSWER },
	{ "POST", TASK "/retry", CAN_RETRY_STEP, api_task_order, VERB_RETRY },
	{ "POST", TASK "/skip", CAN_RETRY_STEP, api_task_order, VERB_SKIP },
	{ "POST", TASK "/advance", CAN_FORCE_ADVANCE, api_task_order, VERB_ADVANCE },
	{ "POST", TASK "/ask", CAN_RUN_WORKFLOW, api_ask },
	{ "GET", "/v1/events", CAN_VIEW_RUNS, api_events },
	{ "GET", "/v1/inbox", CAN_VIEW_RUNS, api_table, .table = ENGINE_INBOX },
	{ "GET", "/v1/queues", CAN_VIEW_RUNS, api_table, .table = ENGINE_QUEUES },
	{ "GET", "/v1/workers", CAN_VIEW_RUNS, api_table, .table = ENGINE_WORKERS },
	{ "GET", "/v1/schedules", CAN_LIST_WORKFLOWS, api_table, .table = ENGINE_SCHEDULES },
	{ "GET", "/v1/stats", CAN_VIEW_RUNS, api_stats },
	{ "GET", "/v1/audit", CAN_ADMIN, api_table, .table = ENGINE_AUDIT },
	{ "POST", SCHEDULE "/pause", CAN_ADMIN, api_schedule_order, VERB_PAUSE },
	{ "POST", SCHEDULE "/resume", CAN_ADMIN, api_schedule_order, VERB_RESUME },
	{ "POST", SCHEDULE "/trigger", CAN_RUN_WORKFLOW, api_schedule_order, VERB_START },
	{ "POST", "/v1/hooks/:", ROUTE_OPEN, api_hook },
	{ "POST", "/v1/backup", CAN_ADMIN, api_backup },
	{ "GET", "/v1/tokens", CAN_ADMIN, api_tokens },
	{ "POST", "/v1/tokens", CAN_ADMIN, api_token },
	{ "POST", "/v1/tokens/:/revoke", CAN_ADMIN, api_token_revoke },
	{ "GET", "/metrics", CAN_VIEW_RUNS, api_metrics, .whole = true },
	{ NULL, NULL, CAN_ADMIN, NULL },
};
