/* Shared by the journal's own files. */
#ifndef ENGINE_JOURNAL_INSIDE_H
#define ENGINE_JOURNAL_INSIDE_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "engine/crypto.h"
#include "engine/journal.h"

enum { JOURNAL_VALUES = 10, JOURNAL_CHANGES_KEPT = 20000, JOURNAL_SCHEMA = 7 };

/* Schema N is made of N - 1 by the statements at N - 1. */
extern const char *const journal_migrations[];

/* Bound in the order of struct journal_answer. */
extern const char journal_insert_answer[];

struct journal_value {
	bool is_text;
	int64_t number;
	struct view text;
};

/* One statement of the batch, with what it is bound to. */
struct journal_write {
	const char *sql;
	int n;
	struct journal_value values[JOURNAL_VALUES];
};

struct journal {
	struct db *db;
	char epoch[17];
	unsigned char key[CRYPTO_KEY];	/* of what holds secrets */
	int64_t seq, run;		/* given out last */
	int64_t committed;		/* last number on disk */
	struct arena arena;		/* of the batch */
	VEC(struct journal_write) batch;
	int64_t commits;
	struct map definitions;		/* hashes whose text was written since the start */
	int64_t uncounted;		/* runs up to this one are not counted as uses yet */
	int64_t kill_at;		/* test: die at this commit; 0: never */
	bool kill_before;
};

static inline struct journal_value journal_number(int64_t n)
{
	return (struct journal_value){ .number = n };
}

static inline struct journal_value journal_text(struct view v)
{
	return (struct journal_value){ .is_text = true, .text = v };
}

/* One statement into the batch; texts are copied. */
void journal_put(struct journal *j, const char *sql, const struct journal_value *values, int n);

/* ---- journal_uses.c ------------------------------------------------------------------ */

/* Its statements that read, for a test of their plans; NULL ends. */
extern const char *const journal_uses_sql[];

void journal_uses_open(struct journal *j);
/* Before its facts go: the run uses its definition no more. */
void journal_drop_use(struct journal *j, int64_t num);

#endif
