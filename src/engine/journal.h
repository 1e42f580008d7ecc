/* What is kept on disk: facts, definitions, the runs' frames, the stream, answers
 * by key, the audit trail. Writes are gathered in a batch and committed at one
 * stroke; a batch that finds the disk full is kept and tried again. */
#ifndef ENGINE_JOURNAL_H
#define ENGINE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mask.h"
#include "base/str.h"
#include "engine/db.h"
#include "engine/event.h"
#include "engine/machine.h"

struct journal;

/* folder/journal.db, and folder/key for what is kept encrypted. */
struct journal *journal_open(const char *folder, struct err *err);
void journal_close(struct journal *j);
struct db *journal_db(struct journal *j);
const char *journal_epoch(const struct journal *j);

/* ---- writing: into the batch ------------------------------------------------- */

/* Gives the fact its number. One that holds a secret of the mask (NULL: none) is kept
 * encrypted. */
void journal_event(struct journal *j, int64_t run, struct event *event, const struct mask *mask);
/* A number for a new run. */
int64_t journal_new_run(struct journal *j);
/* The last number on disk. */
int64_t journal_seq(const struct journal *j);

/* The run as it is now: its row, and its change in the stream. */
struct journal_run {
	int64_t num;
	const struct machine *m;
	struct view frame;
	int64_t previous;		/* number of its change before, 0: none */
};

void journal_run(struct journal *j, const struct journal_run *run);
/* A change of the stream that stands for no facts, e.g. of what is planned. Gives its
 * number. */
struct journal_change {
	struct view id, frame;		/* empty frame: it is no more */
	int64_t previous;
};

int64_t journal_change(struct journal *j, const struct journal_change *change);
/* The number that the next fact or change will have. */
int64_t journal_next_seq(const struct journal *j);
/* A run that is to be forgotten: its facts, its row, its words. What the stream has told
 * of it stays as long as all it tells; that it is gone is its last change. */
struct journal_removal {
	int64_t num;
	struct view id, frame;
	int64_t previous;		/* number of its last change */
};

void journal_remove(struct journal *j, const struct journal_removal *run);
/* A new run's definition: kept as long as a run uses it. */
void journal_use(struct journal *j, struct view hash, struct view source);
/* One of the runs that an engine of an earlier schema has left is counted as a use; false:
 * all were, or cannot be. */
bool journal_count_use(struct journal *j);
/* A definition that no run uses any more; false: there is none. What the open batch has
 * removed is not seen. */
bool journal_unused(struct journal *j, struct str *hash);
/* Unless the batch has a new use of it. */
void journal_forget_definition(struct journal *j, struct view hash);

struct journal_answer {
	struct view caller, route, key;
	struct view body;		/* of the request */
	int status;
	int64_t version;
	struct view answer;
	int64_t at_ms;
};

void journal_answer(struct journal *j, const struct journal_answer *a);
void journal_audit(struct journal *j, int64_t at_ms, const struct view words[3]);

enum journal_result { JOURNAL_OK, JOURNAL_EMPTY, JOURNAL_FULL, JOURNAL_FAILED };

/* FULL: the batch is kept, call again. FAILED: stop the process. */
enum journal_result journal_commit(struct journal *j, struct err *err);
bool journal_has_batch(const struct journal *j);

/* ---- reading: what is committed ------------------------------------------------ */

/* Return false to stop. */
typedef bool journal_row_fn(void *arg, struct db_stmt *row);

/* Folds a run's facts. NULL and err where there is none or it is damaged. */
struct machine *journal_load(struct journal *j, int64_t num, struct err *err);
/* The run's number; 0: no such run. */
int64_t journal_find(struct journal *j, struct view id);
/* Columns num, seq of all open runs, oldest first. */
void journal_open_runs(struct journal *j, journal_row_fn *fn, void *arg);
/* Whether an ended run has its logs still. */
bool journal_has_files(struct journal *j, int64_t num);
/* When the run ended that ended last; 0: none has. */
int64_t journal_last_end(struct journal *j);
/* Columns seq, at, kind, data: for journal_read_event. */
void journal_history(struct journal *j, int64_t num, journal_row_fn *fn, void *arg);
/* The fact of a row; its texts lie in the arena. */
bool journal_read_event(struct journal *j, struct db_stmt *row, struct arena *arena,
			struct event *out, struct err *err);
bool journal_source(struct journal *j, struct view hash, struct str *out);
/* Columns seq, id, frame, frame before, and whether that one was pruned. False where
 * `after` is not in reach. */
bool journal_changes(struct journal *j, int64_t after, journal_row_fn *fn, void *arg);
/* False where the key is new. A pending one (in the batch) counts. */
bool journal_answered(struct journal *j, const struct journal_answer *question,
		      struct journal_answer *out, struct str *text);
void journal_read_audit(struct journal *j, journal_row_fn *fn, void *arg);

#endif
