/* Whole files and folders: read with a cap, replace at one stroke, private
 * folders. Every descriptor is close-on-exec. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Appends to out. ERR_NOT_FOUND where there is none, ERR_LIMIT over max. */
bool file_read(const char *path, size_t max, struct str *out, struct err *err);
bool file_read_at(int dir, const char *name, size_t max, struct str *out, struct err *err);
/* Temporary file, fsync, rename, fsync of the folder. */
bool file_replace(const char *path, struct view content, int mode, struct err *err);
/* All the folders of path, each made with mode (umask ignored for the last). */
bool file_make_folders(const char *path, int mode, struct err *err);
/* A folder of ours in which nobody else can put anything: made 0700, with those
 * above it, or checked with lstat (owner, mode, no link). One that others may read
 * is taken: what stands in it is closed to them by its own mode. */
bool file_own_folder(const char *path, struct err *err);
/* A folder in which nobody else can replace a file of ours: made or checked in the
 * same way, but root's and sticky ones (/tmp) do, too. */
bool file_safe_folder(const char *path, struct err *err);
/* A new file, open for writing; one that is there, a link, too, is not touched. -1 and
 * an error where it cannot be made. */
int file_create(const char *path, int mode, struct err *err);
bool file_exists(const char *path);
/* Writes all, over short writes and EINTR. */
bool file_write_all(int fd, struct view v, struct err *err);

#endif
