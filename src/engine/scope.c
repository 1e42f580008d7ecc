/* What expressions of a workflow see of its run. */
#include "engine/scope.h"

#include "engine/edit.h"
#include "flow/template.h"
#include "wire/jsonw.h"

/* What is asked for during one evaluation, and what was answered with. */
struct scope {
	const struct machine *m;
	const struct machine_task *t;
	struct arena answers;
};

static bool quote(struct scope *s, struct view text, struct view *json)
{
	struct str out = {0};
	jsonw_add_quoted(&out, text);
	*json = arena_view(&s->answers, view_of_str(&out));
	str_release(&out);
	return true;
}

static bool look_up_param(struct scope *s, const struct expr_path *path, struct view *json,
			  size_t *used)
{
	*used = 2;
	if (s->t && path->len > 1)
		*json = edit_param(s->t, path->parts[1], &s->answers);
	if (json->len)
		return true;
	for (size_t i = 0; path->len > 1 && i < s->m->params.len; i++) {
		const struct pair *p = &s->m->params.items[i];
		if (view_eq(p->name, path->parts[1])) {
			*json = p->value;
			return true;
		}
	}
	return false;
}

static bool look_up_step(struct scope *s, const struct expr_path *path, struct view *json,
			 size_t *used)
{
	*used = 3;
	const struct machine_task *t = path->len > 2 ? machine_task(s->m, path->parts[1]) : NULL;
	if (!t)
		return false;
	if (view_is(path->parts[2], "status"))
		return quote(s, view_of(task_status_name(t->status)), json);
	if (view_is(path->parts[2], "error"))
		return quote(s, t->error, json);
	*json = t->result;
	return view_is(path->parts[2], "result") && t->result.len;
}

static bool look_up_run(struct scope *s, const struct expr_path *path, struct view *json,
			size_t *used)
{
	const struct machine *m = s->m;
	const struct pair known[] = {
		{ VIEW("id"), m->id }, { VIEW("workflow"), m->workflow },
		{ VIEW("title"), m->title }, { VIEW("by"), m->trigger_by },
		{ VIEW("status"), view_of(run_status_name(m->status)) },
		{ VIEW("trigger"), view_of(trigger_name(m->trigger)) },
	};
	*used = 2;
	for (size_t i = 0; path->len > 1 && i < sizeof known / sizeof *known; i++) {
		if (view_eq(known[i].name, path->parts[1]))
			return quote(s, known[i].value, json);
	}
	return false;
}

static bool look_up_item(struct scope *s, const struct expr_path *path, struct view *json,
			 size_t *used)
{
	*used = 1;
	*json = s->t ? s->t->item : (struct view){0};
	return json->len > 0;
}

static bool look_up(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	static const struct {
		const char *root;
		bool (*look_up)(struct scope *s, const struct expr_path *path, struct view *json,
				size_t *used);
	} roots[] = {
		{ "params", look_up_param }, { "steps", look_up_step }, { "run", look_up_run },
		{ "item", look_up_item },
	};
	for (size_t i = 0; path->len && i < sizeof roots / sizeof *roots; i++) {
		if (view_is(path->parts[0], roots[i].root))
			return roots[i].look_up(arg, path, json, used);
	}
	return false;
}

bool scope_expand(const struct machine *m, const struct machine_task *t, struct view text,
		  struct str *out, struct err *err)
{
	struct scope scope = { .m = m, .t = t };
	const struct expr_scope s = { look_up, &scope };
	bool ok = template_fill(text, &s, out, err);
	arena_release(&scope.answers);
	return ok;
}

bool scope_json(const struct machine *m, const struct machine_task *t, struct view json,
		struct str *out, struct err *err)
{
	struct scope scope = { .m = m, .t = t };
	const struct expr_scope s = { look_up, &scope };
	bool ok = template_fill_json(json, &s, out, err);
	arena_release(&scope.answers);
	return ok;
}

bool scope_value(const struct machine *m, const struct machine_task *t, struct view text,
		 struct str *out, struct err *err)
{
	struct scope scope = { .m = m, .t = t };
	const struct expr_scope s = { look_up, &scope };
	bool ok = template_value(text, &s, out, err);
	arena_release(&scope.answers);
	return ok;
}

bool scope_test(const struct machine *m, const struct machine_task *t, struct view expression,
		bool *holds, struct err *err)
{
	struct scope scope = { .m = m, .t = t };
	const struct expr_scope s = { look_up, &scope };
	struct str json = {0};
	bool ok;
	if (template_has(expression)) {
		ok = template_value(expression, &s, &json, err);
		*holds = ok && expr_truth(view_of_str(&json));
	} else {
		const struct expr *e = expr_parse(expression, &scope.answers, NULL, err);
		ok = e && expr_test(e, &s, holds, err);
	}
	str_release(&json);
	arena_release(&scope.answers);
	return ok;
}
