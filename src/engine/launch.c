/* Attempts: what their processes get to know, how they come back, how they are
 * taken up after a restart. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/secret_fetch.h"
#include "wire/json.h"
#include "wire/jsonw.h"

/* ---- the environment of a step ---------------------------------------------------- */

struct env {
	struct arena arena;
	VEC(struct pair) items;
};

static void add(struct env *env, struct view name, struct view value)
{
	struct pair p = { arena_view(&env->arena, name), arena_view(&env->arena, value) };
	vec_push(&env->items, p);
}

/* A variable's name: what a shell cannot say becomes an underscore. */
static void add_variable(struct env *env, const char *prefix, struct view name, struct view value)
{
	struct str variable = {0};
	str_add_text(&variable, prefix);
	size_t from = variable.len;
	str_add(&variable, name);
	for (size_t i = from; i < variable.len; i++) {
		char *c = &variable.ptr[i];
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '_';
		*c = plain ? *c : '_';
	}
	add(env, view_of_str(&variable), value);
	str_release(&variable);
}

/* A text as it is, anything else as JSON. */
static void add_named(struct env *env, const char *prefix, struct view name, struct view json)
{
	struct json_doc *doc = json_parse(json, STR_DEFAULT_MAX, NULL);
	bool text = doc && json_kind(json_root(doc)) == JSON_STRING;
	add_variable(env, prefix, name, text ? json_text(json_root(doc)) : json);
	json_free(doc);
}

static void add_params(struct env *env, const struct machine *m)
{
	for (size_t i = 0; i < m->params.len; i++)
		add_named(env, "PARAM_", m->params.items[i].name, m->params.items[i].value);
}

static void add_edited_params(struct env *env, const struct machine_task *t)
{
	struct json_doc *doc = t->edit.len ? json_parse(t->edit, 0, NULL) : NULL;
	struct str json = {0};
	const struct json *params = doc ? json_get(json_root(doc), "params") : NULL;
	for (const struct json *v = json_first(params); v; v = json_next(v)) {
		str_clear(&json);
		json_print(v, &json);
		add_named(env, "PARAM_", json_key(v), view_of_str(&json));
	}
	str_release(&json);
	json_free(doc);
}

static void add_result(struct env *env, const struct machine_task *t)
{
	struct json_doc *doc = json_parse(t->result, STR_DEFAULT_MAX, NULL);
	struct str name = {0}, json = {0};
	const struct json *root = doc ? json_root(doc) : NULL;
	add_variable(env, "RESULT_", t->id, t->result);
	for (const struct json *v = json_first(root); v; v = json_next(v)) {
		if (json_kind(root) != JSON_OBJECT)
			break;
		str_clear(&name);
		str_clear(&json);
		str_addf(&name, "%.*s_", (int)t->id.len, t->id.ptr);
		str_add(&name, json_key(v));
		json_print(v, &json);
		add_named(env, "RESULT_", view_of_str(&name), view_of_str(&json));
	}
	str_release(&name);
	str_release(&json);
	json_free(doc);
}

static void add_results(struct env *env, const struct machine *m)
{
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (m->tasks[i].item_index < 0 && m->tasks[i].result.len &&
		    !task_status_is_open(m->tasks[i].status))
			add_result(env, &m->tasks[i]);
	}
}

static void add_item(struct env *env, const struct machine_task *t)
{
	struct str index = {0};
	if (t->item_index < 0)
		return;
	str_addf(&index, "%d", t->item_index);
	add_named(env, "ITEM", (struct view){0}, t->item);
	add(env, VIEW("ITEM_INDEX"), view_of_str(&index));
	str_release(&index);
}

static void add_names(struct env *env, const struct machine *m, const struct machine_task *t)
{
	struct str number = {0};
	str_addf(&number, "%d", t->attempt);
	add(env, VIEW("RUNBOARD_RUN_ID"), m->id);
	add(env, VIEW("RUNBOARD_TASK_ID"), t->id);
	add(env, VIEW("RUNBOARD_ATTEMPT"), view_of_str(&number));
	add(env, VIEW("RUNBOARD_WORKFLOW"), m->workflow);
	add(env, VIEW("RUNBOARD_DEBUG"), m->debug ? VIEW("1") : VIEW("0"));
	str_release(&number);
}

