/* Folders under inotify. Knows not what is in them. */
#include "engine/folders.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"

enum { TOGETHER_MS = 50, LOOK_AGAIN_MS = 30000 };

struct folder {
	char *path;
	int wd;		/* -1: not there */
};

struct folders {
	int fd;
	struct watch *watch;
	struct watch *soon;	/* changes that come together are told once */
	struct watch *again;	/* looks for what is not there */
	VEC(struct folder) list;
	loop_fn *fn;
	void *arg;
};

/* False while one is missing. */
static bool look_for_all(struct folders *f)
{
	const uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
			      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
	bool all = true;
	for (size_t i = 0; i < f->list.len; i++) {
		struct folder *folder = &f->list.items[i];
		if (folder->wd < 0)
			folder->wd = inotify_add_watch(f->fd, folder->path, what);
		all = all && folder->wd >= 0;
	}
	return all;
}

static void on_again(void *arg)
{
	struct folders *f = arg;
	size_t before = 0, after = 0;
	for (size_t i = 0; i < f->list.len; i++)
		before += f->list.items[i].wd >= 0;
	if (!look_for_all(f))
		loop_timer_set(f->again, LOOK_AGAIN_MS);
	for (size_t i = 0; i < f->list.len; i++)
		after += f->list.items[i].wd >= 0;
	if (after > before)
		loop_timer_set(f->soon, TOGETHER_MS);
}

static void on_soon(void *arg)
{
	struct folders *f = arg;
	f->fn(f->arg);
}

/* The kernel has dropped the watch of a folder that went. */
static void forget(struct folders *f, int wd)
{
	for (size_t i = 0; i < f->list.len; i++)
		if (f->list.items[i].wd == wd)
			f->list.items[i].wd = -1;
	loop_timer_set(f->again, TOGETHER_MS);
}

static void on_events(void *arg, int fd, unsigned events)
{
	struct folders *f = arg;
	_Alignas(struct inotify_event) char bytes[4096];
	ssize_t got;
	(void)events;
	while ((got = read(fd, bytes, sizeof bytes)) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *e = (const void *)(bytes + at);
			if (e->mask & IN_MOVE_SELF)
				inotify_rm_watch(fd, e->wd);
			if (e->mask & IN_IGNORED)
				forget(f, e->wd);
			at += (ssize_t)(sizeof *e + e->len);
		}
	}
	loop_timer_set(f->soon, TOGETHER_MS);
}

struct folders *folders_watch(struct loop *loop, const char *const *paths, size_t n, loop_fn *fn,
			      void *arg)
{
	struct folders *f = mem_zero(sizeof *f);
	f->fn = fn;
	f->arg = arg;
	f->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->fd < 0) {
		log_warn("workflow folders are not watched, only looked into when asked: %s",
			 strerror(errno));
		return f;
	}
	for (size_t i = 0; i < n; i++) {
		struct folder folder = { mem_text(paths[i]), -1 };
		vec_push(&f->list, folder);
	}
	f->watch = loop_fd(loop, f->fd, LOOP_READ, on_events, f);
	f->soon = loop_timer(loop, on_soon, f);
	f->again = loop_timer(loop, on_again, f);
	if (!look_for_all(f))
		loop_timer_set(f->again, LOOK_AGAIN_MS);
	return f;
}

void folders_free(struct folders *f)
{
	if (!f)
		return;
	loop_remove(f->watch);
	loop_remove(f->soon);
	loop_remove(f->again);
	for (size_t i = 0; i < f->list.len; i++)
		mem_free(f->list.items[i].path);
	vec_release(&f->list);
	if (f->fd >= 0)
		close(f->fd);
	mem_free(f);
}
