/* `started` and `exit`. Knows nothing of processes. */
#include "step/result.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/when.h"

enum { MODE = 0600, BOOT_ID_MAX = 64, GIVEN_MAX = 4 << 20 };

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

/* What is too large to be read is too large to be a result: it stays as it is. */
static void mask_file(int folder, const char *name, const struct mask *mask)
{
	struct str text = { 0 }, masked = { 0 };
	bool read = file_read_at(folder, name, GIVEN_MAX, &text, NULL);
	struct view v = view_trim(view_of_str(&text));
	if (v.len && v.ptr[0] == '{')
		mask_json(mask, v, &masked);
	else
		mask_text(mask, view_of_str(&text), &masked);
	bool clean = !read || view_eq(view_of_str(&masked), view_of_str(&text));
	int fd = clean ? -1 : openat(folder, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK |
				     O_CLOEXEC);
	if (fd >= 0) {
		file_write_all(fd, view_of_str(&masked), NULL);
		close(fd);
	}
	str_release(&text);
	str_release(&masked);
}

void result_mask(int folder, const struct mask *mask)
{
	if (mask_empty(mask))
		return;
	mask_file(folder, "output", mask);
	mask_file(folder, "progress", mask);
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
