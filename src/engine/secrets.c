/* Secrets from files. */
#include "engine/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_private(int fd, const char *path, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st))
		return err_system(err, errno, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s is no plain file", path);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_CONFIG, "%s must belong to the user of the engine", path);
	if (st.st_mode & 077)
		return err_set(err, ERR_CONFIG, "%s may be read by others: chmod 600 it", path);
	if (st.st_size > SECRET_MAX)
		return err_set(err, ERR_LIMIT, "%s is larger than a secret may be", path);
	return true;
}

static bool read_all(int fd, const char *path, struct str *value, struct err *err)
{
	for (ssize_t n = 1; n;) {
		n = read(fd, str_reserve(value, SECRET_MAX), SECRET_MAX);
		if (n < 0)
			return err_system(err, errno, "cannot read %s", path);
		value->len += (size_t)n;
	}
	return true;
}

static int open_file(const char *path, struct view name, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		err_set(err, ERR_NOT_FOUND, "there is no secret %.*s: %s is missing", (int)name.len,
			name.ptr, path);
	else if (fd < 0)
		err_system(err, errno, "cannot open %s", path);
	return fd;
}

bool secrets_read(const char *folder, struct view name, struct str *value, struct err *err)
{
	struct str path = {0};
	size_t from = value->len;
	if (!folder || view_find_byte(name, '/', 0) != SIZE_MAX)
		return err_set(err, ERR_CONFIG, "there is no store for the secret %.*s",
			       (int)name.len, name.ptr);
	str_addf(&path, "%s/%.*s", folder, (int)name.len, name.ptr);
	int fd = open_file(str_text(&path), name, err);
	bool ok = fd >= 0 && is_private(fd, str_text(&path), err) &&
		  read_all(fd, str_text(&path), value, err);
	if (ok && value->len > from && value->ptr[value->len - 1] == '\n')
		str_shorten(value, value->len - 1);
	if (ok && value->len == from)
		ok = err_set(err, ERR_CONFIG, "%s is empty", str_text(&path));
	if (fd >= 0)
		close(fd);
	str_release(&path);
	return ok;
}
