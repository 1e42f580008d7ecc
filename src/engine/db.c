/* The door to SQLite. */
#include "engine/db.h"

#include <errno.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"

struct db_stmt {
	sqlite3_stmt *handle;
	const char *sql;	/* its address is the key */
};

struct db {
	sqlite3 *handle;
	int log_pages;		/* written to the write-ahead log and not to the file yet */
	VEC(struct db_stmt *) cache;
};

/* A quota, a file limit and a file system that turned read-only are a full disk too:
 * they may pass, and what was begun is rolled back. */
static bool may_pass(int code, int why)
{
	int primary = code & 0xff;
	if (primary == SQLITE_FULL || primary == SQLITE_READONLY)
		return true;
	return code == SQLITE_IOERR_WRITE && (why == EDQUOT || why == EFBIG || why == EROFS);
}

static enum db_result failed(sqlite3 *handle, int code, struct err *err)
{
	/* SQLite does not keep the number for every write to its journal; errno still has it. */
	int left = errno, kept = handle ? sqlite3_system_errno(handle) : 0;
	int primary = code & 0xff, why = kept ? kept : left;
	const char *words = handle ? sqlite3_errmsg(handle) : "no memory";
	if (why && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN))
		err_system(err, why, "journal: %s", words);
	else
		err_set(err, ERR_SYSTEM, "journal: %s", words);
	return may_pass(code, why) ? DB_FULL : DB_FAILED;
}

/* Nobody goes on with half of what was asked for. */
static _Noreturn void stop(sqlite3 *handle)
{
	log_error("the journal cannot be read, stopping: %s", sqlite3_errmsg(handle));
	_exit(DB_EXIT);
}

enum db_result db_exec(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? DB_DONE : failed(db->handle, code, err);
}

struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *err)
{
	sqlite3_stmt *handle = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);
	if (code != SQLITE_OK) {
		failed(db->handle, code, err);
		return NULL;
	}
	struct db_stmt *st = mem_zero(sizeof *st);
	st->handle = handle;
	st->sql = sql;
	return st;
}

void db_finish(struct db_stmt *st)
{
	if (!st)
		return;
	sqlite3_finalize(st->handle);
	mem_free(st);
}

struct db_stmt *db_stmt(struct db *db, const char *sql)
{
	for (size_t i = 0; i < db->cache.len; i++) {
		if (db->cache.items[i]->sql == sql) {
			db_reset(db->cache.items[i]);
			return db->cache.items[i];
		}
	}
	struct db_stmt *st = db_prepare(db, sql, NULL);
	if (!st && sqlite3_errcode(db->handle) != SQLITE_ERROR)
		stop(db->handle);
	if (!st)
		BUG(sqlite3_errmsg(db->handle));
	vec_push(&db->cache, st);
	return st;
}

void db_bind_int(struct db_stmt *st, int at, int64_t value)
{
	sqlite3_bind_int64(st->handle, at, value);
}

void db_bind_text(struct db_stmt *st, int at, struct view value)
{
	sqlite3_bind_text(st->handle, at, value.ptr ? value.ptr : "", (int)value.len,
			  SQLITE_STATIC);
}

enum db_result db_step(struct db_stmt *st, struct err *err)
{
	int code = sqlite3_step(st->handle);
	if (code == SQLITE_ROW)
		return DB_ROW;
	if (code == SQLITE_DONE)
		return DB_DONE;
	enum db_result result = failed(sqlite3_db_handle(st->handle), code, err);
	if (result == DB_FAILED && !err)
		stop(sqlite3_db_handle(st->handle));
	sqlite3_reset(st->handle);
	return result;
}

int64_t db_int(struct db_stmt *st, int column)
{
	return sqlite3_column_int64(st->handle, column);
}

struct view db_text(struct db_stmt *st, int column)
{
	const void *text = sqlite3_column_text(st->handle, column);
	/* NULL is an empty text; but also one for which there was no memory. */
	if (!text && sqlite3_errcode(sqlite3_db_handle(st->handle)) == SQLITE_NOMEM)
		stop(sqlite3_db_handle(st->handle));
	return view_bytes(text, (size_t)sqlite3_column_bytes(st->handle, column));
}

void db_reset(struct db_stmt *st)
{
	sqlite3_reset(st->handle);
	sqlite3_clear_bindings(st->handle);
}

static bool pragma_is(struct db *db, const char *pragma, const char *wanted, struct err *err)
{
	struct db_stmt *st = db_prepare(db, pragma, err);
	if (!st)
		return false;
	bool row = db_step(st, err) == DB_ROW;
	bool same = row && view_is(db_text(st, 0), wanted);
	db_finish(st);
	if (row && !same)
		err_set(err, ERR_SYSTEM, "journal: %s is not %s", pragma, wanted);
	return same;
}

static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct db *db = arg;
	db->log_pages = pages;
	return SQLITE_OK;
}

