/* The unit tests of cli: one suite a source file. */
#include "lib/unit.h"

Suite *suite_config(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_config,
		NULL,
	};
	return unit_main("cli", suites);
}
