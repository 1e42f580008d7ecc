/* Of a very long history its beginning and its newest page are told soon; what lies
 * between is named, and read page by page when it is asked for. */
#include "temporal_events.h"

#define BACK REVERSE "execution.runId=a&maximumPageSize=256"
#define SIGNALS "signal_hurry-8998:completed signal_hurry-8999:completed signal_hurry-9000:completed"

static void serve_length(const char *length)
{
	serve_describe(SPACE "/workflows/w-a", length, "");
	serve("GET", HISTORY, PAGE(STARTED "," DECIDED "," SHIP, "eA=="));
}

static void set_up(void)
{
	rig_set_up();
	serve_well();
	serve_length("9000");
	serve("GET", REVERSE, PAGE(SIGNALLED("9000") "," SIGNALLED("8999"), "dDE"));
	serve("GET", BACK "&nextPageToken=dDE", PAGE(SIGNALLED("8998"), "dDI"));
	serve("GET", BACK "&nextPageToken=dDI", PAGE(SIGNALLED("8997") "," SHIPPED "," BEGUN, "dDM"));
	open_backend();
}

static void expect(enum run_part part, const char *words)
{
	ticket_id t = ear_fetch(&ear, "w-a", part);
	str_clear(&ear.log);
	until_done(t);
	ck_assert_msg(view_find(view_of_str(&ear.log), view_of(words), 0) != SIZE_MAX, "%s is not in %s",
		      words, str_text(&ear.log));
}

static void expect_calls(size_t start, size_t back)
{
	ck_assert_uint_eq(stub_count(stub, "GET", HISTORY), start);
	ck_assert_uint_eq(stub_count(stub, "GET", REVERSE), back);
}

START_TEST(the_beginning_and_the_newest_page_are_told_soon)
{
	expect(PART_DETAIL_SOON, "Ship-5:queued 6:completed signal_hurry-8999:completed "
				 "signal_hurry-9000:completed\n");
	expect_calls(1, 1);
	expect(PART_DETAIL_SOON, "6:completed signal_hurry-8999:completed");
	expect_calls(1, 1);
}
END_TEST

START_TEST(more_of_it_is_read_when_that_is_asked_for)
{
	expect(PART_DETAIL_SOON, "6:completed signal_hurry-8999:completed");
	expect(PART_DETAIL_MORE, "Ship-5:queued 6:completed " SIGNALS "\n");
	expect_calls(2, 3);
	expect(PART_DETAIL_SOON, "6:completed " SIGNALS "\n");
	expect_calls(2, 3);
	expect(PART_DETAIL_MORE, "Ship-5:completed signal_hurry-8997:completed " SIGNALS "\n");
	expect_calls(3, 6);
	expect(PART_DETAIL_MORE, "Ship-5:completed signal_hurry-8997:completed " SIGNALS "\n");
	expect_calls(3, 6);
}
END_TEST

START_TEST(a_command_reads_many_pages_at_once)
{
	expect(PART_DETAIL, "Ship-5:completed signal_hurry-8997:completed " SIGNALS "\n");
	expect_calls(1, 3);
}
END_TEST

START_TEST(what_is_newer_comes_behind_a_part)
{
	expect(PART_DETAIL_SOON, "6:completed signal_hurry-8999:completed");
	serve_length("9001");
	serve("GET", REVERSE, PAGE(SIGNALLED("9001") "," SIGNALLED("9000"), "dDE"));
	expect(PART_DETAIL_SOON, "6:completed signal_hurry-8999:completed "
				 "signal_hurry-9000:completed signal_hurry-9001:completed\n");
	expect_calls(1, 2);
}
END_TEST

/* Of batches of hundreds fewer make a page: the beginning is 16 of them. */
START_TEST(big_batches_make_smaller_pages)
{
	static const struct {
		int events, page;
	} cases[] = { { 16, 256 }, { 17, 256 }, { 320, 12 } };
	struct str page = { 0 }, back = { 0 };
	str_add_text(&page, "{\"history\":{\"events\":[" STARTED);
	for (int i = 2; i <= cases[_i].events; i++)
		str_addf(&page, ",{\"eventId\":\"%d\",\"eventType\":\"EVENT_TYPE_MARKER_RECORDED\"}", i);
	str_add_text(&page, "]},\"nextPageToken\":\"eA==\"}");
	serve("GET", HISTORY, str_text(&page));
	expect(PART_DETAIL_SOON, ":completed signal_hurry-8999:completed");
	str_addf(&back, REVERSE "execution.runId=a&maximumPageSize=%d", cases[_i].page);
	ck_assert_uint_eq(stub_count(stub, "GET", str_text(&back)), 1);
	str_release(&back);
	str_release(&page);
}
END_TEST

Suite *suite_temporal_windows(void);

Suite *suite_temporal_windows(void)
{
	Suite *s = suite_create("temporal_windows");
	TCase *c = tcase_create("temporal_windows");
	tcase_add_checked_fixture(c, set_up, rig_tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_beginning_and_the_newest_page_are_told_soon);
	tcase_add_test(c, more_of_it_is_read_when_that_is_asked_for);
	tcase_add_test(c, a_command_reads_many_pages_at_once);
	tcase_add_test(c, what_is_newer_comes_behind_a_part);
	tcase_add_loop_test(c, big_batches_make_smaller_pages, 0, 3);
	suite_add_tcase(s, c);
	return s;
}
