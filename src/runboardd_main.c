/* runboardd: the local engine. Joins only: options, settings, engine, API, signals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/access.h"
#include "engine/api.h"
#include "engine/engine.h"
#include "engine/listen.h"
#include "engine/settings.h"
#include "io/loop.h"
#include "io/systemd.h"

static const char program[] = "runboardd";

static const struct opt options[] = {
	{ "state", 0, OPT_VALUE, "DIR", "keep runs and the journal there" },
	{ "workflows", 0, OPT_VALUE, "DIR", "read workflow files there; may be repeated" },
	{ "listen", 0, OPT_VALUE, "ADDRESS", "unix:PATH or HOST:PORT (loopback, needs a token); may be repeated" },
	{ "foreground", 0, OPT_FLAG, NULL, "do not go to the background" },
	{ "ready-fd", 0, OPT_VALUE, "N", "write a line to this descriptor when orders are taken" },
	{ "version", 'V', OPT_FLAG, NULL, "print the version" },
	{ "help", 'h', OPT_FLAG, NULL, "print this help" },
	{ NULL },
};

/* What was asked for, with the defaults filled in. */
struct plan {
	struct opt_result given;
	struct str state, workflows, secrets, socket, settings_file;
	VEC(const char *) folders;
	VEC(struct listen_address) addresses;
	bool foreground;
	int ready_fd;			/* -1: none */
};

typedef VEC(struct engine_queue) queue_list;

/* What runs. */
struct parts {
	struct settings settings;
	const char *settings_file;	/* the plan's */
	struct loop *loop;
	struct access *access;
	struct engine *engine;
	struct api *api;
	bool lent;		/* its sockets are a service manager's */
};

/* ---- the plan ------------------------------------------------------------------- */

static bool plan_folders(struct plan *p, struct err *err)
{
	size_t at = 0;
	for (const char *dir; (dir = opt_each(&p->given, "workflows", &at));)
		vec_push(&p->folders, dir);
	if (p->folders.len)
		return true;
	if (!path_config(&p->workflows, "workflows", err))
		return false;
	vec_push(&p->folders, str_text(&p->workflows));
	return true;
}

static bool plan_addresses(struct plan *p, struct err *err)
{
	size_t at = 0;
	const char *text;
	struct listen_address address;
	while ((text = opt_each(&p->given, "listen", &at))) {
		if (!listen_parse(text, &address, err))
			return false;
		vec_push(&p->addresses, address);
	}
	if (p->addresses.len)
		return true;
	if (!path_socket(&p->socket, err))
		return false;
	address = (struct listen_address){ .kind = PORCH_UNIX, .path = mem_text(str_text(&p->socket)) };
	vec_push(&p->addresses, address);
	return true;
}

static bool plan_make(struct plan *p, struct err *err)
{
	const char *state = opt_value(&p->given, "state"), *ready = opt_value(&p->given, "ready-fd");
	int64_t fd = -1;
	if (p->given.n_words)
		return err_set(err, ERR_USAGE, "'%s' is not expected", p->given.words[0]);
	if (ready && (!number_parse(view_of(ready), 0, INT32_MAX, &fd) || fcntl((int)fd, F_GETFD) < 0))
		return err_set(err, ERR_USAGE, "--ready-fd %s is no open descriptor", ready);
	p->ready_fd = (int)fd;
	p->foreground = opt_has(&p->given, "foreground");
	if (state ? !path_add_whole(&p->state, state, err) : !path_state(&p->state, NULL, err))
		return false;
	return path_config(&p->settings_file, "engine", err) &&
	       path_config(&p->secrets, "secrets", err) && plan_folders(p, err) &&
	       plan_addresses(p, err);
}

static void plan_release(struct plan *p)
{
	for (size_t i = 0; i < p->addresses.len; i++)
		listen_release(&p->addresses.items[i]);
	vec_release(&p->addresses);
	vec_release(&p->folders);
	str_release(&p->state);
	str_release(&p->workflows);
	str_release(&p->secrets);
	str_release(&p->socket);
	str_release(&p->settings_file);
	opt_result_release(&p->given);
}

