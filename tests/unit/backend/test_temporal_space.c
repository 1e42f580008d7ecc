/* Namespaces of a Temporal server: their list, and going over to another one. */
#include "temporal_rig.h"

#define OTHER "/api/v1/namespaces/payments"
#define RUN_P "{\"execution\":{\"workflowId\":\"w-p\",\"runId\":\"p\"},\"type\":{\"name\":\"Pay\"}," \
	      "\"startTime\":\"2026-11-20T03:00:00Z\",\"closeTime\":\"2026-11-20T03:00:09Z\"," \
	      "\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\",\"taskQueue\":\"q\"}"

static const char described[] = "{\"namespaceInfo\":{\"name\":\"payments\",\"state\":"
				"\"NAMESPACE_STATE_REGISTERED\"}}";

static void serve_both(void)
{
	serve_well();
	serve("GET", OTHER, described);
	serve("GET", OTHER "/search-attributes", "{\"customAttributes\":{}}");
	serve("GET", OTHER "/workflow-count", "{\"count\":\"1\"}");
	serve("GET", OTHER "/workflows", "{\"executions\":[]}");
	serve("GET", OTHER "/workflows?query=%28ExecutionStatus%20IN", "{\"executions\":[" RUN_P "]}");
	serve("GET", OTHER "/schedules", "{\"schedules\":[]}");
	serve("POST", OTHER "/workflows/", "{}");
}

static const struct ear_ticket *went_to(const char *name)
{
	return until_done(ear_space(&ear, name));
}

static ticket_id open_live(void)
{
	open_backend();
	ticket_id watch = ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s", str_text(&ear.log));
	return watch;
}

static bool shows_payments(void *arg)
{
	return ear.condition == CONDITION_LIVE && !ear.snapshot && ear_heard(&ear, "runs p:completed") &&
	       ear_heard(&ear, "snapshot_end complete");
}

START_TEST(the_namespaces_are_listed_without_the_servers_own)
{
	serve_both();
	serve("GET", "/api/v1/namespaces?", "{\"namespaces\":[{\"namespaceInfo\":{\"name\":\"temporal-system\"}},"
	      "{\"namespaceInfo\":{\"name\":\"default\",\"description\":\"all\"},"
	      "\"config\":{\"workflowExecutionRetentionTtl\":\"259200s\"}},"
	      "{\"namespaceInfo\":{\"name\":\"payments\"},"
	      "\"config\":{\"workflowExecutionRetentionTtl\":\"5400s\"}}]}");
	open_backend();
	until_done(ear_catalog(&ear, CATALOG_SPACES));
	ck_assert_msg(ear_heard(&ear, "catalog 8 {\"namespaces\":[{\"name\":\"default\",\"here\":\"here\","
				      "\"retention\":\"3 d\",\"description\":\"all\"},"
				      "{\"name\":\"payments\",\"here\":\"\",\"retention\":\"5400s\""),
		      "%s", str_text(&ear.log));
}
END_TEST

#define SPACES "/api/v1/namespaces?pageSize=200"

START_TEST(a_long_list_of_namespaces_is_read_to_its_end)
{
	serve_both();
	serve("GET", SPACES, "{\"namespaces\":[{\"namespaceInfo\":{\"name\":\"a\"}}],"
			     "\"nextPageToken\":\"Mg==\"}");
	serve("GET", SPACES "&nextPageToken=Mg", "{\"namespaces\":[{\"namespaceInfo\":{\"name\":\"b\"}}]}");
	open_backend();
	until_done(ear_catalog(&ear, CATALOG_SPACES));
	ck_assert_msg(strstr(str_text(&ear.log), "\"name\":\"a\",\"here\":\"\",\"retention\":\"\","
		      "\"description\":\"\"},{\"name\":\"b\"") != NULL, "%s", str_text(&ear.log));
	ck_assert_uint_eq(ear_count(&ear, "catalog 8"), 1);
}
END_TEST

#define SPACE_AND(token) "{\"namespaces\":[{\"namespaceInfo\":{\"name\":\"a\"}}],"               \
			 "\"nextPageToken\":\"" token "\"}"

static void expect_cut(size_t pages, const char *next)
{
	open_backend();
	until_done(ear_catalog(&ear, CATALOG_SPACES));
	ck_assert_uint_eq(stub_count(stub, "GET", SPACES), pages);
	ck_assert_str_eq(str_text(&ear.cursor), next);
}

/* Two thousand are a list that nobody reads: there it ends, and says so. */
START_TEST(a_list_of_namespaces_without_an_end_is_cut)
{
	serve_both();
	serve("GET", SPACES, SPACE_AND("Mg=="));
	serve("GET", SPACES "&nextPageToken=Mg", SPACE_AND("Mw=="));
	serve("GET", SPACES "&nextPageToken=Mw", SPACE_AND("Mg=="));
	expect_cut(10, "Mw==");
}
END_TEST

START_TEST(a_page_of_namespaces_that_leads_to_itself_is_the_last)
{
	serve_both();
	serve("GET", SPACES, SPACE_AND("Mg=="));
	expect_cut(2, "Mg==");
}
END_TEST

