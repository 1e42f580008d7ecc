/* The loop of the supervisor. What it is told: the command's end, its streams,
 * the control socket, its deadlines. */
#include "step/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exitline.h"
#include "base/when.h"
#include "step/capture.h"
#include "step/command.h"
#include "step/control.h"
#include "step/progress.h"
#include "step/result.h"
#include "step/tree.h"

enum {
	DRAIN_MS = 250,		/* from the command's end to the end of its tree */
	SWEEP_MS = 10,		/* between two blows at what is left */
	SWEEP_LIMIT_MS = 10000,	/* for what does not die: then it is said and left */
	TELL_MS = 50,
	PROGRESS_MS = 200,
	USAGE_MS = 2000,
	SIGNAL_BASE = 128,
};

enum phase { PHASE_RUNNING, PHASE_DRAIN, PHASE_SWEEP, PHASE_DONE };

struct supervisor {
	int folder;
	const struct spec *spec;
	struct command command;
	struct logbook book;
	struct capture out, err;
	struct control control;
	int signals;
	enum phase phase;
	enum exit_reason reason;	/* why it is being ended, if it is */
	int status;			/* of wait4; valid from PHASE_DRAIN on */
	bool childless;
	struct tree_usage used;		/* of the dead */
	/* Instants of the monotonic clock, 0: none. */
	int64_t timeout_at, kill_at, drain_at, sweep_until, sweep_at;
	int64_t tell_at, progress_at, usage_at;
	int64_t told_out, told_err;
	struct progress_look progress;
};

/* ---- ending it ------------------------------------------------------------- */

static void signal_group(struct supervisor *s, int signum)
{
	if (s->phase == PHASE_RUNNING)
		kill(-s->command.pid, signum);
}

static void kill_all(struct supervisor *s)
{
	signal_group(s, SIGKILL);
	tree_signal(SIGKILL);
}

/* The first reason stays. */
static void begin_end(struct supervisor *s, enum exit_reason reason)
{
	if (s->phase != PHASE_RUNNING || s->kill_at)
		return;
	s->reason = reason;
	s->kill_at = when_mono_ms() + s->spec->grace_ms;
	signal_group(s, SIGTERM);
	signal_group(s, SIGCONT);
}

static void kill_now(struct supervisor *s)
{
	if (s->phase != PHASE_RUNNING)
		return;
	if (!s->kill_at)
		s->reason = EXIT_BY_CANCEL;
	s->kill_at = when_mono_ms();
	kill_all(s);
}

/* ---- what happened --------------------------------------------------------- */

static void on_command_end(struct supervisor *s, int status)
{
	s->phase = PHASE_DRAIN;
	s->status = status;
	s->timeout_at = s->kill_at = 0;
	s->drain_at = when_mono_ms() + DRAIN_MS;
}

static void reap(struct supervisor *s)
{
	struct signalfd_siginfo info;
	int status = 0;
	while (read(s->signals, &info, sizeof info) == sizeof info)
		;
	for (;;) {
		pid_t pid = tree_reap(&status, &s->used);
		s->childless = pid < 0;
		if (pid <= 0)
			return;
		if (pid == s->command.pid)
			on_command_end(s, status);
	}
}

static void begin_sweep(struct supervisor *s, int64_t now)
{
	s->phase = PHASE_SWEEP;
	s->sweep_at = now;
	s->sweep_until = now + SWEEP_LIMIT_MS;
}

static void sweep(struct supervisor *s, int64_t now)
{
	tree_signal(SIGKILL);
	s->sweep_at = now + SWEEP_MS;
	if (now < s->sweep_until)
		return;
	logbook_note(&s->book, "some processes of this step could not be killed");
	s->phase = PHASE_DONE;
}

static bool at_end_of_streams(const struct supervisor *s)
{
	return s->out.pipe < 0 && s->err.pipe < 0;
}

static void advance(struct supervisor *s, int64_t now)
{
	if (s->timeout_at && now >= s->timeout_at) {
		s->timeout_at = 0;
		begin_end(s, EXIT_BY_TIMEOUT);
	}
	if (s->kill_at && now >= s->kill_at) {
		kill_all(s);
		s->kill_at = now + SWEEP_MS;	/* until its end is seen */
	}
	if (s->phase == PHASE_DRAIN && s->childless && at_end_of_streams(s))
		s->phase = PHASE_DONE;
	if (s->phase == PHASE_DRAIN && now >= s->drain_at)
		begin_sweep(s, now);
	if (s->phase == PHASE_SWEEP && s->childless)
		s->phase = PHASE_DONE;
	if (s->phase == PHASE_SWEEP && now >= s->sweep_at)
		sweep(s, now);
}

/* ---- what is told ---------------------------------------------------------- */

static void tell_output(struct supervisor *s, int64_t now)
{
	if (s->out.kept == s->told_out && s->err.kept == s->told_err)
		return;
	struct str text = { 0 };
	s->told_out = s->out.kept;
	s->told_err = s->err.kept;
	s->tell_at = now + TELL_MS;
	str_addf(&text, "output %" PRId64 " %" PRId64, s->told_out, s->told_err);
	control_send_all(&s->control, str_text(&text));
	str_release(&text);
}