int db_log_pages(const struct db *db)
{
	return db->log_pages;
}

/* What fails stays in the log, and is tried again. */
bool db_checkpoint(struct db *db)
{
	int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (code == SQLITE_OK)
		db->log_pages = 0;
	return code == SQLITE_OK;
}

/* Exclusive before the first access: write-ahead journal without shared memory. */
static bool set_up(struct db *db, struct err *err)
{
	static const struct {
		const char *set, *get, *wanted;
	} pragmas[] = {
		{ "PRAGMA locking_mode=EXCLUSIVE", "PRAGMA locking_mode", "exclusive" },
		{ "PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal" },
		{ "PRAGMA synchronous=FULL", "PRAGMA synchronous", "2" },
		{ "PRAGMA wal_autocheckpoint=0", "PRAGMA wal_autocheckpoint", "0" },
		{ "PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1" },
		{ "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0" },
		{ "PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1" },
	};
	for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++) {
		if (db_exec(db, pragmas[i].set, err) != DB_DONE ||
		    !pragma_is(db, pragmas[i].get, pragmas[i].wanted, err))
			return false;
	}
	sqlite3_wal_hook(db->handle, on_commit, db);
	/* The lock is taken by the first write, not by the pragma. */
	return db_exec(db, "BEGIN EXCLUSIVE; COMMIT", err) == DB_DONE;
}

static bool open_failed(struct db *db, const char *path, struct err *err)
{
	int code = sqlite3_errcode(db->handle) & 0xff;
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return err_set(err, ERR_REFUSED, "%s: another engine has it", path);
	return err_prefix(err, "%s", path);
}

struct db *db_open(const char *path, struct err *err)
{
	struct db *db = mem_zero(sizeof *db);
	int code = sqlite3_open_v2(path, &db->handle,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				   NULL);
	if (code == SQLITE_OK) {
		sqlite3_extended_result_codes(db->handle, 1);
		if (set_up(db, err))
			return db;
	} else {
		failed(db->handle, code, err);
	}
	open_failed(db, path, err);
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < db->cache.len; i++)
		db_finish(db->cache.items[i]);
	vec_release(&db->cache);
	sqlite3_close(db->handle);
	mem_free(db);
}

static int64_t user_version(struct db *db)
{
	struct db_stmt *st = db_stmt(db, "PRAGMA user_version");
	int64_t version = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : -1;
	db_reset(st);
	return version;
}

static bool migrate_one(struct db *db, const char *statements, int version, struct err *err)
{
	struct str sql = {0};
	str_addf(&sql, "BEGIN IMMEDIATE; %s; PRAGMA user_version=%d; COMMIT", statements, version);
	bool ok = db_exec(db, str_text(&sql), err) == DB_DONE;
	if (!ok) {
		db_exec(db, "ROLLBACK", NULL);
		err_prefix(err, "schema %d", version);
	}
	str_release(&sql);
	return ok;
}

bool db_migrate(struct db *db, const char *const *migrations, int n, struct err *err)
{
	int64_t version = user_version(db);
	if (version < 0 || version > n)
		return err_set(err, ERR_CONFIG, "journal: its schema is %lld, newer than this engine's %d",
			       (long long)version, n);
	for (int i = (int)version; i < n; i++) {
		if (!migrate_one(db, migrations[i], i + 1, err))
			return false;
	}
	return true;
}

/* ---- a copy --------------------------------------------------------------------- */

struct db_copy {
	sqlite3 *target;
	sqlite3_backup *work;
};

struct db_copy *db_copy_begin(struct db *db, const char *path, struct err *err)
{
	struct db_copy *c = mem_zero(sizeof *c);
	int code = sqlite3_open_v2(path, &c->target,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
				   NULL);
	if (code == SQLITE_OK)
		c->work = sqlite3_backup_init(c->target, "main", db->handle, "main");
	if (c->work)
		return c;
	failed(c->target, code, err);
	err_prefix(err, "%s", path);
	db_copy_end(c);
	return NULL;
}

enum db_result db_copy_step(struct db_copy *c, int pages, struct err *err)
{
	int code = sqlite3_backup_step(c->work, pages);
	if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return DB_ROW;
	if (code == SQLITE_DONE)
		return DB_DONE;
	err_set(err, ERR_SYSTEM, "backup: %s", sqlite3_errstr(code));
	return DB_FAILED;
}

int64_t db_copy_bytes(const struct db_copy *c)
{
	enum { PAGE_BYTES = 4096 };
	return (int64_t)sqlite3_backup_pagecount(c->work) * PAGE_BYTES;
}

void db_copy_end(struct db_copy *c)
{
	if (!c)
		return;
	sqlite3_backup_finish(c->work);
	sqlite3_close(c->target);
	mem_free(c);
}

bool db_check(struct db *db, struct err *err)
{
	return pragma_is(db, "PRAGMA quick_check(1)", "ok", err);
}
