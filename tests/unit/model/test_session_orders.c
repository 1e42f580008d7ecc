/* Whole sessions of deciding: from the key to the order that leaves, and back. */
#include "lib/session.h"
#include "lib/unit.h"
#include "model/target.h"

static struct fixture f;

static enum order_state last_state(void)
{
	const struct orders *o = &f.model->orders;

	ck_assert_uint_gt(o->lines.len, 0);
	return o->lines.items[o->lines.len - 1]->state;
}

START_TEST(a_comment_may_be_left_out)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert_uint_eq(fixture_last(&f, EFFECT_ORDER)->order.comment.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(stray_enters_never_confirm)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a");
	press_slowly(&f, "Enter Enter Enter Enter Enter");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(escape_leaves_the_dialog_at_every_stage)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a \"x\" Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	press_slowly(&f, "a Enter Esc");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(letters_in_a_comment_are_text)
{
	open_set(&f, "three-runs");
	press(&f, "a \"yqnuarc?:/\"");
	ck_assert_str_eq(str_text(&f.model->decision.line.text), "yqnuarc?:/");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(escape_takes_back_what_was_typed_ahead)
{
	open_set(&f, "three-runs");
	press(&f, "a Enter y Esc");
	fixture_wait(&f, 2000);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_target_that_changes_disarms_the_dialog_and_says_what_changed)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	fixture_happens(&f, "approved-elsewhere");
	ck_assert(!decision_is_armed(&f.model->decision));
	ck_assert_str_eq(str_text(&f.model->decision.changed), "deploy a1c003 is running now.");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 0);
	press(&f, "Tab Enter");
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(who_changed_the_target_is_said)
{
	static const struct vote vote = { { "alice", 5 }, { "", 0 }, VERB_APPROVE,
					  FIXTURE_NOW - 11000 };
	struct task_facts task = { .id = VIEW("review"), .step = VIEW("review"), .version = 5,
				   .status = TASK_COMPLETED, .attempt = 1 };
	struct run_detail detail = { .tasks = &task, .n_tasks = 1 };

	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	f.mute = true;
	task.gate = (struct gate_facts){ .given = &vote, .n_given = 1 };
	fixture_happens(&f, "approved-elsewhere");
	fixture_send(&f, (struct msg){ .kind = MSG_DETAIL, .key = fixture_find(&f, "a1c003"),
				       .request = f.model->decision.request,
				       .detail = &detail });
	ck_assert_str_eq(str_text(&f.model->decision.changed),
			 "alice approved this 12s ago (02:59:49).");
	ck_assert(!decision_is_armed(&f.model->decision));
	fixture_close(&f);
}
END_TEST

START_TEST(a_cancel_typed_ahead_can_be_taken_back_at_once)
{
	open_set(&f, "three-runs");
	press(&f, "c Enter y u");
	ck_assert_int_eq(last_state(), ORDER_TAKEN_BACK);
	fixture_wait(&f, 10000);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_run_that_went_to_a_hidden_lane_is_not_acted_upon)
{
	open_set(&f, "three-runs");
	press(&f, "j");
	fixture_put(&f, fixture_run("build", 2, RUN_CANCELLED));
	ck_assert(!run_key_is_set(board_selected(f.model)));
	press(&f, "N");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	fixture_close(&f);
}
END_TEST

START_TEST(a_target_that_changes_while_typed_ahead_is_not_acted_upon)
{
	open_set(&f, "three-runs");
	press(&f, "a Enter y");
	fixture_happens(&f, "approved-elsewhere");
	fixture_wait(&f, 2000);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(progress_of_the_target_does_not_disarm_the_dialog)
{
	open_set(&f, "three-runs");
	struct arena arena = { 0 };
	struct run_facts run;

	press_slowly(&f, "a Enter");
	ck_assert(store_facts(f.store, fixture_find(&f, "a1c003"), &run, &arena));
	run.progress = 0.5F;
	fixture_put(&f, run);
	ck_assert(decision_is_armed(&f.model->decision));
	arena_release(&arena);
	fixture_close(&f);
}
END_TEST

START_TEST(another_run_that_changes_does_not_disarm_the_dialog)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	fixture_happens(&f, "build-ends");
	ck_assert(decision_is_armed(&f.model->decision));
	fixture_close(&f);
}
END_TEST

START_TEST(newcomers_do_not_change_what_an_open_dialog_acts_on)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	fixture_happens(&f, "newcomers");
	press(&f, "y");
	ck_assert(run_key_eq(fixture_last(&f, EFFECT_ORDER)->key, fixture_find(&f, "a1c003")));
	fixture_close(&f);
}
END_TEST

