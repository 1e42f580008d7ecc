/* The unit tests of model: one suite a source file. */
#include "lib/unit.h"

Suite *suite_logpane(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_logpane,
		NULL,
	};
	return unit_main("model", suites);
}
