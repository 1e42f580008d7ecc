/* The other ways to the same server: the UI server's proxy, TLS with and without a
 * client's certificate, a bearer token. */
#include "live.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "lib/unit.h"

static struct board board;
static char ca[4200], cert[4200], key[4200];

static void sees_the_fixtures(void)
{
	until_in(&board, "approval-update-1", "waiting");
	until_in(&board, "noworker-1", "pending");
}

START_TEST(through_the_ui_server_all_is_the_same)
{
	board_open(&board, ports.ui, NULL);
	sees_the_fixtures();
	until_in(&board, "fails-1", "failed");
	until_detail(&board, "fails-1", "DeclineCard-11 failed 1 card declined 2 causes");
	order_well(&board, VERB_APPROVE, "approval-update-1");
	until_in(&board, "approval-update-1", "completed");
	order_well(&board, VERB_APPROVE, "approval-signal-1");
	until_in(&board, "approval-signal-1", "completed");
	order_well(&board, VERB_REJECT, "approval-async-1");
	until_in(&board, "approval-async-1", "rejected");
	order_well(&board, VERB_CANCEL, "timers-1");
	until_in(&board, "timers-1", "cancelled");
	board_close(&board);
}
END_TEST

/* The frontend cannot address it: what a batch can do is done by one, the rest refused. */
START_TEST(a_slash_in_an_id_works_at_the_ui_server_and_by_batch_at_the_frontend)
{
	const struct order o = { .verb = VERB_START, .workflow = VIEW("Timers"),
				 .params = VIEW("{\"workflow_id\":\"a/b\",\"task_queue\":\"fixtures\"}") };
	board_open(&board, ports.ui, NULL);
	until_condition(&board, CONDITION_LIVE);
	ck_assert_int_eq(until_done(&board, ear_order(&board.ear, &o))->outcome, OUTCOME_OK);
	until_in(&board, "a/b", "running");
	struct board other;
	board_open(&other, ports.http, NULL);
	until_in(&other, "a/b", "running");
	const struct ear_ticket *t = order_on(&other, VERB_RERUN, "a/b", "");
	ck_assert_int_eq(t->outcome, OUTCOME_UNSUPPORTED);
	ck_assert_msg(strstr(t->text, "slash") != NULL, "%s", t->text);
	until_detail(&board, "a/b", "timer-");
	order_well(&other, VERB_CANCEL, "a/b");
	until_in(&board, "a/b", "cancelled");
	until_in(&other, "a/b", "cancelled");
	board_close(&other);
	board_close(&board);
}
END_TEST

START_TEST(what_the_ui_server_has_switched_off_is_refused_by_its_name)
{
	board_open(&board, ports.ui_off, NULL);
	until_in(&board, "timers-2", "running");
	ck_assert_ptr_nonnull(strstr(str_text(&board.ear.sentence), "writing switched off"));
	ck_assert_str_eq(str_text(&board.ear.off[VERB_CANCEL]),
			 "switched off by the UI server (DisableWriteActions)");
	const struct ear_ticket *t = order_on(&board, VERB_CANCEL, "timers-2", "");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "switched off by the UI server (DisableWriteActions)");
	/* It is still running: this is asked of the server itself. */
	until_detail(&board, "timers-2", "running");
	board_close(&board);
}
END_TEST

static void until_inbox_has(const char *words)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	do {
		ck_assert_msg(when_mono_ms() < end, "%s: %s", words, str_text(&board.ear.log));
		str_clear(&board.ear.log);
		until_done(&board, ear_catalog(&board.ear, CATALOG_INBOX));
	} while (!strstr(str_text(&board.ear.log), words));
}

/* By a list: nothing looks at a run that completed. */
static void until_label(const char *id, const char *words)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	const char *now = "";
	while (!strstr(now, words)) {
		ck_assert_msg(when_mono_ms() < end, "%s: %s, not %s", id, now, words);
		loop_turn(loop, 50);
		now = map_get(&board.labels, view_of(id)) ? map_get(&board.labels, view_of(id)) : "";
	}
}

START_TEST(a_codec_server_of_the_ui_servers_settings_reads_what_is_sealed)
{
	const struct temporal_config with = { .token = "fixture-token" };
	board_open(&board, ports.ui_codec, &with);
	until_in(&board, "sealed-1", "waiting");
	until_inbox_has("\"short\":\"sealed-1\",\"workflow\":\"SealedApproval\",\"task\":\"gate\","
			"\"kind\":\"approval\"");
	until_inbox_has("\"prompt\":\"Ship to Anna?\"");
	until_in(&board, "sealed-2", "failed");
	until_detail(&board, "sealed-2", "failed -1.00 card 4711 declined");
	until_label("sealed-3", "customer=Anna ");
	board_close(&board);
	/* Without a token it reads nothing, and that is said. */
	board_open(&board, ports.ui_codec, NULL);
	until_in(&board, "sealed-2", "failed");
	until_label("sealed-3", "customer=<");
	until_detail(&board, "sealed-2", "failed -1.00 Encoded failure");
	ck_assert_ptr_nonnull(strstr(str_text(&board.ear.sentence), "does not decode"));
	board_close(&board);
}
END_TEST

