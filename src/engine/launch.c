/* Attempts: what their processes get to know, how they come back, how they are
 * taken up after a restart. */
#include "base/file.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/crypto.h"
#include "engine/engine_inside.h"
#include "engine/secrets.h"
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
static void add_stored(struct secrets_of_step *s, struct env *env, const struct engine *e,
		       const struct workflow *w)
{
	struct str value = {0};
	for (size_t i = 0; s->err.kind == ERR_NONE && i < w->n_secrets; i++) {
		str_clear(&value);
		if (!secrets_read(e->secrets, w->secrets[i], &value, &s->err))
			break;
		add(env, w->secrets[i], view_of_str(&value));
		vec_push(&s->masks, arena_view(&env->arena, view_of_str(&value)));
	}
	if (value.len)
		crypto_wipe(value.ptr, value.len);
	str_release(&value);
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

static void gather_secrets(struct secrets_of_step *s, struct env *env, const struct engine *e,
			   const struct live_run *run, const struct machine_task *t)
{
	mask_params(s, env, run->m, t);
	keep_out_of_argv(s, run->m, t);
	if (s->err.kind == ERR_NONE)
		add_stored(s, env, e, run->w);
}

void engine_launch(struct engine *e, struct live_run *run, struct view task, int attempt)
{
	const struct machine_task *t = machine_task(run->m, task);
	const struct machine_attempt *a = t ? machine_attempt(t) : NULL;
	const struct step *s = t ? workflow_step(run->w, t->step) : NULL;
	if (!a || !s || a->number != attempt || a->status != TASK_RUNNING)
		return;
	struct env env = {0};
	struct str work = {0};
	struct secrets_of_step secrets = {0};
	add_params(&env, run->m);
	add_edited_params(&env, t);
	add_results(&env, run->m);
	add_item(&env, t);
	add_names(&env, run->m, t);
	add_socket(&env, e);
	gather_secrets(&secrets, &env, e, run, t);
	str_addf(&work, "%s/work/%.*s", e->state, (int)run->m->id.len, run->m->id.ptr);
	struct launch launch = {
		.name = { run->m->id, t->id, attempt },
		.args = a->args,
		.env = { env.items.items, env.items.len },
		.work = str_text(&work),
		.timeout_ms = s->timeout_ms,
		.debug = run->m->debug,
	};
	launch.n_masks = secrets.masks.len;
	launch.masks = secrets.masks.items;
	launch.refusal = secrets.err.kind == ERR_NONE ? NULL : err_text(&secrets.err);
	runner_launch(e->runner, &launch);
	str_release(&work);
	vec_release(&secrets.masks);
	err_release(&secrets.err);
	vec_release(&env.items);
	arena_release(&env.arena);
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
}

static void on_ended(void *arg, const struct attempt_name *name, const struct event *end)
{
	struct input in = { .kind = INPUT_ENDED, .ended = end };
	feed(arg, name, &in);
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

struct runner *engine_make_runner(struct engine *e, const char *supervisor)
{
	static const struct runner_hooks hooks = {
		.started = on_started, .ended = on_ended, .unknown = on_unknown, .moved = on_moved,
	};
	return runner_new(e->loop, e->state, supervisor, &hooks, e);
}

/* ---- after a restart -------------------------------------------------------------------- */

/* Whether this is the boot in which the engine ran last; remembers this one. */
static bool is_same_boot(struct engine *e)
{
	struct str now = {0}, before = {0}, path = {0};
	str_addf(&path, "%s/boot", e->state);
	file_read("/proc/sys/kernel/random/boot_id", 128, &now, NULL);
	file_read(str_text(&path), 128, &before, NULL);
	bool same = now.len && view_eq(view_of_str(&now), view_of_str(&before));
	if (!same)
		file_replace(str_text(&path), view_of_str(&now), 0600, NULL);
	str_release(&now);
	str_release(&before);
	str_release(&path);
	return same;
}

static void adopt_attempt(struct engine *e, struct live_run *run, const struct machine_task *t,
			  bool same_boot)
{
	struct attempt_name name = { run->m->id, t->id, t->attempt };
	if (runner_adopt(e->runner, &name, same_boot) == ADOPTION_LAUNCH)
		engine_launch(e, run, t->id, t->attempt);
	else if (t->stopping)
		runner_stop(e->runner, &name);
}

void engine_adopt_attempts(struct engine *e)
{
	bool same_boot = is_same_boot(e);
	for (size_t i = 0; i < e->runs.len; i++) {
		struct live_run *run = e->runs.items[i];
		for (size_t k = 0; k < run->m->n_tasks; k++) {
			if (run->m->tasks[k].child.len && machine_attempt_runs(&run->m->tasks[k]))
				engine_adopt_child(e, run, &run->m->tasks[k]);
			else if (machine_attempt_runs(&run->m->tasks[k]))
				adopt_attempt(e, run, &run->m->tasks[k], same_boot);
		}
	}
}
