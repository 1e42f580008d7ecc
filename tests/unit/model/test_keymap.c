/* Keys to actions by scope. */
#include "lib/unit.h"
#include "model/keymap.h"

static const struct scopes on_board = { { SCOPE_BOARD, SCOPE_RUN, SCOPE_LIST, SCOPE_SCREENS,
					  SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } };
static const struct scopes in_logs = { { SCOPE_LOGS, SCOPE_DETAIL, SCOPE_RUN, SCOPE_LIST,
					 SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } };
static const struct scopes in_dialog = { { SCOPE_DIALOG, SCOPE_LIST, SCOPE_ALWAYS, -1 } };

static enum action look(const struct keymap *k, const struct scopes *s, const char *name)
{
	struct key key;

	ck_assert_msg(key_parse(view_of(name), &key), "no key named %s", name);
	return keymap_find(k, s, key);
}

/* INTERFACES.md "Keys", line by line. */
START_TEST(every_key_of_the_contract_does_what_it_says)
{
	static const struct {
		const struct scopes *where;
		const char *key;
		enum action action;
	} keys[] = {
		{ &on_board, "h", ACTION_LEFT }, { &on_board, "Left", ACTION_LEFT },
		{ &on_board, "l", ACTION_RIGHT }, { &on_board, "Right", ACTION_RIGHT },
		{ &on_board, "j", ACTION_DOWN }, { &on_board, "Down", ACTION_DOWN },
		{ &on_board, "k", ACTION_UP }, { &on_board, "Up", ACTION_UP },
		{ &on_board, "g", ACTION_TOP }, { &on_board, "G", ACTION_BOTTOM },
		{ &on_board, "PgUp", ACTION_PAGE_UP }, { &on_board, "PgDn", ACTION_PAGE_DOWN },
		{ &on_board, "1", ACTION_GO_1 }, { &on_board, "9", ACTION_GO_9 },
		{ &on_board, "Enter", ACTION_OPEN }, { &on_board, "Space", ACTION_MARK },
		{ &on_board, "*", ACTION_MARK_ALL }, { &on_board, "a", ACTION_APPROVE },
		{ &on_board, "r", ACTION_REJECT }, { &on_board, "i", ACTION_ANSWER },
		{ &on_board, "c", ACTION_CANCEL }, { &on_board, "t", ACTION_RETRY },
		{ &on_board, "n", ACTION_START }, { &on_board, "N", ACTION_RERUN },
		{ &on_board, "x", ACTION_MENU }, { &on_board, "y", ACTION_COPY },
		{ &on_board, "O", ACTION_LINK }, { &on_board, "/", ACTION_FILTER },
		{ &on_board, ":", ACTION_PALETTE }, { &on_board, "?", ACTION_HELP },
		{ &on_board, "Esc", ACTION_BACK }, { &on_board, "q", ACTION_QUIT },
		{ &on_board, "Ctrl-C", ACTION_INTERRUPT }, { &on_board, "u", ACTION_UNDO },
		{ &on_board, "Ctrl-L", ACTION_REDRAW }, { &on_board, "Ctrl-Z", ACTION_SUSPEND },
		{ &on_board, "I", ACTION_INBOX }, { &on_board, "H", ACTION_HISTORY },
		{ &on_board, "W", ACTION_WORKFLOWS }, { &on_board, "M", ACTION_METRICS },
		{ &on_board, "D", ACTION_OUTBOX }, { &on_board, "T", ACTION_THEMES },
		{ &on_board, "o", ACTION_SORT }, { &on_board, "z", ACTION_DENSITY },
		{ &on_board, "v", ACTION_LANES }, { &on_board, "p", ACTION_PREVIEW },
		{ &on_board, ".", ACTION_TAKE_NEW }, { &on_board, "'", ACTION_NEXT_MOVED },
		{ &in_logs, "Tab", ACTION_NEXT_PANE }, { &in_logs, "6", ACTION_GO_6 },
		{ &in_logs, "f", ACTION_FOLLOW }, { &in_logs, "w", ACTION_WRAP },
		{ &in_logs, "s", ACTION_STAMPS }, { &in_logs, "o", ACTION_STDOUT },
		{ &in_logs, "e", ACTION_STDERR }, { &in_logs, "b", ACTION_BOTH },
		{ &in_logs, "L", ACTION_LEVEL }, { &in_logs, "n", ACTION_NEXT_MATCH },
		{ &in_logs, "N", ACTION_PREV_MATCH }, { &in_logs, "E", ACTION_NEXT_ERROR },
		{ &in_logs, "h", ACTION_LEFT }, { &in_logs, "l", ACTION_RIGHT },
		{ &in_logs, "Ctrl-D", ACTION_HALF_DOWN }, { &in_logs, "Ctrl-U", ACTION_HALF_UP },
		{ &in_logs, "Ctrl-S", ACTION_SAVE }, { &in_dialog, "y", ACTION_YES },
		{ &in_dialog, "Tab", ACTION_NEXT_PANE }, { &in_dialog, "Esc", ACTION_BACK },
	};
	struct keymap k;

	keymap_init(&k);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		ck_assert_msg(look(&k, keys[i].where, keys[i].key) == keys[i].action,
			      "%s is %s", keys[i].key,
			      action_words(look(&k, keys[i].where, keys[i].key))->name);
	keymap_release(&k);
}
END_TEST

