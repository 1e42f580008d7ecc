/* The unit tests of term: one suite a source file. */
#include "lib/unit.h"

Suite *suite_bridge(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_bridge,
		NULL,
	};
	return unit_main("term", suites);
}
