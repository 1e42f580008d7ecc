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
/* A folder of ours that nobody else can enter: made 0700, with those above it, or
 * checked with lstat (owner, mode, no link). */
bool file_private_folder(const char *path, struct err *err);
bool file_exists(const char *path);
/* Writes all, over short writes and EINTR. */
bool file_write_all(int fd, struct view v, struct err *err);

#endif
