/* Of a history that was read only what is newer is asked for, as long as it is the same
 * history. */
#include "temporal_events.h"

static void serve_length(const char *length)
{
	serve_describe(SPACE "/workflows/w-a", length, "");
	serve("GET", HISTORY, EVENTS(STARTED "," DECIDED "," SHIP));
}

static struct str words;

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	str_clear(&words);
	for (size_t i = 0; i < d->n_tasks; i++)
		str_addf(&words, "%.*s %s, ", (int)d->tasks[i].title.len, d->tasks[i].title.ptr,
			 task_status_name(d->tasks[i].status));
}

static const char *part_of(const char *run, enum run_part part)
{
	static struct backend_sink sink;
	sink = ear.sink;
	sink.detail = on_detail;
	ear.backend->sink = &sink;
	const struct ear_ticket *t = until_done(ear_fetch(&ear, run, part));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	return str_text(&words);
}

static const char *detail_of(const char *run)
{
	return part_of(run, PART_DETAIL);
}

static void expect_calls(size_t whole, size_t newer)
{
	ck_assert_uint_eq(stub_count(stub, "GET", HISTORY), whole);
	ck_assert_uint_eq(stub_count(stub, "GET", REVERSE), newer);
}

static void set_up_unread(void)
{
	rig_set_up();
	serve_well();
	serve_length("5");
	open_backend();
}

static void set_up(void)
{
	set_up_unread();
	ck_assert_str_eq(detail_of("w-a"), "Ship queued, ");
}

START_TEST(what_has_not_changed_is_not_read_again)
{
	ck_assert_str_eq(detail_of("w-a"), "Ship queued, ");
	expect_calls(1, 0);
}
END_TEST

START_TEST(of_a_change_only_what_is_newer_is_read)
{
	serve_length("7");
	serve("GET", REVERSE, EVENTS(SHIPPED "," BEGUN "," SHIP));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	expect_calls(1, 1);
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	expect_calls(1, 1);
}
END_TEST

START_TEST(pages_are_read_until_a_known_event)
{
	serve_length("9");
	serve("GET", REVERSE, PAGE(SIGNALLED("9") "," TASK_DUE("8"), "dA=="));
	serve("GET", REVERSE "execution.runId=a&maximumPageSize=256&nextPageToken=dA",
	      EVENTS(SHIPPED "," BEGUN "," SHIP "," DECIDED));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, signal hurry completed, ");
	expect_calls(1, 2);
}
END_TEST

/* No gap is told where a page ends with a task on its way. */
START_TEST(a_task_on_its_way_between_pages_is_no_gap)
{
	serve_length("10");
	serve("GET", REVERSE, PAGE(SIGNALLED("10"), "dA=="));
	serve("GET", REVERSE "execution.runId=a&maximumPageSize=256&nextPageToken=dA",
	      EVENTS(TASK_BEGUN("9") "," TASK_DUE("8") "," SHIPPED "," BEGUN "," SHIP));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, signal hurry completed, ");
}
END_TEST

/* A workflow task that is shown before it is written gives its ids to others. */
START_TEST(a_later_event_takes_the_place_of_a_fleeting_one)
{
	serve_length("7");
	serve("GET", REVERSE,
	      EVENTS(TASK_BEGUN("9") "," TASK_DUE("8") "," SHIPPED "," BEGUN "," SHIP));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	serve_length("9");
	serve("GET", REVERSE, EVENTS(TASK_DUE("9") "," SIGNALLED("8") "," SHIPPED));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, signal hurry completed, ");
	expect_calls(1, 2);
}
END_TEST

START_TEST(a_refused_token_reads_all_anew)
{
	serve_length("7");
	serve("GET", REVERSE, PAGE(SHIPPED, "dA=="));
	stub_on(stub, "GET", REVERSE "execution.runId=a&maximumPageSize=256&nextPageToken=dA",
		&(struct stub_reply){ .status = 400, .body = "{\"code\":3}" });
	serve("GET", HISTORY, EVENTS(STARTED "," DECIDED "," SHIP "," BEGUN "," SHIPPED));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	expect_calls(2, 2);
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	expect_calls(2, 2);
}
END_TEST

START_TEST(another_history_under_the_same_ids_is_read_anew)
{
	serve_length("6");
	serve("GET", REVERSE, EVENTS(SIGNALLED("6") "," TASK_BEGUN("5")));
	serve("GET", HISTORY, EVENTS(STARTED "," DECIDED "," TASK_BEGUN("5") "," SIGNALLED("6")));
	ck_assert_str_eq(detail_of("w-a"), "signal hurry completed, ");
	expect_calls(2, 1);
}
END_TEST

