/* Facts of runs for the API: one run, its history. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/edit.h"
#include "engine/engine_inside.h"
#include "engine/sizes.h"
#include "wire/encode.h"

/* ---- one run ------------------------------------------------------------------------ */

/* A state to look at: of an open run, or loaded for now. */
struct look {
	const struct machine *m;
	struct machine *loaded;
};

static bool look_at(struct engine *e, struct view id, struct look *look, struct err *err)
{
	const struct live_run *run = engine_live(e, id);
	const struct planned *planned = run ? NULL : engine_planned(e, id);
	*look = (struct look){ .m = run ? run->m : planned ? planned->m : NULL };
	if (look->m)
		return true;
	int64_t num = journal_find(e->journal, id);
	if (!num)
		return err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)id.len, id.ptr);
	look->m = look->loaded = journal_load(e->journal, num, err);
	return look->m != NULL;
}

/* Sizes of logs: from the supervisor while it runs, else from the files. */
static void live_of(void *arg, const struct machine *m, const struct machine_task *t,
		    struct task_live *out)
{
	const struct engine *e = arg;
	struct runner_live live;
	struct attempt_name name = { m->id, t->id, t->attempt };
	if (runner_live(e->runner, &name, &live))
		*out = (struct task_live){ live.progress, live.words, live.stdout_bytes,
					   live.stderr_bytes, live.usage, out->truncated };
	struct attempt_sizes sizes = { out->stdout_bytes, out->stderr_bytes, out->truncated };
	attempt_sizes(e->state, &name, &sizes);
	out->stdout_bytes = sizes.stdout_bytes;
	out->stderr_bytes = sizes.stderr_bytes;
	out->truncated = sizes.truncated;
}

static void caller_of(const struct engine_caller *caller, struct machine_order *out)
{
	*out = (struct machine_order){
		.by = caller->by, .roles = caller->roles, .n_roles = caller->n_roles,
		.admin = caller->admin, .may_advance = caller->may_advance,
		.denied = caller->denied,
	};
}

static void detail_of(struct engine *e, const struct machine *m,
		      const struct machine_order *caller, struct run_detail *out,
		      struct arena *arena)
{
	struct facts_source source;
	engine_source(e, m, &source);
	source.caller = caller;
	source.live = live_of;
	facts_detail(&source, arena, out);
}

bool engine_run(struct engine *e, struct view id, const struct engine_caller *caller,
		struct str *out, int64_t *version, struct err *err)
{
	struct look look;
	struct run_detail detail;
	struct machine_order who;
	struct arena arena = {0};
	struct jsonw w;
	if (!look_at(e, id, &look, err))
		return false;
	caller_of(caller, &who);
	detail_of(e, look.m, &who, &detail, &arena);
	jsonw_init(&w, out);
	encode_detail(&w, NULL, &detail);
	*version = look.m->version;
	arena_release(&arena);
	machine_free(look.loaded);
	return true;
}

bool engine_task(struct engine *e, struct view run, struct view task,
		 const struct engine_caller *caller, struct str *out, int64_t *version,
		 struct err *err)
{
	struct look look;
	struct run_detail detail;
	struct machine_order who;
	struct arena arena = {0};
	struct jsonw w;
	bool found = false;
	if (!look_at(e, run, &look, err))
		return false;
	caller_of(caller, &who);
	detail_of(e, look.m, &who, &detail, &arena);
	jsonw_init(&w, out);
	for (size_t i = 0; !found && i < detail.n_tasks; i++) {
		found = view_eq(detail.tasks[i].id, task);
		if (found)
			encode_task(&w, NULL, &detail.tasks[i]);
		if (found)
			*version = detail.tasks[i].version;
	}
	arena_release(&arena);
	machine_free(look.loaded);
	return found || err_set(err, ERR_NOT_FOUND, "there is no task %.*s", (int)task.len,
				task.ptr);
}

bool engine_workflow_of_run(struct engine *e, struct view run, struct str *out)
{
	const struct live_run *live = engine_live(e, run);
	const struct planned *planned = engine_planned(e, run);
	if (live || (planned && planned->m))
		return str_add(out, live ? live->m->workflow : planned->m->workflow);
	struct db_stmt *st = db_stmt(journal_db(e->journal), "SELECT workflow FROM runs WHERE id = ?");
	db_bind_text(st, 1, run);
	bool found = db_step(st, NULL) == DB_ROW;
	if (found)
		str_add(out, db_text(st, 0));
	db_reset(st);
	return found;
}

bool engine_workflow_of_schedule(struct engine *e, struct view schedule, struct str *out)
{
	const struct trigger *t = triggers_find(&e->triggers, schedule);
	return t && str_add_text(out, t->workflow);
}

/* ---- history --------------------------------------------------------------------------- */

struct telling {
	struct journal *journal;
	struct machine *m;		/* folded on the way: it knows the secrets */
	struct jsonw w;
	struct arena arena;
};

/* Without what is a secret of the run. */
static struct view shown(struct telling *t, struct view text)
{
	struct str masked = {0};
	if (mask_empty(t->m->mask))
		return text;
	mask_text(t->m->mask, text, &masked);
	text = arena_view(&t->arena, view_of_str(&masked));
	str_release(&masked);
	return text;
}

/* What a person reads of a fact beside its kind. */
static void add_words(struct str *text, const struct event *e)
{
	if (e->run_status != RUN_STATUSES)
		str_addf(text, "%s ", run_status_name(e->run_status));
	if (e->task_status != TASK_STATUSES)
		str_addf(text, "%s ", task_status_name(e->task_status));
	if (e->verb != VERBS)
		str_addf(text, "%s ", verb_past(e->verb));
	str_add(text, e->prompt);
	str_add(text, e->error);
	str_add(text, e->reason);
}

static bool tell_event(void *arg, struct db_stmt *row)
{
	struct telling *t = arg;
	struct event e;
	struct str text = {0};
	arena_clear(&t->arena);
	if (!journal_read_event(t->journal, row, &t->arena, &e, NULL))
		return true;
	const struct machine_task *task = machine_task(t->m, e.task);
	add_words(&text, &e);
	if (e.kind == EVENT_TASK_RESET && e.value.len && task)
		edit_say(t->m, task, e.value, &text);
	machine_fold(t->m, &e);
	const struct history_facts facts = {
		.seq = e.seq, .at_ms = e.at_ms, .kind = view_of(event_name(e.kind)),
		.by = e.by, .task = e.task, .text = shown(t, view_trim(view_of_str(&text))),
		.comment = shown(t, e.comment), .attempt = e.attempt,
	};
	encode_history(&t->w, NULL, &facts);
	str_release(&text);
	return true;
}

bool engine_history(struct engine *e, struct view run, struct str *out, struct err *err)
{
	struct telling t = { .journal = e->journal };
	int64_t num = journal_find(e->journal, run);
	if (!num && !engine_planned(e, run))
		return err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)run.len, run.ptr);
	t.m = machine_new();
	jsonw_init(&t.w, out);
	jsonw_object(&t.w, NULL);
	jsonw_array(&t.w, "history");
	if (num)
		journal_history(e->journal, num, tell_event, &t);
	jsonw_end_array(&t.w);
	jsonw_end_object(&t.w);
	arena_release(&t.arena);
	machine_free(t.m);
	return true;
}
