/* Pages of a list: to the last, and none of those that lead in a circle for ever. */
#include "cli/pages.h"

#include "lib/unit.h"

enum { MOST = 1000 };

static struct session s;
static struct pages p;

static void set_up(void)
{
	s = (struct session){ .outcome = OUTCOME_OK };
	p = (struct pages){ 0 };
}

static void tear_down(void)
{
	pages_release(&p);
	str_release(&s.cursor);
	str_release(&s.sentence);
}

/* How many pages are read of a list of n, the last of which leads back to the one of that
 * number; 0: nowhere. */
static int read_pages(int n, int back)
{
	int page = 1, read = 0;
	do {
		read++;
		str_clear(&s.cursor);
		page = page < n ? page + 1 : back;
		if (page)
			str_addf(&s.cursor, "page %d", page);
	} while (read < MOST && pages_go_on(&p, &s));
	return read;
}

START_TEST(all_pages_are_read)
{
	static const int n[] = { 1, 2, 3, 4, 5, 17, 900 };
	for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
		ck_assert_int_eq(read_pages(n[i], 0), n[i]);
		ck_assert_int_eq(s.outcome, OUTCOME_OK);
		tear_down();
		set_up();
	}
}
END_TEST

static const struct {
	int n, back;
} circles[] = { { 1, 1 }, { 2, 2 }, { 3, 1 }, { 3, 2 }, { 7, 7 }, { 7, 1 }, { 100, 99 }, { 100, 40 } };

START_TEST(a_circle_is_told_and_ends)
{
	int n = circles[_i].n, read = read_pages(n, circles[_i].back);
	ck_assert_int_eq(s.outcome, OUTCOME_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(str_text(&s.sentence), "lead in a circle"));
	ck_assert_int_le(read, 3 * n + 1);
}
END_TEST

START_TEST(a_page_that_failed_is_the_last)
{
	str_add_text(&s.cursor, "more");
	s.outcome = OUTCOME_REFUSED;
	ck_assert(!pages_go_on(&p, &s));
	ck_assert_int_eq(s.outcome, OUTCOME_REFUSED);
}
END_TEST

Suite *suite_pages(void);

Suite *suite_pages(void)
{
	Suite *suite = suite_create("pages");
	TCase *c = tcase_create("pages");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, all_pages_are_read);
	tcase_add_loop_test(c, a_circle_is_told_and_ends, 0, sizeof circles / sizeof *circles);
	tcase_add_test(c, a_page_that_failed_is_the_last);
	suite_add_tcase(suite, c);
	return suite;
}