START_TEST(a_cancel_is_held_for_five_seconds)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "j c \"wrong branch\" Enter");
	press(&f, "y");
	ck_assert_int_eq(last_state(), ORDER_HELD);
	fixture_wait(&f, 4999);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_wait(&f, 1);
	ck_assert_uint_eq(orders_left(&f), 1);
	const struct effect *e = fixture_last(&f, EFFECT_ORDER);

	ck_assert_int_eq(e->order.verb, VERB_CANCEL);
	ck_assert(view_is(e->order.comment, "wrong branch"));
	ck_assert_uint_eq(e->order.task.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_reject_is_held_and_u_takes_it_back)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "r \"no\" Enter");
	press(&f, "y");
	ck_assert_int_eq(last_state(), ORDER_HELD);
	press(&f, "u");
	ck_assert_int_eq(last_state(), ORDER_TAKEN_BACK);
	fixture_wait(&f, 10000);
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(u_takes_back_from_any_screen)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "c Enter");
	press(&f, "y I u");
	ck_assert_int_eq(last_state(), ORDER_TAKEN_BACK);
	fixture_close(&f);
}
END_TEST

START_TEST(quitting_with_a_held_order_asks)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "c Enter");
	press(&f, "y q");
	ck_assert_int_eq(screen_top(f.model), SCREEN_QUIT);
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	press(&f, "Esc");
	ck_assert_uint_eq(fixture_asked(&f, EFFECT_QUIT), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(a_refused_order_says_the_engines_words)
{
	open_set(&f, "three-runs");
	press_slowly(&f, "a Enter");
	press(&f, "y");
	fixture_happens(&f, "refused");
	ck_assert_int_eq(last_state(), ORDER_REFUSED);
	ck_assert_str_eq(str_text(&f.model->notice.text),
			 "Not done: approve deploy a1c003: grace approved this 12 s ago");
	fixture_close(&f);
}
END_TEST

START_TEST(read_only_refuses_orders_with_a_sentence)
{
	static const char *const keys[] = { "a", "r", "c", "N" };

	ck_assert(fixture_open_with(&f, "three-runs", &(struct fixture_setup){
		.rows = 24, .cols = 100, .read_only = true }));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		press(&f, keys[i]);
		ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
		ck_assert_ptr_nonnull(strstr(str_text(&f.model->notice.text), "read-only"));
	}
	ck_assert_uint_eq(orders_left(&f), 0);
	fixture_close(&f);
}
END_TEST

START_TEST(what_a_context_has_switched_off_is_said_why)
{
	struct view off[VERBS] = { [VERB_APPROVE] = VIEW("switched off by the UI server") };
	struct msg msg = { .kind = MSG_IDENTITY, .identity = { .off = off } };
	struct focus focus;
	struct target t;
	open_set(&f, "three-runs");
	fixture_send(&f, msg);
	ck_assert(model_focus(f.model, &focus));
	target_make(f.model, VERB_APPROVE, &focus, NULL, &t);
	ck_assert(!t.allowed);
	ck_assert_str_eq(str_text(&t.why), "switched off by the UI server");
	target_release(&t);
	press_slowly(&f, "a Enter y");
	ck_assert_uint_eq(orders_left(&f), 0);
	/* The next word of the server is another one. */
	msg.identity.off = NULL;
	fixture_send(&f, msg);
	target_make(f.model, VERB_APPROVE, &focus, NULL, &t);
	ck_assert(t.allowed);
	target_release(&t);
	fixture_close(&f);
}
END_TEST