/* ---- the background --------------------------------------------------------------- */

/* In the parent: waits until the engine takes orders or has given up, and says so by
 * its status. The child has said why on stderr. */
static _Noreturn void wait_for_child(int fd)
{
	char line[16];
	ssize_t n;
	do
		n = read(fd, line, sizeof line);
	while (n < 0 && errno == EINTR);
	_exit(n > 0 ? line[0] - '0' : 1);
}

/* The child goes on with the write end in *tell; stays -1 in the foreground. */
static bool go_behind(int *tell, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, errno, "no pipe");
	pid_t pid = fork();
	if (pid < 0)
		return err_system(err, errno, "cannot go to the background");
	if (pid) {
		close(ends[1]);
		wait_for_child(ends[0]);
	}
	close(ends[0]);
	setsid();
	*tell = ends[1];
	return true;
}

/* Its words go to a file from now on: the terminal may go away. */
static bool leave_terminal(const struct plan *p, struct err *err)
{
	struct str path = { 0 };
	str_addf(&path, "%s/engine.log", str_text(&p->state));
	int file = open(str_text(&path), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool good = file >= 0 && null >= 0;
	if (good) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(file, STDERR_FILENO);
	} else {
		err_system(err, errno, "cannot write %s", str_text(&path));
	}
	if (file >= 0)
		close(file);
	if (null >= 0)
		close(null);
	str_release(&path);
	return good;
}

static void tell_status(int fd, int status)
{
	const char digit = (char)('0' + status);
	if (fd < 0)
		return;
	if (write(fd, &digit, 1) < 0)
		log_warn("nobody waits for the engine any more");
	close(fd);
}

/* Where steps find this engine: its first Unix socket, as a whole path. */
static const char *own_socket(const struct plan *p, struct str *path)
{
	for (size_t i = 0; i < p->addresses.len; i++) {
		const struct listen_address *address = &p->addresses.items[i];
		if (address->kind == PORCH_UNIX && path_add_whole(path, address->path, NULL))
			return str_text(path);
	}
	return NULL;
}

/* ---- running ------------------------------------------------------------------------ */

static void on_stop(void *arg, int signum)
{
	log_note("stopping on %s; running steps go on under their supervisors",
		 signum == SIGINT ? "SIGINT" : "SIGTERM");
	loop_stop(arg);
}

/* What the settings say of the engine's configuration. */
static void add_settings(struct engine_config *config, const struct settings *s, queue_list *queues)
{
	for (size_t i = 0; i < s->queues.len; i++)
		vec_push(queues, ((struct engine_queue){ s->queues.items[i].name,
							 s->queues.items[i].slots }));
	config->queues = queues->items;
	config->n_queues = queues->len;
	config->secret_command = s->secret_command;
	config->secret_timeout_ms = s->secret_timeout_ms;
	config->notices = s->notices.items;
	config->n_notices = s->notices.len;
	config->log_max = s->log_max;
	config->run_log_max = s->run_log_max;
}

/* They are in force; *s has those before. */
static void take_settings(struct parts *parts, struct settings *s)
{
	struct engine_config config = { 0 };
	queue_list queues = { 0 };
	add_settings(&config, s, &queues);
	engine_configure(parts->engine, &config);
	vec_release(&queues);
	engine_keep(parts->engine, &s->keeping);
	if (!settings_same_people(&parts->settings, s))
		api_renew(parts->api);
	const struct settings before = parts->settings;
	parts->settings = *s;
	*s = before;
	engine_tell_settings(parts->engine, NULL);
	log_note("the settings are as %s has them now; --state, --listen and --workflows hold "
		 "until the next start", parts->settings_file);
}

