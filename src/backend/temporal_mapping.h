/* How an operator's approval becomes an update, a signal or an activity's result,
 * per workflow type, as the configuration says: `approve.TYPE = update:NAME:JSON`.
 * Signals are never guessed: what is not mapped is not sent. Pure. */
#ifndef BACKEND_TEMPORAL_MAPPING_H
#define BACKEND_TEMPORAL_MAPPING_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "core/status.h"

/* AUTO: an update that the workflow itself offers. */
enum mapping_way { MAPPING_UPDATE, MAPPING_SIGNAL, MAPPING_ACTIVITY, MAPPING_AUTO };

struct mapping {
	enum verb verb;
	enum mapping_way way;
	char *type;		/* of workflows; `*` globs */
	char *name;		/* of the update, signal, activity type */
	char *args;		/* template: one JSON value; NULL: no argument at all */
	bool many;		/* `*[...]`: each element is an argument */
};

/* A query handler of a type: an answer means that the run waits, and is its prompt. */
struct mapping_query {
	char *type, *name;
};

struct mappings {
	VEC(struct mapping) items;
	VEC(struct mapping_query) queries;
};

/* key "approve.TYPE", "reject.TYPE", "answer.TYPE" or "waiting_query.TYPE". ERR_CONFIG
 * where it is none, or its template gives no JSON. */
bool mapping_add(struct mappings *m, struct view key, struct view value, struct err *err);
void mappings_release(struct mappings *m);
/* An exact type before a glob; NULL: none. */
const struct mapping *mapping_find(const struct mappings *m, enum verb verb, struct view type);
bool mapping_has_type(const struct mappings *m, struct view type);
/* Which query says whether a run of that type waits; NULL: none. */
const char *mapping_query(const struct mappings *m, struct view type);
/* Its template has a ${prompt}. */
bool mapping_needs_prompt(const struct mapping *m);
/* ... a ${comment}; one that the workflow offers always gets it. */
bool mapping_sends_comment(const struct mapping *m);

/* What the placeholders stand for. */
struct mapping_values {
	enum verb verb;
	struct view comment, user, workflow_id, run_id;
	struct view value;		/* an answer's JSON, or empty */
	struct view prompt;		/* JSON that is checked, or empty */
	bool sample;			/* every member of the prompt is null */
	int64_t now_ms;
};

/* The arguments as JSON values, in the arena. */
struct mapping_args {
	const struct view *items;
	size_t len;
};

/* The elements of a JSON array (an empty view: none). */
void mapping_args_read(struct view array, struct arena *arena, struct mapping_args *out);
bool mapping_fill(const struct mapping *m, const struct mapping_values *v, struct arena *arena,
		  struct mapping_args *out, struct err *err);
/* "update decide {"approved":true,...}" with the template as it is. */
void mapping_describe(const struct mapping *m, struct str *out);

#endif
