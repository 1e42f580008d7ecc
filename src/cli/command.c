/* The table of commands, and what all of them share: help, options, connecting,
 * errors with their exit statuses (INTERFACES.md "Command line"). */
#include "cli/command.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "cli/completion.h"
#include "cli/json_out.h"
#include "core/filter.h"

const struct opt cli_common_options[] = {
	{ "context", 'c', OPT_VALUE, "NAME", "where the runs are (a [context NAME] of the configuration)" },
	{ "help", 'h', OPT_FLAG, NULL, "this help" },
	{ "version", 0, OPT_FLAG, NULL, "the version" },
	{ 0 },
};

static const struct command *const commands[] = {
	&command_runs, &command_show, &command_logs, &command_start, &command_approve,
	&command_reject, &command_retry, &command_skip, &command_advance, &command_answer,
	&command_edit, &command_cancel, &command_pause, &command_resume, &command_terminate, &command_rerun,
	&command_signal, &command_update, &command_query, &command_stack,
	&command_watch, &command_events, &command_workflows, &command_schedules, &command_queues,
	&command_workers, &command_stats, &command_inbox, &command_history, &command_compare, &command_export, &command_check,
	&command_engine, &command_ask, NULL,
};

const char *cli_word(const struct cli *c, size_t i)
{
	return i + 1 < c->opts.n_words ? c->opts.words[i + 1] : NULL;
}

bool cli_flag(const struct cli *c, const char *option)
{
	return opt_has(&c->opts, option);
}

/* The first line is "runboard: what: why"; further ones stand as they are. */
int cli_fail(const struct err *err)
{
	struct view rest = view_of(err_text(err)), line;
	struct str first = {0};
	if (!view_split(&rest, '\n', &line))
		line = VIEW("unknown error");
	str_add(&first, line);
	out_error("runboard", str_text(&first));
	str_release(&first);
	struct out more;
	out_init(&more, STDERR_FILENO);
	while (view_split(&rest, '\n', &line)) {
		out_label(&more, line);
		out_text(&more, "\n");
	}
	out_flush(&more, NULL);
	out_release(&more);
	return err_exit_status(err->kind);
}

int cli_refuse(enum err_kind kind, const char *format, ...)
{
	struct str text = {0};
	struct err err = {0};
	va_list args;
	va_start(args, format);
	str_addv(&text, format, args);
	va_end(args);
	err_set(&err, kind, "%s", str_text(&text));
	int status = cli_fail(&err);
	err_release(&err);
	str_release(&text);
	return status;
}

void cli_add_first_line(struct str *s, struct view lines)
{
	struct view line = VIEW("");
	size_t more = 0;
	view_split(&lines, '\n', &line);
	str_add(s, line);
	while (view_split(&lines, '\n', &line))
		more += line.len > 0;
	if (more)
		str_addf(s, " (and %zu more)", more);
}

void cli_add_stamp(struct str *s, struct view rfc3339)
{
	int64_t at_ms;
	if (when_parse_rfc3339(rfc3339, &at_ms))
		when_add_stamp(s, at_ms);
	else
		str_add(s, rfc3339);
}

static bool connect_as(struct cli *c, int *status, bool (*before)(struct session *, struct err *))
{
	struct err err = {0};
	c->session.what = c->command->name;
	bool ok = session_open(&c->session, opt_value(&c->opts, "context"), &err) &&
		  (!before || before(&c->session, &err));
	if (!ok)
		*status = cli_fail(&err);
	err_release(&err);
	return ok;
}

bool cli_connect(struct cli *c, int *status)
{
	return connect_as(c, status, NULL);
}

bool cli_connect_launching(struct cli *c, int *status)
{
	return connect_as(c, status, session_launch);
}

bool cli_filter_reads(struct cli *c, int *status)
{
	struct err err = {0};
	struct filter *filter = filter_parse(view_of(opt_value(&c->opts, "filter")), NULL, &err);
	bool ok = filter != NULL;
	if (!ok) {
		err_prefix(&err, "%s: --filter", c->command->name);
		*status = cli_fail(&err);
	}
	filter_free(filter);
	err_release(&err);
	return ok;
}

int cli_outcome(struct cli *c)
{
	struct err err = {0};
	session_error(&c->session, &err);
	int status = err.kind == ERR_NONE ? 0 : cli_fail(&err);
	err_release(&err);
	return status;
}

static void on_detail(void *arg, const struct run_detail *d)
{
	struct cli *c = arg;
	json_out_detail(&c->out, d);
}

int cli_print_run(struct cli *c, struct view run)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct session *s = &c->session;
	session_listen(s, &calls, c);
	session_wait(s, backend_fetch(s->backend, run, PART_DETAIL, VIEW("")));
	session_listen(s, NULL, NULL);
	return cli_outcome(c);
}

static void add_usage(struct str *s, const struct command *command)
{
	str_addf(s, "usage: runboard %s%s%s\n", command->name, command->words[0] ? " " : "",
		 command->words);
}

static int print_help(struct cli *c)
{
	struct str s = {0};
	add_usage(&s, c->command);
	str_addf(&s, "\n%s\n\n", c->command->help);
	if (c->command->options)
		opt_add_help(&s, c->command->options);
	opt_add_help(&s, cli_common_options);
	out_text(&c->out, str_text(&s));
	str_release(&s);
	return 0;
}

