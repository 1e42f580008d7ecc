/* Orders against the real server: words for a run's code, questions, schedules, many
 * runs at once, ids with a slash, and who was faster. */
#include "live.h"

#include <stdio.h>

#include "base/when.h"
#include "lib/unit.h"

enum { MANY = 60 };

static struct board board;
static struct ear bob;

/* Another operator, whose approvals are found out. */
static void open_bob(void)
{
	static char approve[] = "approve.*", automatic[] = "auto", signal[] = "approve.ApprovalSignal",
		    by_signal[] = "signal:approve:{\"approved\":true,\"reviewer\":${user}}";
	static const struct setting approvals[] = { { approve, automatic }, { signal, by_signal } };
	char url[64];
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ports.http);
	const struct temporal_config config = { .name = "bob", .url = url, .identity = "bob@far",
						.approvals = approvals, .n_approvals = 2 };
	ear_init(&bob);
	bob.backend = temporal_new(loop, &bob.sink, 2, &config, NULL);
	ck_assert_ptr_nonnull(bob.backend);
}

static const struct ear_ticket *until_bob(ticket_id t)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	while (!ear_done(&bob, t)) {
		ck_assert_msg(when_mono_ms() < end, "bob's ticket does not end");
		loop_turn(loop, 50);
	}
	return ear_ticket(&bob, t);
}

static const struct ear_ticket *tell(enum verb verb, const char *id, const char *name,
				     const char *args)
{
	const struct order o = { .verb = verb, .run = view_of(run_of(&board, id)),
				 .name = view_of(name), .value = view_of(args) };
	return until_done(&board, ear_order(&board.ear, &o));
}

static const struct ear_ticket *ask_for(int timeout_ms, enum verb verb, const char *id,
					const char *name)
{
	const struct run_question q = { .verb = verb, .run = view_of(run_of(&board, id)),
					.name = view_of(name), .timeout_ms = timeout_ms };
	board.ear.inside = true;
	ticket_id t = backend_ask(board.ear.backend, &q);
	board.ear.inside = false;
	return until_done(&board, t);
}

static const struct ear_ticket *ask(enum verb verb, const char *id, const char *name)
{
	return ask_for(30000, verb, id, name);
}

static void expect_heard(const char *words)
{
	ck_assert_msg(strstr(str_text(&board.ear.log), words) != NULL, "'%s' was not heard", words);
}

START_TEST(a_runs_code_is_asked)
{
	until_in(&board, "approval-update-1", "waiting");
	ck_assert_int_eq(ask(VERB_QUERY, "approval-update-1", "")->outcome, OUTCOME_OK);
	expect_heard("\"updates\":[\"decide\"]");
	ck_assert_int_eq(ask(VERB_STACK, "approval-update-1", "")->outcome, OUTCOME_OK);
	expect_heard("main.ApprovalUpdate");
	const struct ear_ticket *t = ask(VERB_QUERY, "approval-update-1", "nonsense");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "nonsense") != NULL, "%s", t->text);
	until_in(&board, "noworker-1", "pending");
	t = ask_for(3000, VERB_STACK, "noworker-1", "");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "nobody-polls") != NULL, "%s", t->text);
}
END_TEST

START_TEST(a_runs_code_is_told)
{
	until_in(&board, "approval-noarg-1", "waiting");
	const struct ear_ticket *t = tell(VERB_SIGNAL, "approval-noarg-1", "approve", "[]");
	ck_assert_msg(t->outcome == OUTCOME_SEEN, "%s", t->text);
	until_in(&board, "approval-noarg-1", "completed");
	t = tell(VERB_UPDATE, "approval-update-1", "decide", "[{\"approved\":false}]");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "a rejection needs a comment");
	t = tell(VERB_UPDATE, "approval-update-1", "decide",
		 "[{\"approved\":true,\"reviewer\":\"me\"}]");
	ck_assert_msg(t->outcome == OUTCOME_SEEN, "%s", t->text);
	ck_assert_str_eq(t->text, "updated: \"noted\"");
	until_in(&board, "approval-update-1", "completed");
}
END_TEST

START_TEST(an_update_is_found_out_and_a_signal_is_not)
{
	until_in(&board, "approval-update-2", "waiting");
	const struct order update = { .verb = VERB_APPROVE, .task = VIEW("gate"),
				      .run = view_of(run_of(&board, "approval-update-2")) };
	const struct ear_ticket *t = until_bob(ear_order(&bob, &update));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	until_in(&board, "approval-update-2", "completed");
	const struct order signal = { .verb = VERB_APPROVE, .task = VIEW("gate"),
				      .run = view_of(run_of(&board, "approval-noarg-2")) };
	t = until_bob(ear_order(&bob, &signal));
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, "never guessed") != NULL, "%s", t->text);
}
END_TEST

