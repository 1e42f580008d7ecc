/* The readers of single values and the walk over a table. Must not know what a
 * workflow is. */
#include "flow/fields.h"

#include <string.h>

#include "base/when.h"
#include "flow/texts.h"

enum { WORDS_MAX = 64 };

static void *member(void *target, size_t at)
{
	return (char *)target + at;
}

static bool in_set(unsigned char c, const char *marks)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(marks, c));
}

bool name_is_good(struct view v)
{
	if (!v.len || v.len > 100 || !in_set((unsigned char)v.ptr[0], ""))
		return false;
	for (size_t i = 1; i < v.len; i++)
		if (!in_set((unsigned char)v.ptr[i], "_.-"))
			return false;
	return true;
}

static bool is_label(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if (!in_set(c, "_.-/") && (c < 'A' || c > 'Z'))
			return false;
	}
	return v.len > 0;
}

bool name_is_variable(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		bool letter = c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
		if (!letter && (!i || c < '0' || c > '9'))
			return false;
	}
	return v.len > 0;
}

/* The name under which a value stands: its key, or nothing in a list. */
static struct view what(const struct yaml_node *n)
{
	return n->key.len ? n->key : VIEW("this");
}

void fields_refuse(struct loader *l, const struct yaml_node *n, const char *wanted)
{
	struct view key = what(n);
	problem_add(l->problems, n->at, "%.*s must be %s, not %s", (int)key.len, key.ptr, wanted,
		    yaml_kind_words(n->kind));
}

bool fields_want(struct loader *l, const struct yaml_node *n, enum yaml_kind kind)
{
	if (n->kind == kind)
		return true;
	fields_refuse(l, n, yaml_kind_words(kind));
	return false;
}

static void refuse_key(struct loader *l, const struct yaml_node *n, const struct field *table)
{
	const char *words[WORDS_MAX];
	size_t len = 0;
	struct str known = { 0 };
	for (; table->name && len < WORDS_MAX; table++) {
		str_addf(&known, "%s%s", len ? ", " : "", table->name);
		words[len++] = table->name;
	}
	struct str guess = problem_guess(n->key, words, len);
	if (guess.len)
		problem_add(l->problems, n->key_at, "unknown key '%.*s'%s", (int)n->key.len,
			    n->key.ptr, str_text(&guess));
	else
		problem_add(l->problems, n->key_at, "unknown key '%.*s': here can stand %s",
			    (int)n->key.len, n->key.ptr, str_text(&known));
	str_release(&guess);
	str_release(&known);
}

bool fields_read(struct loader *l, const struct yaml_node *n, const struct field *table,
		 void *target)
{
	if (!fields_want(l, n, YAML_MAP))
		return false;
	for (const struct yaml_node *child = n->first; child; child = child->next) {
		const struct field *f = table;
		while (f->name && !view_is(child->key, f->name))
			f++;
		if (f->name)
			f->read(l, child, f, target);
		else
			refuse_key(l, child, table);
	}
	return true;
}

/* Texts and numbers as they were written. */
static bool take_text(struct loader *l, const struct yaml_node *n, struct view *out)
{
	if (n->kind == YAML_BOOL) {
		problem_add(l->problems, n->at, "%.*s must be a text: put %.*s into quotes",
			    (int)what(n).len, what(n).ptr, (int)n->text.len, n->text.ptr);
		return false;
	}
	if (n->kind != YAML_TEXT && n->kind != YAML_NUMBER) {
		fields_refuse(l, n, "a text");
		return false;
	}
	*out = n->text;
	return true;
}

void field_text(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	struct view *out = member(target, f->at);
	if (take_text(l, n, out) && !out->len)
		problem_add(l->problems, n->at, "%s must not be empty", f->name);
}

void field_template(struct loader *l, const struct yaml_node *n, const struct field *f,
		    void *target)
{
	field_text(l, n, f, target);
	texts_template(l, n);
}

/* What stands in a text that is one ${{ }}; *offset is moved to it. */
static struct view unwrap(struct view text, size_t *offset)
{
	struct view v = view_trim(text);
	if (!view_starts(v, "${{") || !view_ends(v, "}}") || view_find(v, VIEW("${{"), 3) != SIZE_MAX)
		return text;
	*offset = (size_t)(v.ptr - text.ptr) + 3;
	return view_cut(v, 3, v.len - 5);
}

void field_expr(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	struct view *out = member(target, f->at);
	size_t offset = 0;
	if (n->kind == YAML_LIST || n->kind == YAML_BOOL)
		*out = fields_json(l, n);
	else if (take_text(l, n, out))
		*out = unwrap(*out, &offset);
	else
		return;
	if (view_trim(*out).len)
		texts_expr(l, n, *out, offset);
	else
		problem_add(l->problems, n->at, "%s must not be empty", f->name);
}

static bool check_name(struct loader *l, const struct yaml_node *n, struct view name)
{
	if (name_is_good(name))
		return true;
	problem_add(l->problems, n->at,
		    "'%.*s' is no name: small letters, digits, _ . - are allowed, and the first "
		    "must be a letter or digit", (int)name.len, name.ptr);
	return false;
}

void field_name(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	struct view name = { 0 };
	if (take_text(l, n, &name) && check_name(l, n, name))
		*(struct view *)member(target, f->at) = name;
}

void field_span(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	int64_t span = 0;
	if (n->kind == YAML_TEXT && when_parse_span(n->text, &span) && span >= f->min)
		*(int64_t *)member(target, f->at) = span;
	else
		problem_add(l->problems, n->at,
			    "%s must be a time span as 500ms, 30s, 10m or 1h30m", f->name);
}

