/* Supervisors: started, listened to, adopted. */
#include "engine/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "engine/spec_pipe.h"
#include "io/sock.h"
#include "io/spawn.h"

enum { CONNECT_FIRST_MS = 2, CONNECT_MOST_MS = 250, PACKET_MAX = 4096 };

/* One attempt under a supervisor. */
struct attempt {
	struct runner *runner;
	struct attempt_name name;	/* views of own copies */
	char *run, *task;
	int folder, control;		/* -1: not open */
	struct watch *child, *socket, *timer;
	pid_t supervisor;		/* our child; 0: adopted, or gone */
	int64_t retry_ms;		/* the next wait before another look */
	int64_t pid;
	bool child_gone;		/* we were its parent and it has ended */
	bool adopted;			/* started by an engine before us */
	bool stop;			/* to be told as soon as it listens */
	char *failure;			/* why it could not be launched, to be told */
	bool refused;			/* it was not even tried */
	bool may_pass;			/* launched later it may do */
	struct runner_live live;
	struct str words;
};

/* A supervisor that has said its last word and is still to be reaped. */
struct dying {
	struct runner *runner;
	struct watch *watch;
};

struct runner {
	struct loop *loop;
	char *state, *supervisor;
	struct runner_hooks hooks;
	void *arg;
	VEC(struct attempt *) attempts;
	VEC(struct dying *) dying;
};

struct runner *runner_new(struct loop *loop, const char *state, const char *supervisor,
			  const struct runner_hooks *hooks, void *arg)
{
	struct runner *r = mem_zero(sizeof *r);
	r->loop = loop;
	r->state = mem_text(state);
	r->supervisor = mem_text(supervisor);
	r->hooks = *hooks;
	r->arg = arg;
	return r;
}

static void on_dead(void *arg, pid_t pid, int status)
{
	struct dying *d = arg;
	struct runner *r = d->runner;
	size_t i = 0;
	while (r->dying.items[i] != d)
		i++;
	vec_remove(&r->dying, i);
	loop_remove(d->watch);
	mem_free(d);
}

/* Its attempt is over before its process is. */
static void let_die(struct runner *r, pid_t pid)
{
	struct dying *d = mem_zero(sizeof *d);
	d->runner = r;
	d->watch = loop_child(r->loop, pid, on_dead, d);
	vec_push(&r->dying, d);
}

static void attempt_free(struct attempt *a)
{
	loop_remove(a->child);
	if (a->supervisor)
		let_die(a->runner, a->supervisor);
	loop_remove(a->socket);
	loop_remove(a->timer);
	if (a->folder >= 0)
		close(a->folder);
	if (a->control >= 0)
		close(a->control);
	str_release(&a->words);
	mem_free(a->run);
	mem_free(a->task);
	mem_free(a->failure);
	mem_free(a);
}

void runner_free(struct runner *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->attempts.len; i++)
		attempt_free(r->attempts.items[i]);
	vec_release(&r->attempts);
	for (size_t i = 0; i < r->dying.len; i++) {
		loop_remove(r->dying.items[i]->watch);
		mem_free(r->dying.items[i]);
	}
	vec_release(&r->dying);
	mem_free(r->state);
	mem_free(r->supervisor);
	mem_free(r);
}

static struct attempt *find(const struct runner *r, const struct attempt_name *name)
{
	for (size_t i = 0; i < r->attempts.len; i++) {
		struct attempt *a = r->attempts.items[i];
		if (a->name.number == name->number && view_eq(a->name.task, name->task) &&
		    view_eq(a->name.run, name->run))
			return a;
	}
	return NULL;
}

static void look(void *arg);

static struct attempt *attempt_new(struct runner *r, const struct attempt_name *name, int folder)
{
	struct attempt *a = mem_zero(sizeof *a);
	a->runner = r;
	a->run = mem_bytes(name->run.ptr, name->run.len);
	a->task = mem_bytes(name->task.ptr, name->task.len);
	a->name = (struct attempt_name){ { a->run, name->run.len }, { a->task, name->task.len },
					 name->number };
	a->folder = folder;
	a->control = -1;
	a->live.progress = -1;
	a->retry_ms = CONNECT_FIRST_MS;
	a->timer = loop_timer(r->loop, look, a);
	vec_push(&r->attempts, a);
	return a;
}

static void forget(struct attempt *a)
{
	struct runner *r = a->runner;
	for (size_t i = 0; i < r->attempts.len; i++) {
		if (r->attempts.items[i] == a) {
			vec_remove(&r->attempts, i);
			break;
		}
	}
	attempt_free(a);
}

/* ---- its end ------------------------------------------------------------------------ */

static void tell_end(struct attempt *a, const struct event *end)
{
	struct runner *r = a->runner;
	r->hooks.ended(r->arg, &a->name, end);
	forget(a);
}

