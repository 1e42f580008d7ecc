/* Decisions: the dialog, what is held, what becomes of an order. */
#include "lib/session.h"
#include "lib/unit.h"
#include "model/board_marks.h"

static struct fixture f;

static void open_three(void)
{
	ck_assert(fixture_open(&f, "three-runs", 24, 80));
}

static void close_all(void)
{
	fixture_close(&f);
}

static const struct order_line *last_order(void)
{
	size_t n = f.model->orders.lines.len;

	if (n == 0)
		ck_abort_msg("no order was given");
	return f.model->orders.lines.items[n - 1];
}

START_TEST(approving_is_a_comment_enter_y)
{
	const struct effect *e;

	press(&f, "a \"looks good\" Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	e = fixture_last(&f, EFFECT_ORDER);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->order.verb, VERB_APPROVE);
	ck_assert(view_is(e->order.task, "review"));
	ck_assert(view_is(e->order.comment, "looks good"));
	ck_assert_int_eq(e->order.version, 4);
	ck_assert_int_eq(e->order.attempt, 1);
	ck_assert(run_key_eq(e->key, fixture_find(&f, "a1c003")));
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(a_stray_enter_confirms_nothing)
{
	press(&f, "a Enter");
	fixture_wait(&f, 400);
	press(&f, "Enter");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(orders_left(&f), 0);
}
END_TEST

START_TEST(tab_and_enter_on_yes_does_it)
{
	press(&f, "a Enter");
	fixture_wait(&f, 400);
	press(&f, "Tab Enter");
	ck_assert_uint_eq(orders_left(&f), 1);
}
END_TEST

START_TEST(letters_in_the_comment_are_text)
{
	press(&f, "a \"yes, anyway\"");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_str_eq(str_text(&f.model->decision.line.text), "yes, anyway");
	press(&f, "Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(a_decision_typed_ahead_waits_until_the_dialog_was_seen)
{
	press(&f, "a Enter y");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_wait(&f, 299);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_wait(&f, 2);
	ck_assert_uint_eq(orders_left(&f), 1);
}
END_TEST

START_TEST(a_target_that_changed_cannot_be_confirmed_and_says_so)
{
	struct run_facts run = fixture_run("deploy", 1, RUN_REJECTED);

	run.version = 9;
	press(&f, "a \"ok\" Enter");
	fixture_put(&f, run);
	fixture_wait(&f, 400);
	ck_assert_str_eq(str_text(&f.model->decision.changed),
			 "deploy a1c003 is rejected now.");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
}
END_TEST

/* The engine's answer to the last question for a detail: review has these votes. */
static void answer_votes(const struct vote *votes, size_t n)
{
	struct task_facts task = {
		.id = VIEW("review"), .status = TASK_COMPLETED, .attempt = 1, .version = 5,
		.gate = { .kind = GATE_APPROVAL, .task = VIEW("review"), .required = 1,
			  .given = votes, .n_given = n },
	};
	struct run_detail d = { .run = fixture_run("deploy", 1, RUN_RUNNING), .tasks = &task,
				.n_tasks = 1 };

	answer_detail(&f, &d);
}

START_TEST(the_open_dialog_says_who_was_faster_and_when)
{
	const struct vote alice = { .by = VIEW("alice"), .verb = VERB_APPROVE,
				    .at_ms = FIXTURE_NOW - 12000 };

	press(&f, "a \"ok\" Enter");
	f.mute = true;
	fixture_forget(&f);
	fixture_put(&f, fixture_run("deploy", 1, RUN_RUNNING));
	ck_assert_str_eq(str_text(&f.model->decision.changed), "deploy a1c003 is running now.");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), 1);
	answer_votes(&alice, 1);
	ck_assert_str_eq(str_text(&f.model->decision.changed),
			 "alice approved this 12s ago (02:59:48).");
	ck_assert(!decision_is_armed(&f.model->decision));
	/* Who was told asks no more. */
	fixture_put(&f, fixture_run("deploy", 1, RUN_COMPLETED));
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_DETAIL), 1);
	ck_assert(!decision_is_armed(&f.model->decision));
}
END_TEST

