/* runboard: joins the command line and the board, nothing more. */
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/board.h"
#include "cli/command.h"

enum { CONTEXTS_GIVEN_MAX = 16 };

static const struct opt board_options[] = {
	{ "filter", 'f', OPT_VALUE, "F", "shows only what matches" },
	{ "read-only", 0, OPT_FLAG, NULL, "no orders can be given" },
	{ "theme", 0, OPT_VALUE, "T", "default, dark, light, contrast, mono, or a file of your own" },
	{ "test-sync", 0, OPT_VALUE, "FD", "for tests: writes a record there whenever the screen has settled" },
	{ 0 },
};

static const struct opt snapshot_options[] = {
	{ "size", 0, OPT_VALUE, "COLSxROWS", "as large as that (120x40, or the terminal's)" },
	{ "filter", 'f', OPT_VALUE, "F", "shows only what matches" },
	{ 0 },
};

struct given {
	const char *contexts[CONTEXTS_GIVEN_MAX + 1];
	struct app_options options;
};

static void read_common(struct cli *c, struct given *g)
{
	size_t at = 0, n = 0;
	const char *name;
	while (n < CONTEXTS_GIVEN_MAX && (name = opt_each(&c->opts, "context", &at)))
		g->contexts[n++] = name;
	g->options.contexts = g->contexts;
	g->options.filter = opt_value(&c->opts, "filter");
	g->options.theme = opt_value(&c->opts, "theme");
	g->options.read_only = cli_flag(c, "read-only");
	g->options.sync_fd = -1;
}

static bool is_number(const char *text, int64_t least, int64_t most, int *out)
{
	int64_t n = 0;
	bool ok = number_parse(view_of(text), least, most, &n);
	*out = (int)n;
	return ok;
}

static int ended(bool well, struct err *err)
{
	int status = well ? 0 : cli_fail(err);
	err_release(err);
	return status;
}

static int board_run(struct cli *c)
{
	struct given g = {0};
	struct err err = {0};
	const char *sync = opt_value(&c->opts, "test-sync");
	int status = 0;
	read_common(c, &g);
	if (!cli_filter_reads(c, &status))
		return status;
	if (sync && !is_number(sync, 3, 65535, &g.options.sync_fd))
		return cli_refuse(ERR_USAGE, "--test-sync: expected a descriptor");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_refuse(ERR_USAGE, "board: needs a terminal; "
					     "'runboard snapshot' prints the board once");
	return ended(app_board(&g.options, &err), &err);
}

/* "120x40" */
static bool read_size(const char *text, struct app_options *o)
{
	struct view rest = view_of(text), cols, rows;
	int64_t c = 0, r = 0;
	if (!view_split(&rest, 'x', &cols) || !view_split(&rest, 'x', &rows))
		return false;
	bool ok = number_parse(cols, 20, 1000, &c) && number_parse(rows, 5, 1000, &r);
	o->cols = (int)c;
	o->rows = (int)r;
	return ok;
}

static void terminal_size(struct app_options *o)
{
	struct winsize size = {0};
	o->cols = 120;
	o->rows = 40;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 && size.ws_row >= 5) {
		o->cols = size.ws_col;
		o->rows = size.ws_row - 1;
	}
}

static int snapshot_run(struct cli *c)
{
	struct given g = {0};
	struct err err = {0};
	const char *size = opt_value(&c->opts, "size");
	int status = 0;
	read_common(c, &g);
	if (!cli_filter_reads(c, &status))
		return status;
	terminal_size(&g.options);
	if (size && !read_size(size, &g.options))
		return cli_refuse(ERR_USAGE, "snapshot: --size: expected COLSxROWS, such as 120x40");
	return ended(app_snapshot(&g.options, &c->out, &err), &err);
}

static const struct command command_board = {
	.name = "board",
	.words = "[-c CONTEXT]... [--filter F] [--read-only] [--theme T]",
	.help = "opens the board (also without a command)",
	.options = board_options,
	.run = board_run,
};

static const struct command command_snapshot = {
	.name = "snapshot",
	.words = "[--size COLSxROWS] [--filter F]",
	.help = "prints the board once as text",
	.options = snapshot_options,
	.run = snapshot_run,
};

int main(int argc, char **argv)
{
	static const struct command *const extra[] = { &command_board, &command_snapshot, NULL };
	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	return cli_main(argc, argv, extra);
}
