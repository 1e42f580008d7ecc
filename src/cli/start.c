/* runboard start and rerun: begin a run, print its id, wait for it if asked. */
#include "cli/command.h"
#include "cli/params.h"
#include "cli/target.h"
#include "cli/watching.h"

static const struct opt start_options[] = {
	{ "param", 'p', OPT_VALUE, "NAME=VALUE", "a parameter (repeatable)" },
	{ "param-file", 0, OPT_VALUE, "NAME=FILE|-", "a parameter from a file or standard input" },
	{ "debug", 0, OPT_FLAG, NULL, "a run that shows more and keeps its working folder" },
	{ "key", 0, OPT_VALUE, "IDEMPOTENCY_KEY", "the same key never starts twice" },
	{ "wait", 'w', OPT_FLAG, NULL, "until the run has ended; status 1 if it did not complete" },
	{ "json", 0, OPT_FLAG, NULL, "prints the run object instead of the id" },
	{ 0 },
};

static const struct opt rerun_options[] = {
	{ "param", 'p', OPT_VALUE, "NAME=VALUE", "another value for a parameter (repeatable)" },
	{ "debug", 0, OPT_FLAG, NULL, "a run that shows more and keeps its working folder" },
	{ "key", 0, OPT_VALUE, "IDEMPOTENCY_KEY", "the same key never starts twice" },
	{ "wait", 'w', OPT_FLAG, NULL, "until the run has ended" },
	{ "json", 0, OPT_FLAG, NULL, "prints the run object instead of the id" },
	{ 0 },
};

static int print_started(struct cli *c, struct view id)
{
	if (cli_flag(c, "json"))
		return cli_print_run(c, id);
	out_label(&c->out, id);
	out_text(&c->out, "\n");
	return 0;
}

/* The status of the order; a refused start is looked into. */
static int began(struct cli *c, const struct order *o)
{
	struct session *s = &c->session;
	struct err err = {0};
	if (s->outcome == OUTCOME_OK)
		return 0;
	bool refused = s->outcome == OUTCOME_REFUSED && o->verb == VERB_START;
	session_error(s, &err);
	if (refused)
		params_explain(c, cli_word(c, 0), &err);
	int status = cli_fail(&err);
	err_release(&err);
	return status;
}

/* Sends the order; the new run's id is printed first, or with --json and --wait
 * the run as it ended. */
static int begin(struct cli *c, const struct order *o)
{
	struct session *s = &c->session;
	struct str id = {0};
	session_wait(s, backend_order(s->backend, o));
	int status = began(c, o);
	str_add(&id, view_of_str(&s->follow_key));
	bool waits = cli_flag(c, "wait");
	if (status == 0 && !(waits && cli_flag(c, "json")))
		status = print_started(c, view_of_str(&id));
	if (status == 0 && waits) {
		out_flush(&c->out, NULL);
		status = watching_run(c, view_of_str(&id), WATCHING_SILENT);
		if (cli_flag(c, "json"))
			print_started(c, view_of_str(&id));
	}
	str_release(&id);
	return status;
}

static int start_run(struct cli *c)
{
	struct order o = { .verb = VERB_START };
	struct str params = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect_launching(c, &status))
		return status;
	if (params_read(c, cli_word(c, 0), &params, &err)) {
		o.workflow = view_of(cli_word(c, 0));
		o.params = view_of_str(&params);
		o.debug = cli_flag(c, "debug");
		o.key = view_of(opt_value(&c->opts, "key"));
		status = begin(c, &o);
	} else {
		status = cli_fail(&err);
	}
	str_release(&params);
	err_release(&err);
	return status;
}

static int rerun_run(struct cli *c)
{
	struct order o = { .verb = VERB_RERUN };
	struct cli_target t = {0};
	struct str params = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	if (cli_target_find(&c->session, &t, cli_word(c, 0), NULL, VERB_RERUN, &err) &&
	    params_read(c, str_text(&t.workflow), &params, &err)) {
		o.run = view_of_str(&t.run);
		o.version = t.version;
		o.params = view_of_str(&params);
		o.debug = cli_flag(c, "debug");
		o.key = view_of(opt_value(&c->opts, "key"));
		status = begin(c, &o);
	} else {
		status = cli_fail(&err);
	}
	cli_target_release(&t);
	str_release(&params);
	err_release(&err);
	return status;
}

const struct command command_start = {
	.name = "start",
	.words = "WORKFLOW [-p NAME=VALUE]... [--param-file NAME=FILE|-] [--debug] [--key KEY] "
		 "[--wait] [--json]",
	.help = "starts a run and prints its id",
	.options = start_options, .least = 1, .most = 1, .run = start_run,
};

const struct command command_rerun = {
	.name = "rerun", .words = "RUN [-p NAME=VALUE]... [--debug]",
	.help = "starts the same workflow again with the same or other parameters",
	.options = rerun_options, .least = 1, .most = 1, .run = rerun_run,
};