START_TEST(a_gate_that_is_not_for_us_is_said_so_by_its_card)
{
	struct view why[VERBS] = { [VERB_APPROVE] = VIEW("your roles do not let you do this") };
	struct run_facts run;
	struct focus focus;
	struct arena arena = { 0 };
	struct target t;
	open_set(&f, "three-runs");
	ck_assert(model_focus(f.model, &focus));
	ck_assert(store_facts(f.store, focus.key, &run, &arena));
	run.actions.known |= 1U << VERB_APPROVE;
	run.actions.allowed &= ~(1U << VERB_APPROVE);
	run.actions.why = why;
	fixture_put(&f, run);
	target_make(f.model, VERB_APPROVE, &focus, NULL, &t);
	ck_assert(!t.allowed);
	ck_assert_str_eq(str_text(&t.why), "your roles do not let you do this");
	target_release(&t);
	/* Where several wait, another may be: the run is read first. */
	run.n_gates = 2;
	fixture_put(&f, run);
	target_make(f.model, VERB_ANSWER, &focus, NULL, &t);
	ck_assert(t.allowed && t.unsettled);
	target_release(&t);
	arena_release(&arena);
	fixture_close(&f);
}
END_TEST

START_TEST(an_answer_is_checked_by_its_schema)
{
	open_set(&f, "question");
	press_slowly(&f, "i \"many\" Enter");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 0);
	ck_assert_uint_gt(f.model->decision.line_error.len, 0);
	fixture_close(&f);
}
END_TEST

START_TEST(an_answer_leaves_as_json)
{
	open_set(&f, "question");
	press_slowly(&f, "i \"3\" Enter");
	press(&f, "y");
	ck_assert_uint_eq(orders_left(&f), 1);
	ck_assert_int_eq(fixture_last(&f, EFFECT_ORDER)->order.verb, VERB_ANSWER);
	ck_assert(view_is(fixture_last(&f, EFFECT_ORDER)->order.value, "3"));
	fixture_close(&f);
}
END_TEST

START_TEST(a_question_cannot_be_approved)
{
	open_set(&f, "question");
	press(&f, "a");
	ck_assert_int_eq(screen_top(f.model), SCREEN_BOARD);
	ck_assert_uint_gt(f.model->notice.text.len, 0);
	fixture_close(&f);
}
END_TEST

Suite *suite_session_orders(void);

Suite *suite_session_orders(void)
{
	Suite *s = suite_create("session_orders");
	TCase *t = tcase_create("orders");

	tcase_add_test(t, a_comment_may_be_left_out);
	tcase_add_test(t, stray_enters_never_confirm);
	tcase_add_test(t, escape_leaves_the_dialog_at_every_stage);
	tcase_add_test(t, letters_in_a_comment_are_text);
	tcase_add_test(t, escape_takes_back_what_was_typed_ahead);
	tcase_add_test(t, a_target_that_changes_disarms_the_dialog_and_says_what_changed);
	tcase_add_test(t, a_target_that_changes_while_typed_ahead_is_not_acted_upon);
	tcase_add_test(t, who_changed_the_target_is_said);
	tcase_add_test(t, a_cancel_typed_ahead_can_be_taken_back_at_once);
	tcase_add_test(t, a_run_that_went_to_a_hidden_lane_is_not_acted_upon);
	tcase_add_test(t, progress_of_the_target_does_not_disarm_the_dialog);
	tcase_add_test(t, another_run_that_changes_does_not_disarm_the_dialog);
	tcase_add_test(t, newcomers_do_not_change_what_an_open_dialog_acts_on);
	tcase_add_test(t, a_cancel_is_held_for_five_seconds);
	tcase_add_test(t, a_reject_is_held_and_u_takes_it_back);
	tcase_add_test(t, u_takes_back_from_any_screen);
	tcase_add_test(t, quitting_with_a_held_order_asks);
	tcase_add_test(t, a_refused_order_says_the_engines_words);
	tcase_add_test(t, read_only_refuses_orders_with_a_sentence);
	tcase_add_test(t, an_answer_is_checked_by_its_schema);
	tcase_add_test(t, what_a_context_has_switched_off_is_said_why);
	tcase_add_test(t, a_gate_that_is_not_for_us_is_said_so_by_its_card);
	tcase_add_test(t, an_answer_leaves_as_json);
	tcase_add_test(t, a_question_cannot_be_approved);
	suite_add_tcase(s, t);
	return s;
}
