/* Expressions: text to tree, by recursive descent with a depth limit. */
#include "flow/expr.h"

#include <string.h>

#include "base/jtext.h"
#include "base/opt.h"
#include "base/regex.h"
#include "flow/expr_inside.h"

enum { PARTS_MAX = 32 };

struct parser {
	struct view text;
	struct arena *arena;
	struct err *err;
	size_t at, bad_at;
	size_t nodes;
	int depth;
	bool failed;
};

static struct expr *parse_or(struct parser *p);

static struct expr *fail(struct parser *p, size_t at, const char *what)
{
	if (!p->failed) {
		p->bad_at = at;
		err_set(p->err, ERR_PARSE, "%s", what);
	}
	p->failed = true;
	return NULL;
}

static struct expr *node(struct parser *p, enum expr_op op, size_t at)
{
	if (++p->nodes > EXPR_MAX_NODES)
		return fail(p, at, "the expression is too long");
	struct expr *e = arena_alloc(p->arena, sizeof *e);
	e->op = op;
	e->at = at;
	return e;
}

/* ---- letters -------------------------------------------------------------------- */

static void skip_blanks(struct parser *p)
{
	while (p->at < p->text.len && strchr(" \t\r\n", p->text.ptr[p->at]) && p->text.ptr[p->at])
		p->at++;
}

