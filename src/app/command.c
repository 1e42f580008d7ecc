/* The operator's own command in the terminal's foreground: the board gives the
 * terminal away, waits, and takes it back. What is in focus goes by environment. */
#include "app/command.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/frame.h"
#include "base/mem.h"
#include "base/vec.h"
#include "io/spawn.h"

extern char **environ;

/* Behind the command: what it ended with, and time to read what it said. */
static const char goodbye[] = "\nrb_status=$?; printf '\\n[status %s; Enter goes back] ' "
			      "\"$rb_status\"; read -r rb_line";

struct running {
	struct str script;
	VEC(char *) env;
};

static void add_variable(struct running *r, const char *name, struct view value)
{
	struct str s = {0};
	str_addf(&s, "%s=", name);
	str_add(&s, value);
	vec_push(&r->env, mem_text(str_text(&s)));
	str_release(&s);
}

static void add_environment(struct running *r, const struct run_facts *run, struct view task,
			    const char *context)
{
	for (char **e = environ; *e; e++)
		if (!view_starts(view_of(*e), "RUNBOARD_RUN_ID="))
			vec_push(&r->env, mem_text(*e));
	add_variable(r, "RUNBOARD_RUN_ID", run->id);
	add_variable(r, "RUNBOARD_SHORT", run->short_id);
	add_variable(r, "RUNBOARD_WORKFLOW", run->workflow);
	add_variable(r, "RUNBOARD_STATUS", run->id.len ? view_of(run_status_name(run->status)) :
							 VIEW(""));
	add_variable(r, "RUNBOARD_TASK_ID", task);
	add_variable(r, "RUNBOARD_CONTEXT", view_of(context));
	vec_push(&r->env, NULL);
}

/* With the terminal given back. Its keys (Ctrl-C) are meant for the command. */
static void wait_for(void *arg)
{
	struct running *r = arg;
	const char *const argv[] = { "sh", "-c", str_text(&r->script), NULL };
	static const struct spawn_fd fds[] = { { 0, 0 }, { 1, 1 }, { 2, 2 } };
	const struct spawn spawn = { .program = "/bin/sh", .argv = argv,
				     .env = (const char *const *)r->env.items,
				     .fds = fds, .n_fds = 3 };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction interrupt, quit;
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	pid_t pid = spawn_start(&spawn, NULL);
	int status;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
}

void app_command(struct app *a, const struct run_facts *run, struct view task, const char *context,
		 struct view line)
{
	struct running r = {0};
	str_add(&r.script, line);
	str_add_text(&r.script, goodbye);
	add_environment(&r, run, task, context);
	frame_lend(a, wait_for, &r);
	for (size_t i = 0; i < r.env.len; i++)
		mem_free(r.env.items[i]);
	vec_release(&r.env);
	str_release(&r.script);
}
