/* Workflow files and frozen definitions. A file that no longer loads keeps its
 * last good version, with the error beside it. */
#ifndef ENGINE_CATALOG_H
#define ENGINE_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "engine/journal.h"
#include "flow/workflow.h"

struct catalog;

/* One file. */
struct catalog_entry {
	char *path, *name;
	struct workflow *workflow;	/* NULL: never loaded */
	char *error;			/* of the file as it is now, or NULL */
	int64_t changed_ns, size;
	bool seen;			/* by the walk under way */
	bool doubled;			/* the error is that another has its name */
	bool unread;			/* the error is the machine's just now: read again */
};

struct catalog *catalog_new(const char *const *folders, size_t n);
void catalog_free(struct catalog *c);
/* Reads what has changed. True when anything did. */
bool catalog_reload(struct catalog *c);
size_t catalog_count(const struct catalog *c);
const struct catalog_entry *catalog_at(const struct catalog *c, size_t i);	/* by name */
/* NULL where there is none that loaded. */
const struct workflow *catalog_find(const struct catalog *c, struct view name);

/* The definition of a run as it was frozen, for as long as the run is in memory; from
 * memory or from the journal. NULL and err where it is lost. */
const struct workflow *catalog_frozen(struct catalog *c, struct journal *j,
				      const struct machine *m, struct err *err);
/* A copy for new runs, which outlives the file. NULL and err. */
const struct workflow *catalog_freeze(struct catalog *c, const struct workflow *w, struct err *err);
/* A definition that no run uses any more is not held in memory either; but what `used`
 * says yes to stays. */
typedef bool catalog_used_fn(void *arg, const struct workflow *w);
void catalog_forget(struct catalog *c, struct view hash, catalog_used_fn *used, void *arg);

#endif
