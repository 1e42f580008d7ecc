/* `params` and the schema of a question: JSON Schema's words, checked by core. */
#include "base/jtext.h"
#include "base/regex.h"
#include "flow/workflow_inside.h"

static const char *const type_words[] = { "string", "integer", "number", "boolean",
					  "array",  "object",  NULL };

/* What is read beside the parameter itself. */
struct param_draft {
	struct param p;
	const struct yaml_node *choices, *fallback, *minimum, *maximum, *pattern, *items;
	int min_length, max_length;
};

static void keep_node(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target)
{
	(void)l;
	*(const struct yaml_node **)((char *)target + f->at) = n;
}

#define AT(member) offsetof(struct param_draft, member)
static const struct field items_fields[] = {
	{ "type", field_word, AT(p.items), .words = type_words },
	{ 0 },
};

static void read_items(struct loader *l, const struct yaml_node *n, const struct field *f,
		       void *target)
{
	struct param_draft *d = target;
	(void)f;
	d->items = n;
	fields_read(l, n, items_fields, d);
}

static const struct field param_fields[] = {
	{ "type", field_word, AT(p.type), .words = type_words },
	{ "title", field_text, AT(p.title) },
	{ "description", field_text, AT(p.description) },
	{ "default", keep_node, AT(fallback) },
	{ "enum", keep_node, AT(choices) },
	{ "required", field_bool, AT(p.required) },
	{ "secret", field_bool, AT(p.secret) },
	{ "minimum", keep_node, AT(minimum) },
	{ "maximum", keep_node, AT(maximum) },
	{ "minLength", field_whole, AT(min_length), .max = 1 << 20 },
	{ "maxLength", field_whole, AT(max_length), .max = 1 << 20 },
	{ "minItems", field_whole, AT(min_length), .max = 1 << 20 },
	{ "maxItems", field_whole, AT(max_length), .max = 1 << 20 },
	{ "pattern", keep_node, AT(pattern) },
	{ "items", read_items },
	{ 0 },
};
#undef AT

static void read_bound(struct loader *l, const struct yaml_node *n, bool *has, double *bound)
{
	if (!n)
		return;
	*has = n->kind == YAML_NUMBER && number_parse_real(n->text, bound);
	if (!*has)
		fields_refuse(l, n, "a number");
}

static void read_pattern(struct loader *l, const struct yaml_node *n, struct view *pattern)
{
	struct err err = { 0 };
	if (!n || !fields_want(l, n, YAML_TEXT))
		return;
	struct regex *r = regex_new(n->text, REGEX_CASE_EXACT, &err);
	if (r)
		*pattern = n->text;
	else
		problem_add(l->problems, n->at, "pattern: %s", err_text(&err));
	regex_free(r);
	err_release(&err);
}

/* Which words go with which types. */
static void check_words(struct loader *l, const struct yaml_node *n, const struct param_draft *d)
{
	enum { S = 1 << PARAM_STRING, I = 1 << PARAM_INTEGER, N = 1 << PARAM_NUMBER,
	       A = 1 << PARAM_ARRAY };
	static const struct {
		const char *key;
		unsigned types;
	} rules[] = {
		{ "minimum", I | N }, { "maximum", I | N }, { "minLength", S }, { "maxLength", S },
		{ "pattern", S },     { "minItems", A },    { "maxItems", A },	{ "items", A },
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct yaml_node *key = yaml_get(n, rules[i].key);
		if (key && !(rules[i].types & 1u << d->p.type))
			problem_add(l->problems, key->key_at, "%s does not go with type %s",
				    rules[i].key, param_type_name(d->p.type));
	}
	if (d->p.has_minimum && d->p.has_maximum && d->p.minimum > d->p.maximum)
		problem_add(l->problems, d->maximum->at, "maximum is less than minimum");
	if (d->min_length >= 0 && d->max_length >= 0 && d->min_length > d->max_length)
		problem_add(l->problems, n->at, "the greatest length is less than the least");
}

