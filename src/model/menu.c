/* The menu of orders (each with its letter, or why not), the lanes shown, and the
 * question before quitting. */
#include "model/menu.h"

#include "model/board_layout.h"
#include "model/board_marks.h"
#include "model/decision.h"
#include "model/detail.h"
#include "model/model.h"

static const enum verb verbs[] = {
	VERB_APPROVE, VERB_REJECT, VERB_ANSWER, VERB_RETRY, VERB_EDIT, VERB_SKIP, VERB_ADVANCE,
	VERB_PAUSE, VERB_RESUME, VERB_CANCEL, VERB_TERMINATE, VERB_RERUN, VERB_SIGNAL, VERB_UPDATE,
	VERB_QUERY, VERB_STACK,
};
enum { N_VERBS = sizeof verbs / sizeof *verbs };

char menu_letter(enum verb v)
{
	static const char letters[VERBS] = {
		[VERB_APPROVE] = 'a', [VERB_REJECT] = 'r', [VERB_ANSWER] = 'i',
		[VERB_RETRY] = 't', [VERB_EDIT] = 'e', [VERB_SKIP] = 's', [VERB_ADVANCE] = 'f',
		[VERB_PAUSE] = 'p', [VERB_RESUME] = 'o', [VERB_CANCEL] = 'c',
		[VERB_TERMINATE] = 'T', [VERB_RERUN] = 'N', [VERB_SIGNAL] = 'g',
		[VERB_UPDATE] = 'U', [VERB_QUERY] = 'Q', [VERB_STACK] = 'S',
	};

	return letters[v];
}

static void drop_targets(struct menu_state *s)
{
	for (int v = 0; v < VERBS; v++) {
		target_release(&s->targets[v]);
		s->targets[v] = (struct target){ 0 };
	}
}

void menu_release(struct menu_state *s)
{
	drop_targets(s);
	str_release(&s->task);
	arena_release(&s->arena);
}

/* The rows that are seen: on a low screen not all of them. */
static int page(const struct model *m)
{
	struct rect frame;

	return rect_framed(board_layout_body(m), (int)m->menu.n_shown, MENU_COLS, &frame).rows;
}

static int lanes_page(const struct model *m)
{
	struct rect frame;

	return rect_framed(board_layout_body(m), LANES_ROWS, MENU_COLS, &frame).rows - 1;
}

/* Lists what the backend has. The cursor stays on its verb. */
static void list(struct model *m)
{
	struct menu_state *s = &m->menu;
	enum verb at = s->n_shown > 0 ? s->shown[s->rows.at] : VERBS;

	s->n_shown = s->rows.at = 0;
	for (size_t i = 0; i < N_VERBS; i++) {
		if (s->targets[verbs[i]].absent)
			continue;
		if (verbs[i] == at)
			s->rows.at = s->n_shown;
		s->shown[s->n_shown++] = verbs[i];
	}
	rows_reveal(&s->rows, s->n_shown, page(m));
}

static void look(struct model *m, const struct run_detail *detail)
{
	struct menu_state *s = &m->menu;

	drop_targets(s);
	s->focus.task = view_of_str(&s->task);
	for (size_t i = 0; i < N_VERBS; i++)
		target_make(m, verbs[i], &s->focus, detail, &s->targets[verbs[i]]);
	list(m);
}

static void look_all(struct model *m)
{
	struct menu_state *s = &m->menu;

	drop_targets(s);
	for (size_t i = 0; i < N_VERBS; i++) {
		struct target *t = &s->targets[verbs[i]];

		board_marks_target(m, verbs[i], (struct run_key){ 0 }, t);
		t->absent = t->absent || decision_is_for_one(verbs[i]);
	}
	list(m);
}

static void menu_open(struct model *m, struct effects *fx)
{
	struct menu_state *s = &m->menu;
	struct focus focus;

	s->rows = (struct rows){ 0 };
	s->n_shown = 0;
	s->request = 0;
	s->marked = decision_is_of_marks(m);
	if (s->marked) {
		look_all(m);
		return;
	}
	if (!model_focus(m, &focus)) {
		screen_pop(m, fx);
		model_notice(m, "No run is in focus.");
		return;
	}
	s->focus.key = focus.key;
	str_clear(&s->task);
	str_add(&s->task, focus.task);
	s->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = s->request,
					 .key = focus.key });
	look(m, NULL);
}