START_TEST(an_answer_asked_for_before_the_change_does_not_hide_who_did_it)
{
	const struct vote alice = { .by = VIEW("alice"), .verb = VERB_REJECT,
				    .at_ms = FIXTURE_NOW };
	uint64_t before;

	f.mute = true;
	press(&f, "a");
	before = fixture_last(&f, EFFECT_DETAIL)->request;
	fixture_put(&f, fixture_run("deploy", 1, RUN_REJECTED));
	ck_assert_str_eq(str_text(&f.model->decision.changed), "deploy a1c003 is rejected now.");
	ck_assert_uint_ne(fixture_last(&f, EFFECT_DETAIL)->request, before);
	fixture_send(&f, (struct msg){ .kind = MSG_DONE, .request = before,
				       .done = { .outcome = OUTCOME_OK } });
	answer_votes(&alice, 1);
	ck_assert_str_eq(str_text(&f.model->decision.changed),
			 "alice rejected this just now (03:00:00).");
}
END_TEST

START_TEST(the_dialog_of_a_cancel_says_who_asked_for_it_before)
{
	struct run_facts run = fixture_run("deploy", 1, RUN_WAITING);

	run.cancel_by = VIEW("alice");
	run.cancel_at_ms = FIXTURE_NOW - 12000;
	run.version = 9;
	press(&f, "c");
	fixture_put(&f, run);
	ck_assert_str_eq(str_text(&f.model->decision.changed),
			 "alice asked to cancel this 12s ago (02:59:48).");
}
END_TEST

START_TEST(the_dialog_shows_the_output_of_the_step_under_review)
{
	press(&f, "a");
	ck_assert(view_is(fixture_last(&f, EFFECT_LOG_OPEN)->log.task, "build"));
	ck_assert_uint_eq(f.model->decision.evidence.len, 4);
	press(&f, "Esc");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_LOG_CLOSE), 1);
}
END_TEST

START_TEST(approve_where_nothing_waits_opens_no_dialog)
{
	press(&f, "4 a");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert(view_find(view_of_str(&f.model->notice.text), VIEW("nothing waits"), 0) !=
		  SIZE_MAX);
}
END_TEST

START_TEST(retrying_names_the_failed_step_and_its_version)
{
	const struct effect *e;

	press(&f, "4 t Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	e = fixture_last(&f, EFFECT_ORDER);
	ck_assert_ptr_nonnull(e);
	ck_assert(view_is(e->order.task, "verify"));
	ck_assert_int_eq(e->order.version, 4);
}
END_TEST

static void cancel_the_running_one(void)
{
	press(&f, "j c \"wrong branch\" Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
}

START_TEST(a_cancel_is_held_for_five_seconds)
{
	cancel_the_running_one();
	ck_assert_int_eq(last_order()->state, ORDER_HELD);
	fixture_wait(&f, 4999);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_wait(&f, 1);
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.comment, "wrong branch"));
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.task, ""));
}
END_TEST

START_TEST(u_takes_a_held_order_back_for_good)
{
	cancel_the_running_one();
	press(&f, "u");
	fixture_wait(&f, 10000);
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_int_eq(last_order()->state, ORDER_TAKEN_BACK);
}
END_TEST

START_TEST(quitting_with_a_held_order_asks_and_y_sends_it_first)
{
	cancel_the_running_one();
	press(&f, "q");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 1);
	ck_assert_int_eq(f.fx.list.items[f.fx.list.len - 1].kind, EFFECT_QUIT);
}
END_TEST

START_TEST(quitting_by_d_drops_what_is_held)
{
	cancel_the_running_one();
	press(&f, "q d");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 1);
}
END_TEST

START_TEST(an_accepted_order_is_done_only_when_its_effect_is_seen)
{
	struct run_facts run = fixture_run("build", 2, RUN_RUNNING);

	cancel_the_running_one();
	fixture_wait(&f, 5000);
	ck_assert_int_eq(last_order()->state, ORDER_SENDING);
	fixture_answer(&f, last_order()->request, OUTCOME_OK, "");
	ck_assert_int_eq(last_order()->state, ORDER_ACCEPTED);
	run.cancel_at_ms = f.now_ms;
	run.version = 2;
	fixture_put(&f, run);
	ck_assert_int_eq(last_order()->state, ORDER_ACCEPTED);
	run.status = RUN_CANCELLED;
	fixture_put(&f, run);
	ck_assert_int_eq(last_order()->state, ORDER_SEEN);
}
END_TEST

START_TEST(a_refused_order_keeps_the_engines_words_and_rings)
{
	press(&f, "a Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	fixture_answer(&f, last_order()->request, OUTCOME_REFUSED, "alice approved this 12 s ago");
	ck_assert_int_eq(last_order()->state, ORDER_REFUSED);
	ck_assert_str_eq(str_text(&last_order()->why), "alice approved this 12 s ago");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_BELL), 1);
}
END_TEST