static void refuse_settings(struct parts *parts, const struct err *err)
{
	struct view rest = view_of(err_text(err)), first;
	struct str text = { 0 };
	view_split(&rest, '\n', &first);
	str_add_text(&text, "the settings stay as they were: ");
	str_add(&text, first);
	log_error("the settings stay as they were: %s", err_text(err));
	engine_tell_settings(parts->engine, str_text(&text));
	str_release(&text);
}

/* Workflows and settings. Settings with errors change nothing. */
static void on_reload(void *arg, int signum)
{
	struct parts *parts = arg;
	struct settings settings = { 0 };
	struct err err = { 0 };
	(void)signum;
	engine_reload(parts->engine);
	if (settings_load(&settings, parts->settings_file, &err) &&
	    access_take(parts->access, &settings, &err))
		take_settings(parts, &settings);
	else
		refuse_settings(parts, &err);
	settings_release(&settings);
	err_release(&err);
}

/* A service manager that opened the socket for us has opened ours. */
static bool take_sockets(struct parts *parts)
{
	int n = systemd_listen_fds();
	for (int i = 0; i < n; i++)
		api_listen(parts->api, SYSTEMD_FIRST_FD + i, PORCH_UNIX);
	parts->lent = n > 0;
	return parts->lent;
}

static bool open_listeners(const struct plan *p, struct parts *parts, struct err *err)
{
	if (take_sockets(parts))
		return true;
	for (size_t i = 0; i < p->addresses.len; i++) {
		const struct listen_address *address = &p->addresses.items[i];
		if (address->kind == PORCH_TCP && !access_has_tokens(parts->access))
			return err_set(err, ERR_CONFIG,
				       "TCP is not listened on without a token: make one with "
				       "runboard engine token, or in %s",
				       str_text(&p->settings_file));
		int fd = listen_open(address, err);
		if (fd < 0)
			return false;
		api_listen(parts->api, fd, address->kind);
	}
	return true;
}

/* Tokens that were made by command. */
static void on_token(void *arg, const struct engine_token *t)
{
	struct parts *parts = arg;
	struct err err = { 0 };
	const struct access_token known = { t->name, t->sha256, t->roles };
	if (!access_add_token(parts->access, &known, &err))
		log_error("token %.*s is not taken: %s", (int)t->name.len, t->name.ptr, err_text(&err));
	err_release(&err);
}

static bool open_parts(const struct plan *p, struct parts *parts, struct err *err)
{
	struct str socket = { 0 };
	parts->settings_file = str_text(&p->settings_file);
	if (!settings_load(&parts->settings, parts->settings_file, err))
		return false;
	parts->access = access_new(&parts->settings, geteuid(), err);
	if (!parts->access)
		return false;
	parts->loop = loop_new();
	struct engine_config config = {
		.state = str_text(&p->state),
		.workflows = p->folders.items,
		.n_workflows = p->folders.len,
		.secrets = str_text(&p->secrets),
		.socket = own_socket(p, &socket),
	};
	queue_list queues = { 0 };
	add_settings(&config, &parts->settings, &queues);
	parts->engine = engine_new(&config, parts->loop, err);
	str_release(&socket);
	vec_release(&queues);
	if (!parts->engine)
		return false;
	engine_keep(parts->engine, &parts->settings.keeping);
	engine_each_token(parts->engine, on_token, parts);
	parts->api = api_new(&(struct api_config){
		.loop = parts->loop,
		.engine = parts->engine,
		.access = parts->access,
	}, err);
	return parts->api && open_listeners(p, parts, err);
}

/* Goes with a goodbye: a socket that is left behind says that the engine died. Until
 * it is closed nobody else can have taken its place. */
static void remove_sockets(const struct plan *p, const struct parts *parts)
{
	for (size_t i = 0; i < p->addresses.len && !parts->lent; i++)
		if (p->addresses.items[i].kind == PORCH_UNIX)
			unlink(p->addresses.items[i].path);
}

