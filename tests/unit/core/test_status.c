/* The domain's words. */
#include "lib/unit.h"

#include "core/status.h"

START_TEST(every_status_reads_back_from_its_name)
{
	for (int i = 0; i < RUN_STATUSES; i++) {
		enum run_status s = RUN_STATUSES;
		ck_assert(run_status_parse(view_of(run_status_name((enum run_status)i)), &s));
		ck_assert_int_eq(s, i);
	}
	for (int i = 0; i < TASK_STATUSES; i++) {
		enum task_status s = TASK_STATUSES;
		ck_assert(task_status_parse(view_of(task_status_name((enum task_status)i)), &s));
		ck_assert_int_eq(s, i);
	}
}
END_TEST

START_TEST(every_lane_verb_and_trigger_reads_back_from_its_name)
{
	for (int i = 0; i < LANES; i++) {
		enum lane l = LANES;
		ck_assert(lane_parse(view_of(lane_name((enum lane)i)), &l));
		ck_assert_int_eq(l, i);
	}
	for (int i = 0; i < VERBS; i++) {
		enum verb v = VERBS;
		ck_assert(verb_parse(view_of(verb_name((enum verb)i)), &v));
		ck_assert_int_eq(v, i);
	}
	for (int i = 0; i < TRIGGER_KINDS; i++) {
		enum trigger_kind t = TRIGGER_KINDS;
		ck_assert(trigger_parse(view_of(trigger_name((enum trigger_kind)i)), &t));
		ck_assert_int_eq(t, i);
	}
}
END_TEST

START_TEST(a_word_that_is_none_leaves_what_stood_there)
{
	enum run_status s = RUN_PAUSED;
	ck_assert(!run_status_parse(VIEW("Failed"), &s));
	ck_assert(!run_status_parse(VIEW(""), &s));
	ck_assert_int_eq(s, RUN_PAUSED);
}
END_TEST

START_TEST(waiting_and_paused_stand_in_running_and_four_ways_of_failing_in_failed)
{
	static const enum lane lanes[RUN_STATUSES] = {
		[RUN_PLANNED] = LANE_PLANNED,	  [RUN_PENDING] = LANE_PENDING,
		[RUN_RUNNING] = LANE_RUNNING,	  [RUN_WAITING] = LANE_RUNNING,
		[RUN_PAUSED] = LANE_RUNNING,	  [RUN_COMPLETED] = LANE_COMPLETED,
		[RUN_FAILED] = LANE_FAILED,	  [RUN_TIMED_OUT] = LANE_FAILED,
		[RUN_REJECTED] = LANE_FAILED,	  [RUN_ERROR] = LANE_FAILED,
		[RUN_CANCELLED] = LANE_CANCELLED,
	};
	for (int i = 0; i < RUN_STATUSES; i++) {
		ck_assert_int_eq(run_status_lane((enum run_status)i), lanes[i]);
		ck_assert_int_eq(run_status_is_open((enum run_status)i), lanes[i] < LANE_COMPLETED);
		ck_assert_int_eq(lane_has_ended(lanes[i]), lanes[i] >= LANE_COMPLETED);
	}
}
END_TEST

START_TEST(a_lane_is_filtered_by_its_statuses)
{
	struct str s = { 0 };

	lane_add_filter(LANE_FAILED, &s);
	ck_assert_str_eq(str_text(&s), "status:failed,timed_out,rejected,error");
	str_clear(&s);
	lane_add_filter(LANE_COMPLETED, &s);
	ck_assert_str_eq(str_text(&s), "status:completed");
	str_release(&s);
}
END_TEST

START_TEST(reject_cancel_skip_advance_and_terminate_are_destructive)
{
	unsigned set = 0;
	for (int v = 0; v < VERBS; v++)
		set |= verb_is_destructive((enum verb)v) ? 1u << v : 0;
	ck_assert_uint_eq(set, 1u << VERB_REJECT | 1u << VERB_CANCEL | 1u << VERB_SKIP |
				       1u << VERB_ADVANCE | 1u << VERB_TERMINATE);
	ck_assert(verb_is_on_task(VERB_EDIT) && !verb_is_on_task(VERB_CANCEL));
}
END_TEST

unit_suite_fn suite_status;

Suite *suite_status(void)
{
	Suite *s = suite_create("status");
	TCase *c = tcase_create("status");
	tcase_add_test(c, every_status_reads_back_from_its_name);
	tcase_add_test(c, every_lane_verb_and_trigger_reads_back_from_its_name);
	tcase_add_test(c, a_word_that_is_none_leaves_what_stood_there);
	tcase_add_test(c, waiting_and_paused_stand_in_running_and_four_ways_of_failing_in_failed);
	tcase_add_test(c, a_lane_is_filtered_by_its_statuses);
	tcase_add_test(c, reject_cancel_skip_advance_and_terminate_are_destructive);
	suite_add_tcase(s, c);
	return s;
}
