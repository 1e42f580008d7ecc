/* The scopes that each screen holds, in their order; and that no key is silent. */
#include "lib/session.h"
#include "lib/unit.h"

static const struct scopes board = { { SCOPE_BOARD, SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS,
				       SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } };
static const struct scopes logs = { { SCOPE_LOGS, SCOPE_DETAIL, SCOPE_RUN, SCOPE_LIST,
				      SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } };
static const struct scopes detail = { { SCOPE_DETAIL, SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS,
					SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } };
static const struct scopes dialog = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } };

START_TEST(a_command_of_ones_own_gets_names_by_environment_only)
{
	struct fixture f;
	open_set(&f, "three-runs");
	struct own_commands *own = &f.model->commands;
	ck_assert(commands_add(own, VIEW("pods"), VIEW("awk '{print}' {id} --of={workflow} {nope}")));
	ck_assert(commands_add(own, VIEW("top"), VIEW("top")));
	ck_assert_str_eq(str_text(&own->items[0].line),
			 "awk '{print}' \"$RUNBOARD_RUN_ID\" --of=\"$RUNBOARD_WORKFLOW\" {nope}");
	ck_assert(own->items[0].needs_run && !own->items[1].needs_run);
	press(&f, ": \"pods\" Enter");
	const struct effect *e = fixture_last(&f, EFFECT_COMMAND);
	ck_assert(view_is(e->text, str_text(&own->items[0].line)));
	ck_assert(run_key_eq(e->key, board_selected(f.model)));
	ck_assert(keymap_set(&f.model->keymap, ACTION_COMMAND_2, VIEW("Ctrl-T"), NULL));
	press(&f, "Ctrl-T");
	ck_assert(view_is(fixture_last(&f, EFFECT_COMMAND)->text, "top"));
	fixture_forget(&f);
	press(&f, ": \"command-3\" Enter");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_COMMAND), 0);
	for (int i = 0; i < 7; i++)
		ck_assert(commands_add(own, VIEW("x"), VIEW("x")));
	ck_assert(!commands_add(own, VIEW("x"), VIEW("x")));
	fixture_close(&f);
}
END_TEST

START_TEST(a_saved_view_is_the_board_with_its_filter)
{
	struct fixture f;
	open_set(&f, "night");
	ck_assert(saved_add(&f.model->saved, VIEW("tonight"), VIEW("status:failed")));
	ck_assert(saved_add(&f.model->saved, VIEW("backups"), VIEW("workflow:backup")));
	/* From any screen; marks that it hides are cleared; it is among the older filters. */
	press(&f, "* Enter : \"tonight\" Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_str_eq(str_text(&f.model->board.line.text), "status:failed");
	ck_assert_uint_lt(f.model->board.marks.len, 3);
	ck_assert(view_is(fixture_last(&f, EFFECT_REMEMBER)->text, "status:failed"));
	ck_assert(!f.model->board.typing);
	ck_assert(run_key_is_set(board_selected(f.model)));
	ck_assert(keymap_set(&f.model->keymap, ACTION_SAVED_2, VIEW("F5"), NULL));
	press(&f, "Esc Esc I F5");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_str_eq(str_text(&f.model->board.line.text), "workflow:backup");
	press(&f, "Esc");
	ck_assert_uint_eq(f.model->board.line.text.len, 0);
	/* None stands there: that is said, and the palette has no such name. */
	ck_assert(keymap_set(&f.model->keymap, ACTION_SAVED_3, VIEW("F6"), NULL));
	press(&f, "F6");
	ck_assert_str_eq(str_text(&f.model->notice.text), "The configuration has no such view.");
	press(&f, ": \"view-3\" Enter");
	ck_assert_uint_eq(f.model->board.line.text.len, 0);
	for (int i = 0; i < 7; i++)
		ck_assert(saved_add(&f.model->saved, VIEW("x"), VIEW("x")));
	ck_assert(!saved_add(&f.model->saved, VIEW("x"), VIEW("x")));
	fixture_close(&f);
}
END_TEST

START_TEST(the_screens_hold_these_scopes)
{
	struct fixture f;

	open_set(&f, "three-runs");
	ck_assert_mem_eq(&screen_get(SCREEN_BOARD)->scopes, &board, sizeof(int) * 7);
	ck_assert_mem_eq(&screen_get(SCREEN_DECISION)->scopes, &dialog, sizeof(int) * 4);
	press(&f, "Enter");
	struct scopes now = screen_get(SCREEN_DETAIL)->scopes_now(f.model);

	ck_assert_mem_eq(&now, &detail, sizeof(int) * 7);
	press(&f, "5");
	now = screen_get(SCREEN_DETAIL)->scopes_now(f.model);
	ck_assert_mem_eq(&now, &logs, sizeof(int) * 8);
	fixture_close(&f);
}
END_TEST

/* Bindings of actions which this version leaves without a screen say so. */
START_TEST(no_key_is_silent_on_the_board)
{
	static const char *const pressed[] = { "I", "H", "W", "M", "D", "T", "v", "?", ":", "x" };
	struct fixture f;

	for (size_t i = 0; i < sizeof pressed / sizeof *pressed; i++) {
		open_set(&f, "three-runs");
		press(&f, pressed[i]);
		ck_assert_msg(screen_top(f.model) != SCREEN_BOARD || f.model->notice.until_ms > 0,
			      "%s does nothing and says nothing", pressed[i]);
		fixture_close(&f);
	}
}
END_TEST

Suite *suite_session_keys(void);

Suite *suite_session_keys(void)
{
	Suite *s = suite_create("session_keys");
	TCase *t = tcase_create("keys");

	tcase_add_test(t, a_command_of_ones_own_gets_names_by_environment_only);
	tcase_add_test(t, a_saved_view_is_the_board_with_its_filter);
	tcase_add_test(t, the_screens_hold_these_scopes);
	tcase_add_test(t, no_key_is_silent_on_the_board);
	suite_add_tcase(s, t);
	return s;
}