void field_octets(struct loader *l, const struct yaml_node *n, const struct field *f,
		  void *target)
{
	int64_t *out = member(target, f->at);
	bool scalar = n->kind == YAML_TEXT || n->kind == YAML_NUMBER;
	if (!scalar || !number_parse_octets(n->text, out) || !*out)
		problem_add(l->problems, n->at, "%s must be a size, as 64M or 2G", f->name);
}

void field_whole(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	int64_t number = 0;
	if (n->kind == YAML_NUMBER && number_parse(n->text, f->min, f->max, &number))
		*(int *)member(target, f->at) = (int)number;
	else
		problem_add(l->problems, n->at, "%s must be a whole number from %lld to %lld",
			    f->name, (long long)f->min, (long long)f->max);
}

void field_bool(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	if (n->kind == YAML_BOOL)
		*(bool *)member(target, f->at) = n->text.ptr[0] == 't' || n->text.ptr[0] == 'T';
	else
		problem_add(l->problems, n->at, "%s must be true or false", f->name);
}

void field_word(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	struct view word = { 0 };
	struct str all = { 0 };
	int i = 0;
	if (!take_text(l, n, &word))
		return;
	for (; f->words[i] && !view_is(word, f->words[i]); i++)
		str_addf(&all, "%s%s", i ? ", " : "", f->words[i]);
	if (f->words[i])
		*(int *)member(target, f->at) = i;
	else
		problem_add(l->problems, n->at, "%s must be one of %s, not '%.*s'", f->name,
			    str_text(&all), (int)word.len, word.ptr);
	str_release(&all);
}

typedef bool check_fn(struct loader *l, const struct yaml_node *n, struct view text);

/* A list of texts; one alone may stand without brackets. */
static void read_list(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target, check_fn *check)
{
	bool list = n->kind == YAML_LIST;
	struct view *items = arena_array(l->arena, list ? n->len : 1, sizeof *items);
	size_t len = 0;
	for (const struct yaml_node *item = list ? n->first : n; item;
	     item = list ? item->next : NULL)
		if (take_text(l, item, &items[len]) && check(l, item, items[len]))
			len++;
	*(const struct view **)member(target, f->at) = items;
	*(size_t *)member(target, f->count) = len;
}

static bool check_variable(struct loader *l, const struct yaml_node *n, struct view name)
{
	if (name_is_variable(name))
		return true;
	problem_add(l->problems, n->at, "'%.*s' is no name of a variable", (int)name.len,
		    name.ptr);
	return false;
}

static bool check_nothing(struct loader *l, const struct yaml_node *n, struct view text)
{
	(void)l, (void)n, (void)text;
	return true;
}

static bool check_template(struct loader *l, const struct yaml_node *n, struct view text)
{
	(void)text;
	texts_template(l, n);
	return true;
}

void field_names(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	read_list(l, n, f, target, check_name);
}

void field_variables(struct loader *l, const struct yaml_node *n, const struct field *f,
		     void *target)
{
	read_list(l, n, f, target, check_variable);
}

void field_words(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	read_list(l, n, f, target, check_nothing);
}

void field_templates(struct loader *l, const struct yaml_node *n, const struct field *f,
		     void *target)
{
	if (fields_want(l, n, YAML_LIST))
		read_list(l, n, f, target, check_template);
}

/* One value of env or labels as text. */
static struct view pair_text(struct loader *l, const struct yaml_node *n)
{
	if (n->kind == YAML_LIST || n->kind == YAML_MAP)
		fields_refuse(l, n, "a text");
	else if (n->kind == YAML_BOOL)
		return fields_json(l, n);
	else if (n->kind != YAML_NULL)
		return n->text;
	return (struct view){ 0 };
}

static void read_pairs(struct loader *l, const struct yaml_node *n, struct pairs *out,
		       struct view (*read)(struct loader *, const struct yaml_node *))
{
	if (!fields_want(l, n, YAML_MAP))
		return;
	struct pair *items = arena_array(l->arena, n->len, sizeof *items);
	size_t len = 0;
	for (const struct yaml_node *child = n->first; child; child = child->next) {
		texts_all(l, child);
		items[len++] = (struct pair){ child->key, read(l, child) };
	}
	*out = (struct pairs){ items, len };
}

void field_env(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	struct pairs *out = member(target, f->at);
	read_pairs(l, n, out, pair_text);
	const struct yaml_node *child = n->kind == YAML_MAP ? n->first : NULL;
	for (; child; child = child->next) {
		if (!name_is_variable(child->key))
			problem_add(l->problems, child->key_at,
				    "'%.*s' is no name of a variable: letters, digits and _ are "
				    "allowed", (int)child->key.len, child->key.ptr);
		if (view_starts(child->key, "RUNBOARD_"))
			problem_add(l->problems, child->key_at,
				    "%.*s: names that begin with RUNBOARD_ are the engine's",
				    (int)child->key.len, child->key.ptr);
	}
}

void field_labels(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	read_pairs(l, n, member(target, f->at), pair_text);
	const struct yaml_node *child = n->kind == YAML_MAP ? n->first : NULL;
	for (; child; child = child->next)
		if (!is_label(child->key))
			problem_add(l->problems, child->key_at,
				    "'%.*s' is no name of a label: letters, digits, _ . - / are "
				    "allowed", (int)child->key.len, child->key.ptr);
}

void field_values(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	read_pairs(l, n, member(target, f->at), fields_json);
}

struct view fields_json(struct loader *l, const struct yaml_node *n)
{
	struct str s = { 0 };
	yaml_add_json(n, &s);
	struct view out = arena_view(l->arena, view_of_str(&s));
	str_release(&s);
	return out;
}

void field_json(struct loader *l, const struct yaml_node *n, const struct field *f, void *target)
{
	texts_all(l, n);
	*(struct view *)member(target, f->at) = fields_json(l, n);
}
