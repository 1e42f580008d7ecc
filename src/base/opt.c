/* Options read from tables; see opt.h. Knows no option by name. */
#include "base/opt.h"

#include <string.h>

#include "base/mem.h"

/* The arguments that are still to be read. */
struct args {
	const struct opt *const *tables;
	char **next;
	char **end;
	struct opt_result *out;
};

static const struct opt *next_opt(const struct opt *const **tables, const struct opt *before)
{
	const struct opt *o = before ? before + 1 : **tables;
	while (o && !o->name)
		o = *++*tables;
	return o;
}

static const struct opt *find_name(const struct opt *const *tables, struct view name)
{
	if (!*tables)
		return NULL;
	for (const struct opt *o = next_opt(&tables, NULL); o; o = next_opt(&tables, o))
		if (view_is(name, o->name))
			return o;
	return NULL;
}

static const struct opt *find_letter(const struct opt *const *tables, char letter)
{
	if (!*tables)
		return NULL;
	for (const struct opt *o = next_opt(&tables, NULL); o; o = next_opt(&tables, o))
		if (o->letter && o->letter == letter)
			return o;
	return NULL;
}

static size_t count_opts(const struct opt *const *tables)
{
	size_t n = 0;
	for (; *tables; tables++)
		for (const struct opt *o = *tables; o->name; o++)
			n++;
	return n;
}

static bool unknown_name(const struct args *a, struct view name, struct err *err)
{
	size_t n = 0;
	const char **names = mem_array(count_opts(a->tables), sizeof *names);
	for (const struct opt *const *t = a->tables; *t; t++)
		for (const struct opt *o = *t; o->name; o++)
			names[n++] = o->name;
	const char *near = opt_nearest(name, names, n);
	if (near)
		err_set(err, ERR_USAGE, "unknown option --%.*s (did you mean --%s?)", (int)name.len,
			name.ptr, near);
	else
		err_set(err, ERR_USAGE, "unknown option --%.*s", (int)name.len, name.ptr);
	mem_free((void *)names);
	return false;
}

static void add_found(struct args *a, const struct opt *o, const char *value)
{
	a->out->found[a->out->n_found++] = (struct opt_found){ o, value };
}

/* The value that stands in the next argument. */
static bool take_next(struct args *a, const struct opt *o, struct err *err)
{
	if (a->next == a->end)
		return err_set(err, ERR_USAGE, "option --%s needs a value", o->name);
	add_found(a, o, *a->next++);
	return true;
}

static bool read_long(struct args *a, const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	struct view name = equals ? view_bytes(text, (size_t)(equals - text)) : view_of(text);
	const struct opt *o = find_name(a->tables, name);
	if (!o)
		return unknown_name(a, name, err);
	if (o->kind == OPT_VALUE && !equals)
		return take_next(a, o, err);
	if (o->kind == OPT_FLAG && equals)
		return err_set(err, ERR_USAGE, "option --%s takes no value", o->name);
	add_found(a, o, equals ? equals + 1 : NULL);
	return true;
}

/* Letters in a row; the first that takes a value takes the rest. */
static bool read_short(struct args *a, const char *text, struct err *err)
{
	for (; *text; text++) {
		const struct opt *o = find_letter(a->tables, *text);
		if (!o)
			return err_set(err, ERR_USAGE, "unknown option -%c", *text);
		if (o->kind == OPT_VALUE && text[1]) {
			add_found(a, o, text + 1);
			return true;
		}
		if (o->kind == OPT_VALUE)
			return take_next(a, o, err);
		add_found(a, o, NULL);
	}
	return true;
}

static bool read_all(struct args *a, struct err *err)
{
	bool words_only = false;
	while (a->next < a->end) {
		const char *text = *a->next++;
		bool good = true;
		if (words_only || text[0] != '-' || !text[1])
			a->out->words[a->out->n_words++] = text;
		else if (str_eq(text, "--"))
			words_only = true;
		else if (text[1] == '-')
			good = read_long(a, text + 2, err);
		else
			good = read_short(a, text + 1, err);
		if (!good)
			return false;
	}
	return true;
}

/* An argument of many letters may be as many options: room for each byte. */
bool opt_parse(const struct opt *const *tables, int argc, char **argv, struct opt_result *out,
	       struct err *err)
{
	size_t room = 1;
	for (int i = 0; i < argc; i++)
		room += strlen(argv[i]) + 1;
	*out = (struct opt_result){
		.found = mem_array(room, sizeof *out->found),
		.words = mem_array((size_t)argc + 1, sizeof *out->words),
	};
	struct args a = { tables, argv, argv + argc, out };
	if (read_all(&a, err))
		return true;
	opt_result_release(out);
	return false;
}

bool opt_has(const struct opt_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_found; i++)
		if (str_eq(r->found[i].opt->name, name))
			return true;
	return false;
}

const char *opt_value(const struct opt_result *r, const char *name)
{
	for (size_t i = r->n_found; i-- > 0;)
		if (str_eq(r->found[i].opt->name, name))
			return r->found[i].value;
	return NULL;
}

const char *opt_each(const struct opt_result *r, const char *name, size_t *at)
{
	while (*at < r->n_found) {
		const struct opt_found *f = &r->found[(*at)++];
		if (str_eq(f->opt->name, name))
			return f->value;
	}
	return NULL;
}

void opt_result_release(struct opt_result *r)
{
	if (!r)
		return;
	mem_free(r->found);
	mem_free((void *)r->words);
	*r = (struct opt_result){ 0 };
}

static void add_left_side(struct str *s, const struct opt *o)
{
	if (o->letter)
		str_addf(s, "  -%c, --%s", o->letter, o->name);
	else
		str_addf(s, "      --%s", o->name);
	if (o->kind == OPT_VALUE)
		str_addf(s, " %s", o->value_name ? o->value_name : "VALUE");
}

static size_t left_width(const struct opt *o)
{
	struct str s = { 0 };
	add_left_side(&s, o);
	size_t width = s.len;
	str_release(&s);
	return width;
}

void opt_add_help(struct str *s, const struct opt *table)
{
	size_t widest = 0;
	for (const struct opt *o = table; o->name; o++) {
		size_t width = left_width(o);
		widest = width > widest ? width : widest;
	}
	for (const struct opt *o = table; o->name; o++) {
		add_left_side(s, o);
		str_add_many(s, ' ', widest - left_width(o) + 2);
		str_addf(s, "%s\n", o->help ? o->help : "");
	}
}
