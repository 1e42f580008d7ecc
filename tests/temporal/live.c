/* The Temporal backend against a real server (tests/temporal), started here; run by
 * make check-temporal: live_temporal PROGRAM FOLDER. */
#include "live.h"

#include <signal.h>
#include <stdio.h>

#include "lib/unit.h"

unit_suite_fn suite_live_board, suite_live_follow, suite_live_orders, suite_live_doors, suite_live_load;

int main(int argc, char **argv)
{
	static unit_suite_fn *const suites[] = { suite_live_board, suite_live_follow, suite_live_orders, suite_live_doors,
						 suite_live_load, NULL };
	if (argc != 3)
		return 2;
	setenv("CK_FORK", "no", 1);	/* one board through all of it */
	signal(SIGPIPE, SIG_IGN);
	snprintf(live_fixture, sizeof live_fixture, "%s", argv[1]);
	snprintf(live_folder, sizeof live_folder, "%s", argv[2]);
	loop = loop_new();
	int status = unit_main("live", suites);
	loop_free(loop);
	return status;
}