static void close_parts(struct parts *parts)
{
	api_free(parts->api);
	engine_free(parts->engine);
	loop_free(parts->loop);
	access_free(parts->access);
	settings_release(&parts->settings);
}

/* One line on the descriptor of --ready-fd, and the status to a waiting parent. */
static bool say_ready(const struct plan *p, int tell, struct err *err)
{
	static const char line[] = "ready\n";
	if (p->ready_fd >= 0) {
		if (write(p->ready_fd, line, sizeof(line) - 1) < 0)
			log_warn("nobody reads the descriptor of --ready-fd");
		close(p->ready_fd);
	}
	systemd_notify("READY=1");
	if (tell < 0)
		return true;
	if (!leave_terminal(p, err))
		return false;
	tell_status(tell, 0);
	return true;
}

static void run(const struct plan *p, struct parts *parts)
{
	struct watch *watches[] = {
		loop_signal(parts->loop, SIGTERM, on_stop, parts->loop),
		loop_signal(parts->loop, SIGINT, on_stop, parts->loop),
		loop_signal(parts->loop, SIGHUP, on_reload, parts),
	};
	log_note("%s %s takes orders; state in %s", program, PACKAGE_VERSION, str_text(&p->state));
	loop_run(parts->loop);
	systemd_notify("STOPPING=1");
	remove_sockets(p, parts);
	for (size_t i = 0; i < sizeof(watches) / sizeof(*watches); i++)
		loop_remove(watches[i]);
}

static int serve(const struct plan *p)
{
	struct parts parts = { 0 };
	struct err err = { 0 };
	int tell = -1;
	bool good = (p->foreground || go_behind(&tell, &err)) && open_parts(p, &parts, &err) &&
		    say_ready(p, tell, &err);
	if (good)
		run(p, &parts);
	else
		out_error(program, err_text(&err));
	int status = good ? 0 : err_exit_status(err.kind);
	if (!good)
		tell_status(tell, status);
	close_parts(&parts);
	err_release(&err);
	return status;
}

/* Secrets pass through: no core dumps (steps may ask for theirs: the hard limit
 * stays). A closed peer or a file at its limit is an error code, not a death. */
static void harden(void)
{
	struct rlimit core;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	umask(077);
	if (!getrlimit(RLIMIT_CORE, &core)) {
		core.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &core);
	}
}

static void print_help(void)
{
	struct out out;
	struct str help = { 0 };
	out_init(&out, STDOUT_FILENO);
	opt_add_help(&help, options);
	out_text(&out, "usage: runboardd [--state DIR] [--workflows DIR]... [--listen ADDRESS]... "
		       "[--foreground]\n\nThe local engine of runboard: runs workflows, durably.\n\n");
	out_text(&out, str_text(&help));
	out_flush(&out, NULL);
	str_release(&help);
	out_release(&out);
}

static void print_version(void)
{
	struct out out;
	out_init(&out, STDOUT_FILENO);
	out_format(&out, "%s %s\n", program, PACKAGE_VERSION);
	out_flush(&out, NULL);
	out_release(&out);
}

int main(int argc, char **argv)
{
	static const struct opt *const tables[] = { options, NULL };
	struct plan plan = { .ready_fd = -1 };
	struct err err = { 0 };
	int status = 0;
	harden();
	log_open(STDERR_FILENO, getenv("RUNBOARD_LOG_DEBUG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_NOTE);
	bool good = opt_parse(tables, argc - 1, argv + 1, &plan.given, &err);
	if (good && opt_has(&plan.given, "help")) {
		print_help();
	} else if (good && opt_has(&plan.given, "version")) {
		print_version();
	} else if (good && plan_make(&plan, &err)) {
		status = serve(&plan);
	} else {
		out_error(program, err_text(&err));
		status = err_exit_status(err.kind);
	}
	plan_release(&plan);
	err_release(&err);
	return status;
}
