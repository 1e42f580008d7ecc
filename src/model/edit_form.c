/* The fields of edit and retry. Knows no screen. */
#include "model/edit_form.h"

#include "base/jtext.h"

#define MASKED "***"

static void field_release(struct edit_field *f)
{
	lineedit_release(&f->line);
	str_release(&f->was);
	str_release(&f->error);
}

void edit_form_clear(struct edit_form *f)
{
	for (size_t i = 0; i < f->fields.len; i++)
		field_release(&f->fields.items[i]);
	vec_clear(&f->fields);
	arena_clear(&f->arena);
}

void edit_form_release(struct edit_form *f)
{
	edit_form_clear(f);
	vec_release(&f->fields);
	arena_release(&f->arena);
}

bool edit_field_is_changed(const struct edit_field *f)
{
	return !view_eq(lineedit_view(&f->line), view_of_str(&f->was));
}

size_t edit_form_changes(const struct edit_form *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->fields.len; i++)
		n += edit_field_is_changed(&f->fields.items[i]);
	return n;
}

/* ---- filling ---- */

static struct edit_field field_of(enum edit_kind kind, struct view text)
{
	struct edit_field f = { .kind = kind };

	f.param = (struct param){ .min_length = -1, .max_length = -1,
				  .type = kind == EDIT_ARGS ? PARAM_ARRAY : PARAM_STRING };
	lineedit_set(&f.line, text);
	str_add(&f.was, text);
	return f;
}

static void add_field(struct edit_form *f, struct edit_field field)
{
	if (f->fields.len < EDIT_FIELDS_MAX)
		vec_push(&f->fields, field);
	else
		field_release(&field);
}

static struct view name_of(struct view assignment)
{
	return view_cut(assignment, 0, view_find_byte(assignment, '=', 0));
}

static struct edit_field *find_env(struct edit_form *f, struct view name)
{
	for (size_t i = 0; i < f->fields.len; i++) {
		struct edit_field *field = &f->fields.items[i];

		if (field->kind == EDIT_ENV && view_eq(field->param.name, name))
			return field;
	}
	return NULL;
}

/* Of a name that stands there twice the last one counts. */
static void add_env(struct edit_form *f, struct view assignment)
{
	struct view name = name_of(assignment);
	struct edit_field *old = find_env(f, name);

	if (old) {
		lineedit_set(&old->line, assignment);
		str_clear(&old->was);
		str_add(&old->was, assignment);
	} else if (name.len > 0) {
		struct edit_field field = field_of(EDIT_ENV, assignment);

		field.param.name = arena_view(&f->arena, name);
		add_field(f, field);
	}
}

static void read_env(struct edit_form *f, struct jtext *t)
{
	struct arena arena = { 0 };

	if (!jtext_enter(t, JTEXT_ARRAY)) {
		jtext_value(t);
		return;
	}
	while (jtext_element(t))
		add_env(f, jtext_string(t, &arena));
	arena_release(&arena);
}

static void read_args(struct edit_form *f, const struct task_facts *task)
{
	struct jtext t = jtext_of(task->args);
	struct arena arena = { 0 };
	struct view key;

	if (jtext_enter(&t, JTEXT_OBJECT)) {
		while (jtext_member(&t, &arena, &key)) {
			if (view_is(key, "run"))
				add_field(f, field_of(EDIT_RUN, jtext_string(&t, &arena)));
			else if (view_is(key, "args"))
				add_field(f, field_of(EDIT_ARGS, jtext_value(&t)));
			else if (view_is(key, "env"))
				read_env(f, &t);
			else
				jtext_value(&t);
		}
	}
	if (f->fields.len == 0)
		add_field(f, field_of(EDIT_RUN, task->command));
	arena_release(&arena);
}

static enum param_type type_of(struct view json)
{
	int64_t n;

	switch (jtext_kind_of(json)) {
	case JTEXT_NUMBER:
		return number_parse(json, INT64_MIN, INT64_MAX, &n) ? PARAM_INTEGER : PARAM_NUMBER;
	case JTEXT_BOOL:
		return PARAM_BOOLEAN;
	case JTEXT_ARRAY:
		return PARAM_ARRAY;
	case JTEXT_OBJECT:
		return PARAM_OBJECT;
	case JTEXT_NONE:
	case JTEXT_NULL:
	case JTEXT_STRING:
		break;
	}
	return PARAM_STRING;
}

/* The type is that of the value, of a list that of its first item. */
static void add_param(struct edit_form *f, struct view name, struct view json)
{
	struct edit_field field = field_of(EDIT_PARAM, VIEW(""));
	struct jtext items = jtext_of(json);
	struct str shown = { 0 };

	field.param.name = arena_view(&f->arena, name);
	field.param.type = type_of(json);
	if (jtext_enter(&items, JTEXT_ARRAY) && jtext_element(&items))
		field.param.items = type_of(jtext_value(&items));
	if (jtext_kind_of(json) != JTEXT_NULL)
		param_show(&field.param, json, &shown);
	field.param.secret = view_is(view_of_str(&shown), MASKED);
	if (!field.param.secret) {
		lineedit_set(&field.line, view_of_str(&shown));
		str_add(&field.was, view_of_str(&shown));
	}
	str_release(&shown);
	add_field(f, field);
}

