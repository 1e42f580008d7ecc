/* One run for a job: where it is (its workflow id), and describe. Its history is
 * temporal_history.c's. */
#include "backend/temporal_inside.h"

#include "base/ident.h"
#include "base/mem.h"

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr ? v.ptr : "", v.len);
}

/* ---- where it is ---- */

static bool can_be_addressed(struct temporal_job *j)
{
	if (temporal_can_address(j->t, j->workflow_id))
		return true;
	if (j->slash)
		j->slash(j);
	else
		temporal_finish(j, OUTCOME_UNSUPPORTED,
				"Temporal's HTTP port cannot address a workflow id with a slash; "
				"the UI server's address can");
	return false;
}

static void go_there(struct temporal_job *j)
{
	if (can_be_addressed(j))
		j->then(j);
}

static void found(struct temporal_job *j, struct view workflow_id, struct view type,
		  struct view queue)
{
	j->workflow_id = text_of(workflow_id);
	j->type = text_of(type);
	j->queue = text_of(queue);
	if (strchr(j->workflow_id, '/'))
		temporal_know(j, go_there);
	else
		j->then(j);
}

/* The run's row in the list, whatever its workflow is. */
static void ask_row(struct temporal_job *j, temporal_answered_fn *answered)
{
	struct str target = { 0 }, query = { 0 };
	str_addf(&query, "RunId = '%s'", j->run);
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workflows");
	temporal_add_query(&target, "query", view_of_str(&query));
	temporal_add_query(&target, "pageSize", VIEW("1"));
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, answered);
	str_release(&query);
}

static void on_found(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *run = json_first(json_get(json_root(doc), "executions"));
	struct view id = json_get_text(json_get(run, "execution"), "workflowId");
	if (id.len)
		found(j, id, json_get_text(json_get(run, "type"), "name"),
		      json_get_text(run, "taskQueue"));
	else
		temporal_finish(j, OUTCOME_NOT_FOUND, "Temporal has no such run");
	json_free(doc);
}

/* Not a run id: a workflow id, of which the newest run is meant. */
static void take_as_workflow(struct temporal_job *j)
{
	struct view id = view_of(j->run);
	char *workflow_id = text_of(id);
	mem_free(j->run);
	j->run = mem_text("");
	found(j, view_of(workflow_id), VIEW(""), VIEW(""));
	mem_free(workflow_id);
}

static void on_soon(void *arg)
{
	struct temporal_job *j = arg;
	struct temporal *t = j->t;
	const struct temporal_known *k = temporal_known(t, view_of(j->run));
	temporal_enter(t);
	if (temporal_is_plan(j->run))
		temporal_finish(j, OUTCOME_UNSUPPORTED, "it is only planned: its schedule begins it "
							"then; :schedules has its orders");
	else if (k && k->workflow_id)
		found(j, view_of(k->workflow_id), view_of(k->type), view_of(k->queue));
	else
		take_as_workflow(j);
	temporal_leave(t);
}

void temporal_find(struct temporal_job *j, temporal_then_fn *then)
{
	const struct temporal_known *k = temporal_known(j->t, view_of(j->run));
	j->then = then;
	if ((k && k->workflow_id) || !ident_is_uuid(view_of(j->run))) {
		/* From the loop: nothing may end inside of an operation. */
		j->timer = loop_timer(j->t->base.loop, on_soon, j);
		loop_timer_set(j->timer, 0);
		return;
	}
	ask_row(j, on_found);
}

/* ---- describe ---- */

static void replace(char **place, struct view v)
{
	if (!v.len)
		return;
	mem_free(*place);
	*place = text_of(v);
}

static void on_describe(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	json_free(j->describe);
	j->describe = doc;
	const struct json *info = json_get(json_root(doc), "workflowExecutionInfo");
	struct view id = json_get_text(json_get(info, "execution"), "runId");
	if (!id.len) {
		temporal_finish(j, OUTCOME_UNREACHABLE,
				"Temporal's answer cannot be read: it describes no run");
		return;
	}
	replace(&j->run, id);
	replace(&j->type, json_get_text(json_get(info, "type"), "name"));
	replace(&j->queue, json_get_text(info, "taskQueue"));
	j->length = json_get_int(info, "historyLength", 0);
	j->then(j);
}

void temporal_describe(struct temporal_job *j, temporal_then_fn *then)
{
	struct str target = { 0 };
	j->then = then;
	temporal_add_workflow(&target, j->t, j->workflow_id);
	temporal_add_run(&target, j->run);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_describe);
}

/* ---- what lists say of it, in the shape of describe ---- */

static struct json_doc *describe_row(const struct json *row)
{
	struct str text = { 0 };
	str_add_text(&text, "{\"workflowExecutionInfo\":");
	json_print(row, &text);
	str_add_char(&text, '}');
	struct json_doc *doc = json_parse(view_of_str(&text), TEMPORAL_BODY_MAX, NULL);
	str_release(&text);
	return doc;
}

static void on_row(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *row = json_first(json_get(json_root(doc), "executions"));
	json_free(j->describe);
	j->describe = row ? describe_row(row) : NULL;
	json_free(doc);
	if (j->describe)
		j->then(j);
	else
		temporal_finish(j, OUTCOME_NOT_FOUND, "Temporal has no such run");
}

void temporal_load_row(struct temporal_job *j, temporal_then_fn *then)
{
	j->then = then;
	ask_row(j, on_row);
}

void temporal_load(struct temporal_job *j, temporal_then_fn *then)
{
	j->after = then;
	j->known_event = temporal_history_end(j->t, j->run);
	temporal_describe(j, temporal_load_history);
}
