/* A catalogue as a table of texts: schedules, queues, workers, audit, statistics. */
#ifndef MODEL_TABLE_H
#define MODEL_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "core/feed.h"
#include "model/rows.h"
#include "model/screen.h"
#include "model/throughput.h"

enum {
	TABLE_COLUMNS_MAX = 12,
	/* workflow, ended, success rate; in ms p50, p95, average, least and most of how long
	 * its runs took and p95 of how long they waited; started */
	STATS_COLUMNS = 10
};

struct table_state {
	enum catalog_kind kind;
	uint16_t context;
	uint64_t request;		/* 0: answered */
	struct arena arena;
	const char *columns[TABLE_COLUMNS_MAX];
	int n_columns;
	VEC(struct view) cells;		/* n_columns a row */
	struct rows rows;
	bool more;			/* than are listed */
	struct str trouble;
	enum verb armed;		/* order of a schedule that `y` gives; VERBS: none */
	uint64_t order;			/* one under way; 0: none */
	struct throughput throughput;	/* below the statistics */
};

extern const struct screen screen_table;

/* Opens the table of a catalogue: of the context of the run in focus, else of the first. */
void table_open(struct model *m, enum catalog_kind kind, struct effects *fx);
void table_open_of(struct model *m, enum catalog_kind kind, uint16_t context, struct effects *fx);
/* The same for the answer of a run's own code. */
void table_ask(struct model *m, struct run_key key, enum verb verb, struct view name,
	       struct view args, struct effects *fx);
/* The i-th letter that gives an order to what is under the cursor; false: there is none. */
bool table_hint(const struct table_state *s, size_t i, char *letter, const char **words);
size_t table_len(const struct table_state *s);
const char *table_title(enum catalog_kind kind);
void table_release(struct table_state *s);

#endif
