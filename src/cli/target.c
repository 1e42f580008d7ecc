/* Finds what an order acts on: reads the run once, picks the task. */
#include "cli/target.h"

struct finding {
	struct cli_target *target;
	enum verb verb;
	const char *task_word;		/* NULL: pick */
	struct str names;		/* of the tasks that fit */
	size_t fit;
	struct str others;		/* tasks that fit, but were never begun */
	size_t n_others;
	bool seen;			/* the named task exists */
	bool refuses;			/* and does not allow it */
	struct str why;			/* why the named one, or the one that waits, does not */
};

static bool was_begun(const struct task_facts *t)
{
	return t->status != TASK_PENDING && t->status != TASK_QUEUED;
}

/* Whether this task would be meant, if only it allowed the verb. */
static bool is_meant(const struct finding *f, const struct task_facts *t)
{
	bool gate = f->verb == VERB_APPROVE || f->verb == VERB_REJECT || f->verb == VERB_ANSWER;
	bool approval = f->verb != VERB_ANSWER;
	if (!gate)
		return t->status == TASK_FAILED || t->status == TASK_TIMED_OUT || t->status == TASK_ERROR;
	return t->gate.since_ms && approval == (t->gate.kind == GATE_APPROVAL);
}

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

/* Those that wait or have failed come before those that were never begun. */
static void fits(struct finding *f, const struct task_facts *t)
{
	bool begun = was_begun(t);
	struct str *names = begun ? &f->names : &f->others;
	size_t *n = begun ? &f->fit : &f->n_others;
	if (*n == 0 && (begun || f->fit == 0))
		take_task(f, t);
	++*n;
	str_addf(names, "%s%.*s", names->len ? ", " : "", (int)t->id.len, t->id.ptr);
}

static void look_at(struct finding *f, const struct task_facts *t)
{
	bool named = f->task_word && view_is(t->id, f->task_word);
	bool allowed = allows(&t->actions, f->verb);
	if (named) {
		f->seen = true;
		f->refuses = !allowed;
		take_task(f, t);
	}
	if (!allowed && t->actions.why && !f->why.len && (f->task_word ? named : is_meant(f, t)))
		str_add(&f->why, t->actions.why[f->verb]);
	if (!f->task_word && allowed)
		fits(f, t);
}

static void on_detail(void *arg, const struct run_detail *d)
{
	struct finding *f = arg;
	str_add(&f->target->workflow, d->run.workflow);
	str_add(&f->target->parent, d->run.parent);
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
	size_t fit = f->fit ? f->fit : f->n_others;
	if ((f->task_word ? f->refuses : fit == 0) && f->why.len)
		return err_set(err, ERR_REFUSED, "%s: %s", verb, str_text(&f->why));
	if (f->task_word)
		return true;
	if (fit == 0)
		return err_set(err, ERR_REFUSED, "%s: run %s is %s and has no task to %s", verb,
			       str_text(&t->run), str_text(&t->status), verb);
	if (fit > 1)
		return err_set(err, ERR_USAGE, "%s: which task? it could be %s", verb,
			       str_text(f->fit ? &f->names : &f->others));
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
	str_release(&f.others);
	str_release(&f.why);
	return ok;
}

void cli_target_release(struct cli_target *t)
{
	str_release(&t->run);
	str_release(&t->task);
	str_release(&t->schema);
	str_release(&t->workflow);
	str_release(&t->parent);
	str_release(&t->status);
	*t = (struct cli_target){0};
}
