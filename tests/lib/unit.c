#include "lib/unit.h"

#include <locale.h>

/* What does not fit is lost with the name of its test: libcheck writes no more than BUFSIZ
 * of a message, but takes less by itself. */
enum { MESSAGE_MAX = 65536 };

struct running {
	const char *name;
	unit_suite_fn *const *suites;
};

static int run(void *arg)
{
	const struct running *r = arg;
	check_set_max_msg_size(MESSAGE_MAX);
	SRunner *runner = srunner_create(NULL);
	for (unit_suite_fn *const *suite = r->suites; *suite; suite++)
		srunner_add_suite(runner, (*suite)());
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	int passed = srunner_ntests_run(runner) - failed;
	printf("%s: %d passed, %d failed\n", r->name, passed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int unit_main(const char *name, unit_suite_fn *const *suites)
{
	struct running r = { name, suites };
	const char *fork = getenv("CK_FORK");
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return fork && fork[0] == 'n' ? guard_run_here(run, &r) : guard_run(run, &r);
}