/* Where `runboard ask` finds us. */
static void add_socket(struct env *env, const struct engine *e)
{
	if (e->socket)
		add(env, VIEW("RUNBOARD_SOCKET"), view_of(e->socket));
}

/* ---- secrets ---------------------------------------------------------------------- */

struct secrets_of_step {
	VEC(struct view) masks;		/* in the environment's arena */
	struct err err;			/* why the step cannot be given them */
};

static void add_masks(struct secrets_of_step *s, struct env *env, const struct json *v)
{
	struct str text = {0};
	if (json_kind(v) == JSON_STRING)
		str_add(&text, json_text(v));
	else if (json_kind(v) == JSON_NUMBER)
		json_print(v, &text);
	if (text.len)
		vec_push(&s->masks, arena_view(&env->arena, view_of_str(&text)));
	for (const struct json *i = json_first(v); i; i = json_next(i))
		add_masks(s, env, i);
	str_release(&text);
}

static void add_json_masks(struct secrets_of_step *s, struct env *env, struct view json)
{
	struct json_doc *doc = json_parse(json, 0, NULL);
	if (doc)
		add_masks(s, env, json_root(doc));
	json_free(doc);
}

/* Values of secret parameters, also of edited ones. */
static void mask_params(struct secrets_of_step *s, struct env *env, const struct machine *m,
			const struct machine_task *t)
{
	for (size_t i = 0; i < m->params.len; i++) {
		if (machine_is_secret(m, m->params.items[i].name))
			add_json_masks(s, env, m->params.items[i].value);
	}
	struct json_doc *doc = t->edit.len ? json_parse(t->edit, 0, NULL) : NULL;
	const struct json *params = doc ? json_get(json_root(doc), "params") : NULL;
	for (const struct json *v = json_first(params); v; v = json_next(v)) {
		if (machine_is_secret(m, json_key(v)))
			add_masks(s, env, v);
	}
	json_free(doc);
}

/* The workflow's `secrets`, into the environment. */
static void add_stored(struct secrets_of_step *s, struct env *env, struct live_run *run,
		       const struct view *values)
{
	for (size_t i = 0; i < run->w->n_secrets; i++) {
		add(env, run->w->secrets[i], values[i]);
		vec_push(&s->masks, values[i]);
		machine_hide_text(run->m, values[i]);
	}
}

/* Everybody on the machine can read what a process was called with. The text of `run` is
 * the author's own: nothing is put into it. */
static void keep_out_of_argv(struct secrets_of_step *s, const struct machine *m,
			     const struct machine_task *t)
{
	struct str words = {0}, masked = {0};
	bool run_is_fixed = t->kind == STEP_RUN && !t->edit.len;
	struct json_doc *doc = mask_empty(m->mask) || run_is_fixed ?
				       NULL : json_parse(machine_attempt(t)->args, 0, NULL);
	if (doc) {
		const struct json *list = json_get(json_root(doc), "args");
		for (const struct json *v = json_first(list); v; v = json_next(v))
			str_add(&words, json_text(v));
		str_add(&words, json_get_text(json_root(doc), "run"));
		mask_text(m->mask, view_of_str(&words), &masked);
	}
	if (doc && !view_eq(view_of_str(&words), view_of_str(&masked)))
		err_set(&s->err, ERR_CONFIG, "a secret stands in the command: give it by the "
					     "environment (PARAM_name) instead");
	json_free(doc);
	str_release(&words);
	str_release(&masked);
}

/* values: of the workflow's secrets; NULL: `why` they cannot be had. */
struct fetched {
	const struct view *values;
	const struct err *why;
};

