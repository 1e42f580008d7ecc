/* The unit tests of view: one suite a source file. */
#include "lib/unit.h"

Suite *suite_cut(void);
Suite *suite_frames(void);
Suite *suite_paint(void);
Suite *suite_view(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_paint,
		suite_cut,
		suite_frames,
		suite_view,
		NULL,
	};
	return unit_main("view", suites);
}
