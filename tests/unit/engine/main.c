/* The unit tests of engine: one suite a source file. */
#include "lib/unit.h"

Suite *suite_access(void);
Suite *suite_edit(void);
Suite *suite_engine(void);
Suite *suite_admin(void);
Suite *suite_api(void);
Suite *suite_ask(void);
Suite *suite_boot(void);
Suite *suite_children(void);
Suite *suite_clock(void);
Suite *suite_daemon(void);
Suite *suite_definitions(void);
Suite *suite_events(void);
Suite *suite_firing(void);
Suite *suite_front(void);
Suite *suite_history(void);
Suite *suite_hook(void);
Suite *suite_kill_sweep(void);
Suite *suite_log_file(void);
Suite *suite_log_lines(void);
Suite *suite_machine(void);
Suite *suite_foreach(void);
Suite *suite_notices(void);
Suite *suite_retention(void);
Suite *suite_schedule(void);
Suite *suite_secrets(void);
Suite *suite_server(void);
Suite *suite_stats(void);
Suite *suite_walk(void);

int main(void)
{
	static unit_suite_fn *const suites[] = {
		suite_access,
		suite_edit,
		suite_engine,
		suite_admin,
		suite_api,
		suite_ask,
		suite_boot,
		suite_children,
		suite_clock,
		suite_daemon,
		suite_definitions,
		suite_events,
		suite_firing,
		suite_foreach,
		suite_front,
		suite_history,
		suite_hook,
		suite_kill_sweep,
		suite_log_file,
		suite_log_lines,
		suite_machine,
		suite_notices,
		suite_retention,
		suite_schedule,
		suite_secrets,
		suite_server,
		suite_stats,
		suite_walk,
		NULL,
	};
	return unit_main("engine", suites);
}