static void gather_secrets(struct secrets_of_step *s, struct env *env, struct live_run *run,
			   const struct machine_task *t, const struct fetched *f)
{
	mask_params(s, env, run->m, t);
	keep_out_of_argv(s, run->m, t);
	if (!f->values)
		err_set(&s->err, ERR_CONFIG, "%s", err_text(f->why));
	if (s->err.kind == ERR_NONE)
		add_stored(s, env, run, f->values);
}

/* ---- launching ----------------------------------------------------------------------- */

static const struct step *step_to_launch(const struct live_run *run, struct view task, int attempt)
{
	const struct machine_task *t = machine_task(run->m, task);
	const struct machine_attempt *a = t ? machine_attempt(t) : NULL;
	bool wanted = a && a->number == attempt && a->status == TASK_RUNNING;
	return wanted ? workflow_step(run->w, t->step) : NULL;
}

static void add_all(struct env *env, const struct engine *e, const struct machine *m,
		    const struct machine_task *t)
{
	add_params(env, m);
	add_edited_params(env, t);
	add_results(env, m);
	add_item(env, t);
	add_names(env, m, t);
	add_socket(env, e);
}

static void launch(struct engine *e, struct live_run *run, const struct attempt_name *name,
		   const struct fetched *fetched)
{
	const struct machine_task *t = machine_task(run->m, name->task);
	const struct step *s = step_to_launch(run, name->task, name->number);
	struct env env = {0};
	struct str work = {0}, note = {0};
	struct secrets_of_step secrets = {0};
	if (!s)
		return;
	add_all(&env, e, run->m, t);
	gather_secrets(&secrets, &env, run, t, fetched);
	str_addf(&work, "%s/work/%.*s", e->state, (int)run->m->id.len, run->m->id.ptr);
	str_addf(&note, "debug: the working folder of this run is kept: %s", str_text(&work));
	const struct launch l = {
		.name = { run->m->id, t->id, name->number },
		.args = machine_attempt(t)->args,
		.env = { env.items.items, env.items.len },
		.work = str_text(&work),
		.timeout_ms = s->timeout_ms,
		.log_max = engine_log_limit(e, run, s),
		.note = run->m->debug ? str_text(&note) : NULL,
		.debug = run->m->debug,
		.masks = secrets.masks.items,
		.n_masks = secrets.masks.len,
		.refusal = secrets.err.kind == ERR_NONE ? NULL : err_text(&secrets.err),
	};
	runner_launch(e->runner, &l);
	str_release(&work);
	str_release(&note);
	vec_release(&secrets.masks);
	err_release(&secrets.err);
	vec_release(&env.items);
	arena_release(&env.arena);
}

enum purpose { PURPOSE_LAUNCH, PURPOSE_MASK };	/* which runs already */

/* An attempt whose secrets are being fetched. */
struct preparing {
	struct engine *e;
	struct secret_fetch *fetch;
	struct str run, task;
	int attempt;
	enum purpose purpose;
};

static void preparing_free(struct preparing *p)
{
	for (size_t i = 0; i < p->e->preparing.len; i++) {
		if (p->e->preparing.items[i] == p)
			vec_remove(&p->e->preparing, i);
	}
	str_release(&p->run);
	str_release(&p->task);
	mem_free(p);
}

static void hide_stored(struct live_run *run, const struct view *values)
{
	for (size_t i = 0; values && i < run->w->n_secrets; i++)
		machine_hide_text(run->m, values[i]);
}

static void on_secrets(void *arg, const struct view *values, const struct err *err)
{
	struct preparing *p = arg;
	const struct attempt_name name = { view_of_str(&p->run), view_of_str(&p->task),
					   p->attempt };
	const struct fetched fetched = { values, err };
	struct live_run *run = engine_live(p->e, name.run);
	if (run && p->purpose == PURPOSE_MASK)
		hide_stored(run, values);
	else if (run)
		launch(p->e, run, &name, &fetched);
	preparing_free(p);
}

