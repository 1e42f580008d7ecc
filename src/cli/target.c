/* Finds what an order acts on: reads the run once, picks the task. */
#include "cli/target.h"

struct finding {
	struct cli_target *target;
	enum verb verb;
	const char *task_word;		/* NULL: pick */
	struct str names;		/* of the tasks that fit */
	size_t fit;
	bool seen;			/* the named task exists */
	struct str why;			/* why the named one does not allow it */
};

static bool allows(const struct actions_facts *a, enum verb verb)
{
	return a->allowed & (UINT32_C(1) << verb);
}

static void take_task(struct finding *f, const struct task_facts *t)
{
	struct cli_target *target = f->target;
	str_clear(&target->task);
	str_add(&target->task, t->id);
	str_clear(&target->schema);
	str_add(&target->schema, t->gate.schema);
	target->attempt = t->attempt;
	target->version = t->version;
}

static void look_at(struct finding *f, const struct task_facts *t)
{
	bool named = f->task_word && view_is(t->id, f->task_word);
	bool allowed = allows(&t->actions, f->verb);
	if (named) {
		f->seen = true;
		take_task(f, t);
		if (!allowed && t->actions.why)
			str_add(&f->why, t->actions.why[f->verb]);
	}
	if (f->task_word || !allowed)
		return;
	if (f->fit++ == 0)
		take_task(f, t);
	str_addf(&f->names, "%s%.*s", f->names.len ? ", " : "", (int)t->id.len, t->id.ptr);
}

static void on_detail(void *arg, const struct run_detail *d)
{
	struct finding *f = arg;
	str_add(&f->target->workflow, d->run.workflow);
	str_add_text(&f->target->status, run_status_name(d->run.status));
	f->target->run_status = d->run.status;
	f->target->version = d->run.version;
	for (size_t i = 0; verb_is_on_task(f->verb) && i < d->n_tasks; i++)
		look_at(f, &d->tasks[i]);
}

static bool judge(const struct finding *f, struct err *err)
{
	const struct cli_target *t = f->target;
	const char *verb = verb_name(f->verb);
	if (!verb_is_on_task(f->verb))
		return true;
	if (f->task_word && !f->seen)
		return err_set(err, ERR_NOT_FOUND, "%s: task %s: this run has none of that name",
			       verb, f->task_word);
	if (f->task_word)
		return true;	/* the engine says whether, and why not */
	if (f->fit == 0)
		return err_set(err, ERR_REFUSED, "%s: run %s is %s and has no task to %s", verb,
			       str_text(&t->run), str_text(&t->status), verb);
	if (f->fit > 1)
		return err_set(err, ERR_USAGE, "%s: which task? it could be %s", verb,
			       str_text(&f->names));
	return true;
}

bool cli_target_find(struct session *s, struct cli_target *t, const char *run_word, const char *task_word,
		 enum verb verb, struct err *err)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct finding f = { .target = t, .verb = verb, .task_word = task_word };
	if (!session_resolve(s, run_word, &t->run, err))
		return false;
	session_listen(s, &calls, &f);
	session_wait(s, backend_fetch(s->backend, view_of_str(&t->run), PART_DETAIL, VIEW("")));
	session_listen(s, NULL, NULL);
	bool ok = s->outcome == OUTCOME_OK;
	if (ok)
		ok = judge(&f, err);
	else
		session_error(s, err);
	str_release(&f.names);
	str_release(&f.why);
	return ok;
}

void cli_target_release(struct cli_target *t)
{
	str_release(&t->run);
	str_release(&t->task);
	str_release(&t->schema);
	str_release(&t->workflow);
	str_release(&t->status);
	*t = (struct cli_target){0};
}