static char peek(const struct parser *p)
{
	return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static bool take(struct parser *p, const char *mark)
{
	skip_blanks(p);
	if (!view_starts(view_cut(p->text, p->at, SIZE_MAX), mark))
		return false;
	p->at += strlen(mark);
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool goes_on(char c)
{
	return begins_name(c) || is_digit(c) || c == '-';
}

static struct view take_name(struct parser *p)
{
	size_t from = p->at;
	while (goes_on(peek(p)))
		p->at++;
	return view_cut(p->text, from, p->at - from);
}

/* ---- values --------------------------------------------------------------------- */

static struct view quoted(struct parser *p, struct view text)
{
	struct str s = { 0 };
	jtext_add_quoted(&s, text);
	struct view json = arena_view(p->arena, view_of_str(&s));
	str_release(&s);
	return json;
}

/* "..." with JSON's escapes; decoded. */
static bool take_double(struct parser *p, struct view *out)
{
	size_t from = p->at;
	struct jtext t = jtext_of(view_cut(p->text, from, SIZE_MAX));
	*out = jtext_string(&t, p->arena);
	if (t.bad) {
		fail(p, from, "the text that begins here is not closed, or has a wrong escape");
		return false;
	}
	p->at = from + (size_t)(t.at - (p->text.ptr + from));
	return true;
}

/* '...' as it is; '' is one quote. */
static bool take_single(struct parser *p, struct view *out)
{
	struct str s = { 0 };
	size_t from = p->at++;
	for (; p->at < p->text.len; p->at++) {
		bool quote = p->text.ptr[p->at] == '\'';
		if (quote && ++p->at < p->text.len && p->text.ptr[p->at] != '\'')
			break;
		if (quote && p->at >= p->text.len)
			break;
		str_add_char(&s, p->text.ptr[p->at]);
	}
	bool closed = p->at > from + 1 && p->text.ptr[p->at - 1] == '\'';
	*out = arena_view(p->arena, view_of_str(&s));
	str_release(&s);
	if (!closed)
		fail(p, from, "the text that begins here is not closed");
	return closed;
}

static bool take_text(struct parser *p, struct view *out)
{
	return peek(p) == '"' ? take_double(p, out) : take_single(p, out);
}

static struct expr *parse_text(struct parser *p)
{
	size_t at = p->at;
	struct view text = { 0 };
	if (!take_text(p, &text))
		return NULL;
	struct expr *e = node(p, EXPR_VALUE, at);
	if (e)
		e->json = quoted(p, text);
	return e;
}

static struct expr *parse_number(struct parser *p)
{
	size_t from = p->at;
	double number = 0;
	while (peek(p) && (is_digit(peek(p)) || strchr("+-.eE", peek(p))))
		p->at++;
	struct view text = view_cut(p->text, from, p->at - from);
	if (!number_parse_real(text, &number) || begins_name(peek(p)))
		return fail(p, from, "this is no number");
	struct expr *e = node(p, EXPR_VALUE, from);
	if (e)
		e->json = text;
	return e;
}

/* ---- paths and calls ------------------------------------------------------------ */

/* One step of a path: .name or ["name"] or [0]. False: no more (or failed). */
static bool take_part(struct parser *p, struct view *part)
{
	size_t from = p->at;
	if (peek(p) == '.') {
		p->at++;
		*part = take_name(p);
		if (!part->len)
			fail(p, p->at, "expected a name after the dot");
		return part->len > 0;
	}
	if (peek(p) != '[')
		return false;
	p->at++;
	skip_blanks(p);
	if (peek(p) == '"' || peek(p) == '\'') {
		if (!take_text(p, part))
			return false;
	} else {
		size_t digits = p->at;
		while (is_digit(peek(p)))
			p->at++;
		*part = view_cut(p->text, digits, p->at - digits);
		if (!part->len)
			fail(p, p->at, "expected \"name\" or a number between the brackets");
	}
	if (!p->failed && !take(p, "]"))
		fail(p, from, "this bracket is not closed");
	return !p->failed;
}

static struct expr *parse_path(struct parser *p, size_t at, struct view first)
{
	struct view parts[PARTS_MAX] = { first }, part = { 0 };
	size_t len = 1;
	while (take_part(p, &part)) {
		if (len == PARTS_MAX)
			return fail(p, at, "this path is too long");
		parts[len++] = part;
	}
	struct expr *e = p->failed ? NULL : node(p, EXPR_PATH, at);
	if (!e)
		return NULL;
	struct view *kept = arena_array(p->arena, len, sizeof *kept);
	memcpy(kept, parts, len * sizeof *kept);
	e->path = (struct expr_path){ kept, len };
	return e;
}

static const struct {
	const char *name;
	enum expr_op op;
	size_t operands;
} calls[] = {
	{ "contains", EXPR_CONTAINS, 2 }, { "starts_with", EXPR_STARTS_WITH, 2 },
	{ "matches", EXPR_MATCHES, 2 },	  { "len", EXPR_LEN, 1 },
	{ "default", EXPR_DEFAULT, 2 },
};
enum { CALLS = sizeof calls / sizeof *calls };

static struct expr *no_such_call(struct parser *p, size_t at, struct view name)
{
	const char *words[CALLS];
	for (size_t i = 0; i < CALLS; i++)
		words[i] = calls[i].name;
	const char *near = opt_nearest(name, words, CALLS);
	struct str s = { 0 };
	str_addf(&s, "there is no function '%.*s': %s%s", (int)name.len, name.ptr,
		 near ? "did you mean " : "contains, starts_with, matches, len, default are known",
		 near ? near : "");
	fail(p, at, str_text(&s));
	str_release(&s);
	return NULL;
}

/* Operands up to the closing mark; their number in *len. */
static bool parse_operands(struct parser *p, struct expr *parent, const char *close, size_t *len)
{
	struct expr **tail = &parent->first;
	*len = 0;
	if (take(p, close))
		return true;
	for (;;) {
		*tail = parse_or(p);
		if (!*tail)
			return false;
		tail = &(*tail)->next;
		++*len;
		if (take(p, close))
			return true;
		if (!take(p, ",")) {
			struct str s = { 0 };
			str_addf(&s, "expected , or %s", close);
			fail(p, p->at, str_text(&s));
			str_release(&s);
			return false;
		}
	}
}

/* A pattern that stands in the text is looked at now, not in the night. */
static struct expr *check_pattern(struct parser *p, struct expr *call)
{
	const struct expr *pattern = call->first->next;
	struct err err = { 0 };
	if (pattern->op != EXPR_VALUE)
		return call;
	struct jtext t = jtext_of(pattern->json);
	struct regex *r = regex_new(jtext_string(&t, p->arena), REGEX_CASE_EXACT, &err);
	if (!r)
		fail(p, pattern->at, err_text(&err));
	regex_free(r);
	err_release(&err);
	return p->failed ? NULL : call;
}

static struct expr *parse_call(struct parser *p, size_t at, struct view name)
{
	size_t i = 0, len = 0;
	while (i < CALLS && !view_is(name, calls[i].name))
		i++;
	if (i == CALLS)
		return no_such_call(p, at, name);
	struct expr *e = node(p, calls[i].op, at);
	if (!e || !parse_operands(p, e, ")", &len))
		return NULL;
	if (len != calls[i].operands) {
		struct str s = { 0 };
		str_addf(&s, "%s() takes %zu value%s, not %zu", calls[i].name, calls[i].operands,
			 calls[i].operands == 1 ? "" : "s", len);
		fail(p, at, str_text(&s));
		str_release(&s);
		return NULL;
	}
	return e->op == EXPR_MATCHES ? check_pattern(p, e) : e;
}

static struct expr *parse_name(struct parser *p)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t at = p->at;
	struct view name = take_name(p);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!view_is(name, words[i]))
			continue;
		struct expr *e = node(p, EXPR_VALUE, at);
		if (e)
			e->json = view_of(words[i]);
		return e;
	}
	size_t behind = p->at;
	if (take(p, "("))
		return parse_call(p, at, name);
	p->at = behind;
	return parse_path(p, at, name);
}

/* ---- operators ------------------------------------------------------------------ */

static struct expr *parse_group(struct parser *p)
{
	size_t at = p->at++;
	struct expr *e = parse_or(p);
	if (e && !take(p, ")"))
		return fail(p, at, "this parenthesis is not closed");
	return e;
}

