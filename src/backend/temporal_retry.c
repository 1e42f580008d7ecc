/* Retry on Temporal: the run is reset to the workflow task that made the failed step
 * (a new run, which hears the signals and updates after it again), or an activity
 * that waits for its next attempt gets it now. */
#include "backend/temporal_inside.h"

#include "wire/jsonw.h"

static void send_reset(struct temporal_job *j, int64_t to)
{
	struct str body = { 0 }, id = { 0 };
	struct jsonw w;
	str_addf(&id, "%lld", (long long)to);
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	temporal_add_execution(&w, j);
	jsonw_text(&w, "reason", temporal_reason(j));
	jsonw_string(&w, "workflowTaskFinishEventId", str_text(&id));
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	temporal_post(j, "/reset", &body, temporal_new_run);
	str_release(&id);
}

static void send_activity_reset(struct temporal_job *j, const struct story_task *task)
{
	struct str target = { 0 }, body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "execution");
	jsonw_string(&w, "workflowId", j->workflow_id);
	jsonw_string(&w, "runId", j->run);
	jsonw_end_object(&w);
	jsonw_text(&w, "id", task->activity);
	jsonw_string(&w, "identity", j->t->identity);
	jsonw_end_object(&w);
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/activities-deprecated/reset");
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
				    .keyed = true };
	temporal_job_ask(j, &ask, temporal_ordered);
}

/* The last that failed, where the order names none. */
static const struct story_task *task_meant(struct temporal_job *j)
{
	const struct story_task *task = story_find(&j->story, view_of(j->task));
	for (size_t i = j->story.tasks.len; !task && i-- > 0;) {
		enum task_status s = j->story.tasks.items[i].facts.status;
		if (s == TASK_FAILED || s == TASK_TIMED_OUT || s == TASK_RETRYING)
			task = &j->story.tasks.items[i];
	}
	return task;
}

/* What is applied again when the run is set back to before that event. */
static void add_reapplied(struct str *s, const struct temporal_job *j, int64_t event)
{
	size_t n = 0;
	for (size_t i = 0; i < j->story.tasks.len; i++) {
		const struct story_task *t = &j->story.tasks.items[i];
		if (t->event < event || (t->kind != STORY_SIGNAL && t->kind != STORY_UPDATE) ||
		    !t->type.len)
			continue;
		str_add_text(s, n++ ? ", " : "; applied again: ");
		str_add(s, t->type);
		str_addf(s, " (%.*s)", (int)t->facts.worker.len, t->facts.worker.ptr);
	}
	if (!n)
		str_add_text(s, "; no signal and no update came after it");
}

static void say_reset(struct temporal_job *j, const struct story_task *task, int64_t to)
{
	struct str words = { 0 };
	str_addf(&words, "reset to event %lld: ", (long long)to);
	str_add(&words, task ? task->facts.title : VIEW("the last workflow task"));
	str_add_text(&words, " is done again, in a new run");
	add_reapplied(&words, j, to);
	temporal_finish(j, OUTCOME_OK, str_text(&words));
	str_release(&words);
}

static void reset_to(struct temporal_job *j, const struct story_task *task, int64_t to)
{
	if (j->preview) {
		say_reset(j, task, to);
	} else {
		add_reapplied(&j->text, j, to);
		send_reset(j, to);
	}
}

static void retry_now(struct temporal_job *j, const struct story_task *task)
{
	if (j->preview)
		temporal_finish(j, OUTCOME_OK, "its next attempt begins now, and attempts are "
					       "counted from one again");
	else
		send_activity_reset(j, task);
}

static void send_retry(struct temporal_job *j)
{
	struct run_detail detail;
	struct temporal_rules rules;
	temporal_rules(j->t, &rules);
	story_tell(&j->story, json_root(j->describe), &rules, NULL, &detail);
	const struct story_task *task = task_meant(j);
	bool now = task && task->facts.status == TASK_RETRYING && task->kind == STORY_ACTIVITY;
	struct view off = temporal_off(j->t, now ? TEMPORAL_ACTIVITY : TEMPORAL_RESET);
	if (off.len)
		temporal_refuse(j, off);
	else if (now)
		retry_now(j, task);
	else if (task && task->decided > 1)
		reset_to(j, task, task->decided);
	else if (!task && j->story.first_decided > 1)
		reset_to(j, NULL, j->story.last_decided);
	else
		temporal_finish(j, OUTCOME_REFUSED, "there is no step to reset to");
}

void temporal_retry(struct temporal_job *j)
{
	temporal_load(j, send_retry);
}
