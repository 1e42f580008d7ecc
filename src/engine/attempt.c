/* The folder of an attempt: where it lies, its lock, its start. */
#include "engine/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* A name that can be no way out of the folder. */
static void add_encoded(struct str *out, struct view id)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	for (size_t i = 0; i < id.len; i++) {
		char c = id.ptr[i];
		bool is_plain = c && (strchr(plain, c) || (c == '.' && i > 0));
		if (is_plain)
			str_add_char(out, c);
		else
			str_addf(out, "%%%02X", (unsigned char)c);
	}
}

void attempt_path(struct str *out, const char *state, const struct attempt_name *name)
{
	str_addf(out, "%s/runs/", state);
	add_encoded(out, name->run);
	str_add_char(out, '/');
	add_encoded(out, name->task);
	str_addf(out, "/%d", name->number);
}

int attempt_open_folder(const char *state, const struct attempt_name *name)
{
	struct str path = {0};
	attempt_path(&path, state, name);
	int fd = open(str_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	str_release(&path);
	return fd;
}

int attempt_make_folder(const char *state, const struct attempt_name *name, struct err *err)
{
	struct str path = {0};
	attempt_path(&path, state, name);
	int fd = -1;
	if (file_make_folders(str_text(&path), 0700, err)) {
		fd = attempt_open_folder(state, name);
		if (fd < 0)
			err_system(err, errno, "cannot open %s", str_text(&path));
	}
	str_release(&path);
	return fd;
}

int attempt_lock(int folder)
{
	int fd = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	int why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return -1;
}

bool attempt_was_started(int folder)
{
	struct stat st;
	return !fstatat(folder, "started", &st, AT_SYMLINK_NOFOLLOW);
}
