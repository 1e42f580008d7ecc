/* What holds on every screen: leaving, going to other screens, orders. */
#include "model/everywhere.h"

#include "model/model.h"
#include "model/pointer.h"
#include "model/save.h"
#include "model/spaces.h"

typedef void act_fn(struct model *m, enum action a, struct effects *fx);

static void act_back(struct model *m, enum action a, struct effects *fx)
{
	screen_pop(m, fx);
}

static void act_quit(struct model *m, enum action a, struct effects *fx)
{
	if (m->depth > 1)
		screen_pop(m, fx);
	else if (a == ACTION_INTERRUPT || orders_count(&m->orders, ORDER_HELD) > 0)
		screen_push(m, SCREEN_QUIT, fx);
	else
		effects_add_kind(fx, EFFECT_QUIT);
}

static void act_redraw(struct model *m, enum action a, struct effects *fx)
{
	effects_add_kind(fx, EFFECT_REDRAW);
}

static void act_suspend(struct model *m, enum action a, struct effects *fx)
{
	effects_add_kind(fx, EFFECT_SUSPEND);
}

static void act_undo(struct model *m, enum action a, struct effects *fx)
{
	if (!orders_undo(m))
		model_notice(m, "Nothing is held that could be taken back.");
}

static void act_screen(struct model *m, enum action a, struct effects *fx)
{
	static const struct {
		enum action action;
		enum screen_id screen;
	} screens[] = {
		{ ACTION_INBOX, SCREEN_INBOX }, { ACTION_HISTORY, SCREEN_HISTORY },
		{ ACTION_WORKFLOWS, SCREEN_WORKFLOWS }, { ACTION_OUTBOX, SCREEN_OUTBOX },
		{ ACTION_THEMES, SCREEN_THEMES }, { ACTION_HELP, SCREEN_HELP },
		{ ACTION_PALETTE, SCREEN_PALETTE }, { ACTION_MENU, SCREEN_MENU },
		{ ACTION_START, SCREEN_WORKFLOWS }, { ACTION_WALL, SCREEN_WALL },
	};

	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
		if (screens[i].action == a && screen_get(screens[i].screen)) {
			screen_push(m, screens[i].screen, fx);
			return;
		}
	}
	model_notice(m, "This board has no screen of %s.", action_words(a)->brief);
}

static void act_table(struct model *m, enum action a, struct effects *fx)
{
	static const struct {
		enum action action;
		enum catalog_kind kind;
	} tables[] = {
		{ ACTION_SCHEDULES, CATALOG_SCHEDULES }, { ACTION_QUEUES, CATALOG_QUEUES },
		{ ACTION_WORKERS, CATALOG_WORKERS }, { ACTION_AUDIT, CATALOG_AUDIT },
		{ ACTION_METRICS, CATALOG_STATS },
	};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (tables[i].action == a)
			table_open(m, tables[i].kind, fx);
	}
}

static bool facts_in_focus(const struct model *m, struct arena *arena, struct run_facts *run)
{
	struct focus focus;

	return model_focus(m, &focus) && store_facts(m->store, focus.key, run, arena);
}

static void act_copy(struct model *m, enum action a, struct effects *fx)
{
	struct arena arena = { 0 };
	struct run_facts run;

	if (facts_in_focus(m, &arena, &run)) {
		effects_add(fx, (struct effect){ .kind = EFFECT_COPY, .text = run.id });
		model_notice(m, "Copied %.*s.", (int)run.id.len, run.id.ptr);
	}
	arena_release(&arena);
}

static void act_link(struct model *m, enum action a, struct effects *fx)
{
	struct arena arena = { 0 };
	struct run_facts run;

	if (!facts_in_focus(m, &arena, &run))
		model_notice(m, "No run is in focus.");
	else if (run.link.len == 0)
		model_notice(m, "This engine has no page for a run.");
	else
		effects_add(fx, (struct effect){ .kind = EFFECT_LINK, .text = run.link });
	arena_release(&arena);
}

