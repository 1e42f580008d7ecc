/* The stream of changes, and snapshots to begin with. */
#include <inttypes.h>

#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/where.h"
#include "wire/proto.h"

const char *engine_epoch(const struct engine *e)
{
	return journal_epoch(e->journal);
}

int64_t engine_seq(const struct engine *e)
{
	return e->told_seq;
}

struct walk {
	engine_change_fn *fn;
	void *arg;
};

static bool on_change(void *arg, struct db_stmt *row)
{
	struct walk *walk = arg;
	const struct engine_change change = {
		.seq = db_int(row, 0), .id = db_text(row, 1), .frame = db_text(row, 2),
		.before = db_text(row, 3), .before_pruned = db_int(row, 4) != 0,
	};
	return walk->fn(walk->arg, &change);
}

bool engine_changes(struct engine *e, int64_t after, engine_change_fn *fn, void *arg)
{
	struct walk walk = { fn, arg };
	return journal_changes(e->journal, after, on_change, &walk);
}

/* ---- snapshots ----------------------------------------------------------------------- */

/* The numbers of the runs are taken at once, their frames page by page: a frame
 * that has changed meanwhile comes once more as a change after `seq`. */
struct engine_snapshot {
	struct engine *e;
	struct filter *filter;
	int64_t seq;
	VEC(int64_t) nums;		/* open runs, then ended ones */
	size_t n_open;
	int64_t ended_left;		/* so many ended ones are still wanted; < 0: all */
	size_t at;
	int64_t counts[LANES];
};

/* What the database can tell of the filter; the rest is matched when it is shown. */
static bool note_all(struct engine_snapshot *s, const char *select, const char *order,
		     struct err *err)
{
	struct where where = {0};
	struct str sql = {0};
	str_add_text(&sql, select);
	where_build(&where, s->filter, &sql);
	str_add_text(&sql, order);
	struct db_stmt *st = db_prepare(journal_db(s->e->journal), str_text(&sql), err);
	if (st) {
		where_bind(&where, st, 1);
		while (db_step(st, NULL) == DB_ROW)
			vec_push(&s->nums, db_int(st, 0));
		db_finish(st);
	}
	str_release(&sql);
	where_release(&where);
	return st != NULL;
}

static bool note_runs(struct engine_snapshot *s, struct err *err)
{
	if (!note_all(s, "SELECT num FROM runs WHERE open = 1", " ORDER BY num DESC", err))
		return false;
	s->n_open = s->nums.len;
	struct str order = {0};
	str_add_text(&order, " ORDER BY ended DESC");
	if (filter_is_empty(s->filter))
		str_addf(&order, " LIMIT %" PRId64, s->ended_left);
	bool ok = note_all(s, "SELECT num FROM runs WHERE open = 0", str_text(&order), err);
	str_release(&order);
	return ok;
}

void engine_snapshot_free(struct engine_snapshot *s)
{
	if (!s)
		return;
	filter_free(s->filter);
	vec_release(&s->nums);
	mem_free(s);
}

struct engine_snapshot *engine_snapshot_new(struct engine *e, struct view filter, int ended,
					    struct err *err)
{
	struct filter *f = filter_parse(filter, NULL, err);
	if (!f)
		return NULL;
	struct engine_snapshot *s = mem_zero(sizeof *s);
	s->e = e;
	s->filter = f;
	s->seq = e->told_seq;
	s->ended_left = ended;
	if (note_runs(s, err))
		return s;
	engine_snapshot_free(s);
	return NULL;
}

int64_t engine_snapshot_seq(const struct engine_snapshot *s)
{
	return s->seq;
}

const int64_t *engine_snapshot_counts(const struct engine_snapshot *s)
{
	return s->counts;
}

static bool show(struct engine_snapshot *s, struct db_stmt *row, const struct walk *walk)
{
	struct arena arena = {0};
	struct run_facts facts;
	struct filter_env env = { .now_ms = when_now_ms() };
	struct view frame = db_text(row, 1);
	bool more = true;
	bool ended = s->at > s->n_open;		/* at: behind this one */
	if (proto_run(frame, &arena, &facts, NULL) && filter_match(s->filter, &facts, &env)) {
		const struct engine_change change = { .seq = db_int(row, 2), .id = facts.id,
						      .frame = frame };
		s->counts[run_status_lane(facts.status)]++;
		s->ended_left -= ended && s->ended_left > 0;
		more = walk->fn(walk->arg, &change);
	}
	arena_release(&arena);
	return more;
}

static bool is_over(const struct engine_snapshot *s)
{
	return s->at == s->nums.len || (s->at >= s->n_open && s->ended_left == 0);
}

bool engine_snapshot_next(struct engine_snapshot *s, int limit, engine_change_fn *fn, void *arg)
{
	struct walk walk = { fn, arg };
	bool more = true;
	for (; more && limit > 0 && !is_over(s); limit--) {
		struct db_stmt *st = db_stmt(journal_db(s->e->journal),
					     "SELECT num, frame, seq FROM runs WHERE num = ?");
		db_bind_int(st, 1, s->nums.items[s->at++]);
		if (db_step(st, NULL) == DB_ROW)
			more = show(s, st, &walk);
		db_reset(st);
	}
	return !is_over(s);
}
