/* The commands of the command line, as records in a table. Each lives in a file
 * of its own and prints through base/out only. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"
#include "base/opt.h"
#include "base/out.h"
#include "cli/session.h"

/* What one call of the program has: made by cli_main, borrowed by the command. */
struct cli {
	const struct command *command;
	struct opt_result opts;
	struct out out;
	struct session session;		/* connects when first used */
};

typedef int command_fn(struct cli *c);

struct command {
	const char *name;
	const char *words;		/* "RUN [TASK]" */
	const char *help;		/* one sentence */
	const struct opt *options;	/* its own, or NULL */
	size_t least, most;		/* words after the name */
	command_fn *run;
};

/* Many words. */
#define COMMAND_MANY SIZE_MAX

extern const struct command command_runs, command_show, command_logs, command_start,
	command_approve, command_reject, command_retry, command_skip, command_advance,
	command_answer, command_edit, command_cancel, command_pause, command_resume, command_rerun,
	command_watch, command_events, command_workflows, command_schedules, command_queues,
	command_workers, command_stats, command_inbox, command_history, command_compare, command_export, command_check,
	command_engine, command_ask, command_signal, command_update, command_query, command_stack,
	command_terminate;

/* Option -c, --help, --version: everywhere. */
extern const struct opt cli_common_options[];

/* The whole command line but the board's own commands (extra, a NULL-ended list,
 * asked first). Returns the exit status. */
int cli_main(int argc, char **argv, const struct command *const *extra);

/* The i-th word after the command's name, or NULL. */
const char *cli_word(const struct cli *c, size_t i);
bool cli_flag(const struct cli *c, const char *option);
/* Prints "runboard: ..." and gives the exit status of the error's kind. */
int cli_fail(const struct err *err);
/* Same for our own sentence. */
int cli_refuse(enum err_kind kind, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of lines, where only one has room: the first, and how many more there are. */
void cli_add_first_line(struct str *s, struct view lines);
/* A time of the API by this machine's clock; what is none as it stands. */
void cli_add_stamp(struct str *s, struct view rfc3339);
/* Connects to the chosen context's backend; on failure the status is in *status. */
bool cli_connect(struct cli *c, int *status);
/* As cli_connect; launches the local engine where none answers. */
bool cli_connect_launching(struct cli *c, int *status);
/* Whether --filter, if given, can be read; else the status is in *status. */
bool cli_filter_reads(struct cli *c, int *status);
/* Reads the run and prints it as JSON; gives the status. */
int cli_print_run(struct cli *c, struct view run);
/* The end of a session_wait: prints the sentence of a failure, gives the status. */
int cli_outcome(struct cli *c);

#endif
