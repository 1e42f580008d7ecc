#include "lib/unit.h"

#include <locale.h>

int unit_main(const char *name, unit_suite_fn *const *suites)
{
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	SRunner *runner = srunner_create(NULL);
	for (; *suites; suites++)
		srunner_add_suite(runner, (*suites)());
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	int passed = srunner_ntests_run(runner) - failed;
	printf("%s: %d passed, %d failed\n", name, passed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
