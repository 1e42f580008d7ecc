/* runboard export: a run as one file. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/command.h"

struct export {
	struct cli *cli;
	struct str file;		/* "-": our output */
	int fd;
};

static const struct opt export_options[] = {
	{ "output", 'o', OPT_VALUE, "FILE", "the file, - for standard output (WORKFLOW-RUN.tar)" },
	{ "force", 'f', OPT_FLAG, NULL, "also over a file that is there" },
	{ 0 },
};

static void on_detail(void *arg, const struct run_detail *d)
{
	struct export *x = arg;
	if (!x->file.len)
		str_addf(&x->file, "%.*s-%.*s.tar", (int)d->run.workflow.len, d->run.workflow.ptr,
			 (int)d->run.short_id.len, d->run.short_id.ptr);
	/* A name from elsewhere is no way to another folder. */
	for (size_t i = 0; !opt_value(&x->cli->opts, "output") && i < x->file.len; i++) {
		if (x->file.ptr[i] == '/' || (x->file.ptr[i] == '.' && i == 0))
			x->file.ptr[i] = '-';
	}
}

static bool open_file(struct export *x, struct err *err)
{
	int over = cli_flag(x->cli, "force") ? O_TRUNC : O_EXCL;
	if (str_eq(str_text(&x->file), "-")) {
		x->fd = STDOUT_FILENO;
		return !x->cli->out.tty ||
		       err_set(err, ERR_USAGE, "export: an archive is not written to a terminal");
	}
	x->fd = open(str_text(&x->file), O_WRONLY | O_CREAT | O_CLOEXEC | over, 0600);
	if (x->fd >= 0)
		return true;
	if (errno == EEXIST)
		return err_set(err, ERR_REFUSED, "export: %s is there already: --force replaces it",
			       str_text(&x->file));
	return err_system(err, errno, "export: cannot write %s", str_text(&x->file));
}

/* The name of what was written, unless it went to our output. */
static int save(struct export *x, struct view id)
{
	struct session *s = &x->cli->session;
	bool named = x->fd != STDOUT_FILENO;
	session_listen(s, NULL, NULL);
	session_wait(s, backend_save(s->backend, id, x->fd));
	int status = cli_outcome(x->cli);
	if (named && (close(x->fd) || status)) {
		unlink(str_text(&x->file));
		return status ? status : cli_refuse(ERR_SYSTEM, "export: %s: not written whole",
						    str_text(&x->file));
	}
	if (named) {
		out_label(&x->cli->out, view_of_str(&x->file));
		out_text(&x->cli->out, "\n");
	}
	return status;
}

static int find_and_save(struct export *x)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct session *s = &x->cli->session;
	struct str id = {0};
	struct err err = {0};
	int status = 0;
	if (!session_resolve(s, cli_word(x->cli, 0), &id, &err)) {
		status = cli_fail(&err);
	} else {
		session_listen(s, &calls, x);
		session_wait(s, backend_fetch(s->backend, view_of_str(&id), PART_DETAIL, VIEW("")));
		status = cli_outcome(x->cli);
		if (!status)
			status = open_file(x, &err) ? save(x, view_of_str(&id)) : cli_fail(&err);
	}
	str_release(&id);
	err_release(&err);
	return status;
}

static int export_run(struct cli *c)
{
	struct export x = { .cli = c };
	int status = 0;
	if (opt_value(&c->opts, "output"))
		str_add_text(&x.file, opt_value(&c->opts, "output"));
	if (cli_connect(c, &status))
		status = find_and_save(&x);
	str_release(&x.file);
	return status;
}

const struct command command_export = {
	.name = "export", .words = "RUN [-o FILE]",
	.help = "a run with its history, definition and logs as one tar file",
	.options = export_options, .least = 1, .most = 1, .run = export_run,
};
