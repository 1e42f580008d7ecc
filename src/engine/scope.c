/* What expressions of a workflow see of its run. */
#include "engine/scope.h"

#include "wire/json.h"
#include "wire/jsonw.h"

struct scope {
	const struct machine *m;
	const struct machine_task *t;
};

static void add_null(struct str *out)
{
	str_add_text(out, "null");
}

/* Goes down the members that the rest of the path names. */
static void add_member(struct view json, struct view path, struct str *out)
{
	struct json_doc *doc = json.len ? json_parse(json, STR_DEFAULT_MAX, NULL) : NULL;
	const struct json *v = doc ? json_root(doc) : NULL;
	struct view part;
	while (v && path.len && view_split(&path, '.', &part)) {
		const struct json *found = NULL;
		for (const struct json *i = json_first(v); i && !found; i = json_next(i)) {
			if (view_eq(json_key(i), part))
				found = i;
		}
		v = found;
	}
	if (v)
		json_print(v, out);
	else
		add_null(out);
	json_free(doc);
}

static void look_up_param(const struct scope *s, struct view path, struct str *out)
{
	struct view name;
	view_split(&path, '.', &name);
	for (size_t i = 0; i < s->m->params.len; i++) {
		const struct pair *p = &s->m->params.items[i];
		if (view_eq(p->name, name)) {
			add_member(p->value, path, out);
			return;
		}
	}
	add_null(out);
}

static void look_up_step(const struct scope *s, struct view path, struct str *out)
{
	struct view id, what;
	view_split(&path, '.', &id);
	const struct machine_task *t = machine_task(s->m, id);
	if (!t || !view_split(&path, '.', &what))
		add_null(out);
	else if (view_is(what, "status"))
		jsonw_add_quoted(out, view_of(task_status_name(t->status)));
	else if (view_is(what, "result"))
		add_member(t->result, path, out);
	else
		add_null(out);
}

static void look_up_run(const struct scope *s, struct view path, struct str *out)
{
	const struct machine *m = s->m;
	const struct pair known[] = {
		{ VIEW("id"), m->id }, { VIEW("workflow"), m->workflow },
		{ VIEW("title"), m->title }, { VIEW("by"), m->trigger_by },
		{ VIEW("status"), view_of(run_status_name(m->status)) },
		{ VIEW("trigger"), view_of(trigger_name(m->trigger)) },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (view_eq(known[i].name, path)) {
			jsonw_add_quoted(out, known[i].value);
			return;
		}
	}
	add_null(out);
}

static void look_up_item(const struct scope *s, struct view path, struct str *out)
{
	add_member(s->t ? s->t->item : (struct view){0}, path, out);
}

/* The JSON value that a dotted path names; null where there is none. */
static void look_up(const struct scope *s, struct view path, struct str *out)
{
	static const struct {
		const char *root;
		void (*look_up)(const struct scope *s, struct view path, struct str *out);
	} roots[] = {
		{ "params", look_up_param }, { "steps", look_up_step }, { "run", look_up_run },
		{ "item", look_up_item },
	};
	struct view root = {0};
	view_split(&path, '.', &root);
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		if (view_is(root, roots[i].root)) {
			roots[i].look_up(s, path, out);
			return;
		}
	}
	add_null(out);
}

/* Until flow/expr.h: a path alone. */
static bool evaluate(const struct scope *s, struct view expression, struct str *json,
		     struct err *err)
{
	look_up(s, view_trim(expression), json);
	return true;
}

/* How a value reads inside a text: strings without quotes, null as nothing. */
static void add_value(struct str *out, struct view json)
{
	struct json_doc *doc = json_parse(json, STR_DEFAULT_MAX, NULL);
	const struct json *v = doc ? json_root(doc) : NULL;
	if (json_kind(v) == JSON_STRING)
		str_add(out, json_text(v));
	else if (json_kind(v) != JSON_NULL)
		str_add(out, json);
	json_free(doc);
}

/* Where the next ${{ }} stands; false: there is none. */
static bool find_hole(struct view text, size_t from, size_t *at, struct view *inside)
{
	*at = view_find(text, VIEW("${{"), from);
	if (*at == SIZE_MAX)
		return false;
	size_t end = view_find(text, VIEW("}}"), *at);
	if (end == SIZE_MAX)
		return false;
	*inside = view_cut(text, *at + 3, end - *at - 3);
	return true;
}

bool scope_expand(const struct machine *m, const struct machine_task *t, struct view text,
		  struct str *out, struct err *err)
{
	struct scope scope = { m, t };
	struct str json = {0};
	size_t from = 0, at;
	struct view inside;
	bool ok = true;
	while (ok && find_hole(text, from, &at, &inside)) {
		str_add(out, view_cut(text, from, at - from));
		str_clear(&json);
		ok = evaluate(&scope, inside, &json, err);
		if (ok)
			add_value(out, view_of_str(&json));
		from = at + 3 + inside.len + 2;
	}
	str_add(out, view_cut(text, from, text.len));
	str_release(&json);
	return ok;
}

bool scope_test(const struct machine *m, const struct machine_task *t, struct view expression,
		bool *holds, struct err *err)
{
	struct scope scope = { m, t };
	struct str json = {0};
	struct view inside;
	size_t at;
	if (find_hole(expression, 0, &at, &inside))
		expression = inside;
	bool ok = evaluate(&scope, expression, &json, err);
	struct view v = view_of_str(&json);
	*holds = ok && !view_is(v, "false") && !view_is(v, "null");
	str_release(&json);
	return ok;
}

bool scope_json(const struct machine *m, const struct machine_task *t, struct view text,
		struct str *out, struct err *err)
{
	struct scope scope = { m, t };
	struct view trimmed = view_trim(text), inside;
	size_t at;
	if (find_hole(trimmed, 0, &at, &inside) && at == 0 && inside.len + 5 == trimmed.len)
		return evaluate(&scope, inside, out, err);
	struct str expanded = {0};
	bool ok = scope_expand(m, t, text, &expanded, err);
	jsonw_add_quoted(out, view_of_str(&expanded));
	str_release(&expanded);
	return ok;
}
