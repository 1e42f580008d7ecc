/* The unit tests of io: one suite a source file. */
#include "lib/unit.h"

unit_suite_fn suite_http, suite_loop, suite_sock, suite_spawn;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_loop, suite_spawn, suite_sock, suite_http, NULL,
	};
	return unit_main("io", suites);
}