static void act_namespace(struct model *m, enum action a, struct effects *fx)
{
	spaces_open(m, fx);
}

static void act_export(struct model *m, enum action a, struct effects *fx)
{
	save_run(m, fx);
}

static void act_compare(struct model *m, enum action a, struct effects *fx)
{
	compare_open(m, fx);
}

static void act_order(struct model *m, enum action a, struct effects *fx)
{
	enum verb verb;

	if (action_verb(a, &verb))
		decision_open(m, verb, fx);
}

static act_fn *const acts[ACTIONS] = {
	[ACTION_BACK] = act_back,	[ACTION_QUIT] = act_quit,
	[ACTION_INTERRUPT] = act_quit,	[ACTION_REDRAW] = act_redraw,
	[ACTION_SUSPEND] = act_suspend,	[ACTION_UNDO] = act_undo,
	[ACTION_INBOX] = act_screen,	[ACTION_HISTORY] = act_screen,
	[ACTION_WORKFLOWS] = act_screen, [ACTION_OUTBOX] = act_screen,
	[ACTION_THEMES] = act_screen,	[ACTION_HELP] = act_screen,
	[ACTION_PALETTE] = act_screen,	[ACTION_MENU] = act_screen,
	[ACTION_START] = act_screen,	[ACTION_APPROVE] = act_order,
	[ACTION_REJECT] = act_order,	[ACTION_ANSWER] = act_order,
	[ACTION_CANCEL] = act_order,	[ACTION_RETRY] = act_order,
	[ACTION_RERUN] = act_order,	[ACTION_SKIP] = act_order,
	[ACTION_ADVANCE] = act_order,	[ACTION_EDIT] = act_order,
	[ACTION_PAUSE] = act_order,	[ACTION_RESUME] = act_order,
	[ACTION_TERMINATE] = act_order,	[ACTION_COPY] = act_copy,
	[ACTION_SIGNAL] = act_order,	[ACTION_UPDATE] = act_order,
	[ACTION_QUERY] = act_order,	[ACTION_STACK] = act_order,
	[ACTION_LINK] = act_link,	[ACTION_EXPORT] = act_export,
	[ACTION_COMPARE] = act_compare,
	[ACTION_SCHEDULES] = act_table,
	[ACTION_QUEUES] = act_table,	[ACTION_WORKERS] = act_table,
	[ACTION_AUDIT] = act_table,	[ACTION_METRICS] = act_table,
	[ACTION_NAMESPACE] = act_namespace,
	[ACTION_WALL] = act_screen,
};

void everywhere_act(struct model *m, enum action a, struct effects *fx)
{
	const struct screen *s = screen_get(screen_top(m));

	if (s->act && s->act(m, a, fx))
		return;
	if (a >= ACTION_COMMAND_1 && a <= ACTION_COMMAND_9)
		commands_act(m, a, fx);
	else if (a >= ACTION_SAVED_1 && a <= ACTION_SAVED_9)
		saved_act(m, a, fx);
	else if (acts[a])
		acts[a](m, a, fx);
}

void everywhere_key(struct model *m, struct key key, struct effects *fx)
{
	const struct screen *s = screen_get(screen_top(m));
	struct lineedit *field = s->field ? s->field(m) : NULL;
	struct scopes scopes = s->scopes_now ? s->scopes_now(m) : s->scopes;

	if (key.code == KEY_CODE_MOUSE) {
		pointer_press(m, key, fx);
		return;
	}
	if (s->key && s->key(m, key, fx))
		return;
	if (field) {
		enum lineedit_result r = lineedit_key(field, key);

		if (r == LINEEDIT_CHANGED && s->typed)
			s->typed(m, fx);
		if (r != LINEEDIT_IGNORED)
			return;
	}
	everywhere_act(m, keymap_find(&m->keymap, &scopes, key), fx);
}
