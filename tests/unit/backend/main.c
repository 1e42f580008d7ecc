/* The unit tests of backend: one suite a source file, and the rules of all. */
#include "lib/unit.h"

unit_suite_fn suite_backoff, suite_local, suite_rules;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_backoff, suite_local, suite_rules, NULL,
	};
	return unit_main("backend", suites);
}
