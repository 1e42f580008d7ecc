/* The unit tests of flow: one suite a source file. */
#include "lib/unit.h"

unit_suite_fn suite_cron, suite_expr, suite_workflow, suite_yaml;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_yaml, suite_workflow, suite_expr, suite_cron, NULL,
	};
	return unit_main("flow", suites);
}
