/* Help lists the keys of the screen it was opened from, innermost scope first. The
 * palette finds every action by the letters of its name or words. */
#include "model/help.h"

#include "model/board_layout.h"
#include "model/everywhere.h"
#include "model/model.h"

void help_release(struct help_state *s)
{
	vec_release(&s->lines);
	vec_release(&s->found);
	lineedit_release(&s->line);
}

static struct scopes scopes_below(const struct model *m)
{
	const struct screen *s = screen_get(m->depth > 1 ? m->stack[m->depth - 2]
							 : m->stack[0]);

	return s->scopes_now ? s->scopes_now(m) : s->scopes;
}

static void add_scope(struct model *m, int scope)
{
	struct help_state *s = &m->help;
	struct str keys = { 0 };
	bool titled = false;

	for (int a = 1; a < ACTIONS; a++) {
		str_clear(&keys);
		if ((int)action_words(a)->scope != scope)
			continue;
		keymap_add_keys(&m->keymap, a, &keys);
		if (keys.len == 0)
			continue;
		if (!titled)
			vec_push(&s->lines, ((struct help_line){ scope, ACTION_NONE }));
		titled = true;
		vec_push(&s->lines, ((struct help_line){ -1, a }));
	}
	str_release(&keys);
}

static void help_open(struct model *m, struct effects *fx)
{
	struct scopes scopes = scopes_below(m);

	vec_clear(&m->help.lines);
	m->help.top = 0;
	for (const int *s = scopes.scope; *s >= 0; s++)
		add_scope(m, *s);
}

static bool help_act(struct model *m, enum action a, struct effects *fx)
{
	struct help_state *s = &m->help;
	int page = board_layout_body(m).rows;
	struct rows rows = { s->top, s->top };
	size_t most = s->lines.len > (size_t)page ? s->lines.len - (size_t)page : 0;

	if (a == ACTION_HELP) {
		screen_pop(m, fx);
		return true;
	}
	if (!rows_move(&rows, a, s->lines.len, 1))
		return false;
	if (a == ACTION_PAGE_DOWN)
		rows.at = s->top + (size_t)page;
	else if (a == ACTION_PAGE_UP)
		rows.at = s->top > (size_t)page ? s->top - (size_t)page : 0;
	s->top = rows.at < most ? rows.at : most;
	return true;
}

const struct screen screen_help = {
	.name = "help",
	.title = "Keys",
	.scopes = { { SCOPE_LIST, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = help_open,
	.act = help_act,
};

/* ---- palette ---- */

static bool is_moving(enum action a)
{
	return action_words(a)->scope == SCOPE_LIST || action_words(a)->scope == SCOPE_DIALOG ||
	       a == ACTION_BACK || a == ACTION_PALETTE || a == ACTION_INTERRUPT;
}

static bool holds_below(const struct model *m, enum action a)
{
	struct scopes scopes = scopes_below(m);

	for (const int *s = scopes.scope; *s >= 0; s++) {
		if (*s == (int)action_words(a)->scope)
			return true;
	}
	return false;
}

/* "namespace payments": what follows the name. Empty: nothing does. */
static struct view argument_of(const struct help_state *s, enum action a)
{
	struct view rest = lineedit_view(&s->line), word = VIEW("");

	if (a != ACTION_NAMESPACE || !view_split(&rest, ' ', &word))
		return VIEW("");
	return view_is(word, "namespace") || view_is(word, "namespaces") || view_is(word, "ns")
		       ? view_trim(rest) : VIEW("");
}

static void find(struct model *m)
{
	struct help_state *s = &m->help;
	struct view needle = lineedit_view(&s->line);

	vec_clear(&s->found);
	s->rows = (struct rows){ 0 };
	if (argument_of(s, ACTION_NAMESPACE).len > 0 && holds_below(m, ACTION_NAMESPACE)) {
		vec_push(&s->found, ACTION_NAMESPACE);
		return;
	}
	/* Names that begin so come before words that contain it. */
	for (int pass = 0; pass < 2; pass++) {
		for (int a = 1; a < ACTIONS; a++) {
			struct action_words w;
			bool there = commands_words(m, a, &w);
			bool begins = view_find_fold(view_of(w.name), needle, 0) == 0;
			bool has = begins ||
				   view_find_fold(view_of(w.name), needle, 0) != SIZE_MAX ||
				   view_find_fold(view_of(w.help), needle, 0) != SIZE_MAX;

			if (there && has && begins == (pass == 0) && !is_moving(a) && holds_below(m, a))
				vec_push(&s->found, (enum action)a);
		}
	}
}

static void palette_open(struct model *m, struct effects *fx)
{
	lineedit_clear(&m->help.line);
	find(m);
}

static struct lineedit *palette_field(struct model *m)
{
	return &m->help.line;
}

static void palette_typed(struct model *m, struct effects *fx)
{
	find(m);
}

/* The names that are seen, below the line that is typed. */
static int palette_page(const struct model *m)
{
	struct rect frame;

	return rect_framed(board_layout_body(m), PALETTE_ROWS, PALETTE_COLS, &frame).rows - 1;
}

static bool palette_act(struct model *m, enum action a, struct effects *fx)
{
	struct help_state *s = &m->help;

	if (rows_move(&s->rows, a, s->found.len, palette_page(m)))
		return true;
	if (a == ACTION_OPEN && s->found.len > 0) {
		enum action chosen = s->found.items[s->rows.at];

		struct view argument = argument_of(s, chosen);

		screen_pop(m, fx);
		if (argument.len > 0)
			spaces_enter(m, argument, fx);
		else
			everywhere_act(m, chosen, fx);
	}
	return a == ACTION_OPEN;
}

const struct screen screen_palette = {
	.name = "palette",
	.title = "Commands",
	.overlay = true,
	.scopes = { { SCOPE_LIST, SCOPE_ALWAYS, -1 } },
	.open = palette_open,
	.field = palette_field,
	.typed = palette_typed,
	.act = palette_act,
};