START_TEST(it_goes_over_to_another_namespace_and_its_watch_ends)
{
	serve_both();
	ticket_id watch = open_live();
	ck_assert(ear.abilities & BACKEND_CAN_SPACE);
	const struct ear_ticket *t = went_to("payments");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_int_eq(ear_done(&ear, watch), 1);
	size_t asked = stub_count(stub, "GET", SPACE "/");
	str_clear(&ear.log);
	turn_a_little();
	ck_assert_msg(!ear.log.len, "nothing is told before a watch: %s", str_text(&ear.log));
	ear_watch(&ear, "", 5);
	ck_assert_msg(stub_until_fn(loop, shows_payments, NULL), "%s", str_text(&ear.log));
	ck_assert(!ear_heard(&ear, "runs a"));
	ck_assert_uint_eq(stub_count(stub, "GET", SPACE "/"), asked);
}
END_TEST

START_TEST(no_order_reaches_the_namespace_it_came_from)
{
	serve_both();
	open_live();
	ck_assert_int_eq(went_to("payments")->outcome, OUTCOME_OK);
	ear_watch(&ear, "", 5);
	ck_assert(stub_until_fn(loop, shows_payments, NULL));
	order(VERB_CANCEL, "a");
	order(VERB_CANCEL, "p");
	ck_assert_uint_eq(stub_count(stub, "POST", SPACE), 0);
	ck_assert_uint_eq(stub_count(stub, "POST", OTHER "/workflows/w-p/cancel"), 1);
}
END_TEST

/* The second: a path that means something else. */
START_TEST(a_namespace_that_is_none_leaves_all_as_it_is)
{
	static const char *const names[] = { "nowhere", "payments/workflows" };
	serve_both();
	serve("GET", "/api/v1/namespaces/payments%2Fworkflows", "{\"executions\":[]}");
	stub_on(stub, "GET", "/api/v1/namespaces/nowhere", &(struct stub_reply){
		.status = 404, .body = "{\"code\":5,\"message\":\"Namespace nowhere is not found.\"}" });
	ticket_id watch = open_live();
	const struct ear_ticket *t = went_to(names[_i]);
	ck_assert_int_ne(t->outcome, OUTCOME_OK);
	ck_assert_msg(strstr(t->text, _i ? "namespace" : "nowhere is not found") != NULL, "%s", t->text);
	ck_assert_int_eq(ear_done(&ear, watch), 0);
	turn_a_little();
	ck_assert(is_live(NULL));
}
END_TEST

START_TEST(an_order_under_way_refuses_it)
{
	serve_both();
	ticket_id watch = open_live();
	stub_on(stub, "POST", SPACE "/workflows/w-a/cancel", &(struct stub_reply){ .fault = STUB_SILENT });
	const struct order o = { .verb = VERB_CANCEL, .run = VIEW("a") };
	ear_order(&ear, &o);
	const struct ear_ticket *t = went_to("payments");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_ptr_nonnull(strstr(t->text, "order is under way"));
	ck_assert_int_eq(ear_done(&ear, watch), 0);
}
END_TEST

START_TEST(what_was_asked_of_the_old_namespace_ends)
{
	serve_both();
	open_live();
	stub_on(stub, "GET", SPACE "/workflows/", &(struct stub_reply){ .fault = STUB_SILENT });
	ticket_id detail = ear_fetch(&ear, "a", PART_DETAIL);
	ck_assert_int_eq(went_to("payments")->outcome, OUTCOME_OK);
	ck_assert_int_eq(ear_done(&ear, detail), 1);
	ck_assert_int_eq(ear_ticket(&ear, detail)->outcome, OUTCOME_UNREACHABLE);
}
END_TEST

static bool is_destroyed(void *arg)
{
	return ear.destroyed;
}

/* The first done() is the watch's, in the middle of going over. */
START_TEST(it_may_be_destroyed_while_it_goes_over)
{
	serve_both();
	open_live();
	stub_on(stub, "GET", SPACE "/workflows/", &(struct stub_reply){ .fault = STUB_SILENT });
	ear_fetch(&ear, "a", PART_DETAIL);
	ear.destroy_in = "done";
	ear_space(&ear, "payments");
	ck_assert(stub_until_fn(loop, is_destroyed, NULL));
	turn_a_little();
}
END_TEST

Suite *suite_temporal_space(void);

Suite *suite_temporal_space(void)
{
	Suite *s = suite_create("temporal_space");
	TCase *c = tcase_create("temporal_space");
	tcase_add_checked_fixture(c, rig_set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_namespaces_are_listed_without_the_servers_own);
	tcase_add_test(c, a_long_list_of_namespaces_is_read_to_its_end);
	tcase_add_test(c, a_list_of_namespaces_without_an_end_is_cut);
	tcase_add_test(c, a_page_of_namespaces_that_leads_to_itself_is_the_last);
	tcase_add_test(c, it_goes_over_to_another_namespace_and_its_watch_ends);
	tcase_add_test(c, no_order_reaches_the_namespace_it_came_from);
	tcase_add_loop_test(c, a_namespace_that_is_none_leaves_all_as_it_is, 0, 2);
	tcase_add_test(c, an_order_under_way_refuses_it);
	tcase_add_test(c, what_was_asked_of_the_old_namespace_ends);
	tcase_add_test(c, it_may_be_destroyed_while_it_goes_over);
	suite_add_tcase(s, c);
	return s;
}
