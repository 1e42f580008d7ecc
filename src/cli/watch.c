/* runboard watch: plain progress lines until a run ends. */
#include "cli/command.h"
#include "cli/watching.h"

static int watch_run(struct cli *c)
{
	struct str id = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	if (session_resolve(&c->session, cli_word(c, 0), &id, &err))
		status = watching_run(c, view_of_str(&id), WATCHING_LINES);
	else
		status = cli_fail(&err);
	str_release(&id);
	err_release(&err);
	return status;
}

const struct command command_watch = {
	.name = "watch", .words = "RUN",
	.help = "plain progress lines until the run ends; status 1 if it did not complete",
	.least = 1, .most = 1, .run = watch_run,
};
