/* The unit tests of model: one suite a source file. */
#include "lib/unit.h"

int main(void)
{
	static unit_suite_fn *const suites[] = {
		NULL,
	};
	return unit_main("model", suites);
}