static void check_value(struct loader *l, const struct yaml_node *n, const struct param *p,
			struct view json)
{
	struct err err = { 0 };
	struct view key = n->key.len ? n->key : VIEW("enum");
	if (!param_check(p, json, &err))
		problem_add(l->problems, n->at, "%.*s %s", (int)key.len, key.ptr, err_text(&err));
	err_release(&err);
}

static void read_choices(struct loader *l, const struct yaml_node *n, struct param *p)
{
	if (!n || !fields_want(l, n, YAML_LIST))
		return;
	struct view *items = arena_array(l->arena, n->len, sizeof *items);
	size_t len = 0;
	if (!n->len)
		problem_add(l->problems, n->at, "enum must not be empty");
	for (const struct yaml_node *item = n->first; item; item = item->next) {
		items[len] = fields_json(l, item);
		check_value(l, item, p, items[len++]);
	}
	p->choices = items;
	p->n_choices = len;
}

bool workflow_read_schema(struct loader *l, const struct yaml_node *n, struct param *p)
{
	size_t before = l->problems->list.len;
	struct param_draft d = { .p = { .name = n->key }, .min_length = -1, .max_length = -1 };
	*p = d.p;
	p->min_length = p->max_length = -1;
	if (!fields_read(l, n, param_fields, &d))
		return false;
	read_bound(l, d.minimum, &d.p.has_minimum, &d.p.minimum);
	read_bound(l, d.maximum, &d.p.has_maximum, &d.p.maximum);
	read_pattern(l, d.pattern, &d.p.pattern);
	d.p.min_length = d.min_length;
	d.p.max_length = d.max_length;
	if (l->problems->list.len != before)
		return false;
	check_words(l, n, &d);
	read_choices(l, d.choices, &d.p);
	if (d.fallback && d.fallback->kind != YAML_NULL) {
		d.p.fallback = fields_json(l, d.fallback);
		check_value(l, d.fallback, &d.p, d.p.fallback);
	}
	*p = d.p;
	return l->problems->list.len == before;
}

static bool is_param_name(struct view v)
{
	struct str s = { 0 };
	workflow_variable(&s, "_", v);
	bool good = v.len && v.len <= 100 && name_is_variable(view_cut(v, 0, 1));
	for (size_t i = 0; i < v.len; i++)
		good &= str_text(&s)[i + 1] == v.ptr[i] || v.ptr[i] == '-' || v.ptr[i] == '.';
	str_release(&s);
	return good;
}

static void check_param_name(struct loader *l, const struct yaml_node *n, const struct param *p,
			     size_t len)
{
	struct str mine = { 0 }, other = { 0 };
	if (!is_param_name(n->key))
		problem_add(l->problems, n->key_at,
			    "'%.*s' is no name of a parameter: letters, digits, _ . - are allowed, "
			    "and the first must be a letter", (int)n->key.len, n->key.ptr);
	workflow_variable(&mine, "PARAM_", n->key);
	for (size_t i = 0; i < len; i++) {
		str_clear(&other);
		workflow_variable(&other, "PARAM_", p[i].name);
		if (str_eq(str_text(&mine), str_text(&other)))
			problem_add(l->problems, n->key_at, "'%.*s' and '%.*s' would both be %s",
				    (int)p[i].name.len, p[i].name.ptr, (int)n->key.len,
				    n->key.ptr, str_text(&mine));
	}
	str_release(&mine);
	str_release(&other);
}

void workflow_read_params(struct loader *l, const struct yaml_node *n, const struct field *f,
			  void *target)
{
	enum { PARAMS_MAX = 200 };
	if (!fields_want(l, n, YAML_MAP))
		return;
	if (n->len > PARAMS_MAX) {
		problem_add(l->problems, n->at, "at most %d parameters are allowed", PARAMS_MAX);
		return;
	}
	struct param *items = arena_array(l->arena, n->len, sizeof *items);
	size_t len = 0;
	for (const struct yaml_node *child = n->first; child; child = child->next) {
		check_param_name(l, child, items, len);
		workflow_read_schema(l, child, &items[len++]);
	}
	*(struct param_schema *)((char *)target + f->at) = (struct param_schema){ items, len };
}
