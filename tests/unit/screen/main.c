/* The unit tests of screen: one suite a source file. */
#include "lib/unit.h"

Suite *suite_canvas(void);
Suite *suite_dump(void);
Suite *suite_key(void);
Suite *suite_theme(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_canvas,
		suite_dump,
		suite_key,
		suite_theme,
		NULL,
	};
	return unit_main("screen", suites);
}
