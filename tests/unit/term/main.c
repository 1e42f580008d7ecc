/* The unit tests of term: one suite a source file; bridge is about all of them. */
#include "lib/unit.h"

Suite *suite_bridge(void);
Suite *suite_decode(void);
Suite *suite_guard(void);
Suite *suite_look(void);

/* ncurses loses a structure of its own when a terminal type is not known. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:new_prescr\n";
}

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_decode,
		suite_look,
		suite_guard,
		suite_bridge,
		NULL,
	};
	return unit_main("term", suites);
}