static void tell_progress(struct supervisor *s, int64_t now)
{
	struct stat st;
	s->progress_at = now + PROGRESS_MS;
	if (!fstatat(s->folder, "progress", &st, AT_SYMLINK_NOFOLLOW) &&
	    progress_is_news(&s->progress, &st, when_now_ms()))
		control_send_all(&s->control, "progress");
}

static void tell_usage(struct supervisor *s, int64_t now)
{
	struct tree_usage live = tree_usage_now();
	struct str text = { 0 };
	s->usage_at = now + USAGE_MS;
	str_addf(&text, "usage %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		 s->used.cpu_ms + live.cpu_ms,
		 s->used.rss_kb > live.rss_kb ? s->used.rss_kb : live.rss_kb,
		 s->used.read_bytes + live.read_bytes, s->used.write_bytes + live.write_bytes);
	control_send_all(&s->control, str_text(&text));
	str_release(&text);
}

static void tell(struct supervisor *s, int64_t now)
{
	if (!s->control.n_clients)
		return;
	if (now >= s->tell_at)
		tell_output(s, now);
	if (now >= s->progress_at)
		tell_progress(s, now);
	if (now >= s->usage_at && s->phase == PHASE_RUNNING)
		tell_usage(s, now);
}

static void tell_state(struct supervisor *s, size_t client)
{
	struct str text = { 0 };
	str_addf(&text, "started %d", (int)s->command.pid);
	control_send(&s->control, client, str_text(&text));
	str_clear(&text);
	str_addf(&text, "output %" PRId64 " %" PRId64, s->out.kept, s->err.kept);
	control_send(&s->control, client, str_text(&text));
	if (s->progress.changed.tv_sec)
		control_send(&s->control, client, "progress");
	str_release(&text);
}

/* From the last to the first: a client that leaves is replaced by the last. */
static void hear(struct supervisor *s)
{
	for (size_t i = s->control.n_clients; i-- > 0;) {
		switch (control_read(&s->control, i)) {
		case CONTROL_NOTHING:
			break;
		case CONTROL_TERM:
			begin_end(s, EXIT_BY_CANCEL);
			break;
		case CONTROL_KILL:
			kill_now(s);
			break;
		case CONTROL_HELLO:
			tell_state(s, i);
			break;
		}
	}
	while (control_accept(&s->control))
		tell_state(s, s->control.n_clients - 1);
}

/* ---- the loop -------------------------------------------------------------- */

static void sooner(int64_t *at, int64_t other)
{
	if (other && (!*at || other < *at))
		*at = other;
}

/* How long poll may wait: -1 until something happens. */
static int wait_ms(const struct supervisor *s, int64_t now)
{
	int64_t at = 0;
	sooner(&at, s->timeout_at);
	sooner(&at, s->kill_at);
	sooner(&at, s->phase == PHASE_DRAIN ? s->drain_at : 0);
	sooner(&at, s->phase == PHASE_SWEEP ? s->sweep_at : 0);
	sooner(&at, capture_wait_until(&s->out, now));
	sooner(&at, capture_wait_until(&s->err, now));
	if (s->control.n_clients) {
		sooner(&at, s->progress_at ? s->progress_at : now);
		sooner(&at, s->phase == PHASE_RUNNING ? s->usage_at : 0);
		if (s->out.kept != s->told_out || s->err.kept != s->told_err)
			sooner(&at, s->tell_at ? s->tell_at : now);
	}
	if (!at)
		return -1;
	int64_t left = at - now;
	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

static void poll_once(struct supervisor *s)
{
	struct pollfd polls[CONTROL_CLIENTS + 4];
	int64_t now = when_mono_ms();
	bool later_out = capture_wait_until(&s->out, now), later_err = capture_wait_until(&s->err, now);
	polls[0] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = later_out ? -1 : s->out.pipe, .events = POLLIN };
	polls[2] = (struct pollfd){ .fd = later_err ? -1 : s->err.pipe, .events = POLLIN };
	size_t n = 3 + control_polls(&s->control, polls + 3);
	if (poll(polls, n, wait_ms(s, now)) < 0)
		return;
	now = when_mono_ms();
	if (polls[1].revents)
		capture_read(&s->out, &s->book, now);
	if (polls[2].revents)
		capture_read(&s->err, &s->book, now);
	for (size_t i = 3; i < n; i++) {
		if (polls[i].revents) {
			hear(s);
			break;
		}
	}
	if (polls[0].revents)
		reap(s);
	advance(s, now);
	tell(s, now);
}

/* What the pipes still hold, without waiting, and no more than a pipe's worth of
 * gulps: a survivor may print for ever. */
static void drain(struct supervisor *s, struct capture *c)
{
	enum { GULPS = 64 };
	for (int i = 0; i < GULPS && c->pipe >= 0; i++)
		if (!capture_read(c, &s->book, when_mono_ms()))
			return;
}

/* ---- begin and end ---------------------------------------------------------- */