void edit_form_fill(struct edit_form *f, const struct run_detail *d, const struct task_facts *t)
{
	struct jtext params = jtext_of(d->params);
	struct arena arena = { 0 };
	struct view key;

	edit_form_clear(f);
	read_args(f, t);
	add_field(f, field_of(EDIT_ENV, VIEW("")));
	if (jtext_enter(&params, JTEXT_OBJECT)) {
		while (jtext_member(&params, &arena, &key))
			add_param(f, key, jtext_value(&params));
	}
	arena_release(&arena);
}

void edit_form_grow(struct edit_form *f, size_t at)
{
	if (f->fields.items[at].kind != EDIT_ENV || f->fields.len >= EDIT_FIELDS_MAX)
		return;
	for (size_t i = 0; i < f->fields.len; i++) {
		const struct edit_field *field = &f->fields.items[i];

		if (field->kind == EDIT_ENV && field->line.text.len == 0 &&
		    field->param.name.len == 0)
			return;
	}
	while (at + 1 < f->fields.len && f->fields.items[at + 1].kind == EDIT_ENV)
		at++;
	vec_insert(&f->fields, at + 1, field_of(EDIT_ENV, VIEW("")));
}

/* ---- writing ---- */

static bool refuse(struct edit_field *f, const char *why)
{
	str_add_text(&f->error, why);
	return false;
}

static bool is_name(struct view name)
{
	static const char letters[] = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < name.len; i++) {
		bool digit = name.ptr[i] >= '0' && name.ptr[i] <= '9';

		if (!strchr(letters, name.ptr[i]) && !(digit && i > 0))
			return false;
	}
	return name.len > 0;
}

static bool is_twice(const struct edit_form *f, const struct edit_field *field)
{
	struct view name = name_of(lineedit_view(&field->line));

	for (size_t i = 0; i < f->fields.len; i++) {
		const struct edit_field *other = &f->fields.items[i];

		if (other != field && other->kind == EDIT_ENV &&
		    view_eq(name_of(lineedit_view(&other->line)), name))
			return true;
	}
	return false;
}

static bool check_env(const struct edit_form *f, struct edit_field *field)
{
	struct view text = lineedit_view(&field->line), name = name_of(text);

	if (field->param.name.len > 0 && (name.len == text.len ||
					  !view_eq(name, field->param.name)))
		return refuse(field, "its name stays: NAME= makes it empty, a new one goes below");
	if (name.len == text.len || !is_name(name))
		return refuse(field, "is NAME=VALUE");
	if (is_twice(f, field))
		return refuse(field, "is there twice");
	return true;
}

/* What was masked would be sent as it is shown. */
static bool check(const struct edit_form *f, struct edit_field *field)
{
	struct view text = lineedit_view(&field->line);

	if (view_find(text, VIEW(MASKED), 0) != SIZE_MAX)
		return refuse(field, "has a masked secret (***) in it: it cannot be sent so");
	if ((field->kind == EDIT_RUN || field->kind == EDIT_ARGS) && text.len == 0)
		return refuse(field, "is needed");
	return field->kind != EDIT_ENV || check_env(f, field);
}

static void add_comma(struct str *json)
{
	if (json->ptr[json->len - 1] != '{')
		str_add_char(json, ',');
}

static bool write_field(const struct edit_form *f, struct edit_field *field, struct str *json)
{
	struct view text = lineedit_view(&field->line), name = field->param.name;
	struct str value = { 0 };
	struct err err = { 0 };
	bool ok = check(f, field);

	if (ok && field->kind == EDIT_ENV) {
		name = name_of(text);
		text = view_cut(text, name.len + 1, SIZE_MAX);
	}
	if (ok && !param_read(&field->param, text, &value, &err))
		ok = refuse(field, err_text(&err));
	if (ok) {
		add_comma(json);
		if (field->kind == EDIT_RUN || field->kind == EDIT_ARGS)
			name = field->kind == EDIT_RUN ? VIEW("run") : VIEW("args");
		jtext_add_quoted(json, name);
		str_add_char(json, ':');
		str_add(json, view_of_str(&value));
	}
	err_release(&err);
	str_release(&value);
	return ok;
}

/* All changed fields of a kind, within an object where the kind has one. */
static void write_kind(struct edit_form *f, enum edit_kind kind, struct str *json, size_t *bad)
{
	static const char *const objects[EDIT_KINDS] = {
		[EDIT_ENV] = "\"env\":{", [EDIT_PARAM] = "\"params\":{",
	};
	size_t n = 0;

	for (size_t i = 0; i < f->fields.len; i++) {
		struct edit_field *field = &f->fields.items[i];

		if (field->kind != kind || !edit_field_is_changed(field))
			continue;
		if (n++ == 0 && objects[kind]) {
			add_comma(json);
			str_add_text(json, objects[kind]);
		}
		if (!write_field(f, field, json) && i < *bad)
			*bad = i;
	}
	if (n > 0 && objects[kind])
		str_add_char(json, '}');
}

bool edit_form_write(struct edit_form *f, struct str *json, size_t *bad)
{
	*bad = f->fields.len;
	for (size_t i = 0; i < f->fields.len; i++)
		str_clear(&f->fields.items[i].error);
	str_clear(json);
	str_add_char(json, '{');
	for (int kind = 0; kind < EDIT_KINDS; kind++)
		write_kind(f, kind, json, bad);
	str_add_char(json, '}');
	return *bad == f->fields.len;
}
