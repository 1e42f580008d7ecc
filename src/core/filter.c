/* The filter language, text to tree. Matching is in filter_match.c. */
#include "core/filter.h"

#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "core/filter_parts.h"

struct filter {
	struct arena arena;
	struct view text;
	struct filter_node root;
	VEC(struct regex *) regexes;
	size_t terms;
	bool timed;
};

struct nodes {
	struct filter_node *items;
	size_t len, cap;
};

struct parser {
	struct filter *f;
	struct view text;
	size_t at;
	size_t column;		/* of the error */
	struct err *err;
};

static bool fail(struct parser *p, size_t at, const char *why)
{
	p->column = at;
	return err_set(p->err, ERR_USAGE, "column %zu: %s", at + 1, why);
}

static bool fail_at_word(struct parser *p, size_t at, struct view word, const char *why)
{
	p->column = at;
	return err_set(p->err, ERR_USAGE, "column %zu: \"%.*s\" %s", at + 1, (int)word.len,
		       word.ptr, why);
}

static char look(const struct parser *p)
{
	return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool at_end(const struct parser *p)
{
	return p->at >= p->text.len;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where a term ends: at the end, a blank or an "or". */
static bool at_border(const struct parser *p)
{
	return at_end(p) || is_blank(look(p)) || look(p) == '|';
}

static void skip_blanks(struct parser *p)
{
	while (!at_end(p) && is_blank(look(p)))
		p->at++;
}

/* "..." with \" and \\ inside. */
static bool read_quoted(struct parser *p, struct view *out)
{
	size_t from = p->at++, n = 0;
	char *to = arena_alloc(&p->f->arena, p->text.len + 1);
	while (!at_end(p) && look(p) != '"') {
		if (look(p) == '\\' && p->at + 1 < p->text.len &&
		    strchr("\"\\", p->text.ptr[p->at + 1]))
			p->at++;
		to[n++] = p->text.ptr[p->at++];
	}
	if (at_end(p))
		return fail(p, from, "the quote has no end");
	p->at++;
	*out = (struct view){ to, n };
	return true;
}

/* /.../ where \/ is a slash; all other escapes are the expression's own. */
static bool read_regex(struct parser *p, struct filter_node *out)
{
	size_t from = p->at++, n = 0;
	char *to = arena_alloc(&p->f->arena, p->text.len + 1);
	while (!at_end(p) && look(p) != '/') {
		if (look(p) == '\\' && p->at + 1 < p->text.len) {
			if (p->text.ptr[p->at + 1] != '/')
				to[n++] = '\\';
			p->at++;
		}
		to[n++] = p->text.ptr[p->at++];
	}
	if (at_end(p))
		return fail(p, from, "the regular expression has no closing /");
	p->at++;
	if (!n || !at_border(p))
		return fail(p, from, "a regular expression stands between two / (quote a path)");
	struct err err = { 0 };
	struct regex *r = regex_new((struct view){ to, n }, REGEX_CASE_FOLD, &err);
	if (!r)
		fail(p, from, err_text(&err));
	else
		vec_push(&p->f->regexes, r);
	err_release(&err);
	out->kind = FILTER_REGEX;
	out->text = (struct view){ to, n };
	out->regex = r;
	return r != NULL;
}

/* One of a,b: quoted (then a star is a star) or up to a border or comma. */
static bool read_value(struct parser *p, struct view *value, bool *glob)
{
	size_t from = p->at;
	*glob = false;
	if (look(p) == '"')
		return read_quoted(p, value);
	while (!at_border(p) && look(p) != ',')
		p->at++;
	*value = view_cut(p->text, from, p->at - from);
	*glob = view_find_byte(*value, '*', 0) != SIZE_MAX;
	return value->len || fail(p, from, "a value is missing");
}

static bool fail_unknown_word(struct parser *p, size_t at, struct view value,
			      enum filter_field field)
{
	struct str why = { 0 };
	const char *word;
	str_addf(&why, "is none of");
	for (int i = 0; (word = filter_word_at(field, i)); i++)
		str_addf(&why, "%s %s", i ? "," : "", word);
	fail_at_word(p, at, value, str_text(&why));
	str_release(&why);
	return false;
}

static bool read_list(struct parser *p, const struct filter_field_row *row,
		      struct filter_node *out)
{
	VEC(struct view) values = { 0 };
	VEC(bool) globs = { 0 };
	bool good = true;
	do {
		struct view value;
		bool glob;
		size_t from = p->at;
		good = read_value(p, &value, &glob);
		if (!good)
			break;
		vec_push(&values, value);
		vec_push(&globs, glob);
		uint32_t set = filter_word_set(row->field, value, glob);
		out->set |= set;
		if (!set && row->takes == FILTER_TAKES_WORD)
			good = fail_unknown_word(p, from, value, row->field);
	} while (good && look(p) == ',' && p->at++ < p->text.len);
	struct view *v = arena_array(&p->f->arena, values.len + 1, sizeof *v);
	bool *g = arena_array(&p->f->arena, values.len + 1, sizeof *g);
	for (size_t i = 0; i < values.len; i++) {
		v[i] = values.items[i];
		g[i] = globs.items[i];
	}
	out->kind = FILTER_FIELD;
	out->values = v;
	out->globs = g;
	out->n_values = values.len;
	vec_release(&values);
	vec_release(&globs);
	return good && (at_border(p) || fail(p, p->at, "a blank is missing here"));
}

/* until:2026-11-20 means to the end of that day. */
static int64_t end_of(struct view value, enum filter_op op, int64_t at_ms)
{
	bool day = value.len == 10 && op == FILTER_LE;
	return day ? at_ms + INT64_C(86400000) - 1 : at_ms;
}

static bool read_number(struct parser *p, const struct filter_field_row *row, enum filter_op op,
			struct filter_node *out)
{
	struct view value;
	bool glob, good = false;
	size_t from = p->at;
	const char *why = "is no count";
	if (!read_value(p, &value, &glob))
		return false;
	out->kind = FILTER_COMPARE;
	out->op = op;
	if (row->takes == FILTER_TAKES_COUNT) {
		good = number_parse(value, 0, INT32_MAX, &out->number);
	} else if (row->takes == FILTER_TAKES_SPAN) {
		why = "is no time span (30s, 5m, 1h30m)";
		good = when_parse_span(value, &out->number);
	} else {
		why = "is no time (24h, 2026-11-20, 2026-11-20T03:00)";
		out->relative = when_parse_span(value, &out->number);
		good = out->relative || when_parse_point(value, 0, &out->number);
		if (!out->relative)
			out->number = end_of(value, op, out->number);
	}
	if (out->relative || row->takes == FILTER_TAKES_SPAN)
		p->f->timed = true;
	if (!good)
		return fail_at_word(p, from, value, why);
	return at_border(p) || fail(p, p->at, "a blank is missing here");
}

static bool read_op(struct parser *p, enum filter_op *op)
{
	static const struct {
		const char *word;
		enum filter_op op;
	} ops[] = {
		{ ">=", FILTER_GE }, { "<=", FILTER_LE }, { ">", FILTER_GT }, { "<", FILTER_LT },
		{ "=", FILTER_EQ },
	};
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (!view_starts(view_cut(p->text, p->at, 2), ops[i].word))
			continue;
		p->at += strlen(ops[i].word);
		*op = ops[i].op;
		return true;
	}
	return false;
}

/* The cursor stands on the ':' or the operator behind a field's word. */
static bool read_field(struct parser *p, const struct filter_field_row *row, struct view name,
		       struct filter_node *out)
{
	enum filter_op op = row->op;
	out->field = row->field;
	out->name = name;
	bool colon = look(p) == ':';
	if (colon)
		p->at++;
	bool list = row->takes == FILTER_TAKES_TEXT || row->takes == FILTER_TAKES_WORD;
	if (list || row->takes == FILTER_TAKES_TIME)
		return !colon ? fail(p, p->at, "a colon is expected here") :
		       list   ? read_list(p, row, out) :
				read_number(p, row, op, out);
	read_op(p, &op);
	return read_number(p, row, op, out);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == '-';
}

static bool read_word(struct parser *p, struct filter_node *out)
{
	size_t from = p->at;
	struct view name;
	while (!at_end(p) && is_name_char(look(p)))
		p->at++;
	struct view word = view_cut(p->text, from, p->at - from);
	const struct filter_field_row *row = filter_field_find(word, &name);
	bool colon = look(p) == ':', sign = look(p) && strchr("<>=", look(p));
	if (row && (colon || sign))
		return read_field(p, row, name, out);
	if (colon && word.len)
		return fail_at_word(p, from, word, "is no field (quote a text with a colon)");
	while (!at_border(p))
		p->at++;
	out->kind = FILTER_WORD;
	out->text = view_cut(p->text, from, p->at - from);
	return true;
}

static bool read_primary(struct parser *p, struct filter_node *out)
{
	out->column = p->at;
	if (at_border(p))
		return fail(p, p->at, "a term is missing here");
	if (look(p) == '/')
		return read_regex(p, out);
	if (look(p) != '"')
		return read_word(p, out);
	out->kind = FILTER_WORD;
	return read_quoted(p, &out->text) &&
	       (at_border(p) || fail(p, p->at, "a blank is missing here"));
}

static const struct filter_node *keep(struct parser *p, const struct filter_node *nodes, size_t n)
{
	struct filter_node *kept = arena_array(&p->f->arena, n + 1, sizeof *kept);
	for (size_t i = 0; i < n; i++)
		kept[i] = nodes[i];
	return kept;
}

static bool read_term(struct parser *p, struct filter_node *out)
{
	struct filter_node inner = { 0 };
	size_t from = p->at;
	bool negated = look(p) == '-';
	if (++p->f->terms > FILTER_TERMS_MAX)
		return fail(p, p->at, "too many terms");
	if (negated)
		p->at++;
	if (!read_primary(p, &inner))
		return false;
	inner.end = p->at;
	*out = inner;
	if (negated)
		*out = (struct filter_node){ .kind = FILTER_NOT, .column = from, .n_children = 1,
					     .children = keep(p, &inner, 1) };
	return true;
}

/* To the term behind a '|', if one follows: blanks round it do not count. */
static bool next_alternative(struct parser *p)
{
	size_t from = p->at;
	skip_blanks(p);
	if (look(p) != '|') {
		p->at = from;
		return false;
	}
	p->at++;
	skip_blanks(p);
	return true;
}

static bool read_group(struct parser *p, struct filter_node *out)
{
	struct nodes terms = { 0 };
	bool good = true;
	do {
		struct filter_node term = { 0 };
		good = read_term(p, &term);
		vec_push(&terms, term);
	} while (good && next_alternative(p));
	*out = terms.items[0];
	if (terms.len > 1)
		*out = (struct filter_node){ .kind = FILTER_OR, .n_children = terms.len,
					     .column = terms.items[0].column,
					     .children = keep(p, terms.items, terms.len) };
	vec_release(&terms);
	return good;
}

static bool read_all(struct parser *p)
{
	struct nodes groups = { 0 };
	bool good = p->text.len <= FILTER_MAX || fail(p, FILTER_MAX, "the filter is too long");
	skip_blanks(p);
	while (good && !at_end(p)) {
		struct filter_node group = { 0 };
		good = read_group(p, &group);
		vec_push(&groups, group);
		skip_blanks(p);
	}
	p->f->root = (struct filter_node){ .kind = FILTER_AND, .n_children = groups.len,
					   .children = keep(p, groups.items, groups.len) };
	vec_release(&groups);
	return good;
}

struct filter *filter_parse(struct view text, size_t *column, struct err *err)
{
	struct filter *f = mem_zero(sizeof *f);
	f->text = arena_view(&f->arena, text);
	struct parser p = { .f = f, .text = f->text, .err = err };
	if (read_all(&p))
		return f;
	if (column)
		*column = p.column;
	filter_free(f);
	return NULL;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->regexes.len; i++)
		regex_free(f->regexes.items[i]);
	vec_release(&f->regexes);
	arena_release(&f->arena);
	mem_free(f);
}

struct view filter_text(const struct filter *f)
{
	return f ? f->text : (struct view){ 0 };
}

const struct filter_node *filter_root(const struct filter *f)
{
	return &f->root;
}

bool filter_is_empty(const struct filter *f)
{
	return !f || !f->root.n_children;
}

bool filter_is_timed(const struct filter *f)
{
	return f && f->timed;
}

void filter_add_quoted(struct str *s, struct view value)
{
	bool plain = value.len && value.ptr[0] != '-' && value.ptr[0] != '/';
	for (size_t i = 0; i < value.len; i++)
		if (!is_name_char(value.ptr[i]) && (unsigned char)value.ptr[i] < 0x80 &&
		    !strchr("/@+%#", value.ptr[i]))
			plain = false;
	if (plain) {
		str_add(s, value);
		return;
	}
	str_add_char(s, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (strchr("\"\\", value.ptr[i]) && value.ptr[i])
			str_add_char(s, '\\');
		str_add_char(s, value.ptr[i]);
	}
	str_add_char(s, '"');
}
