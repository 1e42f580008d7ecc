/* What of the progress file is news. */
#include "lib/unit.h"
#include "step/progress.h"

static const struct stat at_a_second = { .st_mtim = { 1000, 0 }, .st_size = 4 };

START_TEST(what_stays_as_it_is_is_told_once)
{
	struct progress_look last = { 0 };
	ck_assert(progress_is_news(&last, &at_a_second, 1000500));
	ck_assert(!progress_is_news(&last, &at_a_second, 1000700));
	ck_assert(!progress_is_news(&last, &at_a_second, 1000900));
}
END_TEST

START_TEST(another_time_or_size_is_news)
{
	struct progress_look last = { 0 };
	struct stat seen = at_a_second;
	ck_assert(progress_is_news(&last, &seen, 1000500));
	seen.st_mtim.tv_nsec = 1;
	ck_assert(progress_is_news(&last, &seen, 1000700));
	seen.st_size = 5;
	ck_assert(progress_is_news(&last, &seen, 1000900));
	ck_assert(!progress_is_news(&last, &seen, 1001100));
}
END_TEST

/* Neither its time nor its size shows it. */
START_TEST(what_is_written_once_more_right_after_a_look_is_not_lost)
{
	struct progress_look last = { 0 };
	ck_assert(progress_is_news(&last, &at_a_second, 1000003));
	ck_assert(progress_is_news(&last, &at_a_second, 1000203));
	ck_assert(!progress_is_news(&last, &at_a_second, 1000403));
}
END_TEST

/* A clock that was set back does not make it news for ever. */
START_TEST(a_time_to_come_is_told_once)
{
	struct progress_look last = { 0 };
	ck_assert(progress_is_news(&last, &at_a_second, 999000));
	ck_assert(!progress_is_news(&last, &at_a_second, 999200));
}
END_TEST

Suite *suite_progress(void);
Suite *suite_progress(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("looks");
	tcase_add_test(t, what_stays_as_it_is_is_told_once);
	tcase_add_test(t, another_time_or_size_is_news);
	tcase_add_test(t, what_is_written_once_more_right_after_a_look_is_not_lost);
	tcase_add_test(t, a_time_to_come_is_told_once);
	suite_add_tcase(s, t);
	return s;
}
