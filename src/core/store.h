/* All the runs that this process knows, in compact records: the only owner of a
 * run. Written in one place (what receives from the sinks); everybody else keeps
 * keys. Made for a million runs. Not for the engine, which has its own. */
#ifndef CORE_STORE_H
#define CORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/change.h"
#include "core/filter.h"
#include "core/run.h"

struct store;

typedef void store_change_fn(void *arg, const struct change *change);

struct store *store_new(void);
void store_free(struct store *s);

/* Copies. An older seq than the known one is dropped (CHANGE_NONE); what is equal
 * in every field is CHANGE_NONE too. */
struct change store_upsert(struct store *s, const struct run_facts *run);
/* Of a run that is known: takes over progress, current task, task counts and seq,
 * nothing else (the stream's `progress`). */
struct change store_progress(struct store *s, const struct run_facts *run);
struct change store_remove(struct store *s, struct run_key key);

/* {0} where there is none. */
struct run_key store_key(const struct store *s, uint16_t context, struct view id);
/* The run that is in a slot now; {0} where there is none. */
struct run_key store_key_at(const struct store *s, uint32_t slot);
bool store_has(const struct store *s, struct run_key key);
/* The facts as they were given. Views lie in the store until its next write, or in
 * the arena. False, and *out zeroed, where the key names nothing any more. */
bool store_facts(const struct store *s, struct run_key key, struct run_facts *out,
		 struct arena *arena);

/* The few facts that decide about a place on the board: no arena, no decoding of
 * the rest. The view lies in the store until its next write. */
struct run_brief {
	enum run_status status;
	uint16_t context;
	int64_t created_ms, started_ms, ended_ms;
	int64_t wait_since_ms, deadline_ms;	/* of the gate, while waiting */
	int64_t planned_ms, expected_ms;	/* while planned; while it is open */
	struct view workflow;
};

bool store_brief(const struct store *s, struct run_key key, struct run_brief *out);

/* Walks all runs in no order: *at starts at 0; false at the end. Writes between
 * two calls are allowed: what came meanwhile may or may not be met. */
bool store_next(const struct store *s, uint32_t *at, struct run_key *key);

/* A snapshot: what is upserted between begin and end is named by it; at its end
 * those runs of its scope that were not named are removed, each told to fn. One
 * snapshot a context at a time; a second begin starts over. */
struct store_scope {
	uint16_t context;
	const struct filter *filter;	/* NULL: all runs of the context */
	struct filter_env env;		/* for the filter */
	size_t ended;			/* the snapshot had at most that many ended runs,
					 * newest first (older ones are out of its scope);
					 * 0: no limit */
};

void store_snapshot_begin(struct store *s, uint16_t context);
size_t store_snapshot_end(struct store *s, const struct store_scope *scope,
			  store_change_fn *fn, void *arg);
/* The snapshot was broken off: nothing is removed. */
void store_snapshot_abort(struct store *s, uint16_t context);
/* Removes all runs of a context. */
size_t store_drop(struct store *s, uint16_t context, store_change_fn *fn, void *arg);

size_t store_count(const struct store *s);
size_t store_count_lane(const struct store *s, enum lane lane);
size_t store_count_status(const struct store *s, enum run_status status);
/* Bytes that the store holds, for benchmarks. */
size_t store_bytes(const struct store *s);

#endif