static void tell_no_start(struct attempt *a, const char *why)
{
	struct arena arena = {0};
	struct event end = a->refused ? attempt_refused(&arena, view_of(why)) :
					attempt_no_start(&arena, view_of(why));
	tell_end(a, &end);
	arena_release(&arena);
}

static void tell_postponed(struct attempt *a)
{
	struct runner *r = a->runner;
	r->hooks.postponed(r->arg, &a->name, a->failure);
	forget(a);
}

static void tell_lost(struct attempt *a)
{
	struct runner *r = a->runner;
	if (!a->adopted && !attempt_was_started(a->folder)) {
		tell_no_start(a, "the supervisor ended before it started the command");
		return;
	}
	r->hooks.unknown(r->arg, &a->name);
	forget(a);
}

/* Tells the end if there is one; a is gone then. */
static bool try_end(struct attempt *a)
{
	struct arena arena = {0};
	struct event end;
	bool ended = attempt_read_end(a->folder, &arena, &end);
	if (ended)
		tell_end(a, &end);
	arena_release(&arena);
	return ended;
}

/* Nobody knows how it ended, only because that cannot be read just now. */
static bool is_kept_waiting(struct attempt *a)
{
	struct err err = {0};
	bool waits = attempt_end_must_wait(a->folder, &err);
	if (waits)
		a->runner->hooks.troubled(a->runner->arg, err_text(&err));
	err_release(&err);
	return waits;
}

static bool supervisor_is_gone(struct attempt *a)
{
	int lock = a->child_gone ? -1 : attempt_lock(a->folder);
	if (lock >= 0)
		close(lock);
	return a->child_gone || lock >= 0;
}

/* ---- what it says -------------------------------------------------------------------- */

static bool next_number(struct view *rest, int64_t *out)
{
	struct view word;
	return view_split(rest, ' ', &word) && number_parse(word, 0, INT64_MAX, out);
}

static void on_started(struct attempt *a, struct view rest)
{
	struct runner *r = a->runner;
	int64_t pid;
	if (!next_number(&rest, &pid) || a->pid == pid)
		return;
	a->pid = pid;
	r->hooks.started(r->arg, &a->name, pid);
}

static void on_output(struct attempt *a, struct view rest)
{
	next_number(&rest, &a->live.stdout_bytes);
	next_number(&rest, &a->live.stderr_bytes);
	a->runner->hooks.moved(a->runner->arg, &a->name);
}

static void on_progress(struct attempt *a, struct view rest)
{
	a->live.progress = attempt_read_progress(a->folder, &a->words);
	a->live.words = view_of_str(&a->words);
	a->runner->hooks.moved(a->runner->arg, &a->name);
}

static void on_usage(struct attempt *a, struct view rest)
{
	struct usage_facts *u = &a->live.usage, before = *u;
	if (next_number(&rest, &u->cpu_ms) && next_number(&rest, &u->max_rss_kb) &&
	    next_number(&rest, &u->read_bytes) && next_number(&rest, &u->write_bytes) &&
	    memcmp(&before, u, sizeof before))
		a->runner->hooks.used(a->runner->arg, &a->name);
}

static void hear(struct attempt *a, struct view packet)
{
	static const struct {
		const char *word;
		void (*hear)(struct attempt *a, struct view rest);
	} words[] = {
		{ "started", on_started }, { "output", on_output }, { "progress", on_progress },
		{ "usage", on_usage },
	};
	struct view word;
	view_split(&packet, ' ', &word);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (view_is(word, words[i].word))
			words[i].hear(a, packet);
	}
}

static void hang_up(struct attempt *a)
{
	loop_remove(a->socket);
	a->socket = NULL;
	close(a->control);
	a->control = -1;
	a->retry_ms = CONNECT_FIRST_MS;
	loop_timer_set(a->timer, 0);
}

static void on_socket(void *arg, int fd, unsigned events)
{
	struct attempt *a = arg;
	struct str packet = {0};
	enum sock_result result;
	bool ended = false;
	while ((result = sock_receive_packet(fd, PACKET_MAX, &packet, NULL)) == SOCK_DONE) {
		ended = view_is(view_of_str(&packet), "exit") && try_end(a);
		if (ended)
			break;
		hear(a, view_of_str(&packet));
	}
	str_release(&packet);
	if (!ended && result != SOCK_AGAIN)
		hang_up(a);
}

static void say(struct attempt *a, const char *word)
{
	if (a->control >= 0)
		sock_send_packet(a->control, view_of(word), NULL);
}

static bool connect_to(struct attempt *a)
{
	a->control = sock_connect(a->folder, "control", SOCK_KIND_PACKET, NULL);
	if (a->control < 0)
		return false;
	a->socket = loop_fd(a->runner->loop, a->control, LOOP_READ, on_socket, a);
	if (a->stop)
		say(a, "term");
	return true;
}

