/* A file system in which one call fails. */
#include "engine/fault_vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Our file: its methods, then the real file behind it. */
struct fault_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static struct {
	enum fault_kind kind;
	long at, more, count;
	sqlite3_vfs *real;
	sqlite3_vfs vfs;
	sqlite3_mem_methods memory;
} fault;

const char *fault_name(enum fault_kind kind)
{
	static const char *const names[] = {
		[FAULT_FULL] = "full", [FAULT_WRITE] = "write", [FAULT_SYNC] = "sync",
		[FAULT_READ] = "read", [FAULT_OPEN] = "open", [FAULT_MEMORY] = "memory",
		[FAULT_DEATH] = "death",
	};
	return names[kind];
}

long fault_count(void)
{
	return fault.count;
}

static int fails(enum fault_kind kind)
{
	if (fault.kind != kind)
		return 0;
	fault.count++;
	return fault.at && fault.count >= fault.at && fault.count <= fault.at + fault.more;
}

/* ---- a file ------------------------------------------------------------------- */

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	int code = real(file)->pMethods->xClose(real(file));
	free(real(file));
	return code;
}

static int file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	if (fails(FAULT_READ))
		return SQLITE_IOERR_READ;
	return real(file)->pMethods->xRead(real(file), to, n, at);
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	if (fails(FAULT_FULL))
		return SQLITE_FULL;
	if (fails(FAULT_WRITE)) {
		real(file)->pMethods->xWrite(real(file), from, n / 2, at);
		return SQLITE_IOERR_WRITE;
	}
	if (fails(FAULT_DEATH)) {
		real(file)->pMethods->xWrite(real(file), from, n / 2, at);
		raise(SIGKILL);
	}
	return real(file)->pMethods->xWrite(real(file), from, n, at);
}

static int file_sync(sqlite3_file *file, int flags)
{
	if (fails(FAULT_SYNC))
		return SQLITE_IOERR_FSYNC;
	return real(file)->pMethods->xSync(real(file), flags);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int lock)
{
	return real(file)->pMethods->xLock(real(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
	return real(file)->pMethods->xUnlock(real(file), lock);
}

static int file_check_lock(sqlite3_file *file, int *out)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), op, arg);
}

static int file_sector(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int file_traits(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

/* Version 1: no shared memory, which an exclusive connection does without, and no
 * mapped reads, so that every access is seen. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct fault_file *f = (struct fault_file *)file;
	(void)vfs;
	f->base.pMethods = NULL;
	if (fails(FAULT_OPEN))
		return SQLITE_CANTOPEN;
	f->real = calloc(1, (size_t)fault.real->szOsFile);
	int code = fault.real->xOpen(fault.real, name, f->real, flags, out);
	if (code == SQLITE_OK)
		f->base.pMethods = &methods;
	else
		free(f->real);
	return code;
}

/* ---- memory ------------------------------------------------------------------- */

static void *memory_get(int n)
{
	return fails(FAULT_MEMORY) ? NULL : fault.memory.xMalloc(n);
}

static void *memory_grow(void *ptr, int n)
{
	return fails(FAULT_MEMORY) ? NULL : fault.memory.xRealloc(ptr, n);
}

void fault_install(enum fault_kind kind, long at, long more)
{
	fault.kind = kind;
	fault.at = at;
	fault.more = more;
	if (kind == FAULT_MEMORY) {
		sqlite3_shutdown();
		sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault.memory);
		sqlite3_mem_methods ours = fault.memory;
		ours.xMalloc = memory_get;
		ours.xRealloc = memory_grow;
		sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
		return;
	}
	fault.real = sqlite3_vfs_find(NULL);
	fault.vfs = *fault.real;
	fault.vfs.zName = "fault";
	fault.vfs.szOsFile = sizeof(struct fault_file);
	fault.vfs.xOpen = vfs_open;
	sqlite3_vfs_register(&fault.vfs, 1);
}