static struct expr *parse_list(struct parser *p)
{
	size_t len = 0;
	struct expr *e = node(p, EXPR_LIST, p->at);
	p->at++;
	return e && parse_operands(p, e, "]", &len) ? e : NULL;
}

static struct expr *parse_primary(struct parser *p)
{
	skip_blanks(p);
	char c = peek(p);
	if (c == '(')
		return parse_group(p);
	if (c == '[')
		return parse_list(p);
	if (c == '"' || c == '\'')
		return parse_text(p);
	if (is_digit(c) || c == '-')
		return parse_number(p);
	if (begins_name(c))
		return parse_name(p);
	return fail(p, p->at, "expected a value: a name as params.x, a text in quotes, a number, "
			      "true, false, null or a list");
}

static struct expr *parse_unary(struct parser *p)
{
	skip_blanks(p);
	size_t at = p->at;
	bool negated = peek(p) == '!' && !view_starts(view_cut(p->text, p->at, 2), "!=");
	if (!negated)
		return parse_primary(p);
	p->at++;
	struct expr *e = node(p, EXPR_NOT, at);
	if (!e || ++p->depth > EXPR_MAX_DEPTH)
		return fail(p, at, "the expression is nested too deeply");
	e->first = parse_unary(p);
	p->depth--;
	return e->first ? e : NULL;
}

static struct expr *join(struct parser *p, enum expr_op op, size_t at, struct expr *left,
			 struct expr *right)
{
	struct expr *e = left && right ? node(p, op, at) : NULL;
	if (!e)
		return NULL;
	e->first = left;
	left->next = right;
	return e;
}

static bool take_comparison(struct parser *p, enum expr_op *op)
{
	static const struct {
		const char *mark;
		enum expr_op op;
	} marks[] = { { "==", EXPR_EQ }, { "!=", EXPR_NE }, { "<=", EXPR_LE },
		      { ">=", EXPR_GE }, { "<", EXPR_LT },  { ">", EXPR_GT } };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (!take(p, marks[i].mark))
			continue;
		*op = marks[i].op;
		return true;
	}
	struct view word = view_cut(p->text, p->at, 3);
	if (!view_starts(word, "in") || (word.len > 2 && goes_on(word.ptr[2])))
		return false;
	p->at += 2;
	*op = EXPR_IN;
	return true;
}

static struct expr *parse_comparison(struct parser *p)
{
	struct expr *left = parse_unary(p);
	enum expr_op op;
	skip_blanks(p);
	size_t at = p->at;
	if (!left || !take_comparison(p, &op))
		return left;
	struct expr *e = join(p, op, at, left, parse_unary(p));
	skip_blanks(p);
	at = p->at;
	if (e && take_comparison(p, &op))
		return fail(p, at, "comparisons cannot be chained: use && or parentheses");
	return e;
}

static struct expr *parse_and(struct parser *p)
{
	struct expr *e = parse_comparison(p);
	for (size_t at = p->at; e && take(p, "&&"); at = p->at)
		e = join(p, EXPR_AND, at, e, parse_comparison(p));
	return e;
}

static struct expr *parse_or(struct parser *p)
{
	if (++p->depth > EXPR_MAX_DEPTH)
		return fail(p, p->at, "the expression is nested too deeply");
	struct expr *e = parse_and(p);
	for (size_t at = p->at; e && take(p, "||"); at = p->at)
		e = join(p, EXPR_OR, at, e, parse_and(p));
	p->depth--;
	return e;
}

/* ---- doors ---------------------------------------------------------------------- */

struct expr *expr_parse_front(struct view text, struct arena *arena, size_t *at, struct err *err)
{
	struct parser p = { .text = text, .arena = arena, .err = err };
	struct expr *e = NULL;
	if (text.len > EXPR_MAX_SIZE)
		p.text = view_cut(text, 0, EXPR_MAX_SIZE);
	e = parse_or(&p);
	skip_blanks(&p);
	if (at)
		*at = p.failed ? p.bad_at : p.at;
	return p.failed ? NULL : e;
}

struct expr *expr_parse(struct view text, struct arena *arena, size_t *at, struct err *err)
{
	size_t end = 0;
	struct expr *e = NULL;
	if (text.len > EXPR_MAX_SIZE)
		err_set(err, ERR_PARSE, "the expression is too long");
	else
		e = expr_parse_front(text, arena, &end, err);
	if (e && end < text.len) {
		err_set(err, ERR_PARSE, "expected an operator or the end, not '%c'",
			text.ptr[end] >= 32 && text.ptr[end] < 127 ? text.ptr[end] : '?');
		e = NULL;
	}
	if (at)
		*at = end;
	return e;
}

void expr_each_path(const struct expr *e, expr_path_fn *fn, void *arg)
{
	if (e->op == EXPR_PATH)
		fn(arg, &e->path, e->at);
	for (const struct expr *child = e->first; child; child = child->next)
		expr_each_path(child, fn, arg);
}
