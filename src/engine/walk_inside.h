/* Inside the walk: what a filter asks for, lists of numbers, and their statements
 * (also for the test of their plans). */
#ifndef ENGINE_WALK_INSIDE_H
#define ENGINE_WALK_INSIDE_H

#include "base/arena.h"
#include "base/vec.h"
#include "engine/walk.h"

/* Where numbers (of runs) come from in order. ?1: the number to begin with; ?2 and ?3
 * what is looked for. */
enum walk_source { WALK_BY_NUM, WALK_BY_ID, WALK_BY_SHORT, WALK_BY_STATUS, WALK_BY_WORKFLOW,
		   WALK_BY_WORD, WALK_SOURCES };

extern const char *const walk_numbers[WALK_SOURCES][2];	/* [ascending] */

/* Numbers with what they are sorted by: those that tie with the place to go on from
 * (?1: what it is sorted by, ?2: its number), then the rest. ?3: a status or a
 * workflow. */
enum walk_scope { WALK_ALL, WALK_OF_STATUS, WALK_OF_WORKFLOW, WALK_SCOPES };
enum walk_part { WALK_TIE, WALK_REST, WALK_PARTS };

extern const char *const walk_sorted[WALK_SORTS][WALK_SCOPES][WALK_PARTS][2];

/* The numbers where dates begin and end. */
extern const char walk_first_since[], walk_last_until[];

/* ---- what is asked for: walk_ask.c ------------------------------------------------- */

struct walk_value {
	struct view name, value;	/* name: of a word */
};

/* One of the values must hold. */
struct walk_condition {
	enum walk_source source;
	VEC(struct walk_value) values;
};

/* What of a filter can be told without the filter: never more than it says. */
struct walk_asked {
	struct arena arena;
	VEC(struct walk_condition) conditions;	/* all must hold */
	VEC(struct view) texts;		/* all stand in the frame, letters folded */
	int64_t since_ms, until_ms;	/* of birth; 0: not asked */
};

void walk_ask(struct walk_asked *a, const struct filter *filter, int64_t now_ms);
void walk_asked_release(struct walk_asked *a);

/* ---- by number: walk_list.c ---------------------------------------------------------- */

struct walk_stream {
	struct db_stmt *st;
	const struct walk_value *value;
	int64_t at;
	bool begun, over;
};

/* The runs of one condition. */
struct walk_list {
	bool ascending;
	VEC(struct walk_stream) streams;
};

bool walk_list_init(struct walk_list *l, struct db *db, const struct walk_condition *c,
		    bool ascending, struct err *err);
/* The first number at or behind the target; false: there is none. */
bool walk_list_seek(struct walk_list *l, int64_t target, int64_t *num);
void walk_list_release(struct walk_list *l);

/* ---- sorted: walk_sorted.c -------------------------------------------------------------- */

/* What a run is sorted by, and its number. */
struct walk_place {
	int64_t num, key;
	struct str text;		/* instead of the key */
};

struct walk_merge;

struct walk_merge *walk_merge_new(struct db *db, const struct walk_asked *a,
				  struct walk_order order, const struct walk_place *from,
				  struct err *err);
/* False: there is none any more. */
bool walk_merge_next(struct walk_merge *m, struct walk_place *place);
void walk_merge_free(struct walk_merge *m);

#endif
