/* What an attempt executes, as JSON with every expression expanded: kept with the
 * attempt as evidence, and what the runner starts. An operator's edit wins. */
#include "engine/machine_inside.h"
#include "engine/scope.h"
#include "wire/json.h"
#include "wire/jsonw.h"

struct args {
	const struct machine *m;
	const struct machine_task *t;
	struct jsonw w;
	struct err *err;
	bool ok;
};

static void add_expanded(struct args *a, const char *key, struct view text)
{
	struct str out = {0};
	a->ok = a->ok && scope_expand(a->m, a->t, text, &out, a->err);
	jsonw_text(&a->w, key, view_of_str(&out));
	str_release(&out);
}

static void add_assignment(struct args *a, struct view name, struct view value)
{
	struct str out = {0};
	str_add(&out, name);
	str_add_char(&out, '=');
	a->ok = a->ok && scope_expand(a->m, a->t, value, &out, a->err);
	jsonw_text(&a->w, NULL, view_of_str(&out));
	str_release(&out);
}

static void add_env(struct args *a, const struct pairs *env)
{
	for (size_t i = 0; i < env->len; i++)
		add_assignment(a, env->items[i].name, env->items[i].value);
}

static void add_edited_env(struct args *a, const struct json *env)
{
	struct str out = {0};
	for (const struct json *v = json_first(env); v; v = json_next(v)) {
		str_clear(&out);
		str_add(&out, json_key(v));
		str_add_char(&out, '=');
		str_add(&out, json_text(v));
		jsonw_text(&a->w, NULL, view_of_str(&out));
	}
	str_release(&out);
}

static void add_array(struct args *a, const struct step *s)
{
	jsonw_array(&a->w, "args");
	for (size_t i = 0; i < s->n_args; i++)
		add_expanded(a, NULL, s->args[i]);
	jsonw_end_array(&a->w);
}

static void add_edited_array(struct args *a, const struct json *args)
{
	jsonw_array(&a->w, "args");
	for (const struct json *v = json_first(args); v; v = json_next(v))
		jsonw_text(&a->w, NULL, json_text(v));
	jsonw_end_array(&a->w);
}

static void add_command(struct args *a, const struct step *s, const struct json *edit)
{
	if (json_get(edit, "run"))
		jsonw_text(&a->w, "run", json_get_text(edit, "run"));
	else if (json_get(edit, "args"))
		add_edited_array(a, json_get(edit, "args"));
	else if (s->kind == STEP_ARGS)
		add_array(a, s);
	else
		jsonw_text(&a->w, "run", s->run);
}

bool machine_args(const struct machine *m, const struct workflow *w, const struct machine_task *t,
		  struct str *out, struct err *err)
{
	const struct step *s = workflow_step(w, t->step);
	if (!s)
		return err_set(err, ERR_CONFIG, "the definition of this step is lost");
	struct args a = { .m = m, .t = t, .err = err, .ok = true };
	struct json_doc *doc = t->edit.len ? json_parse(t->edit, 0, NULL) : NULL;
	const struct json *edit = doc ? json_root(doc) : NULL;
	jsonw_init(&a.w, out);
	jsonw_object(&a.w, NULL);
	add_command(&a, s, edit);
	if (s->dir.len)
		add_expanded(&a, "dir", s->dir);
	jsonw_array(&a.w, "env");
	add_env(&a, &w->env);
	add_env(&a, &s->env);
	add_edited_env(&a, json_get(edit, "env"));
	jsonw_end_array(&a.w);
	jsonw_end_object(&a.w);
	json_free(doc);
	return a.ok;
}