START_TEST(n_in_logs_starts_nothing_and_q_in_a_dialog_quits_nothing)
{
	struct keymap k;

	keymap_init(&k);
	ck_assert_int_eq(look(&k, &in_logs, "n"), ACTION_NEXT_MATCH);
	ck_assert_int_eq(look(&k, &in_dialog, "q"), ACTION_NONE);
	ck_assert_int_eq(look(&k, &in_dialog, "c"), ACTION_NONE);
	keymap_release(&k);
}
END_TEST

START_TEST(no_default_key_is_taken_twice_in_one_scope)
{
	struct keymap k;

	keymap_init(&k);
	for (int a = 1; a < ACTIONS; a++) {
		struct str keys = { 0 };

		keymap_add_keys(&k, a, &keys);
		ck_assert_msg(view_is(view_of(action_words(a)->keys), str_text(&keys)),
			      "%s has \"%s\"", action_words(a)->name, str_text(&keys));
		str_release(&keys);
	}
	keymap_release(&k);
}
END_TEST

START_TEST(a_configured_key_takes_the_place_of_the_default_ones)
{
	struct err err = { 0 };
	struct keymap k;

	keymap_init(&k);
	ck_assert(keymap_set(&k, ACTION_CANCEL, VIEW("X Ctrl-K"), &err));
	ck_assert_int_eq(look(&k, &on_board, "X"), ACTION_CANCEL);
	ck_assert_int_eq(look(&k, &on_board, "Ctrl-K"), ACTION_CANCEL);
	ck_assert_int_eq(look(&k, &on_board, "c"), ACTION_NONE);
	ck_assert(keymap_set(&k, ACTION_REJECT, VIEW("X"), &err));
	ck_assert_int_eq(look(&k, &on_board, "X"), ACTION_REJECT);
	ck_assert(!keymap_set(&k, ACTION_REJECT, VIEW("NoSuchKey"), &err));
	ck_assert_str_eq(err_text(&err), "reject: there is no key named \"NoSuchKey\"");
	ck_assert_int_eq(look(&k, &on_board, "X"), ACTION_REJECT);
	err_release(&err);
	keymap_release(&k);
}
END_TEST

START_TEST(every_action_is_found_by_its_name)
{
	for (int a = 1; a < ACTIONS; a++) {
		enum action found;

		ck_assert(action_parse(view_of(action_words(a)->name), &found));
		ck_assert_int_eq(found, a);
	}
}
END_TEST

Suite *suite_keymap(void);
Suite *suite_keymap(void)
{
	Suite *s = suite_create("keymap");
	TCase *c = tcase_create("keymap");

	tcase_add_test(c, every_key_of_the_contract_does_what_it_says);
	tcase_add_test(c, n_in_logs_starts_nothing_and_q_in_a_dialog_quits_nothing);
	tcase_add_test(c, no_default_key_is_taken_twice_in_one_scope);
	tcase_add_test(c, a_configured_key_takes_the_place_of_the_default_ones);
	tcase_add_test(c, every_action_is_found_by_its_name);
	suite_add_tcase(s, c);
	return s;
}