START_TEST(a_history_that_lost_its_end_is_read_anew)
{
	serve_length("4");
	serve("GET", REVERSE, EVENTS(DECIDED "," STARTED));
	serve("GET", HISTORY, EVENTS(STARTED "," DECIDED));
	ck_assert_str_eq(detail_of("w-a"), "");
	expect_calls(2, 1);
}
END_TEST

START_TEST(what_cannot_be_reached_keeps_what_was_read)
{
	serve_length("7");
	stub_on(stub, "GET", REVERSE, &(struct stub_reply){ .status = 403, .body = "{}" });
	ck_assert_int_ne(until_done(ear_fetch(&ear, "w-a", PART_DETAIL))->outcome, OUTCOME_OK);
	serve("GET", REVERSE, EVENTS(SHIPPED "," BEGUN "," SHIP));
	ck_assert_str_eq(detail_of("w-a"), "Ship completed, ");
	expect_calls(1, 2);
}
END_TEST

/* Two tickets at once on one history, and the ear ends the backend with both open. */
START_TEST(two_at_once_share_what_is_kept)
{
	serve_length("7");
	serve("GET", REVERSE, EVENTS(SHIPPED "," BEGUN "," SHIP));
	ticket_id first = ear_fetch(&ear, "w-a", PART_DETAIL);
	ticket_id second = ear_fetch(&ear, "w-a", PART_DETAIL);
	until_done(first);
	until_done(second);
	ck_assert_str_eq(str_text(&words), "Ship completed, ");
	expect_calls(1, 2);
}
END_TEST

/* The newest lines first to be had, in their own order; the cursor goes back. */
START_TEST(the_end_of_a_history_is_read_without_what_is_before)
{
	serve("GET", REVERSE, PAGE(SIGNALLED("9") "," TASK_DUE("8") "," SHIPPED, "dA=="));
	until_done(ear_fetch(&ear, "w-a", PART_HISTORY_END));
	ck_assert_msg(ear_heard(&ear, "history  activity task completed workflow execution signaled"), "%s",
		      str_text(&ear.log));
	expect_calls(1, 1);
}
END_TEST

/* ---- pages that lead in a circle ---- */

#define CIRCLE(list) PAGE(list, "c2FtZQ==")

static void expect_circle(const char *run, enum run_part part)
{
	const struct ear_ticket *t = until_done(ear_fetch(&ear, run, part));
	ck_assert_int_eq(t->outcome, OUTCOME_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(t->text, "lead in a circle"));
}

START_TEST(a_history_that_leads_in_a_circle_is_refused)
{
	static const char *const lengths[] = { "9", "9000" };
	serve_length(lengths[_i]);
	serve("GET", HISTORY, CIRCLE(STARTED "," DECIDED));
	serve("GET", REVERSE, CIRCLE(SIGNALLED("9000")));
	expect_circle("w-a", PART_DETAIL);
	ck_assert_uint_le(stub_count(stub, "GET", SPACE "/workflows/w-a/history"), 5);
}
END_TEST

START_TEST(what_is_newer_and_leads_in_a_circle_is_refused)
{
	serve_length("9");
	serve("GET", REVERSE, CIRCLE(SIGNALLED("9")));
	expect_circle("w-a", PART_DETAIL);
	expect_calls(1, 2);
}
END_TEST

Suite *suite_temporal_history(void);

Suite *suite_temporal_history(void)
{
	Suite *s = suite_create("temporal_history");
	TCase *c = tcase_create("temporal_history");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, what_has_not_changed_is_not_read_again);
	tcase_add_test(c, of_a_change_only_what_is_newer_is_read);
	tcase_add_test(c, pages_are_read_until_a_known_event);
	tcase_add_test(c, a_task_on_its_way_between_pages_is_no_gap);
	tcase_add_test(c, a_later_event_takes_the_place_of_a_fleeting_one);
	tcase_add_test(c, a_refused_token_reads_all_anew);
	tcase_add_test(c, another_history_under_the_same_ids_is_read_anew);
	tcase_add_test(c, a_history_that_lost_its_end_is_read_anew);
	tcase_add_test(c, what_cannot_be_reached_keeps_what_was_read);
	tcase_add_test(c, two_at_once_share_what_is_kept);
	tcase_add_test(c, the_end_of_a_history_is_read_without_what_is_before);
	tcase_add_test(c, what_is_newer_and_leads_in_a_circle_is_refused);
	suite_add_tcase(s, c);
	c = tcase_create("unread");
	tcase_add_checked_fixture(c, set_up_unread, rig_tear_down);
	tcase_add_loop_test(c, a_history_that_leads_in_a_circle_is_refused, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
