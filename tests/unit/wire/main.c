/* The unit tests of wire: one suite a source file. */
#include "lib/unit.h"

unit_suite_fn suite_json, suite_proto, suite_sse;

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_json,
		suite_proto,
		suite_sse,
		NULL,
	};
	return unit_main("wire", suites);
}
