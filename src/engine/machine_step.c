/* One input to a run: decided upon, folded, and all that follows. */
#include "base/when.h"
#include "engine/machine_inside.h"
#include "engine/scope.h"
#include "wire/jsonw.h"

void turn_emit(struct turn *turn, struct event *event)
{
	event->at_ms = turn->now_ms;
	machine_fold(turn->m, events_push(turn->out, event));
}

typedef void input_fn(struct turn *turn, struct machine_task *t, const struct input *in);

static void on_admit(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (turn->m->admitted || turn->m->ended)
		return;
	struct event e = event_make(EVENT_RUN_ADMITTED, (struct view){0});
	e.until_ms = turn->w->timeout_ms ? turn->now_ms + turn->w->timeout_ms : 0;
	turn_emit(turn, &e);
}

static void cannot_launch(struct turn *turn, struct machine_task *t, struct err *err)
{
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	e.task_status = TASK_ERROR;
	e.error_type = VIEW("expression");
	e.error = view_of(err_text(err));
	task_fail(turn, &e);
	err_release(err);
}

static void on_launch(struct turn *turn, struct machine_task *t, const struct input *in)
{
	struct str args = {0};
	struct err err = {0};
	if (!t || !machine_wants_slot(t) || turn->m->paused)
		return;
	if (!machine_args(turn->m, turn->w, t, &args, &err)) {
		cannot_launch(turn, t, &err);
	} else {
		struct event e = event_make(EVENT_ATTEMPT_STARTING, t->id);
		e.attempt = t->attempt + 1;
		e.args = view_of_str(&args);
		turn_emit(turn, &e);
	}
	str_release(&args);
}

static bool is_current(const struct machine_task *t, const struct input *in)
{
	return t && machine_attempt_runs(t) && t->attempt == in->attempt;
}

static void on_started(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (!is_current(t, in) || machine_attempt(t)->pid)
		return;
	struct event e = event_make(EVENT_ATTEMPT_STARTED, t->id);
	e.attempt = in->attempt;
	e.pid = in->pid;
	turn_emit(turn, &e);
}

static void on_ended(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (!is_current(t, in))
		return;
	struct event e = *in->ended;
	e.kind = EVENT_ATTEMPT_ENDED;
	e.task = t->id;
	e.attempt = in->attempt;
	turn_emit(turn, &e);
}

static void on_unknown(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (!is_current(t, in))
		return;
	struct event e = event_make(EVENT_ATTEMPT_UNKNOWN, t->id);
	e.attempt = in->attempt;
	e.task_status = TASK_ERROR;
	e.error_type = VIEW("unknown_outcome");
	e.error = VIEW("it is not known how the attempt ended: its supervisor is gone");
	turn_emit(turn, &e);
}

static void on_child_started(struct turn *turn, struct machine_task *t, const struct input *in)
{
	const struct step *s = t ? workflow_step(turn->w, t->step) : NULL;
	struct str id = {0};
	if (!s || t->status != TASK_QUEUED || t->kind != STEP_WORKFLOW)
		return;
	jsonw_add_quoted(&id, in->child);
	struct event e = event_make(EVENT_CHILD_STARTED, t->id);
	e.attempt = t->attempt + 1;
	e.value = view_of_str(&id);
	e.args = in->args;
	e.until_ms = s->timeout_ms ? turn->now_ms + s->timeout_ms : 0;
	turn_emit(turn, &e);
	str_release(&id);
}

static void on_child_refused(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (!t || t->status != TASK_QUEUED || t->kind != STEP_WORKFLOW)
		return;
	struct event e = *in->ended;
	e.kind = EVENT_TASK_ENDED;
	e.task = t->id;
	task_fail(turn, &e);
}

static void on_child_ended(struct turn *turn, struct machine_task *t, const struct input *in)
{
	if (!t || !machine_attempt_runs(t) || !view_eq(machine_attempt(t)->child, in->child))
		return;
	struct event e = *in->ended;
	e.kind = EVENT_ATTEMPT_ENDED;
	e.task = t->id;
	e.attempt = t->attempt;
	if (t->late && e.task_status == TASK_CANCELLED) {
		e.task_status = TASK_TIMED_OUT;
		e.error_type = VIEW("timeout");
		e.error = VIEW("over its time limit");
	}
	turn_emit(turn, &e);
}

static void on_asked(struct turn *turn, struct machine_task *t, const struct input *in)
{
	turn_ask(turn, t, in->question);
}

/* Time has come: the rules look at the clock themselves. */
static void on_due(struct turn *turn, struct machine_task *t, const struct input *in)
{
}

/* Whether the run waits for some span of time to pass. */
static bool has_spans(const struct machine *m)
{
	bool has = m->deadline_ms != 0;
	for (size_t i = 0; i < m->n_tasks; i++) {
		const int64_t *until_ms = task_span(&m->tasks[i]);
		has = has || (until_ms && *until_ms);
	}
	return has && !m->ended;
}

static void on_clock(struct turn *turn, struct machine_task *t, const struct input *in)
{
	struct str how = {0};
	if (!has_spans(turn->m))
		return;
	str_add_text(&how, in->moved_ms < 0 ? "set back by " : "set forward by ");
	when_add_span(&how, in->moved_ms < 0 ? -in->moved_ms : in->moved_ms);
	struct event e = event_make(EVENT_CLOCK_MOVED, (struct view){0});
	e.moved_ms = in->moved_ms;
	e.reason = view_of_str(&how);
	turn_emit(turn, &e);
	str_release(&how);
}

static input_fn *const inputs[INPUT_KINDS] = {
	[INPUT_ADMIT] = on_admit,
	[INPUT_LAUNCH] = on_launch,
	[INPUT_STARTED] = on_started,
	[INPUT_ENDED] = on_ended,
	[INPUT_UNKNOWN] = on_unknown,
	[INPUT_CHILD_STARTED] = on_child_started,
	[INPUT_CHILD_REFUSED] = on_child_refused,
	[INPUT_CHILD_ENDED] = on_child_ended,
	[INPUT_ASKED] = on_asked,
	[INPUT_DUE] = on_due,
	[INPUT_CLOCK] = on_clock,
};

void machine_step(struct machine *m, const struct workflow *w, const struct input *in,
		  struct events *out, struct refusal *refusal)
{
	struct turn turn = { .m = m, .w = w, .now_ms = in->now_ms, .out = out };
	struct machine_task *t = machine_task(m, in->task);
	if (in->kind == INPUT_ORDER && in->task.len && !t) {
		refusal->kind = REFUSAL_NOT_FOUND;
		str_add_text(&refusal->text, "there is no such task");
		return;
	}
	if (in->kind == INPUT_ORDER)
		turn_order(&turn, t, in->order, refusal);
	else
		inputs[in->kind](&turn, t, in);
	turn_settle(&turn);
}
