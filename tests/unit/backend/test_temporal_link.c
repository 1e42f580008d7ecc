/* How the Temporal backend reaches its server: which endpoint, what is switched off
 * there, who it says it is. */
#include "temporal_rig.h"

#define SETTINGS "/api/v1/settings"
#define CANCEL SPACE "/workflows/a/cancel"

static void serve_ui(const char *switches)
{
	struct str body = { 0 };
	str_addf(&body, "{\"Version\":\"2.50.1\",\"DefaultNamespace\":\"default\"%s%s}",
		 *switches ? "," : "", switches);
	serve_well();
	serve("GET", SETTINGS, str_text(&body));
	str_release(&body);
}

static bool says_authorization(const char *target)
{
	struct str value = { 0 };
	const struct stub_request *r = stub_asked(stub, "POST", target, 0);
	ck_assert_ptr_nonnull(r);
	bool says = stub_header(r, "Authorization", &value) != NULL;
	str_release(&value);
	return says;
}

START_TEST(a_command_tells_a_ui_server_by_its_settings_and_needs_no_csrf_token)
{
	serve_ui("");
	open_backend();
	ck_assert_int_eq(order(VERB_CANCEL, "a")->outcome, OUTCOME_OK);
	ck_assert(says_authorization(CANCEL));
	ck_assert_int_eq(order(VERB_TERMINATE, "a")->outcome, OUTCOME_OK);
	ck_assert_uint_eq(stub_count(stub, "GET", SETTINGS), 1);
}
END_TEST

START_TEST(a_frontend_hears_of_no_authorization)
{
	serve_well();
	open_backend();
	ck_assert_int_eq(order(VERB_CANCEL, "a")->outcome, OUTCOME_OK);
	ck_assert(!says_authorization(CANCEL));
}
END_TEST

START_TEST(settings_that_nobody_understands_are_a_frontends)
{
	serve_well();
	serve("GET", SETTINGS, "<html>a catch-all</html>");
	open_backend();
	ck_assert_int_eq(order(VERB_CANCEL, "a")->outcome, OUTCOME_OK);
	ck_assert(!says_authorization(CANCEL));
}
END_TEST

START_TEST(a_slash_in_an_id_is_fine_on_a_ui_server)
{
	serve_ui("");
	open_backend();
	ck_assert_int_eq(order(VERB_CANCEL, "x/y")->outcome, OUTCOME_OK);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE "/workflows/x%2Fy/cancel"), 1);
}
END_TEST

static const struct {
	const char *name;
	enum verb verb;
	const char *run;
} offs[] = {
	{ "DisableWriteActions", VERB_CANCEL, "a" },
	{ "DisableWriteActions", VERB_APPROVE, "a" },
	{ "DisableWriteActions", VERB_RETRY, "fails-1" },
	{ "WorkflowTerminateDisabled", VERB_TERMINATE, "a" },
	{ "WorkflowCancelDisabled", VERB_CANCEL, "a" },
	{ "WorkflowPauseDisabled", VERB_PAUSE, "a" },
	{ "WorkflowResetDisabled", VERB_RETRY, "fails-1" },
	{ "StartWorkflowDisabled", VERB_RERUN, "a" },
	{ "StartWorkflowDisabled", VERB_START, "" },
	{ "WorkflowSignalDisabled", VERB_APPROVE, "a" },
	{ "WorkflowUpdateDisabled", VERB_APPROVE, "approval-update-1" },
	{ "ActivityCommandsDisabled", VERB_RETRY, "retrying-1" },
};

START_TEST(what_is_switched_off_is_refused_by_its_name_and_not_sent)
{
	struct str switches = { 0 };
	str_addf(&switches, "\"%s\":true", offs[_i].name);
	serve_ui(str_text(&switches));
	serve_vector("GET", SPACE "/workflows/approval-update-1", "describe-approval-update-1");
	serve_vector("GET", SPACE "/workflows/fails-1", "describe-fails-1");
	serve_vector("GET", SPACE "/workflows/fails-1/history", "history-fails-1");
	serve_vector("GET", SPACE "/workflows/retrying-1", "describe-retrying-1");
	serve_vector("GET", SPACE "/workflows/retrying-1/history", "history-retrying-1");
	open_backend();
	const struct ear_ticket *t = order(offs[_i].verb, offs[_i].run);
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_msg(strstr(t->text, offs[_i].name) != NULL, "%s", t->text);
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
	str_release(&switches);
}
END_TEST

static bool says_writing_is_off(void *arg)
{
	return ear.condition == CONDITION_LIVE && strstr(str_text(&ear.sentence), "writing switched off");
}

START_TEST(the_board_is_told_what_is_switched_off)
{
	serve_ui("\"DisableWriteActions\":true");
	open_backend();
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, says_writing_is_off, NULL), "%s", str_text(&ear.log));
	ck_assert(ear_heard(&ear, "identity home"));
	for (int v = 0; v < VERBS; v++)
		ck_assert_str_eq(str_text(&ear.off[v]),
				 verb_is_question((enum verb)v) ?
					 "" : "switched off by the UI server (DisableWriteActions)");
}
END_TEST

Suite *suite_temporal_link(void);

Suite *suite_temporal_link(void)
{
	Suite *s = suite_create("temporal_link");
	TCase *c = tcase_create("temporal_link");
	tcase_add_checked_fixture(c, rig_set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_command_tells_a_ui_server_by_its_settings_and_needs_no_csrf_token);
	tcase_add_test(c, a_frontend_hears_of_no_authorization);
	tcase_add_test(c, settings_that_nobody_understands_are_a_frontends);
	tcase_add_test(c, a_slash_in_an_id_is_fine_on_a_ui_server);
	tcase_add_loop_test(c, what_is_switched_off_is_refused_by_its_name_and_not_sent, 0,
			    sizeof offs / sizeof *offs);
	tcase_add_test(c, the_board_is_told_what_is_switched_off);
	suite_add_tcase(s, c);
	return s;
}
