/* The unit tests of core: one suite a source file. */
#include "lib/unit.h"

unit_suite_fn suite_pretty, suite_severity;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_pretty,
		suite_severity,
		NULL,
	};
	return unit_main("core", suites);
}
