/* The unit tests of model: one suite a source file. */
#include "lib/unit.h"

Suite *suite_board_screen(void);
Suite *suite_counts(void);
Suite *suite_decision(void);
Suite *suite_evidence(void);
Suite *suite_keymap(void);
Suite *suite_lineedit(void);
Suite *suite_age(void);
Suite *suite_logpane(void);
Suite *suite_logseek(void);
Suite *suite_question(void);
Suite *suite_screens(void);
Suite *suite_session_board(void);
Suite *suite_session_detail(void);
Suite *suite_session_forms(void);
Suite *suite_session_keys(void);
Suite *suite_session_menu(void);
Suite *suite_compare(void);
Suite *suite_throughput(void);
Suite *suite_session_bulk(void);
Suite *suite_session_orders(void);
Suite *suite_session_shown(void);
Suite *suite_session_spaces(void);
Suite *suite_session_speak(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_keymap,
		suite_lineedit,
		suite_board_screen,
		suite_counts,
		suite_decision,
		suite_evidence,
		suite_question,
		suite_screens,
		suite_age,
		suite_logpane, suite_logseek,
		suite_session_board,
		suite_session_detail,
		suite_session_forms, suite_session_keys, suite_session_menu,
		suite_session_bulk, suite_session_orders, suite_session_shown, suite_session_spaces, suite_session_speak,
		suite_compare,
		suite_throughput,
		NULL,
	};
	return unit_main("model", suites);
}