static void choose(struct model *m, enum verb v, struct effects *fx)
{
	struct menu_state *s = &m->menu;
	const struct target *t = &s->targets[v];
	struct focus focus = { s->focus.key, view_of_str(&s->task) };

	if (!t->allowed) {
		model_notice(m, "%s: %s.", verb_name(v), str_text(&t->why));
		return;
	}
	screen_pop(m, fx);
	if (s->marked && !decision_is_of_marks(m))
		model_notice(m, "%s: the marked runs are gone.", verb_name(v));
	else if (s->marked)
		decision_open(m, v, fx);
	else
		decision_open_one(m, v, &focus, fx);
}

static bool menu_key(struct model *m, struct key key, struct effects *fx)
{
	const struct menu_state *s = &m->menu;

	for (size_t i = 0; i < s->n_shown && key.mods == 0; i++) {
		if (key.code == (uint32_t)menu_letter(s->shown[i])) {
			choose(m, s->shown[i], fx);
			return true;
		}
	}
	return false;
}

static bool menu_act(struct model *m, enum action a, struct effects *fx)
{
	struct menu_state *s = &m->menu;

	if (rows_move(&s->rows, a, s->n_shown, page(m)))
		return true;
	if (a == ACTION_OPEN && s->n_shown > 0)
		choose(m, s->shown[s->rows.at], fx);
	return a == ACTION_OPEN;
}

static void menu_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	if (msg->kind == MSG_DETAIL && !m->menu.marked && msg->request == m->menu.request)
		look(m, msg->detail);
	else if (msg->kind == MSG_RESIZE)
		rows_reveal(&m->menu.rows, m->menu.n_shown, page(m));
}

const struct screen screen_menu = {
	.name = "menu",
	.title = "Orders",
	.overlay = true,
	.scopes = { { SCOPE_LIST, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = menu_open,
	.key = menu_key,
	.act = menu_act,
	.arrive = menu_arrive,
};

/* ---- lanes ---- */

static void lanes_open(struct model *m, struct effects *fx)
{
	m->menu.rows = (struct rows){ 0 };
}

static bool lanes_act(struct model *m, enum action a, struct effects *fx)
{
	int number = action_number(a), lane = -1;

	if (rows_move(&m->menu.rows, a, BOARD_LANES, lanes_page(m)))
		return true;
	if (a == ACTION_OPEN || a == ACTION_MARK)
		lane = board_lane_order[m->menu.rows.at];
	else if (number > 0)
		lane = board_lane_of_number(number);
	if (lane >= 0)
		board_show_lane(m, lane, !m->board.lanes[lane].shown);
	if (a == ACTION_LANES)
		screen_pop(m, fx);
	return lane >= 0 || a == ACTION_LANES;
}

const struct screen screen_lanes = {
	.name = "lanes",
	.title = "Lanes",
	.overlay = true,
	.scopes = { { SCOPE_LIST, SCOPE_BOARD, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.open = lanes_open,
	.act = lanes_act,
};

/* ---- quitting ---- */

static bool quit_key(struct model *m, struct key key, struct effects *fx)
{
	if (key.mods != 0 || (key.code != 'y' && key.code != 'd'))
		return false;
	if (key.code == 'y')
		orders_flush(m, fx);
	else
		while (orders_undo(m))
			;
	effects_add_kind(fx, EFFECT_QUIT);
	return true;
}

static bool quit_act(struct model *m, enum action a, struct effects *fx)
{
	if (a == ACTION_OPEN || a == ACTION_NO)
		screen_pop(m, fx);
	return a == ACTION_OPEN || a == ACTION_NO || a == ACTION_UNDO;
}

const struct screen screen_quit = {
	.name = "quit",
	.title = "Quit",
	.overlay = true,
	.scopes = { { SCOPE_DIALOG, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.key = quit_key,
	.act = quit_act,
};
