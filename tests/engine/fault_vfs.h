/* A file system under SQLite in which one call fails: the usual one, counted. Also
 * the same for SQLite's own memory. Installed in a process before it opens its first
 * database, never taken away. */
#ifndef TESTS_ENGINE_FAULT_VFS_H
#define TESTS_ENGINE_FAULT_VFS_H

enum fault_kind {
	FAULT_FULL,		/* a write finds the disk full */
	FAULT_WRITE,		/* a write is an I/O error, half of it done */
	FAULT_SYNC,
	FAULT_READ,
	FAULT_OPEN,		/* a file cannot be opened */
	FAULT_MEMORY,		/* SQLite gets no memory */
	FAULT_DEATH,		/* killed half-way in a write */
	FAULT_KINDS
};

const char *fault_name(enum fault_kind kind);
/* The at-th call of this kind from now fails, and the `more` after it; at 0: none,
 * calls are only counted. */
void fault_install(enum fault_kind kind, long at, long more);
/* Calls of the installed kind so far. */
long fault_count(void);

#endif
