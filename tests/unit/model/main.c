/* The unit tests of model: one suite a source file. */
#include "lib/unit.h"

Suite *suite_board_screen(void);
Suite *suite_decision(void);
Suite *suite_keymap(void);
Suite *suite_lineedit(void);
Suite *suite_logpane(void);
Suite *suite_screens(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_keymap,
		suite_lineedit,
		suite_board_screen,
		suite_decision,
		suite_screens,
		suite_logpane,
		NULL,
	};
	return unit_main("model", suites);
}