START_TEST(tls_needs_the_right_authority)
{
	const struct temporal_config right = { .ca_file = ca }, wrong = { .ca_file = cert };
	board_open(&board, ports.tls, &wrong);
	until_condition(&board, CONDITION_DOWN);
	board_close(&board);
	board_open(&board, ports.tls, &right);
	until_in(&board, "noworker-1", "pending");
	board_close(&board);
}
END_TEST

START_TEST(a_clients_certificate_opens_the_door_that_asks_for_it)
{
	const struct temporal_config without = { .ca_file = ca },
				     with = { .ca_file = ca, .cert_file = cert, .key_file = key };
	board_open(&board, ports.mtls, &without);
	until_condition(&board, CONDITION_DOWN);
	board_close(&board);
	board_open(&board, ports.mtls, &with);
	until_in(&board, "noworker-1", "pending");
	order_well(&board, VERB_REJECT, "approval-update-2");
	until_in(&board, "approval-update-2", "rejected");
	board_close(&board);
}
END_TEST

START_TEST(a_token_opens_the_door_that_asks_for_it)
{
	const struct temporal_config wrong = { .token = "another" },
				     right = { .token = "fixture-token" };
	board_open(&board, ports.token, NULL);
	until_condition(&board, CONDITION_DOWN);
	ck_assert_ptr_nonnull(strstr(str_text(&board.ear.sentence), "unauthorized"));
	board_close(&board);
	board_open(&board, ports.token, &wrong);
	until_condition(&board, CONDITION_DOWN);
	board_close(&board);
	board_open(&board, ports.token, &right);
	until_in(&board, "noworker-1", "pending");
	board_close(&board);
}
END_TEST

START_TEST(another_namespace_has_runs_of_its_own)
{
	const struct temporal_config payments = { .space = "payments" },
				     none = { .space = "nowhere" };
	board_open(&board, ports.http, &payments);
	until_in(&board, "payment-1", "pending");
	ck_assert_ptr_null(map_get(&board.status, VIEW("noworker-1")));
	board_close(&board);
	board_open(&board, ports.http, &none);
	until_condition(&board, CONDITION_DOWN);
	ck_assert_msg(strstr(str_text(&board.ear.sentence), "nowhere") != NULL, "%s",
		      str_text(&board.ear.sentence));
	board_close(&board);
}
END_TEST

/* The same board goes over: its first watch ends, and what came before it is void. */
START_TEST(a_board_goes_over_to_another_namespace_and_back)
{
	board_open(&board, ports.http, NULL);
	until_in(&board, "noworker-1", "pending");
	const struct ear_ticket *t = until_done(&board, ear_space(&board.ear, "nowhere"));
	ck_assert_int_eq(t->outcome, OUTCOME_NOT_FOUND);
	ck_assert_msg(strstr(t->text, "nowhere") != NULL, "%s", t->text);
	t = until_done(&board, ear_catalog(&board.ear, CATALOG_SPACES));
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert(view_find(view_of_str(&board.ear.log), VIEW("{\"name\":\"payments\""), 0) != SIZE_MAX);
	board_go_over(&board, "payments");
	until_in(&board, "payment-1", "pending");
	ck_assert_ptr_null(map_get(&board.status, VIEW("noworker-1")));
	order_well(&board, VERB_CANCEL, "payment-1");
	board_go_over(&board, "default");
	until_in(&board, "noworker-1", "pending");
	ck_assert_ptr_null(map_get(&board.status, VIEW("payment-1")));
	board_close(&board);
}
END_TEST

static void raise_server(void)
{
	live_choose_ports();
	snprintf(ca, sizeof ca, "%s/ca.pem", live_folder);
	snprintf(cert, sizeof cert, "%s/client.pem", live_folder);
	snprintf(key, sizeof key, "%s/client.key", live_folder);
	live_start_afresh();
}

Suite *suite_live_doors(void);

Suite *suite_live_doors(void)
{
	Suite *s = suite_create("live_doors");
	TCase *c = tcase_create("live_doors");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, live_stop);
	tcase_add_test(c, through_the_ui_server_all_is_the_same);
	tcase_add_test(c, a_slash_in_an_id_works_at_the_ui_server_and_by_batch_at_the_frontend);
	tcase_add_test(c, what_the_ui_server_has_switched_off_is_refused_by_its_name);
	tcase_add_test(c, a_codec_server_of_the_ui_servers_settings_reads_what_is_sealed);
	tcase_add_test(c, tls_needs_the_right_authority);
	tcase_add_test(c, a_clients_certificate_opens_the_door_that_asks_for_it);
	tcase_add_test(c, a_token_opens_the_door_that_asks_for_it);
	tcase_add_test(c, another_namespace_has_runs_of_its_own);
	tcase_add_test(c, a_board_goes_over_to_another_namespace_and_back);
	suite_add_tcase(s, c);
	return s;
}
