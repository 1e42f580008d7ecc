/* A run object with everything: its tasks and children. */
#include "wire/proto.h"

#include "wire/proto_parts.h"

/* An attempt keeps the message alone. */
static void member_message(struct reader *r, void *field)
{
	struct error_facts e = { 0 };
	member_error(r, &e);
	*(struct view *)field = e.message;
}

static const struct member attempt_members[] = {
	MEMBER("attempt", member_int, struct attempt_facts, number),
	MEMBER("number", member_int, struct attempt_facts, number),
	MEMBER("status", member_task_status, struct attempt_facts, status),
	MEMBER("started_at", member_time, struct attempt_facts, started_ms),
	MEMBER("ended_at", member_time, struct attempt_facts, ended_ms),
	MEMBER("exit_code", member_int, struct attempt_facts, exit_code),
	MEMBER("signal", member_int, struct attempt_facts, signal),
	MEMBER("worker", member_text, struct attempt_facts, worker),
	MEMBER("error", member_message, struct attempt_facts, error),
	{ 0 },
};

static void member_attempts(struct reader *r, void *task)
{
	struct task_facts *t = task;
	struct attempt_facts *items = arena_array(r->arena, count_elements(r) + 1, sizeof *items);
	if (!jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return;
	}
	t->n_attempts = 0;
	while (jtext_element(&r->text)) {
		struct attempt_facts *a = &items[t->n_attempts++];
		*a = (struct attempt_facts){ .exit_code = -1, .number = (int)t->n_attempts,
					     .status = TASK_ERROR };
		read_members(r, attempt_members, a);
	}
	t->attempts = items;
}

static void member_needs(struct reader *r, void *task)
{
	struct task_facts *t = task;
	t->needs = read_views(r, "id", &t->n_needs);
}

static const struct member progress_members[] = {
	MEMBER("value", member_real, struct task_facts, progress),
	MEMBER("words", member_text, struct task_facts, progress_words),
	{ 0 },
};

static void member_progress(struct reader *r, void *task)
{
	struct task_facts *t = task;
	if (jtext_peek(&r->text) == JTEXT_OBJECT)
		read_members(r, progress_members, t);
	else
		member_real(r, &t->progress);
}

static const struct member usage_members[] = {
	MEMBER("cpu_ms", member_int64, struct usage_facts, cpu_ms),
	MEMBER("max_rss_kb", member_int64, struct usage_facts, max_rss_kb),
	MEMBER("read_bytes", member_int64, struct usage_facts, read_bytes),
	MEMBER("write_bytes", member_int64, struct usage_facts, write_bytes),
	{ 0 },
};

static void member_usage(struct reader *r, void *field)
{
	read_members(r, usage_members, field);
}

static const struct member log_members[] = {
	MEMBER("stdout_bytes", member_int64, struct task_facts, stdout_bytes),
	MEMBER("stderr_bytes", member_int64, struct task_facts, stderr_bytes),
	{ 0 },
};

static void member_log(struct reader *r, void *task)
{
	read_members(r, log_members, task);
}

static const struct member task_members[] = {
	MEMBER("id", member_text, struct task_facts, id),
	MEMBER("step", member_text, struct task_facts, step),
	MEMBER("item", member_raw, struct task_facts, item),
	MEMBER("title", member_text, struct task_facts, title),
	MEMBER("status", member_task_status, struct task_facts, status),
	MEMBER("attempt", member_int, struct task_facts, attempt),
	MEMBER("max_attempts", member_int, struct task_facts, max_attempts),
	{ "attempts", member_attempts, 0 },
	{ "needs", member_needs, 0 },
	MEMBER("args", member_raw, struct task_facts, args),
	MEMBER("result", member_raw, struct task_facts, result),
	MEMBER("error", member_error, struct task_facts, error),
	{ "progress", member_progress, 0 },
	MEMBER("progress_words", member_text, struct task_facts, progress_words),
	MEMBER("queued_at", member_time, struct task_facts, queued_ms),
	MEMBER("started_at", member_time, struct task_facts, started_ms),
	MEMBER("ended_at", member_time, struct task_facts, ended_ms),
	MEMBER("next_retry_at", member_time, struct task_facts, next_retry_ms),
	MEMBER("worker", member_text, struct task_facts, worker),
	MEMBER("command", member_text, struct task_facts, command),
	MEMBER("pid", member_int64, struct task_facts, pid),
	MEMBER("exit_code", member_int, struct task_facts, exit_code),
	MEMBER("signal", member_int, struct task_facts, signal),
	MEMBER("usage", member_usage, struct task_facts, usage),
	MEMBER("version", member_int64, struct task_facts, version),
	MEMBER("actions", member_actions, struct task_facts, actions),
	MEMBER("gate", member_gate, struct task_facts, gate),
	{ "log", member_log, 0 },
	MEMBER("log_truncated", member_true, struct task_facts, log_truncated),
	MEMBER("child", member_text, struct task_facts, child),
	{ 0 },
};

static void read_task(struct reader *r, struct task_facts *t)
{
	*t = (struct task_facts){ .progress = -1, .exit_code = -1 };
	read_members(r, task_members, t);
	if (!t->step.len)
		t->step = t->id;
}

void member_tasks(struct reader *r, void *run)
{
	struct run_detail *d = r->detail;
	(void)run;
	if (!d || jtext_peek(&r->text) != JTEXT_ARRAY) {
		jtext_value(&r->text);
		return;
	}
	struct task_facts *tasks = arena_array(r->arena, count_elements(r) + 1, sizeof *tasks);
	d->n_tasks = 0;
	jtext_enter(&r->text, JTEXT_ARRAY);
	while (jtext_element(&r->text))
		read_task(r, &tasks[d->n_tasks++]);
	d->tasks = tasks;
}

void member_children(struct reader *r, void *run)
{
	struct run_detail *d = r->detail;
	(void)run;
	if (d)
		d->children = read_views(r, "id", &d->n_children);
	else
		jtext_value(&r->text);
}

bool proto_detail(struct view json, struct arena *arena, struct run_detail *out,
		  struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct run_detail){ 0 };
	r.detail = out;
	return reader_done(&r, read_run(&r, &out->run), "a run", err);
}
