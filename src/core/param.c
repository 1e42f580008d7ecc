/* Parameters: what was typed becomes JSON, defaults are filled in, values are
 * shown. The check of one value is in param_check.c. */
#include "core/param.h"

#include <assert.h>

#include "base/jscan.h"
#include "base/jtext.h"
#include "base/utf8.h"

static const char *const type_names[] = {
	[PARAM_STRING] = "string", [PARAM_INTEGER] = "integer", [PARAM_NUMBER] = "number",
	[PARAM_BOOLEAN] = "boolean", [PARAM_ARRAY] = "array", [PARAM_OBJECT] = "object",
};
enum { TYPES = sizeof(type_names) / sizeof *type_names };
static_assert(TYPES == PARAM_OBJECT + 1, "a name for each type");

const char *param_type_name(enum param_type t)
{
	return (int)t < TYPES ? type_names[t] : "unknown";
}

bool param_type_parse(struct view v, enum param_type *out)
{
	for (int i = 0; i < TYPES; i++) {
		if (!view_is(v, type_names[i]))
			continue;
		*out = (enum param_type)i;
		return true;
	}
	return false;
}

const struct param *param_find(const struct param_schema *s, struct view name)
{
	for (size_t i = 0; i < s->len; i++)
		if (view_eq(s->items[i].name, name))
			return &s->items[i];
	return NULL;
}

static bool read_text(struct view typed, struct str *json, struct err *err)
{
	if (!utf8_valid(typed))
		return err_set(err, ERR_USAGE, "must be UTF-8 text");
	if (view_find_byte(typed, '\0', 0) != SIZE_MAX)
		return err_set(err, ERR_USAGE, "must not have a NUL character");
	jtext_add_quoted(json, typed);
	return true;
}

static bool read_number(enum param_type type, struct view typed, struct str *json, struct err *err)
{
	struct view v = view_trim(typed);
	int64_t n = 0;
	double d = 0;
	if (type == PARAM_INTEGER && !number_parse(v, INT64_MIN, INT64_MAX, &n))
		return err_set(err, ERR_USAGE, "must be a whole number");
	if (type == PARAM_NUMBER && !number_parse_real(v, &d))
		return err_set(err, ERR_USAGE, "must be a number");
	if (type == PARAM_INTEGER)
		str_addf(json, "%lld", (long long)n);
	else
		str_add(json, v);
	return true;
}

static bool read_bool(struct view typed, struct str *json, struct err *err)
{
	static const struct {
		const char *word, *json;
	} words[] = {
		{ "true", "true" }, { "false", "false" }, { "yes", "true" }, { "no", "false" },
		{ "on", "true" }, { "off", "false" }, { "1", "true" }, { "0", "false" },
	};
	struct view v = view_trim(typed);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct view word = view_of(words[i].word);
		if (word.len != v.len || view_find_fold(v, word, 0) != 0)
			continue;
		str_add_text(json, words[i].json);
		return true;
	}
	return err_set(err, ERR_USAGE, "must be true or false");
}

static bool read_json(struct view typed, struct str *json, struct err *err)
{
	struct view v = view_trim(typed);
	if (!jscan_check(v, (struct jscan_limits){ 0 }, NULL, err)) {
		err_prefix(err, "is no JSON");
		if (err)
			err->kind = ERR_USAGE;
		return false;
	}
	str_add(json, v);
	return true;
}

static bool read_scalar(enum param_type type, struct view typed, struct str *json,
			struct err *err)
{
	switch (type) {
	case PARAM_STRING:
		return read_text(typed, json, err);
	case PARAM_INTEGER:
	case PARAM_NUMBER:
		return read_number(type, typed, json, err);
	case PARAM_BOOLEAN:
		return read_bool(typed, json, err);
	case PARAM_ARRAY:
	case PARAM_OBJECT:
		return read_json(typed, json, err);
	}
	return false;
}

/* a,b,c: blanks round an item do not count. */
static bool read_list(enum param_type items, struct view typed, struct str *json, struct err *err)
{
	struct view rest = view_trim(typed), item;
	int n = 0;
	str_add_char(json, '[');
	while (rest.len && view_split(&rest, ',', &item)) {
		if (n++)
			str_add_char(json, ',');
		if (!read_scalar(items, view_trim(item), json, err))
			return err_prefix(err, "item %d", n);
	}
	str_add_char(json, ']');
	return true;
}

bool param_read(const struct param *p, struct view typed, struct str *json, struct err *err)
{
	size_t from = json->len;
	bool list = p->type == PARAM_ARRAY && !view_starts(view_trim(typed), "[");
	bool good = list ? read_list(p->items, typed, json, err) :
			   read_scalar(p->type, typed, json, err);
	if (good)
		good = param_check(p, view_cut(view_of_str(json), from, SIZE_MAX), err);
	if (!good)
		str_shorten(json, from);
	return good;
}

void param_show(const struct param *p, struct view json, struct str *out)
{
	(void)p;
	struct arena arena = { 0 };
	struct jtext t = jtext_of(json);
	if (jtext_peek(&t) == JTEXT_STRING)
		str_add(out, jtext_string(&t, &arena));
	else
		str_add(out, view_trim(json));
	arena_release(&arena);
}

/* One line of the collected text: "name: why". */
static void complain(struct str *all, struct view name, const char *why)
{
	if (all->len)
		str_add_char(all, '\n');
	str_addf(all, "%.*s: %s", (int)name.len, name.ptr, why);
}

static const struct pair *find_pair(struct pairs p, struct view name)
{
	for (size_t i = 0; i < p.len; i++)
		if (view_eq(p.items[i].name, name))
			return &p.items[i];
	return NULL;
}

static void refuse_unknown(const struct param_schema *s, struct pairs given, struct str *all)
{
	for (size_t i = 0; i < given.len; i++)
		if (!param_find(s, given.items[i].name))
			complain(all, given.items[i].name, "there is no such parameter");
}

/* The value for p, or empty where there is none (and none is needed). */
static struct view choose(const struct param *p, struct pairs given, struct str *all)
{
	const struct pair *found = find_pair(given, p->name);
	struct err err = { 0 };
	if (!found && p->required && !p->fallback.len)
		complain(all, p->name, "is required");
	if (!found)
		return p->fallback;
	if (!param_check(p, found->value, &err))
		complain(all, p->name, err_text(&err));
	err_release(&err);
	return view_trim(found->value);
}

bool param_resolve(const struct param_schema *s, struct pairs given, struct arena *arena,
		   struct pairs *out, struct err *err)
{
	struct pair *items = arena_array(arena, s->len, sizeof *items);
	struct str all = { 0 };
	size_t n = 0;
	refuse_unknown(s, given, &all);
	for (size_t i = 0; i < s->len; i++) {
		struct view value = choose(&s->items[i], given, &all);
		if (value.len)
			items[n++] = (struct pair){ arena_view(arena, s->items[i].name),
						    arena_view(arena, value) };
	}
	*out = (struct pairs){ items, n };
	if (all.len)
		err_set(err, ERR_USAGE, "%s", str_text(&all));
	bool good = !all.len;
	str_release(&all);
	return good;
}
