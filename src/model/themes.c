/* The list of themes. */
#include "model/themes.h"

#include "model/board_layout.h"
#include "model/model.h"

void themes_release(struct themes_state *s)
{
	str_release(&s->before);
}

/* The rows that are seen: on a low screen not all of them. */
static int page(const struct model *m)
{
	struct rect frame;

	return rect_framed(board_layout_body(m), (int)m->themes.len + THEMES_FOOT_ROWS,
			   THEMES_COLS, &frame).rows - 1;
}

static void use(struct model *m, struct view name, struct effects *fx)
{
	effects_add(fx, (struct effect){ .kind = EFFECT_THEME, .text = name });
}

static void themes_open(struct model *m, struct effects *fx)
{
	struct themes_state *s = &m->theming;

	s->rows = (struct rows){ 0 };
	s->kept = false;
	str_clear(&s->before);
	str_add(&s->before, view_of_str(&m->theme));
	for (size_t i = 0; i < m->themes.len; i++) {
		if (view_eq(view_of_str(&m->themes.items[i]), view_of_str(&m->theme)))
			s->rows.at = i;
	}
	rows_reveal(&s->rows, m->themes.len, page(m));
}

static void themes_close(struct model *m, struct effects *fx)
{
	if (!m->theming.kept)
		use(m, view_of_str(&m->theming.before), fx);
}

static bool themes_act(struct model *m, enum action a, struct effects *fx)
{
	struct themes_state *s = &m->theming;

	if (rows_move(&s->rows, a, m->themes.len, page(m))) {
		if (m->themes.len > 0)
			use(m, view_of_str(&m->themes.items[s->rows.at]), fx);
		return true;
	}
	if (a != ACTION_OPEN)
		return false;
	s->kept = true;
	if (m->themes.len > 0)
		model_notice(m, "Theme %s. `theme = %s` in the configuration keeps it.",
			     str_text(&m->themes.items[s->rows.at]),
			     str_text(&m->themes.items[s->rows.at]));
	screen_pop(m, fx);
	return true;
}

const struct screen screen_themes = {
	.name = "themes",
	.title = "Themes",
	.overlay = true,
	.scopes = { { SCOPE_LIST, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = themes_open,
	.close = themes_close,
	.act = themes_act,
};
