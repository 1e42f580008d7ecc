/* What operators change. */
#include "engine/edit.h"

#include "wire/json.h"
#include "wire/jsonw.h"

/* ---- whether it makes sense ------------------------------------------------------- */

static bool all_texts(const struct json *list)
{
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		if (json_kind(v) != JSON_STRING)
			return false;
	}
	return true;
}

static bool check_run(const struct workflow *w, const struct json *v, struct err *err)
{
	return (json_kind(v) == JSON_STRING && json_text(v).len) ||
	       err_set(err, ERR_USAGE, "edit: run is a command");
}

static bool check_args(const struct workflow *w, const struct json *v, struct err *err)
{
	return (json_kind(v) == JSON_ARRAY && json_count(v) && all_texts(v)) ||
	       err_set(err, ERR_USAGE, "edit: args is a list of texts, the program first");
}

static bool check_env(const struct workflow *w, const struct json *v, struct err *err)
{
	return (json_kind(v) == JSON_OBJECT && all_texts(v)) ||
	       err_set(err, ERR_USAGE, "edit: env is an object of texts");
}

static bool check_param(const struct workflow *w, const struct json *v, struct err *err)
{
	struct view name = json_key(v);
	const struct param *p = param_find(&w->params, name);
	struct str json = {0};
	json_print(v, &json);
	bool ok = p && param_check(p, view_of_str(&json), err);
	str_release(&json);
	if (!p)
		return err_set(err, ERR_USAGE, "edit: there is no parameter %.*s", (int)name.len,
			       name.ptr);
	return ok || err_prefix(err, "edit: %.*s", (int)name.len, name.ptr);
}

static bool check_params(const struct workflow *w, const struct json *params, struct err *err)
{
	if (json_kind(params) != JSON_OBJECT)
		return err_set(err, ERR_USAGE, "edit: params is an object");
	for (const struct json *v = json_first(params); v; v = json_next(v)) {
		if (!check_param(w, v, err))
			return false;
	}
	return true;
}

static bool check_member(const struct workflow *w, const struct json *v, struct err *err)
{
	static const struct {
		const char *name;
		bool (*check)(const struct workflow *w, const struct json *v, struct err *err);
	} members[] = {
		{ "run", check_run }, { "args", check_args }, { "env", check_env },
		{ "params", check_params },
	};
	struct view key = json_key(v);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (view_is(key, members[i].name))
			return members[i].check(w, v, err);
	}
	return err_set(err, ERR_USAGE, "edit: it knows run, args, env and params, not %.*s",
		       (int)key.len, key.ptr);
}

bool edit_check(const struct workflow *w, struct view edit, struct err *err)
{
	struct json_doc *doc = edit.len ? json_parse(edit, 0, err) : NULL;
	const struct json *root = doc ? json_root(doc) : NULL;
	bool ok = doc || !edit.len;
	for (const struct json *v = json_first(root); ok && v; v = json_next(v))
		ok = check_member(w, v, err);
	if (ok && json_get(root, "run") && json_get(root, "args"))
		ok = err_set(err, ERR_USAGE, "edit: run and args exclude each other");
	json_free(doc);
	return ok;
}

/* ---- one edit over another ---------------------------------------------------------- */

static void add_member(struct jsonw *w, const struct json *v)
{
	struct str text = {0};
	json_print(v, &text);
	jsonw_key(w, json_key(v));
	jsonw_raw(w, NULL, view_of_str(&text));
	str_release(&text);
}

static bool has_member(const struct json *object, struct view name)
{
	for (const struct json *v = json_first(object); v; v = json_next(v)) {
		if (view_eq(json_key(v), name))
			return true;
	}
	return false;
}

/* What both say of env or params, name by name. */
static void merge_names(struct jsonw *w, const char *key, const struct json *before,
			const struct json *now)
{
	const struct json *old = json_get(before, key), *new = json_get(now, key);
	if (!old && !new)
		return;
	jsonw_object(w, key);
	for (const struct json *v = json_first(old); v; v = json_next(v)) {
		if (!has_member(new, json_key(v)))
			add_member(w, v);
	}
	for (const struct json *v = json_first(new); v; v = json_next(v))
		add_member(w, v);
	jsonw_end_object(w);
}

/* run and args exclude each other: who names one puts away the other. */
static void merge_command(struct jsonw *w, const struct json *before, const struct json *now)
{
	bool named = json_get(now, "run") || json_get(now, "args");
	const struct json *from = named ? now : before;
	if (json_get(from, "run"))
		add_member(w, json_get(from, "run"));
	if (json_get(from, "args"))
		add_member(w, json_get(from, "args"));
}

