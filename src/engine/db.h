/* A database in one file, one exclusive connection. The door to SQLite. */
#ifndef ENGINE_DB_H
#define ENGINE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct db_stmt;

/* FULL: the disk is full or read-only, nothing was changed, try again later.
 * FAILED: an I/O error or damage: the process must not go on. */
enum db_result { DB_ROW, DB_DONE, DB_FULL, DB_FAILED };

/* The status of a process that stops because its journal is broken. */
enum { DB_EXIT = 74 };

/* Makes or opens the file, takes it for itself (ERR_REFUSED where another process
 * has it), sets and checks write-ahead journal, full sync, and distrust. */
struct db *db_open(const char *path, struct err *err);
void db_close(struct db *db);

/* Runs statements that give no rows. */
enum db_result db_exec(struct db *db, const char *sql, struct err *err);
/* The prepared form of a constant text: kept and found by its address; reset and
 * unbound. BUG on a wrong text. */
struct db_stmt *db_stmt(struct db *db, const char *sql);
/* As db_stmt for a text made at run time; free with db_finish. NULL and err where
 * it is wrong. */
struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *err);
void db_finish(struct db_stmt *st);

/* Parameters from 1. Texts are borrowed until the statement is reset. */
void db_bind_int(struct db_stmt *st, int at, int64_t value);
void db_bind_text(struct db_stmt *st, int at, struct view value);
/* err NULL: the caller cannot deal with FAILED, the process stops (DB_EXIT): a read
 * that broke off must not be taken for an end. */
enum db_result db_step(struct db_stmt *st, struct err *err);
/* Columns from 0; texts are valid until the next step or reset. */
int64_t db_int(struct db_stmt *st, int column);
struct view db_text(struct db_stmt *st, int column);
void db_reset(struct db_stmt *st);

/* Statements of a whole schema change, each in one transaction, from
 * PRAGMA user_version on. Refuses a database of a later version. */
bool db_migrate(struct db *db, const char *const *migrations, int n, struct err *err);
/* A copy of the whole into a new file, in slices; what is written meanwhile through
 * this connection is in it. */
struct db_copy;
struct db_copy *db_copy_begin(struct db *db, const char *path, struct err *err);
/* ROW: there is more to do. */
enum db_result db_copy_step(struct db_copy *c, int pages, struct err *err);
int64_t db_copy_bytes(const struct db_copy *c);
void db_copy_end(struct db_copy *c);
/* Pages that only the write-ahead log has. Nothing takes them to the file but
 * db_checkpoint (and db_close): that syncs twice, and is for when nobody waits. */
int db_log_pages(const struct db *db);
bool db_checkpoint(struct db *db);
/* False with a reason where the file is damaged. */
bool db_check(struct db *db, struct err *err);

#endif
