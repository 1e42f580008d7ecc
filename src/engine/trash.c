/* STATE/trash/TIME holds what is taken between two removals; `rm -rf` removes one such
 * folder after the other. */
#include "engine/trash.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/when.h"
#include "io/spawn.h"

struct trash {
	struct loop *loop;
	struct str folder;		/* STATE/trash */
	struct str batch;		/* what is taken now goes there; empty: to be made */
	int64_t named;			/* the last batch's name */
	int64_t taken;			/* so many are in it */
	struct watch *child;
	bool left;			/* there may be earlier batches */
};

struct trash *trash_new(struct loop *loop, const char *state)
{
	struct trash *t = mem_zero(sizeof *t);
	t->loop = loop;
	str_addf(&t->folder, "%s/trash", state);
	t->left = true;
	trash_empty(t);
	return t;
}

void trash_free(struct trash *t)
{
	if (!t)
		return;
	loop_remove(t->child);
	str_release(&t->folder);
	str_release(&t->batch);
	mem_free(t);
}

/* Names ascend, also where the clock does not. */
static bool make_batch(struct trash *t, struct err *err)
{
	int64_t now_ms = when_now_ms();
	if (t->batch.len)
		return true;
	t->named = now_ms > t->named ? now_ms : t->named + 1;
	str_addf(&t->batch, "%s/%" PRId64, str_text(&t->folder), t->named);
	bool good = file_make_folders(str_text(&t->batch), 0700, err);
	if (!good)
		str_clear(&t->batch);
	return good;
}

bool trash_take(struct trash *t, const char *folder, struct err *err)
{
	struct str to = {0};
	struct stat st;
	if (lstat(folder, &st) && errno == ENOENT)
		return true;
	bool good = make_batch(t, err);
	str_addf(&to, "%s/%" PRId64, str_text(&t->batch), ++t->taken);
	if (good && rename(folder, str_text(&to)) && errno != ENOENT)
		good = err_system(err, errno, "cannot remove %s", folder);
	str_release(&to);
	return good;
}

/* The first batch that nothing goes to any more. */
static bool oldest(const struct trash *t, struct str *path)
{
	DIR *dir = opendir(str_text(&t->folder));
	bool found = false;
	for (struct dirent *entry; dir && !found && (entry = readdir(dir));) {
		str_clear(path);
		str_addf(path, "%s/%s", str_text(&t->folder), entry->d_name);
		found = entry->d_name[0] != '.' && !view_eq(view_of_str(path), view_of_str(&t->batch));
	}
	if (dir)
		closedir(dir);
	return found;
}

/* What could not be removed is tried again with what comes next. */
static void on_child(void *arg, pid_t pid, int status)
{
	struct trash *t = arg;
	(void)pid;
	loop_remove(t->child);
	t->child = NULL;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		trash_empty(t);
	else
		log_warn("not all of %s could be removed", str_text(&t->folder));
}

static void remove_batch(struct trash *t, const char *path)
{
	const char *const argv[] = { "rm", "-rf", "--", path, NULL };
	const struct spawn spawn = { .program = "/bin/rm", .argv = argv, .session = true };
	struct err err = {0};
	pid_t pid = spawn_start(&spawn, &err);
	if (pid > 0)
		t->child = loop_child(t->loop, pid, on_child, t);
	else
		log_warn("%s", err_text(&err));
	err_release(&err);
}

void trash_empty(struct trash *t)
{
	struct str path = {0};
	if (t->child)
		return;
	if (t->batch.len) {
		str_clear(&t->batch);
		t->left = true;
	}
	if (t->left && oldest(t, &path))
		remove_batch(t, str_text(&path));
	else
		t->left = false;
	str_release(&path);
}