static void add_list(struct str *s, const struct command *const *list)
{
	for (; list && *list; list++)
		str_addf(s, "  %-10s %s\n", (*list)->name, (*list)->help);
}

/* Takes s. Status 1 where it could not be written. */
static int print_whole(struct str *s)
{
	struct err err = {0};
	struct out out;
	out_init(&out, STDOUT_FILENO);
	out_text(&out, str_text(s));
	int status = out_flush(&out, &err) ? 0 : cli_fail(&err);
	out_release(&out);
	str_release(s);
	err_release(&err);
	return status;
}

static int print_overview(const struct command *const *extra)
{
	struct str s = {0};
	str_add_text(&s, "usage: runboard [COMMAND] [OPTIONS]\n\n"
			 "A live board of workflow runs. Without a command it opens the board.\n\n");
	add_list(&s, extra);
	add_list(&s, commands);
	str_add_text(&s, "\nOptions:\n");
	opt_add_help(&s, cli_common_options);
	str_add_text(&s, "\n'runboard COMMAND --help' tells more of each.\n");
	return print_whole(&s);
}

static int print_completion(const struct command *const *extra)
{
	const struct command *const *const lists[] = { extra, commands, NULL };
	struct str s = {0};
	completion_add_bash(&s, lists);
	return print_whole(&s);
}

static const struct command *command_find(const struct command *const *list, const char *name)
{
	for (; list && *list; list++)
		if (str_eq((*list)->name, name))
			return *list;
	return NULL;
}

static int unknown_command(const char *name, const struct command *const *extra)
{
	const char *names[64];
	size_t n = 0;
	for (const struct command *const *p = extra; p && *p; p++)
		names[n++] = (*p)->name;
	for (const struct command *const *p = commands; *p; p++)
		names[n++] = (*p)->name;
	const char *near = opt_nearest(view_of(name), names, n);
	if (near)
		return cli_refuse(ERR_USAGE, "%s: no such command; did you mean %s?", name, near);
	return cli_refuse(ERR_USAGE, "%s: no such command; see runboard --help", name);
}

static int command_call(struct cli *c)
{
	if (cli_flag(c, "help"))
		return print_help(c);
	size_t n = c->opts.n_words ? c->opts.n_words - 1 : 0;
	if (n < c->command->least || n > c->command->most)
		return cli_refuse(ERR_USAGE, "%s: usage: runboard %s %s", c->command->name,
				  c->command->name, c->command->words);
	return c->command->run(c);
}

static int command_run(const struct command *command, int argc, char **argv)
{
	struct cli c = { .command = command };
	struct err err = {0};
	static const struct opt none[] = { { 0 } };
	const struct opt *tables[] = { command->options ? command->options : none,
				       cli_common_options, NULL };
	int status;
	out_init(&c.out, STDOUT_FILENO);
	if (opt_parse(tables, argc - 1, argv + 1, &c.opts, &err)) {
		status = command_call(&c);
		session_close(&c.session);
		if (!out_flush(&c.out, &err))
			status = cli_fail(&err);
	} else {
		err_prefix(&err, "%s", command->name);
		status = cli_fail(&err);
	}
	opt_result_release(&c.opts);
	out_release(&c.out);
	err_release(&err);
	return status;
}

static int print_version(void)
{
	struct str s = {0};
	str_add_text(&s, PACKAGE_NAME " " PACKAGE_VERSION "\n");
	return print_whole(&s);
}

/* Whether the word is an option of the table that takes the next word. */
static bool takes_next(const struct opt *table, const char *word)
{
	bool is_long = word[0] == '-' && word[1] == '-';
	for (; table && table->name; table++) {
		bool named = is_long ? str_eq(word + 2, table->name) :
				       word[0] == '-' && word[1] == table->letter && !word[2];
		if (named && table->kind == OPT_VALUE)
			return true;
	}
	return false;
}

/* The first word that is no option, nor the value of one that may stand before a
 * command: those of the board and those that all have. */
static const char *command_word(int argc, char **argv, const struct command *board)
{
	for (int i = 1; i < argc; i++) {
		if (takes_next(cli_common_options, argv[i]) || takes_next(board->options, argv[i]))
			i++;
		else if (argv[i][0] != '-')
			return argv[i];
	}
	return NULL;
}

static bool has_flag(int argc, char **argv, const char *flag, const char *letter)
{
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], flag) || (letter && str_eq(argv[i], letter)))
			return true;
	return false;
}

int cli_main(int argc, char **argv, const struct command *const *extra)
{
	const char *name = command_word(argc, argv, extra[0]);
	if (has_flag(argc, argv, "--version", NULL))
		return print_version();
	if (!name && has_flag(argc, argv, "--help", "-h"))
		return print_overview(extra);
	if (!name)
		return command_run(extra[0], argc, argv);
	if (str_eq(name, "help"))
		return print_overview(extra);
	if (str_eq(name, "completion"))
		return print_completion(extra);
	const struct command *command = command_find(extra, name);
	if (!command)
		command = command_find(commands, name);
	if (!command)
		return unknown_command(name, extra);
	return command_run(command, argc, argv);
}
