/* A state machine on the bench. */
#include "machine_bench.h"

#include "lib/unit.h"

void bench_open(struct bench *b, const char *text)
{
	struct err err = {0};
	*b = (struct bench){ .now_ms = 1000000 };
	b->w = workflow_load(view_of(text), "bench.yaml", &err);
	ck_assert_msg(b->w != NULL, "%s", err_text(&err));
	b->m = machine_new();
	const struct machine_birth birth = {
		.workflow = b->w, .id = VIEW("01900000-0000-7000-8000-000000000001"),
		.by = VIEW("alice"), .now_ms = b->now_ms,
	};
	machine_create(&birth, &b->log);
	machine_fold(b->m, &b->log.list.items[0]);
	b->seq = 1;
}

void bench_close(struct bench *b)
{
	machine_free(b->m);
	workflow_free(b->w);
	events_release(&b->log);
	str_release(&b->refusal.text);
}

void bench_feed(struct bench *b, struct input *in)
{
	in->now_ms = b->now_ms++;
	str_clear(&b->refusal.text);
	b->refusal.kind = REFUSAL_NONE;
	machine_step(b->m, b->w, in, &b->log, &b->refusal);
}

void bench_admit(struct bench *b)
{
	struct input in = { .kind = INPUT_ADMIT };
	bench_feed(b, &in);
}

void bench_launch(struct bench *b, const char *task)
{
	struct input in = { .kind = INPUT_LAUNCH, .task = view_of(task) };
	bench_feed(b, &in);
}

void bench_end(struct bench *b, const char *task, enum task_status status)
{
	struct event e = event_make(EVENT_ATTEMPT_ENDED, (struct view){0});
	const struct machine_task *t = machine_task(b->m, view_of(task));
	e.task_status = status;
	e.code = status == TASK_COMPLETED ? 0 : 1;
	if (status != TASK_COMPLETED)
		e.error = VIEW("exit status 1");
	struct input in = { .kind = INPUT_ENDED, .task = view_of(task), .ended = &e,
			    .attempt = t->attempt };
	bench_feed(b, &in);
}

void bench_order(struct bench *b, enum verb verb, const char *task, const char *by)
{
	const struct machine_order o = { .verb = verb, .by = view_of(by) };
	struct input in = { .kind = INPUT_ORDER, .order = &o, .task = view_of(task) };
	bench_feed(b, &in);
}

void bench_run_task(struct bench *b, const char *task, enum task_status status)
{
	bench_launch(b, task);
	bench_end(b, task, status);
}

enum task_status bench_status_of(const struct bench *b, const char *task)
{
	return machine_task(b->m, view_of(task))->status;
}
