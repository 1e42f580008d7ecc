/* What tests leave behind is taken care of: a folder for all their folders, which goes
 * unless one failed, and processes, which are ended. */
#ifndef TESTS_LIB_GUARD_H
#define TESTS_LIB_GUARD_H

#include <stddef.h>

typedef int guard_fn(void *arg);

/* Does it in a process of its own; its status. Whatever process it has left is killed,
 * also where this one is killed or ended meanwhile. Status 0: its folder goes, else it
 * is named on stderr. */
int guard_run(guard_fn *fn, void *arg);
/* The same in this process, for a debugger; processes stay. */
int guard_run_here(guard_fn *fn, void *arg);
/* A new folder NAME-XXXXXX under the guard's, or under /tmp where there is none. */
void guard_folder(char *path, size_t size, const char *name);
/* The path of a file there that is not yet. */
void guard_file(char *path, size_t size, const char *name);

#endif
