/* How serious lines of logs are. */
#include "lib/unit.h"

#include "core/severity.h"

static const struct {
	const char *line;
	enum severity severity;
} lines[] = {
	{ "ERROR: no such host", SEVERITY_ERROR },
	{ "error: expected ';'", SEVERITY_ERROR },
	{ "[WARN] low disk", SEVERITY_WARN },
	{ "[info] up", SEVERITY_INFO },
	{ "<3>eth0: link down", SEVERITY_ERROR },
	{ "<4>slow", SEVERITY_WARN },
	{ "<31>chatty", SEVERITY_DEBUG },
	{ "<999>no priority", SEVERITY_NONE },
	{ "{\"ts\":1,\"level\":\"warning\",\"msg\":\"x\"}", SEVERITY_WARN },
	{ "{\"level\": \"fatal\"}", SEVERITY_ERROR },
	{ "ts=1 level=debug msg=x", SEVERITY_DEBUG },
	{ "ts=1 level=\"error\" msg=x", SEVERITY_ERROR },
	{ "WARNING something", SEVERITY_WARN },
	{ "\033[31mERROR\033[0m red", SEVERITY_ERROR },
	{ "   Error: indented", SEVERITY_ERROR },
	/* sentences begin with words, too */
	{ "Note that this is fine", SEVERITY_NONE },
	{ "errors were found: 0", SEVERITY_NONE },
	{ "information", SEVERITY_NONE },
	{ "", SEVERITY_NONE },
	{ "plain", SEVERITY_NONE },
};

START_TEST(a_line_says_how_serious_it_is)
{
	enum severity got = severity_of_line(view_of(lines[_i].line));
	ck_assert_msg(got == lines[_i].severity, "%s: got %s, expected %s", lines[_i].line,
		      severity_name(got), severity_name(lines[_i].severity));
}
END_TEST

START_TEST(the_words_of_loggers_are_known)
{
	enum severity s = SEVERITY_NONE;
	ck_assert(severity_parse(view_of("Critical"), &s) && s == SEVERITY_ERROR);
	ck_assert(severity_parse(view_of("TRACE"), &s) && s == SEVERITY_DEBUG);
	ck_assert(!severity_parse(view_of("err0r"), &s));
	ck_assert(!severity_parse(view_of(""), &s));
	for (int i = SEVERITY_DEBUG; i < SEVERITIES; i++)
		ck_assert(severity_parse(view_of(severity_name((enum severity)i)), &s) &&
			  s == (enum severity)i);
}
END_TEST

Suite *suite_severity(void);
Suite *suite_severity(void)
{
	Suite *suite = suite_create("severity");
	TCase *tc = tcase_create("severity");
	tcase_add_loop_test(tc, a_line_says_how_serious_it_is, 0, sizeof lines / sizeof *lines);
	tcase_add_test(tc, the_words_of_loggers_are_known);
	suite_add_tcase(suite, tc);
	return suite;
}