static void prepare(struct engine *e, const struct live_run *run, const struct attempt_name *name,
		    enum purpose purpose)
{
	const struct secret_source source = { e->loop, e->secrets, e->secret_command,
					      e->secret_timeout_ms };
	struct preparing *p = mem_zero(sizeof *p);
	p->e = e;
	p->attempt = name->number;
	p->purpose = purpose;
	str_add(&p->run, name->run);
	str_add(&p->task, name->task);
	vec_push(&e->preparing, p);
	struct secret_fetch *f =
		secret_fetch_start(&source, run->w->secrets, run->w->n_secrets, on_secrets, p);
	if (f)
		p->fetch = f;
}

void engine_launch(struct engine *e, struct live_run *run, struct view task, int attempt)
{
	const struct attempt_name name = { run->m->id, task, attempt };
	if (step_to_launch(run, task, attempt))
		prepare(e, run, &name, PURPOSE_LAUNCH);
}

void engine_hide_again(struct engine *e, struct live_run *run, const struct attempt_name *name)
{
	if (run->w->n_secrets)
		prepare(e, run, name, PURPOSE_MASK);
}

static struct preparing *find_preparing(const struct engine *e, const struct attempt_name *name)
{
	for (size_t i = 0; i < e->preparing.len; i++) {
		struct preparing *p = e->preparing.items[i];
		if (p->purpose == PURPOSE_LAUNCH && p->attempt == name->number &&
		    view_eq(view_of_str(&p->task), name->task) &&
		    view_eq(view_of_str(&p->run), name->run))
			return p;
	}
	return NULL;
}

void engine_stop_attempt(struct engine *e, const struct attempt_name *name)
{
	struct preparing *p = find_preparing(e, name);
	struct err err = {0};
	if (!p) {
		runner_stop(e->runner, name);
		return;
	}
	secret_fetch_cancel(p->fetch);
	err_set(&err, ERR_REFUSED, "it was stopped before it began");
	on_secrets(p, NULL, &err);
	err_release(&err);
}

void engine_stop_preparing(struct engine *e)
{
	while (e->preparing.len) {
		secret_fetch_cancel(e->preparing.items[0]->fetch);
		preparing_free(e->preparing.items[0]);
	}
}

/* ---- what the runner tells ------------------------------------------------------------ */

static void feed(struct engine *e, const struct attempt_name *name, struct input *in)
{
	struct live_run *run = engine_live(e, name->run);
	if (!run)
		return;
	in->now_ms = when_now_ms();
	in->task = name->task;
	in->attempt = name->number;
	engine_feed(e, run, in, NULL);
}

static void on_started(void *arg, const struct attempt_name *name, int64_t pid)
{
	struct input in = { .kind = INPUT_STARTED, .pid = pid };
	feed(arg, name, &in);
	engine_starts_well(arg);
}

static void on_troubled(void *arg, const char *why)
{
	engine_starts_badly(arg, "running steps cannot be looked after just now", why);
}

static void on_postponed(void *arg, const struct attempt_name *name, const char *why)
{
	engine_postpone(arg, name, why);
}

static void on_ended(void *arg, const struct attempt_name *name, const struct event *end)
{
	struct input in = { .kind = INPUT_ENDED, .ended = end };
	const struct engine *e = arg;
	struct live_run *run = engine_live(e, name->run);
	if (run)
		engine_count_log(e, run, name);
	feed(arg, name, &in);
	engine_starts_well(arg);
	engine_tell_progress(arg, name);
}

static void on_unknown(void *arg, const struct attempt_name *name)
{
	struct input in = { .kind = INPUT_UNKNOWN };
	feed(arg, name, &in);
}

static void on_moved(void *arg, const struct attempt_name *name)
{
	engine_tell_progress(arg, name);
}

static void on_used(void *arg, const struct attempt_name *name)
{
	engine_tell_task(arg, name);
}

struct runner *engine_make_runner(struct engine *e, const char *supervisor)
{
	static const struct runner_hooks hooks = {
		.started = on_started, .ended = on_ended, .unknown = on_unknown, .moved = on_moved,
		.used = on_used,
		.postponed = on_postponed, .troubled = on_troubled,
	};
	return runner_new(e->loop, e->state, supervisor, &hooks, e);
}
