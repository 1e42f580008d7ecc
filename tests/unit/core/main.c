/* The unit tests of core: one suite a source file. */
#include "lib/unit.h"

unit_suite_fn suite_board, suite_compare, suite_filter, suite_param, suite_pretty, suite_severity, suite_status,
	suite_store;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_board,
		suite_compare,
		suite_filter,
		suite_param,
		suite_pretty,
		suite_severity,
		suite_status,
		suite_store,
		NULL,
	};
	return unit_main("core", suites);
}
