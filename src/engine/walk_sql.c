/* The statements of a walk. Each goes along one index; tests/unit/engine/test_walk.c
 * asks the database whether it does. */
#include "engine/walk_inside.h"

#define NUMBERS(from, number, condition)                                                          \
	{ "SELECT " number " FROM " from " WHERE " condition number " <= ?1 ORDER BY " number " DESC", \
	  "SELECT " number " FROM " from " WHERE " condition number " >= ?1 ORDER BY " number }

const char *const walk_numbers[WALK_SOURCES][2] = {
	[WALK_BY_NUM] = NUMBERS("runs", "num", ""),
	[WALK_BY_ID] = NUMBERS("runs", "num", "id = ?2 AND "),
	[WALK_BY_SHORT] = NUMBERS("runs INDEXED BY runs_short", "num", "substr(id, 25, 6) = ?2 AND "),
	[WALK_BY_STATUS] = NUMBERS("runs INDEXED BY runs_status", "num", "status = ?2 AND "),
	[WALK_BY_WORKFLOW] = NUMBERS("runs INDEXED BY runs_workflow", "num", "workflow = ?2 AND "),
	[WALK_BY_WORD] = NUMBERS("words", "run", "name = ?2 AND value = ?3 AND "),
};

#define SORTED(index, key, condition)                                                             \
	{ { "SELECT num, " key " FROM runs INDEXED BY " index " WHERE " condition key                 \
	    " = ?1 AND num < ?2 ORDER BY num DESC",                                                   \
	    "SELECT num, " key " FROM runs INDEXED BY " index " WHERE " condition key                 \
	    " = ?1 AND num > ?2 ORDER BY num" },                                                      \
	  { "SELECT num, " key " FROM runs INDEXED BY " index " WHERE " condition key                 \
	    " < ?1 ORDER BY " key " DESC, num DESC",                                                  \
	    "SELECT num, " key " FROM runs INDEXED BY " index " WHERE " condition key                 \
	    " > ?1 ORDER BY " key ", num" } }

const char *const walk_sorted[WALK_SORTS][WALK_SCOPES][WALK_PARTS][2] = {
	[WALK_ENDED] = {
		[WALK_ALL] = SORTED("runs_ended", "ended", ""),
		[WALK_OF_STATUS] = SORTED("runs_status_ended", "ended", "status = ?3 AND "),
		[WALK_OF_WORKFLOW] = SORTED("runs_workflow_ended", "ended", "workflow = ?3 AND "),
	},
	[WALK_DURATION] = { [WALK_ALL] = SORTED("runs_took", "took", "") },
	[WALK_WORKFLOW] = { [WALK_ALL] = SORTED("runs_workflow", "workflow", "") },
	[WALK_STATUS] = { [WALK_ALL] = SORTED("runs_status", "status", "") },
};

const char walk_first_since[] = "SELECT num FROM runs WHERE created >= ? ORDER BY created LIMIT 1";
const char walk_last_until[] =
	"SELECT num FROM runs WHERE created <= ? ORDER BY created DESC LIMIT 1";
