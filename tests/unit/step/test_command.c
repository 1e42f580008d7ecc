/* The child that becomes the command. */
#include "lib/unit.h"

#include <signal.h>
#include <sys/wait.h>

#include "step/command.h"
#include "step/spec.h"

enum { TIMES = 20 };

/* The supervisor is deaf to it, and so is a child that has not come far. */
START_TEST(who_is_ended_before_he_has_begun_hears_it)
{
	struct spec spec;
	ck_assert(spec_parse(VIEW("arg 10\n/bin/sleep\narg 1\n2\nend 0\n\n"), &spec, NULL));
	signal(SIGTERM, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < TIMES; i++) {
		struct command c;
		int status;
		ck_assert(command_spawn(&c, &spec, NULL));
		ck_assert_int_eq(kill(c.pid, SIGTERM), 0);
		command_release(&c);
		ck_assert_int_eq(waitpid(c.pid, &status, 0), c.pid);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
		command_close(&c);
	}
	spec_release(&spec);
}
END_TEST

Suite *suite_command(void);
Suite *suite_command(void)
{
	Suite *s = suite_create("command");
	TCase *t = tcase_create("child");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, who_is_ended_before_he_has_begun_hears_it);
	suite_add_tcase(s, t);
	return s;
}