/* Looks after an attempt that does not talk to us: has it ended, can we connect? */
static void look(void *arg)
{
	struct attempt *a = arg;
	if (a->failure) {
		if (a->may_pass && !a->stop)
			tell_postponed(a);
		else
			tell_no_start(a, a->failure);
		return;
	}
	if (a->control >= 0)
		return;
	bool gone = supervisor_is_gone(a);
	if (try_end(a))
		return;
	if (gone && !is_kept_waiting(a)) {
		tell_lost(a);
		return;
	}
	if (!gone && connect_to(a))
		return;
	loop_timer_set(a->timer, a->retry_ms);
	a->retry_ms = a->retry_ms * 2 < CONNECT_MOST_MS ? a->retry_ms * 2 : CONNECT_MOST_MS;
}

static void on_child(void *arg, pid_t pid, int status)
{
	struct attempt *a = arg;
	a->child_gone = true;
	a->supervisor = 0;
	loop_remove(a->child);
	a->child = NULL;
	if (a->control >= 0)
		hang_up(a);
	loop_timer_stop(a->timer);
	look(a);
}

/* ---- launch --------------------------------------------------------------------------- */

static pid_t start(struct runner *r, int folder, int lock, int spec, struct err *err)
{
	const struct spawn_fd fds[] = { { folder, 3 }, { lock, 4 }, { spec, 5 } };
	const struct spawn s = {
		.program = r->supervisor, .fds = fds, .n_fds = 3, .session = true,
	};
	return spawn_start(&s, err);
}

/* What an attempt before left for the next. */
static void hand_checkpoint_on(const struct runner *r, const struct attempt_name *name, int folder)
{
	struct attempt_name before = *name;
	struct str text = {0};
	before.number--;
	int old = attempt_open_folder(r->state, &before);
	if (old < 0)
		return;
	if (file_read_at(old, "checkpoint", 16 << 20, &text, NULL)) {
		int fd = openat(folder, "checkpoint", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0) {
			file_write_all(fd, view_of_str(&text), NULL);
			close(fd);
		}
	}
	str_release(&text);
	close(old);
}

static bool launch_in(struct runner *r, const struct launch *l, struct attempt *a, struct err *err)
{
	struct str path = {0}, text = {0};
	int lock = -1, spec = -1;
	pid_t pid = -1;
	attempt_path(&path, r->state, &l->name);
	if (!spec_write(l, str_text(&path), &text, err))
		goto out;
	lock = attempt_lock(a->folder);
	if (lock < 0) {
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_SYSTEM, "the attempt's folder is locked");
		else
			err_system(err, errno, "the attempt's folder cannot be locked");
		goto out;
	}
	spec = spec_pipe(view_of_str(&text), err);
	if (spec >= 0)
		pid = start(r, a->folder, lock, spec, err);
out:
	if (lock >= 0)
		close(lock);
	if (spec >= 0)
		close(spec);
	str_release(&path);
	str_release(&text);
	if (pid > 0) {
		a->supervisor = pid;
		a->child = loop_child(r->loop, pid, on_child, a);
	}
	return pid > 0;
}

void runner_launch(struct runner *r, const struct launch *l)
{
	struct err err = {0};
	int folder = attempt_make_folder(r->state, &l->name, &err);
	struct attempt *a = attempt_new(r, &l->name, folder);
	if (l->refusal) {
		a->refused = true;
		err_set(&err, ERR_CONFIG, "%s", l->refusal);
	} else if (folder >= 0) {
		hand_checkpoint_on(r, &l->name, folder);
		if (launch_in(r, l, a, &err)) {
			loop_timer_set(a->timer, a->retry_ms);
			err_release(&err);
			return;
		}
	}
	a->failure = mem_text(err_text(&err));
	a->may_pass = err.kind == ERR_BUSY;
	err_release(&err);
	loop_timer_set(a->timer, 0);
}

/* No supervisor, no end, and the command was not even about to start. */
static bool never_began(int folder)
{
	struct arena arena = {0};
	struct event end;
	int lock = attempt_lock(folder);
	if (lock < 0)
		return false;
	bool ended = attempt_read_end(folder, &arena, &end);
	arena_release(&arena);
	close(lock);
	return !ended && !attempt_was_started(folder);
}

enum adoption runner_adopt(struct runner *r, const struct attempt_name *name, bool same_boot)
{
	int folder = attempt_open_folder(r->state, name);
	if (folder < 0)
		return ADOPTION_LAUNCH;
	if (same_boot && never_began(folder)) {
		close(folder);
		return ADOPTION_LAUNCH;
	}
	struct attempt *a = attempt_new(r, name, folder);
	a->adopted = true;
	loop_timer_set(a->timer, 0);
	return ADOPTION_DONE;
}

void runner_stop(struct runner *r, const struct attempt_name *name)
{
	struct attempt *a = find(r, name);
	if (!a)
		return;
	a->stop = true;
	say(a, "term");
}

bool runner_live(const struct runner *r, const struct attempt_name *name, struct runner_live *out)
{
	const struct attempt *a = find(r, name);
	if (a)
		*out = a->live;
	return a != NULL;
}
