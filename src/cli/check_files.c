/* runboard check: validates workflow files without an engine. */
#include "base/file.h"
#include "cli/command.h"
#include "flow/workflow.h"

enum { CHECK_MAX = 1 << 20 };

/* Prints "FILE:LINE:COL: message" lines to stdout as compilers do. */
static bool check_file(struct cli *c, const char *file)
{
	struct str text = {0};
	struct err err = {0};
	struct view rest, line;
	struct workflow *w = NULL;
	bool readable = file_read(file, CHECK_MAX, &text, &err);
	if (readable)
		w = workflow_load(view_of_str(&text), file, &err);
	bool ok = w != NULL;
	if (!readable) {
		err_prefix(&err, "check");
		cli_fail(&err);
		err_release(&err);
	}
	rest = view_of(err_text(&err));
	while (!ok && view_split(&rest, '\n', &line)) {
		out_label(&c->out, line);
		out_text(&c->out, "\n");
	}
	workflow_free(w);
	str_release(&text);
	err_release(&err);
	return ok;
}

static int check_run(struct cli *c)
{
	int status = 0;
	const char *file;
	for (size_t i = 0; (file = cli_word(c, i)); i++)
		if (!check_file(c, file))
			status = err_exit_status(ERR_CONFIG);
	return status;
}

const struct command command_check = {
	.name = "check", .words = "FILE...",
	.help = "validates workflow files: FILE:LINE:COL: message",
	.least = 1, .most = COMMAND_MANY, .run = check_run,
};
