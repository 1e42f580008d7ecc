/* Whole files and folders; see file.h. Knows nothing of what is in them. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ident.h"
#include "base/mem.h"

enum { CHUNK = 64 << 10 };

static bool read_all(int fd, const char *name, struct str *out, struct err *err)
{
	for (;;) {
		char *to = str_reserve(out, 1);
		if (!to) {
			char probe;
			ssize_t more = read(fd, &probe, 1);
			if (!more)
				return true;
			if (more < 0 && errno == EINTR)
				continue;
			return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", name,
				       out->max);
		}
		size_t room = out->max - out->len;
		if (room > CHUNK)
			room = CHUNK;
		to = str_reserve(out, room);
		ssize_t got = read(fd, to, room);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_system(err, errno, "cannot read %s", name);
		if (!got)
			return true;
		out->len += (size_t)got;
		out->ptr[out->len] = '\0';
	}
}

/* The cap for the content goes into out->max meanwhile; what was in out stays. */
bool file_read_at(int dir, const char *name, size_t max, struct str *out, struct err *err)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", name);
	if (fd < 0)
		return err_system(err, errno, "cannot open %s", name);
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_REFUSED, "%s is a folder", name);
	}
	size_t old_max = out->max;
	size_t old_len = out->len;
	size_t all = old_max ? old_max : STR_DEFAULT_MAX;
	out->max = max < all - old_len ? old_len + max : all;
	bool done = read_all(fd, name, out, err);
	close(fd);
	out->max = old_max;
	out->cut = false;
	if (!done)
		str_shorten(out, old_len);
	return done;
}

bool file_read(const char *path, size_t max, struct str *out, struct err *err)
{
	return file_read_at(AT_FDCWD, path, max, out, err);
}

bool file_write_all(int fd, struct view v, struct err *err)
{
	while (v.len) {
		ssize_t put = write(fd, v.ptr, v.len);
		if (put < 0 && errno != EINTR)
			return err_system(err, errno, "cannot write");
		if (put > 0)
			v = view_cut(v, (size_t)put, v.len);
	}
	return true;
}

static void add_folder_of(struct str *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		str_add_char(s, '.');
	else if (slash == path)
		str_add_char(s, '/');
	else
		str_add_bytes(s, path, (size_t)(slash - path));
}

static bool sync_folder_of(const char *path, struct err *err)
{
	struct str folder = { 0 };
	add_folder_of(&folder, path);
	int fd = open(str_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	if (!done)
		err_system(err, errno, "cannot sync the folder %s", str_text(&folder));
	if (fd >= 0)
		close(fd);
	str_release(&folder);
	return done;
}

/* Written to a new file that nobody else can have put there. */
static bool write_new(const char *path, struct view content, int mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return err_system(err, errno, "cannot create %s", path);
	bool done = file_write_all(fd, content, err);
	if (done && (fchmod(fd, (mode_t)mode) || fsync(fd)))
		done = err_system(err, errno, "cannot sync %s", path);
	if (close(fd) && done)
		done = err_system(err, errno, "cannot close %s", path);
	return done;
}

bool file_replace(const char *path, struct view content, int mode, struct err *err)
{
	uint64_t mark = 0;
	ident_random(&mark, sizeof mark);
	struct str temporary = { 0 };
	str_addf(&temporary, "%s.%016llx.new", path, (unsigned long long)mark);
	bool done = write_new(str_text(&temporary), content, mode, err);
	if (done && rename(str_text(&temporary), path))
		done = err_system(err, errno, "cannot replace %s", path);
	if (!done)
		unlink(str_text(&temporary));
	str_release(&temporary);
	return done && sync_folder_of(path, err);
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* One level; the last is given exactly its mode, umask or not. */
static bool make_folder(const char *path, int mode, struct err *err)
{
	if (mkdir(path, (mode_t)mode) == 0)
		return true;
	int why = errno;
	if (is_folder(path))
		return true;
	return err_system(err, why, "cannot make the folder %s", path);
}

bool file_make_folders(const char *path, int mode, struct err *err)
{
	if (is_folder(path))
		return true;
	char *part = mem_text(path);
	bool done = true;
	for (char *slash = strchr(part + 1, '/'); done && *part && slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		done = make_folder(part, mode, err);
		*slash = '/';
	}
	done = done && make_folder(part, mode, err);
	if (done && chmod(path, (mode_t)mode))
		done = err_system(err, errno, "cannot set the mode of %s", path);
	mem_free(part);
	return done;
}

/* The folders above path, where there are none: a new home has no ~/.local. */
static bool make_parents(const char *path, struct err *err)
{
	char *parent = mem_text(path);
	char *slash = strrchr(parent, '/');
	bool done = true;
	if (slash && slash != parent) {
		*slash = '\0';
		done = file_make_folders(parent, 0700, err);
	}
	mem_free(parent);
	return done;
}

static bool look_at_folder(const char *path, struct stat *st, struct err *err)
{
	if (!make_parents(path, err))
		return false;
	if (mkdir(path, 0700) && errno != EEXIST)
		return err_system(err, errno, "cannot make the folder %s", path);
	if (lstat(path, st))
		return err_system(err, errno, "cannot look at %s", path);
	return S_ISDIR(st->st_mode) || err_set(err, ERR_REFUSED, "%s is no folder", path);
}

static bool is_closed_to_others(const char *path, const struct stat *st, struct err *err)
{
	return !(st->st_mode & 022) ||
	       err_set(err, ERR_REFUSED, "%s can be written by others (mode %03o): chmod go-w it",
		       path, (unsigned)(st->st_mode & 0777));
}

bool file_own_folder(const char *path, struct err *err)
{
	struct stat st;
	if (!look_at_folder(path, &st, err))
		return false;
	if (st.st_uid != geteuid())
		return err_set(err, ERR_REFUSED, "%s belongs to somebody else", path);
	return is_closed_to_others(path, &st, err);
}

bool file_safe_folder(const char *path, struct err *err)
{
	struct stat st;
	if (!look_at_folder(path, &st, err))
		return false;
	if (st.st_mode & S_ISVTX)
		return true;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(err, ERR_REFUSED, "%s belongs to somebody else", path);
	return is_closed_to_others(path, &st, err);
}

int file_create(const char *path, int mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
	if (fd < 0)
		err_system(err, errno, "%s: cannot be written", path);
	return fd;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