void edit_merge(struct view before, struct view now, struct str *out)
{
	struct json_doc *old = before.len && now.len ? json_parse(before, 0, NULL) : NULL;
	struct json_doc *new = old ? json_parse(now, 0, NULL) : NULL;
	struct jsonw w;
	if (new) {
		jsonw_init(&w, out);
		jsonw_object(&w, NULL);
		merge_command(&w, json_root(old), json_root(new));
		merge_names(&w, "env", json_root(old), json_root(new));
		merge_names(&w, "params", json_root(old), json_root(new));
		jsonw_end_object(&w);
	} else {
		str_add(out, now);
	}
	json_free(old);
	json_free(new);
}

/* ---- old and new -------------------------------------------------------------------- */

static void add_change(struct str *out, struct view name, struct view old, struct view new)
{
	if (view_eq(old, new))
		return;
	if (out->len)
		str_add_text(out, "; ");
	str_add(out, name);
	str_add_text(out, ": ");
	str_add(out, old.len ? old : VIEW("(none)"));
	str_add_text(out, " -> ");
	str_add(out, new);
}

static void add_text_of(const struct json *v, struct str *out)
{
	if (json_kind(v) == JSON_STRING)
		str_add(out, json_text(v));
	else if (v)
		json_print(v, out);
}

static void say_command(const struct json *old, const struct json *new, const char *name,
			struct str *out)
{
	struct str before = {0}, after = {0};
	const struct json *was = json_get(old, "run") ? json_get(old, "run") : json_get(old, "args");
	if (json_get(new, name)) {
		add_text_of(was, &before);
		add_text_of(json_get(new, name), &after);
		add_change(out, view_of(name), view_of_str(&before), view_of_str(&after));
	}
	str_release(&before);
	str_release(&after);
}

/* The value of the last NAME=VALUE of that name. */
static struct view assigned(const struct json *list, struct view name)
{
	struct view found = {0};
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		struct view text = json_text(v);
		size_t eq = view_find_byte(text, '=', 0);
		if (eq != SIZE_MAX && view_eq(view_cut(text, 0, eq), name))
			found = view_cut(text, eq + 1, text.len);
	}
	return found;
}

static void say_env(const struct json *old, const struct json *new, struct str *out)
{
	struct str name = {0};
	for (const struct json *v = json_first(json_get(new, "env")); v; v = json_next(v)) {
		str_clear(&name);
		str_add_text(&name, "env ");
		str_add(&name, json_key(v));
		add_change(out, view_of_str(&name), assigned(json_get(old, "env"), json_key(v)),
			   json_text(v));
	}
	str_release(&name);
}

static struct view param_of(const struct machine *m, struct view name)
{
	for (size_t i = 0; i < m->params.len; i++) {
		if (view_eq(m->params.items[i].name, name))
			return m->params.items[i].value;
	}
	return (struct view){0};
}

static void say_params(const struct machine *m, const struct machine_task *t,
		       const struct json *new, struct str *out)
{
	struct str name = {0}, value = {0};
	struct arena arena = {0};
	for (const struct json *v = json_first(json_get(new, "params")); v; v = json_next(v)) {
		str_clear(&name);
		str_clear(&value);
		str_add_text(&name, "param ");
		str_add(&name, json_key(v));
		json_print(v, &value);
		struct view old = edit_param(t, json_key(v), &arena);
		add_change(out, view_of_str(&name), old.len ? old : param_of(m, json_key(v)),
			   view_of_str(&value));
	}
	arena_release(&arena);
	str_release(&name);
	str_release(&value);
}

void edit_say(const struct machine *m, const struct machine_task *t, struct view edit,
	      struct str *out)
{
	const struct machine_attempt *a = machine_attempt(t);
	struct json_doc *was = a ? json_parse(a->args, 0, NULL) : NULL;
	struct json_doc *is = json_parse(edit, 0, NULL);
	const struct json *old = was ? json_root(was) : NULL, *new = is ? json_root(is) : NULL;
	say_command(old, new, "run", out);
	say_command(old, new, "args", out);
	say_env(old, new, out);
	say_params(m, t, new, out);
	json_free(was);
	json_free(is);
}

void edit_say_params(const struct machine *before, struct pairs now, struct str *out)
{
	for (size_t i = 0; i < now.len; i++) {
		struct view old = param_of(before, now.items[i].name), new = now.items[i].value;
		if (view_eq(old, new))
			continue;
		if (machine_is_secret(before, now.items[i].name)) {
			old = VIEW("***");
			new = VIEW("*** (another)");
		}
		add_change(out, now.items[i].name, old, new);
	}
}

struct view edit_param(const struct machine_task *t, struct view name, struct arena *arena)
{
	struct json_doc *doc = t->edit.len ? json_parse(t->edit, 0, NULL) : NULL;
	const struct json *params = doc ? json_get(json_root(doc), "params") : NULL;
	struct str json = {0};
	for (const struct json *v = json_first(params); v; v = json_next(v)) {
		if (view_eq(json_key(v), name))
			json_print(v, &json);
	}
	struct view found = arena_view(arena, view_of_str(&json));
	str_release(&json);
	json_free(doc);
	return found;
}
