/* `started` and `exit`. Knows nothing of processes. */
#include "step/result.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"

enum { MODE = 0600, BOOT_ID_MAX = 64 };

static int open_in(int folder, const char *name, int flags, struct err *err)
{
	int fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (fd < 0)
		err_system(err, errno, "cannot write %s", name);
	return fd;
}

bool result_prepare(int folder, struct err *err)
{
	int fd = open_in(folder, "exit", O_WRONLY | O_CREAT | O_TRUNC, err);
	if (fd < 0)
		return false;
	int failed = posix_fallocate(fd, 0, EXIT_LINE_SIZE);
	close(fd);
	return failed ? err_system(err, failed, "no room for the result") : true;
}

/* Writes, syncs and closes. */
static bool put(int fd, const char *name, struct view v, struct err *err)
{
	bool good = file_write_all(fd, v, err);
	if (good && fdatasync(fd))
		good = err_system(err, errno, "cannot sync %s", name);
	close(fd);
	return good;
}

bool result_started(int folder, pid_t pid, struct err *err)
{
	struct str text = { 0 }, boot = { 0 };
	file_read("/proc/sys/kernel/random/boot_id", BOOT_ID_MAX, &boot, NULL);
	struct view id = view_trim(view_of_str(&boot));
	str_addf(&text, "boot=%.*s\npid=%d\nat=%" PRId64 "\n", (int)id.len, id.ptr ? id.ptr : "",
		 (int)pid, when_now_ms());
	int fd = open_in(folder, "started", O_WRONLY | O_CREAT | O_TRUNC, err);
	bool good = fd >= 0 && put(fd, "started", view_of_str(&text), err);
	/* The names of all files made so far. */
	if (good && fsync(folder))
		good = err_system(err, errno, "cannot sync the attempt's folder");
	if (!good)
		unlinkat(folder, "started", 0);	/* half a word would be a lie */
	str_release(&text);
	str_release(&boot);
	return good;
}

/* What is empty or missing costs nothing. */
static void sync_file(int folder, const char *name)
{
	struct stat st;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size)
		fdatasync(fd);
	close(fd);
}

bool result_write(int folder, const struct exit_line *line, struct err *err)
{
	static const char *const left[] = { "stdout", "stderr", "order", "notes", "output" };
	for (size_t i = 0; i < sizeof(left) / sizeof(*left); i++)
		sync_file(folder, left[i]);
	struct str text = { 0 };
	exit_line_write(&text, line);
	int fd = open_in(folder, "exit", O_WRONLY, err);
	bool good = fd >= 0 && put(fd, "exit", view_of_str(&text), err);
	str_release(&text);
	return good;
}
