/* The stream of changes, and snapshots to begin with. */
#include <inttypes.h>

#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/walk.h"
#include "wire/proto.h"

const char *engine_epoch(const struct engine *e)
{
	return journal_epoch(e->journal);
}

int64_t engine_seq(const struct engine *e)
{
	return e->told_seq;
}

struct telling {
	engine_change_fn *fn;
	void *arg;
};

static bool on_change(void *arg, struct db_stmt *row)
{
	struct telling *t = arg;
	const struct engine_change change = {
		.seq = db_int(row, 0), .id = db_text(row, 1), .frame = db_text(row, 2),
		.before = db_text(row, 3), .before_pruned = db_int(row, 4) != 0,
	};
	return t->fn(t->arg, &change);
}

bool engine_changes(struct engine *e, int64_t after, engine_change_fn *fn, void *arg)
{
	struct telling t = { fn, arg };
	return journal_changes(e->journal, after, on_change, &t);
}

/* ---- snapshots ----------------------------------------------------------------------- */

enum { LOOK_ON = 500 };

struct planned_name {
	char id[IDENT_LEN + 1];
};

/* The numbers of the open runs are taken at once; the ended ones are walked over from
 * the one that had ended last then. A frame that has changed meanwhile comes once more
 * as a change after `seq`. */
struct engine_snapshot {
	struct engine *e;
	struct filter *filter;
	struct engine_viewer viewer;
	int64_t seq;
	VEC(struct planned_name) planned;	/* shown first */
	size_t planned_at;
	VEC(int64_t) open;
	size_t at;
	struct walk *ended;
	int64_t ended_left;		/* so many ended ones are still wanted; < 0: all */
	int64_t counts[LANES], shown;
	bool over;
	int looked_on;			/* steps made after that */
	bool cut;			/* more have ended than were wanted, or may have */
};

static bool note_open(void *arg, struct db_stmt *row)
{
	struct engine_snapshot *s = arg;
	vec_push(&s->open, db_int(row, 0));
	return true;
}

static void note_planned(struct engine_snapshot *s)
{
	for (size_t i = 0; i < s->e->planned.len; i++) {
		struct planned_name name;
		memcpy(name.id, s->e->planned.items[i]->id, sizeof name.id);
		vec_push(&s->planned, name);
	}
}

static bool begin_walk(struct engine_snapshot *s, struct err *err)
{
	const struct walk_order newest = { WALK_ENDED, .ascending = false };
	struct str cursor = {0};
	str_addf(&cursor, "ed%" PRId64 ".%" PRId64, INT64_MAX, journal_last_end(s->e->journal));
	s->ended = walk_new(s->e->journal, s->filter, newest, view_of_str(&cursor), err);
	str_release(&cursor);
	return s->ended != NULL;
}

void engine_snapshot_free(struct engine_snapshot *s)
{
	if (!s)
		return;
	walk_free(s->ended);
	filter_free(s->filter);
	vec_release(&s->planned);
	vec_release(&s->open);
	mem_free(s);
}

struct engine_snapshot *engine_snapshot_new(struct engine *e, const struct engine_scope *scope,
					    struct err *err)
{
	struct filter *f = filter_parse(scope->filter, NULL, err);
	if (!f)
		return NULL;
	struct engine_snapshot *s = mem_zero(sizeof *s);
	s->e = e;
	s->filter = f;
	s->seq = e->told_seq;
	s->ended_left = scope->ended;
	s->viewer = scope->viewer;
	note_planned(s);
	journal_open_runs(e->journal, note_open, s);
	if (begin_walk(s, err))
		return s;
	engine_snapshot_free(s);
	return NULL;
}

int64_t engine_snapshot_seq(const struct engine_snapshot *s)
{
	return s->seq;
}

bool engine_snapshot_cut(const struct engine_snapshot *s)
{
	return s->cut;
}

const int64_t *engine_snapshot_counts(const struct engine_snapshot *s)
{
	return s->counts;
}

static bool show(struct engine_snapshot *s, struct view frame, int64_t seq, const struct telling *to)
{
	struct arena arena = {0};
	struct str own = {0};
	struct run_facts facts;
	struct filter_env env = filter_env_of(when_now_ms(), NULL);
	bool more = true;
	if (proto_run(frame, &arena, &facts, NULL) && filter_match(s->filter, &facts, &env) &&
	    engine_sees(&s->viewer, facts.workflow)) {
		if (s->viewer.own && s->viewer.own(s->viewer.arg, frame, &own))
			frame = view_of_str(&own);
		const struct engine_change change = { .seq = seq, .id = facts.id, .frame = frame };
		s->counts[run_status_lane(facts.status)]++;
		s->shown++;
		more = to->fn(to->arg, &change);
	}
	str_release(&own);
	arena_release(&arena);
	return more;
}

/* One that is no more meanwhile has its change behind the snapshot. */
static bool show_planned(struct engine_snapshot *s, const struct telling *to)
{
	const char *id = s->planned.items[s->planned_at++].id;
	const struct planned *p = engine_planned(s->e, view_of(id));
	struct str frame = {0};
	bool more = true;
	if (p && p->m) {
		engine_frame(s->e, p->m, &frame);
		more = show(s, view_of_str(&frame), p->seq, to);
	}
	str_release(&frame);
	return more;
}

static bool show_open(struct engine_snapshot *s, const struct telling *to)
{
	bool more = true;
	struct db_stmt *st = db_stmt(journal_db(s->e->journal),
				     "SELECT frame, seq FROM runs WHERE num = ?");
	db_bind_int(st, 1, s->open.items[s->open.len - ++s->at]);
	if (db_step(st, NULL) == DB_ROW)
		more = show(s, db_text(st, 0), db_int(st, 1), to);
	db_reset(st);
	return more;
}

/* As many as were wanted are there: whether there is one more is asked for a while only,
 * since nobody waits for the search of a whole history. */
static bool is_cut(struct engine_snapshot *s, enum walk_step step)
{
	return !s->ended_left && (step == WALK_FIT || ++s->looked_on >= LOOK_ON);
}

/* Those that are open stand behind all that have ended, and were shown. */
static bool show_ended(struct engine_snapshot *s, const struct telling *to)
{
	struct walk_row row = {0};
	enum walk_step step = walk_next(s->ended, &row);
	if (step == WALK_FIT && !engine_sees_frame(&s->viewer, row.frame))
		step = WALK_PASSED;
	s->over = step == WALK_OVER || row.open;
	s->cut = !s->over && is_cut(s, step);
	s->over |= s->cut;
	if (s->over || step == WALK_PASSED)
		return true;
	int64_t before = s->shown;
	bool more = show(s, row.frame, row.seq, to);
	s->ended_left -= s->ended_left > 0 && s->shown > before;
	return more;
}

bool engine_snapshot_next(struct engine_snapshot *s, int limit, engine_change_fn *fn, void *arg)
{
	const struct telling to = { fn, arg };
	bool more = true;
	for (; more && limit > 0 && s->planned_at < s->planned.len; limit--)
		more = show_planned(s, &to);
	for (; more && limit > 0 && !s->over; limit--)
		more = s->at < s->open.len ? show_open(s, &to) : show_ended(s, &to);
	return !s->over;
}
