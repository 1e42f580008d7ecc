/* The unit tests of base: one suite a source file. */
#include "lib/unit.h"

Suite *suite_clean(void);
Suite *suite_hold(void);
Suite *suite_ini(void);
Suite *suite_exitline(void);
Suite *suite_jscan(void);
Suite *suite_jtext(void);
Suite *suite_mask(void);
Suite *suite_opt(void);
Suite *suite_outside(void);
Suite *suite_regex(void);
Suite *suite_str(void);
Suite *suite_when(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_clean,
		suite_hold,
		suite_ini,
		suite_exitline,
		suite_jscan,
		suite_jtext,
		suite_mask,
		suite_opt,
		suite_outside,
		suite_regex,
		suite_str,
		suite_when,
		NULL,
	};
	return unit_main("base", suites);
}
