/* The unit tests of cli: one suite a source file. */
#include "lib/unit.h"

Suite *suite_config(void);
Suite *suite_pages(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_config,
		suite_pages,
		NULL,
	};
	return unit_main("cli", suites);
}