static int watch_children(void)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool open_all(struct supervisor *s, struct err *err)
{
	if (fchdir(s->folder))
		return err_system(err, errno, "cannot enter the attempt's folder");
	if (!control_open(&s->control, err))
		return false;
	if (!result_prepare(s->folder, err) || !logbook_open(&s->book, s->folder, err) ||
	    !capture_open(&s->out, s->folder, err) || !capture_open(&s->err, s->folder, err))
		return false;
	s->signals = watch_children();
	if (s->signals < 0)
		return err_system(err, errno, "no descriptor for signals");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return true;
}

static void note_masked(struct supervisor *s, const char *what, struct view value)
{
	struct str text = { 0 }, masked = { 0 };
	str_add_text(&text, what);
	if (mask_empty(s->spec->mask))
		str_add(&masked, value);
	else
		mask_text(s->spec->mask, value, &masked);
	/* A note is a line. */
	for (size_t i = 0; i < masked.len; i++)
		str_add_char(&text, masked.ptr[i] == '\n' ? ' ' : masked.ptr[i]);
	logbook_note(&s->book, str_text(&text));
	str_release(&text);
	str_release(&masked);
}

/* What a debug run is to show: folder, command and environment as they are given to the
 * step, without its secrets. */
static void tell_surroundings(struct supervisor *s)
{
	if (s->spec->dir)
		note_masked(s, "debug: dir ", view_of(s->spec->dir));
	for (size_t i = 0; i < s->spec->args.len; i++)
		note_masked(s, "debug: arg ", view_of(s->spec->args.items[i]));
	for (size_t i = 0; i < s->spec->env.len; i++)
		note_masked(s, "debug: env ", view_of(s->spec->env.items[i]));
}

static bool start(struct supervisor *s, struct err *err)
{
	for (size_t i = 0; i < s->spec->notes.len; i++)
		note_masked(s, "", view_of(s->spec->notes.items[i]));
	if (s->spec->debug)
		tell_surroundings(s);
	if (!command_spawn(&s->command, s->spec, err))
		return false;
	s->out.pipe = s->command.out;
	s->err.pipe = s->command.err;
	if (!result_started(s->folder, s->command.pid, err)) {
		kill(s->command.pid, SIGKILL);
		return false;
	}
	if (s->spec->timeout_ms)
		s->timeout_at = when_mono_ms() + s->spec->timeout_ms;
	command_release(&s->command);
	return true;
}

/* Words of ours on stderr where it never ran. */
static bool never_ran(struct supervisor *s)
{
	struct str why = { 0 };
	bool failed = command_failed(&s->command, s->spec, &why);
	if (failed) {
		str_add_char(&why, '\n');
		capture_add(&s->err, &s->book, VIEW("runboard: "));
		capture_add(&s->err, &s->book, view_of_str(&why));
	}
	str_release(&why);
	return failed;
}

static bool finish(struct supervisor *s, struct err *err)
{
	drain(s, &s->out);
	drain(s, &s->err);
	struct exit_line line = {
		.signal = WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0,
		.reason = s->reason,
		.at_ms = when_now_ms(),
		.cpu_ms = s->used.cpu_ms,
		.rss_kb = s->used.rss_kb,
		.read_bytes = s->used.read_bytes,
		.write_bytes = s->used.write_bytes,
	};
	line.code = line.signal ? SIGNAL_BASE + line.signal : WEXITSTATUS(s->status);
	if (never_ran(s)) {
		line.code = 127;
		line.reason = EXIT_NO_SPAWN;
	}
	capture_finish(&s->out, &s->book);
	capture_finish(&s->err, &s->book);
	result_mask(s->folder, s->spec->mask);
	bool written = result_write(s->folder, &line, err);
	tell_output(s, 0);
	hear(s);
	if (written)
		control_send_all(&s->control, "exit");
	return written;
}

static void close_all(struct supervisor *s)
{
	control_close(&s->control);
	command_close(&s->command);
	capture_close(&s->out);
	capture_close(&s->err);
	logbook_close(&s->book);
	if (s->signals >= 0)
		close(s->signals);
}

bool supervise(int folder, const struct spec *spec, struct err *err)
{
	struct supervisor s = {
		.folder = folder,
		.spec = spec,
		.command = { .out = -1, .err = -1, .gate = -1, .failure = -1 },
		.book = { -1, -1, -1 },
		.out = { .stream = CAPTURE_STDOUT, .name = "stdout" },
		.err = { .stream = CAPTURE_STDERR, .name = "stderr" },
		.control = { .listener = -1 },
		.signals = -1,
		.reason = EXIT_BY_ITSELF,
	};
	s.out.mask = s.err.mask = spec->mask;
	s.out.max = s.err.max = spec->log_max;
	s.out.pipe = s.err.pipe = s.out.file = s.err.file = -1;
	bool good = open_all(&s, err) && start(&s, err);
	if (good) {
		while (s.phase != PHASE_DONE)
			poll_once(&s);
		good = finish(&s, err);
	}
	close_all(&s);
	return good;
}
