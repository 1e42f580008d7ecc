/* Texts with ${{ }}: found, checked, filled. */
#include "flow/template.h"

#include "base/jtext.h"

bool template_has(struct view text)
{
	return view_find(text, VIEW("${{"), 0) != SIZE_MAX;
}

/* One ${{ }} of a text. */
struct piece {
	size_t start, end;	/* of all of it, marks included */
	size_t inside;		/* where the expression begins */
	const struct expr *expr;
};

/* The next one at or after from. False: none, or err is set and *at is the place. */
static bool next_piece(struct view text, size_t from, struct arena *arena, struct piece *piece,
		       struct err *err)
{
	piece->start = view_find(text, VIEW("${{"), from);
	if (piece->start == SIZE_MAX)
		return false;
	piece->inside = piece->start + 3;
	struct view rest = view_cut(text, piece->inside, SIZE_MAX);
	size_t at = 0;
	piece->expr = expr_parse_front(rest, arena, &at, err);
	piece->end = piece->inside + at;
	if (!piece->expr)
		return false;
	if (!view_starts(view_cut(rest, at, 2), "}}")) {
		err_set(err, ERR_PARSE, "expected an operator or the closing }}");
		piece->expr = NULL;
		return false;
	}
	piece->end += 2;
	return true;
}

/* What a value looks like inside a text. */
static void add_value(struct str *out, struct view json, struct arena *arena)
{
	struct jtext t = jtext_of(json);
	enum jtext_kind kind = jtext_peek(&t);
	if (kind == JTEXT_STRING)
		str_add(out, jtext_string(&t, arena));
	else if (kind != JTEXT_NULL)
		str_add(out, view_trim(json));
}

bool template_fill(struct view text, const struct expr_scope *scope, struct str *out,
		   struct err *err)
{
	struct arena arena = { 0 };
	struct piece piece = { 0 };
	struct view json = { 0 };
	size_t from = 0;
	bool good = true;
	while (good && next_piece(text, from, &arena, &piece, err)) {
		str_add(out, view_cut(text, from, piece.start - from));
		good = expr_eval(piece.expr, scope, &arena, &json, err);
		if (good)
			add_value(out, json, &arena);
		from = piece.end;
	}
	if (good && piece.start != SIZE_MAX && !piece.expr)
		good = false;
	if (good)
		str_add(out, view_cut(text, from, SIZE_MAX));
	arena_release(&arena);
	return good;
}

/* The whole text is one ${{ }}. */
static bool is_single(struct view text, struct arena *arena, struct piece *piece)
{
	struct view v = view_trim(text);
	return next_piece(v, 0, arena, piece, NULL) && !piece->start && piece->end == v.len;
}

bool template_value(struct view text, const struct expr_scope *scope, struct str *out,
		    struct err *err)
{
	struct arena arena = { 0 };
	struct piece piece = { 0 };
	struct view json = { 0 };
	struct str filled = { 0 };
	bool single = is_single(text, &arena, &piece), good;
	if (single)
		good = expr_eval(piece.expr, scope, &arena, &json, err);
	else
		good = template_fill(text, scope, &filled, err);
	if (good && single)
		str_add(out, json);
	else if (good)
		jtext_add_quoted(out, view_of_str(&filled));
	str_release(&filled);
	arena_release(&arena);
	return good;
}

/* Strings are filled, all that is between them is copied. */
bool template_fill_json(struct view json, const struct expr_scope *scope, struct str *out,
			struct err *err)
{
	struct arena arena = { 0 };
	bool good = true;
	for (size_t at = 0; good && at < json.len;) {
		size_t quote = view_find_byte(json, '"', at);
		if (quote == SIZE_MAX)
			quote = json.len;
		str_add(out, view_cut(json, at, quote - at));
		at = quote;
		if (at == json.len)
			break;
		struct jtext t = jtext_of(view_cut(json, at, SIZE_MAX));
		struct view text = jtext_string(&t, &arena);
		size_t end = t.bad ? json.len : (size_t)(t.at - json.ptr);
		struct view rest = view_trim(view_cut(json, end, SIZE_MAX));
		if (template_has(text) && !view_starts(rest, ":"))
			good = template_value(text, scope, out, err);
		else
			str_add(out, view_cut(json, at, end - at));
		at = end;
	}
	arena_release(&arena);
	return good;
}

/* Offsets of paths in the expression become offsets in the text. */
struct shift {
	const struct template_check *check;
	size_t by;
};

static void tell_path(void *arg, const struct expr_path *path, size_t offset)
{
	const struct shift *s = arg;
	s->check->fn(s->check->arg, path, s->by + offset);
}

bool template_check(struct view text, struct template_check *check, struct err *err)
{
	struct arena arena = { 0 };
	struct piece piece = { 0 };
	size_t from = 0;
	while (next_piece(text, from, &arena, &piece, err)) {
		struct shift shift = { check, piece.inside };
		if (check->fn)
			expr_each_path(piece.expr, tell_path, &shift);
		from = piece.end;
	}
	check->at = piece.end;
	arena_release(&arena);
	return piece.start == SIZE_MAX;
}