START_TEST(an_order_whose_answer_was_lost_is_not_sent_again)
{
	press(&f, "a Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	fixture_answer(&f, last_order()->request, OUTCOME_UNKNOWN, "");
	fixture_wait(&f, 60000);
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert_int_eq(last_order()->state, ORDER_UNKNOWN);
	fixture_put(&f, fixture_run("deploy", 1, RUN_RUNNING));
	ck_assert_int_eq(last_order()->state, ORDER_SEEN);
}
END_TEST

START_TEST(the_menu_is_of_the_marked_cards_and_says_so)
{
	press(&f, "* x");
	ck_assert_int_eq(screen_top(f.model), SCREEN_MENU);
	ck_assert(f.model->menu.marked);
	ck_assert(f.model->menu.targets[VERB_CANCEL].allowed);
	ck_assert(f.model->menu.targets[VERB_EDIT].absent);
	ck_assert(!f.model->menu.targets[VERB_RETRY].allowed);
	ck_assert_str_eq(str_text(&f.model->menu.targets[VERB_RETRY].why), "one by one only");
	size_t n = f.model->board.marks.len;
	press(&f, "c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
	ck_assert_uint_eq(f.model->decision.targets.len, n);
}
END_TEST

static void put_gate(int number)
{
	struct run_facts run = fixture_run("deploy", number, RUN_WAITING);

	run.version = 20;
	run.waiting.kind = GATE_APPROVAL;
	run.waiting.task = VIEW("review");
	fixture_put(&f, run);
}

START_TEST(what_the_marked_cards_allow_is_known_as_they_change)
{
	struct run_facts over = fixture_run("deploy", 1, RUN_COMPLETED);

	over.version = 9;
	ck_assert(!board_marks_allow(f.model, VERB_APPROVE));
	press(&f, "*");
	ck_assert(board_marks_allow(f.model, VERB_APPROVE));
	fixture_put(&f, over);
	ck_assert(!board_marks_allow(f.model, VERB_APPROVE));
	put_gate(1);
	ck_assert(board_marks_allow(f.model, VERB_APPROVE));
	press(&f, "Esc");
	ck_assert_uint_eq(f.model->board.marks.len, 0);
	ck_assert(!board_marks_allow(f.model, VERB_APPROVE));
}
END_TEST

START_TEST(the_last_of_many_marked_cards_counts_as_the_first)
{
	for (int i = 20; i < 100; i++)
		fixture_put(&f, fixture_run("batch", i, RUN_COMPLETED));
	fixture_remove(&f, fixture_find(&f, "a1c003"));
	put_gate(100);
	press(&f, "*");
	ck_assert_uint_gt(f.model->board.marks.len, 80);
	ck_assert(board_marks_allow(f.model, VERB_APPROVE));
}
END_TEST

START_TEST(what_the_menu_of_the_marked_cards_leaves_out_is_for_the_run_in_focus)
{
	press(&f, "4 * x");
	ck_assert(f.model->menu.targets[VERB_EDIT].absent);
	ck_assert(f.model->menu.targets[VERB_ANSWER].absent);
	press(&f, "Esc");
	decision_open(f.model, VERB_EDIT, &f.fx);
	ck_assert_int_eq(screen_top(f.model), SCREEN_EDIT);
}
END_TEST

START_TEST(the_menu_of_marked_cards_that_are_gone_acts_on_no_other)
{
	press(&f, "2 Space x");
	ck_assert(f.model->menu.marked);
	ck_assert_uint_eq(f.model->board.marks.len, 1);
	fixture_remove(&f, f.model->board.marks.items[0]);
	ck_assert_uint_eq(f.model->board.marks.len, 0);
	press(&f, "c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_str_eq(str_text(&f.model->notice.text), "cancel: the marked runs are gone.");
}
END_TEST

START_TEST(what_is_marked_on_the_board_is_not_meant_elsewhere)
{
	press(&f, "* H c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_DECISION);
	ck_assert_uint_eq(f.model->decision.targets.len, 1);
}
END_TEST

START_TEST(orders_go_to_all_marked_runs_that_allow_it)
{
	press(&f, "Space Space 4 Space c");
	ck_assert_uint_eq(f.model->decision.targets.len, 3);
	ck_assert_uint_eq(decision_allowed(&f.model->decision), 2);
	press(&f, "Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	fixture_wait(&f, 5000);
	ck_assert_uint_eq(orders_left(&f), 2);
	ck_assert_uint_eq(f.model->board.marks.len, 0);
}
END_TEST

START_TEST(nothing_is_ordered_on_a_read_only_board)
{
	f.model->read_only = true;
	press(&f, "a");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	press(&f, "c");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	press(&f, "x a");
	ck_assert_int_eq(screen_top(f.model), SCREEN_MENU);
}
END_TEST

START_TEST(nothing_is_ordered_while_the_engine_cannot_be_reached)
{
	fixture_condition(&f, CONDITION_DOWN, "connection refused");
	press(&f, "a");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
}
END_TEST

START_TEST(in_the_inbox_a_decision_goes_on_to_the_next)
{
	struct run_facts other = fixture_run("deploy", 7, RUN_WAITING);

	other.waiting = (struct gate_facts){ .kind = GATE_APPROVAL, .task = VIEW("review"),
					     .prompt = VIEW("And this?"), .version = 1,
					     .since_ms = FIXTURE_NOW, .required = 1 };
	fixture_put(&f, other);
	press(&f, "I");
	ck_assert(run_key_eq(f.model->inbox.selected, fixture_find(&f, "a1c003")));
	press(&f, "a Enter");
	fixture_wait(&f, 400);
	press(&f, "y");
	ck_assert_int_eq(screen_top(f.model), SCREEN_INBOX);
	ck_assert(run_key_eq(f.model->inbox.selected, fixture_find(&f, "a22015")));
}
END_TEST

Suite *suite_decision(void);
Suite *suite_decision(void)
{
	Suite *s = suite_create("decision");
	TCase *c = tcase_create("decision");

	tcase_add_checked_fixture(c, open_three, close_all);
	tcase_add_test(c, approving_is_a_comment_enter_y);
	tcase_add_test(c, a_stray_enter_confirms_nothing);
	tcase_add_test(c, tab_and_enter_on_yes_does_it);
	tcase_add_test(c, letters_in_the_comment_are_text);
	tcase_add_test(c, a_decision_typed_ahead_waits_until_the_dialog_was_seen);
	tcase_add_test(c, a_target_that_changed_cannot_be_confirmed_and_says_so);
	tcase_add_test(c, the_open_dialog_says_who_was_faster_and_when);
	tcase_add_test(c, an_answer_asked_for_before_the_change_does_not_hide_who_did_it);
	tcase_add_test(c, the_dialog_of_a_cancel_says_who_asked_for_it_before);
	tcase_add_test(c, the_dialog_shows_the_output_of_the_step_under_review);
	tcase_add_test(c, approve_where_nothing_waits_opens_no_dialog);
	tcase_add_test(c, retrying_names_the_failed_step_and_its_version);
	tcase_add_test(c, a_cancel_is_held_for_five_seconds);
	tcase_add_test(c, u_takes_a_held_order_back_for_good);
	tcase_add_test(c, quitting_with_a_held_order_asks_and_y_sends_it_first);
	tcase_add_test(c, quitting_by_d_drops_what_is_held);
	tcase_add_test(c, an_accepted_order_is_done_only_when_its_effect_is_seen);
	tcase_add_test(c, a_refused_order_keeps_the_engines_words_and_rings);
	tcase_add_test(c, an_order_whose_answer_was_lost_is_not_sent_again);
	tcase_add_test(c, the_menu_is_of_the_marked_cards_and_says_so);
	tcase_add_test(c, what_the_marked_cards_allow_is_known_as_they_change);
	tcase_add_test(c, the_last_of_many_marked_cards_counts_as_the_first);
	tcase_add_test(c, what_the_menu_of_the_marked_cards_leaves_out_is_for_the_run_in_focus);
	tcase_add_test(c, the_menu_of_marked_cards_that_are_gone_acts_on_no_other);
	tcase_add_test(c, what_is_marked_on_the_board_is_not_meant_elsewhere);
	tcase_add_test(c, orders_go_to_all_marked_runs_that_allow_it);
	tcase_add_test(c, nothing_is_ordered_on_a_read_only_board);
	tcase_add_test(c, nothing_is_ordered_while_the_engine_cannot_be_reached);
	tcase_add_test(c, in_the_inbox_a_decision_goes_on_to_the_next);
	suite_add_tcase(s, c);
	return s;
}
