/* runboard engine start, stop, status, reload: the local engine of this user. */
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/manage.h"
#include "wire/jsonw.h"

enum { STOP_MS = 15000 };

/* A probe has no ticket: identity ends the waiting, or a condition that is down. */
#define PROBE_TICKET UINT64_MAX

static const struct opt engine_options[] = {
	{ "workflows", 0, OPT_VALUE, "DIR", "start: the folder with the workflow files" },
	{ "roles", 0, OPT_VALUE, "ROLES", "token: what it may do; viewer where not said" },
	{ "revoke", 0, OPT_FLAG, NULL, "token: takes it away" },
	{ "json", 0, OPT_FLAG, NULL, "status: as an object" },
	{ 0 },
};

struct status {
	struct cli *cli;
	struct str engine, version, user, settings_error;
	pid_t pid;
};

static int engine_start(struct cli *c)
{
	struct err err = {0};
	struct session *s = &c->session;
	const char *workflows = opt_value(&c->opts, "workflows");
	int status = 0;
	if (workflows)
		setenv("RUNBOARD_WORKFLOWS", workflows, 1);
	if (session_launch(s, &err))
		out_text(&c->out, "the engine runs\n");
	else
		status = cli_fail(&err);
	err_release(&err);
	return status;
}

struct stopping {
	struct loop *loop;
	bool gone, late;
};

static void on_end(void *arg, int fd, unsigned events)
{
	struct stopping *s = arg;
	s->gone = true;
}

static void on_late(void *arg)
{
	struct stopping *s = arg;
	s->late = true;
}

/* pidfd: readable when the process has ended, and its journal is free again. */
static int wait_gone(struct cli *c, int pidfd)
{
	struct stopping s = { .loop = c->session.loop };
	struct watch *w = loop_fd(s.loop, pidfd, LOOP_READ, on_end, &s);
	struct watch *t = loop_timer(s.loop, on_late, &s);
	loop_timer_set(t, STOP_MS);
	while (!s.gone && !s.late)
		loop_turn(s.loop, -1);
	loop_remove(w);
	loop_remove(t);
	if (s.late)
		return cli_refuse(ERR_REFUSED, "engine stop: it has not ended within 15 s");
	out_text(&c->out, "the engine has stopped; running steps go on by themselves\n");
	return 0;
}

static void str_put(struct str *s, struct view v)
{
	str_clear(s);
	str_add(s, v);
}

static void on_identity(void *arg, const struct backend_identity *id)
{
	struct status *s = arg;
	str_put(&s->engine, id->engine);
	str_put(&s->version, id->version);
	str_put(&s->user, id->user);
	str_put(&s->settings_error, id->settings_error);
	s->pid = (pid_t)id->pid;
	session_stop(&s->cli->session);
}

/* Asks the engine who it is. The kernel's word on the socket's peer would not do: it
 * names who opened the socket, which may have been a service manager. */
static int ask_status(struct cli *c, struct status *state)
{
	static const struct session_calls calls = { .identity = on_identity };
	struct session *s = &c->session;
	struct str path = {0};
	bool ours = context_socket(s->context, &path, NULL);
	str_release(&path);
	state->cli = c;
	if (!ours)
		return cli_refuse(ERR_USAGE, "engine: context %s is not the local engine",
				  s->context->name);
	session_listen(s, &calls, state);
	backend_probe(s->backend);
	session_wait(s, PROBE_TICKET);
	session_listen(s, NULL, NULL);
	return cli_outcome(c);
}

static void status_release(struct status *s)
{
	str_release(&s->engine);
	str_release(&s->version);
	str_release(&s->user);
	str_release(&s->settings_error);
}

/* The socket may have been forwarded from another machine: only a process here that
 * is an engine is signalled. */
static bool is_engine_here(pid_t pid)
{
	struct str path = {0}, name = {0};
	str_addf(&path, "/proc/%ld/comm", (long)pid);
	bool ok = pid > 1 && file_read(str_text(&path), 64, &name, NULL) &&
		  view_is(view_trim(view_of_str(&name)), "runboardd");
	str_release(&path);
	str_release(&name);
	return ok;
}

static int engine_stop(struct cli *c)
{
	struct status state = {0};
	int status = ask_status(c, &state), pidfd = -1;
	if (status == 0 && (!is_engine_here(state.pid) || (pidfd = pidfd_open(state.pid, 0)) < 0 ||
			    pidfd_send_signal(pidfd, SIGTERM, NULL, 0) != 0))
		status = cli_refuse(ERR_REFUSED, "engine stop: process %ld is not ours to stop",
				    (long)state.pid);
	else if (status == 0)
		status = wait_gone(c, pidfd);
	if (pidfd >= 0)
		close(pidfd);
	status_release(&state);
	return status;
}

/* The signal is there before what is asked next, but may be seen in the same turn: the
 * second answer is of after it. */
static int engine_reload(struct cli *c)
{
	struct status state = {0};
	int status = ask_status(c, &state), pidfd = -1;
	if (status == 0 && (!is_engine_here(state.pid) || (pidfd = pidfd_open(state.pid, 0)) < 0 ||
			    pidfd_send_signal(pidfd, SIGHUP, NULL, 0) != 0))
		status = cli_refuse(ERR_REFUSED, "engine reload: process %ld is not ours to signal",
				    (long)state.pid);
	for (int i = 0; status == 0 && i < 2; i++)
		status = ask_status(c, &state);
	if (status == 0 && state.settings_error.len)
		status = cli_refuse(ERR_CONFIG, "engine reload: %s", str_text(&state.settings_error));
	else if (status == 0)
		out_text(&c->out, "the engine has read its settings and workflows again\n");
	if (pidfd >= 0)
		close(pidfd);
	status_release(&state);
	return status;
}

static void print_status(const struct status *s)
{
	struct out *o = &s->cli->out;
	struct str json = {0};
	struct jsonw w;
	if (!cli_flag(s->cli, "json")) {
		out_label(o, view_of_str(&s->engine));
		out_format(o, " runs as process %ld; you are ", (long)s->pid);
		out_label(o, view_of_str(&s->user));
		out_text(o, "\n");
		return;
	}
	jsonw_init(&w, &json);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "engine", view_of_str(&s->engine));
	jsonw_text(&w, "version", view_of_str(&s->version));
	jsonw_int(&w, "pid", s->pid);
	jsonw_text(&w, "user", view_of_str(&s->user));
	jsonw_end_object(&w);
	str_add_char(&json, '\n');
	out_json(o, view_of_str(&json));
	str_release(&json);
}

static int engine_status(struct cli *c)
{
	struct status state = {0};
	int status = ask_status(c, &state);
	if (status == 0)
		print_status(&state);
	status_release(&state);
	return status;
}

static int engine_run(struct cli *c)
{
	static const struct {
		const char *word;
		command_fn *run;
	} verbs[] = { { "start", engine_start }, { "stop", engine_stop }, { "status", engine_status },
		    { "reload", engine_reload },
		    { "backup", manage_backup }, { "token", manage_token } };
	int status = 0;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (str_eq(cli_word(c, 0), verbs[i].word))
			return cli_connect(c, &status) ? verbs[i].run(c) : status;
	return cli_refuse(ERR_USAGE, "engine: expected start, stop, status, reload, backup or token");
}

const struct command command_engine = {
	.name = "engine", .words = "start|stop|status|reload|backup FILE|token NAME [--roles R] [--revoke] [--workflows DIR] [--json]",
	.help = "the local engine of this user", .options = engine_options,
	.least = 1, .most = 2, .run = engine_run,
};