START_TEST(the_slower_of_two_is_told_who_won)
{
	until_in(&board, "approval-signal-1", "waiting");
	const struct order o = { .verb = VERB_APPROVE, .task = VIEW("gate"),
				 .run = view_of(run_of(&board, "approval-signal-1")) };
	ticket_id ours = send_to(&board, VERB_APPROVE, "approval-signal-1", "");
	ticket_id theirs = ear_order(&bob, &o);
	const struct ear_ticket *first = until_done(&board, ours);
	const struct ear_ticket *second = until_bob(theirs);
	ck_assert_msg((first->outcome == OUTCOME_OK) + (second->outcome == OUTCOME_OK) == 1,
		      "'%s' and '%s'", first->text, second->text);
	const char *loser = first->outcome == OUTCOME_OK ? second->text : first->text;
	ck_assert_msg(strstr(loser, "was faster: signal approve") != NULL, "%s", loser);
}
END_TEST

static const struct ear_ticket *schedule(enum verb verb)
{
	const struct schedule_order o = { .verb = verb, .id = VIEW("nightly"),
					  .comment = VIEW("holiday") };
	board.ear.inside = true;
	ticket_id t = backend_schedule(board.ear.backend, &o);
	board.ear.inside = false;
	return until_done(&board, t);
}

START_TEST(a_schedule_is_planned_paused_resumed_and_triggered)
{
	until_in(&board, "nightly", "planned");
	ck_assert_int_eq(schedule(VERB_PAUSE)->outcome, OUTCOME_OK);
	expect_heard("\"paused\":true,\"note\":\"holiday\"");
	ck_assert_int_eq(schedule(VERB_RESUME)->outcome, OUTCOME_OK);
	expect_heard("\"paused\":false");
	const struct ear_ticket *t = schedule(VERB_START);
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	expect_heard("\"short\":\"nightly-run-");
}
END_TEST

START_TEST(an_id_with_a_slash_is_ordered_by_a_batch)
{
	until_in(&board, "slash/1", "running");
	until_detail(&board, "slash/1", "running");
	order_well(&board, VERB_CANCEL, "slash/1");
	until_in(&board, "slash/1", "cancelled");
	const struct ear_ticket *t = tell(VERB_SIGNAL, "slash/3", "approve", "[]");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	until_in(&board, "slash/3", "completed");
	t = order_on(&board, VERB_PAUSE, "slash/2", "");
	ck_assert_int_eq(t->outcome, OUTCOME_UNSUPPORTED);
}
END_TEST

START_TEST(many_are_cancelled_by_one_batch)
{
	ticket_id tickets[MANY];
	char id[32], params[128];
	for (int i = 0; i < MANY; i++) {
		snprintf(params, sizeof params,
			 "{\"workflow_id\":\"many-%d\",\"task_queue\":\"nobody-polls\",\"input\":1}", i);
		const struct order o = { .verb = VERB_START, .workflow = VIEW("Quick"),
					 .params = view_of(params) };
		tickets[i] = ear_order(&board.ear, &o);
	}
	for (int i = 0; i < MANY; i++) {
		const struct ear_ticket *t = until_done(&board, tickets[i]);
		ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
		snprintf(id, sizeof id, "many-%d", i);
		until_in(&board, id, "pending");
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof id, "many-%d", i);
		tickets[i] = send_to(&board, VERB_TERMINATE, id, "enough");
	}
	for (int i = 0; i < MANY; i++) {
		const struct ear_ticket *t = until_done(&board, tickets[i]);
		ck_assert_int_eq(t->outcome, OUTCOME_OK);
		ck_assert_str_eq(t->text, "terminated by a batch of 60: 60 done, 0 failed");
	}
	until_in(&board, "many-59", "cancelled");
}
END_TEST

static void raise_server(void)
{
	live_choose_ports();
	live_start_afresh();
	board_open(&board, ports.http, NULL);
	open_bob();
}

static void fell_server(void)
{
	ear_release(&bob);
	board_close(&board);
	live_stop();
}

Suite *suite_live_orders(void);

Suite *suite_live_orders(void)
{
	Suite *s = suite_create("live_orders");
	TCase *c = tcase_create("live_orders");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, fell_server);
	tcase_add_test(c, a_runs_code_is_asked);
	tcase_add_test(c, a_runs_code_is_told);
	tcase_add_test(c, an_update_is_found_out_and_a_signal_is_not);
	tcase_add_test(c, the_slower_of_two_is_told_who_won);
	tcase_add_test(c, a_schedule_is_planned_paused_resumed_and_triggered);
	tcase_add_test(c, an_id_with_a_slash_is_ordered_by_a_batch);
	tcase_add_test(c, many_are_cancelled_by_one_batch);
	suite_add_tcase(s, c);
	return s;
}
