/* The unit tests of step: one suite a source file. */
#include "lib/unit.h"

Suite *suite_command(void);
Suite *suite_progress(void);
Suite *suite_spec(void);
Suite *suite_streams(void);
Suite *suite_supervise(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_command,
		suite_progress,
		suite_spec,
		suite_supervise,
		suite_streams,
		NULL,
	};
	return unit_main("step", suites);
}
