/* The unit tests of base: one suite a source file. */
#include "lib/unit.h"

Suite *suite_str(void);
Suite *suite_when(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_str,
		suite_when,
		NULL,
	};
	return unit_main("base", suites);
}
