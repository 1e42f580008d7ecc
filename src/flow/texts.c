/* The expressions of a workflow file. */
#include "flow/texts.h"

#include "flow/template.h"

static size_t line_start(struct view source, int line)
{
	size_t at = 0;
	for (int i = 1; i < line && at != SIZE_MAX; i++) {
		at = view_find_byte(source, '\n', at);
		at = at == SIZE_MAX ? at : at + 1;
	}
	return at;
}

/* Where a byte of a scalar stands in the file: exact for plain and quoted texts on
 * one line and for literal blocks, else where the scalar begins. */
static struct place place_in(const struct loader *l, const struct yaml_node *n, size_t offset)
{
	struct view before = view_cut(n->text, 0, offset);
	struct place in = place_of(before, offset);
	if (n->style == YAML_LITERAL) {
		int line = n->at.line + in.line;
		size_t at = line_start(l->source, line), blanks = 0;
		while (at != SIZE_MAX && at + blanks < l->source.len &&
		       l->source.ptr[at + blanks] == ' ')
			blanks++;
		return (struct place){ line, in.column + (int)blanks };
	}
	if (n->style == YAML_FOLDED || in.line > 1)
		return n->at;
	return (struct place){ n->at.line,
			       n->at.column + (n->style == YAML_QUOTED) + in.column - 1 };
}

/* What a path callback needs to know of the text. */
struct finding {
	struct loader *l;
	const struct yaml_node *n;
	size_t offset;
};

static void keep_path(void *arg, const struct expr_path *path, size_t offset)
{
	const struct finding *f = arg;
	struct arena *arena = f->l->arena;
	struct view *parts = arena_array(arena, path->len, sizeof *parts);
	for (size_t i = 0; i < path->len; i++)
		parts[i] = arena_view(arena, path->parts[i]);
	struct text_use use = { { parts, path->len },
				place_in(f->l, f->n, f->offset + offset) };
	vec_push(&f->l->texts->uses, use);
}

void texts_template(struct loader *l, const struct yaml_node *n)
{
	struct err err = { 0 };
	struct finding finding = { l, n, 0 };
	struct template_check check = { keep_path, &finding, 0 };
	if (!template_check(n->text, &check, &err))
		problem_add(l->problems, place_in(l, n, check.at), "${{ }}: %s", err_text(&err));
	err_release(&err);
}

void texts_expr(struct loader *l, const struct yaml_node *n, struct view expr, size_t offset)
{
	struct err err = { 0 };
	struct finding finding = { l, n, offset };
	size_t at = 0;
	const struct expr *e = expr_parse(expr, l->arena, &at, &err);
	if (e)
		expr_each_path(e, keep_path, &finding);
	else
		problem_add(l->problems, place_in(l, n, offset + at), "%.*s: %s", (int)n->key.len,
			    n->key.ptr, err_text(&err));
	err_release(&err);
}

void texts_all(struct loader *l, const struct yaml_node *n)
{
	if (n->kind == YAML_TEXT)
		texts_template(l, n);
	for (const struct yaml_node *child = n->first; child; child = child->next)
		texts_all(l, child);
}

/* ---- names --------------------------------------------------------------------- */

static void refuse_name(struct loader *l, const struct text_use *use, const char *what,
			const char *const *words, size_t n)
{
	struct view name = use->path.parts[1];
	struct str guess = problem_guess(name, words, n);
	problem_add(l->problems, use->at, "there is no %s '%.*s'%s", what, (int)name.len, name.ptr,
		    str_text(&guess));
	str_release(&guess);
}

static void check_param(struct loader *l, const struct workflow *w, const struct text_use *use)
{
	if (param_find(&w->params, use->path.parts[1]))
		return;
	const char **words = arena_array(l->arena, w->params.len + 1, sizeof *words);
	for (size_t i = 0; i < w->params.len; i++)
		words[i] = arena_text(l->arena, w->params.items[i].name);
	refuse_name(l, use, "parameter", words, w->params.len);
}

static void check_step(struct loader *l, const struct workflow *w, const struct text_use *use)
{
	if (workflow_step(w, use->path.parts[1]))
		return;
	const char **words = arena_array(l->arena, w->n_steps + 1, sizeof *words);
	for (size_t i = 0; i < w->n_steps; i++)
		words[i] = arena_text(l->arena, w->steps[i].id);
	refuse_name(l, use, "step", words, w->n_steps);
}

static void check_use(struct loader *l, const struct workflow *w, const struct text_use *use)
{
	static const char *const roots[] = { "params", "steps", "run", "item", "event" };
	struct view root = use->path.parts[0];
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		if (!view_is(root, roots[i]))
			continue;
		if (use->path.len > 1 && i == 0)
			check_param(l, w, use);
		if (use->path.len > 1 && i == 1)
			check_step(l, w, use);
		return;
	}
	problem_add(l->problems, use->at, "unknown name '%.*s': expressions know params.NAME, "
		    "steps.ID, run.id, item and event (texts stand in quotes)", (int)root.len,
		    root.ptr);
}

void texts_resolve(struct loader *l, const struct workflow *w)
{
	for (size_t i = 0; i < l->texts->uses.len; i++)
		check_use(l, w, &l->texts->uses.items[i]);
}

void texts_release(struct texts *t)
{
	vec_release(&t->uses);
}
