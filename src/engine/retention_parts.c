/* The steps of a round that look at runs: tidying what has just ended, removing logs,
 * removing runs, counting uses of definitions and removing those that none uses any
 * more. Each looks at one run, or at a few. */
#include "base/when.h"
#include "engine/retention_inside.h"
#include "wire/proto.h"

/* ---- tidying ---------------------------------------------------------------------------- */

/* What can be taken up again, and what was to be looked at, keeps its working folder. */
static bool is_through(struct view frame)
{
	struct arena arena = {0};
	struct run_facts facts;
	bool through = proto_run(frame, &arena, &facts, NULL) && !facts.debug &&
		       (facts.status == RUN_COMPLETED || facts.status == RUN_CANCELLED ||
			facts.status == RUN_REJECTED);
	arena_release(&arena);
	return through;
}

static void begin_weighing(struct retention *r, int64_t num, struct view id)
{
	struct str logs = {0}, work = {0};
	str_addf(&logs, "%s/runs/%.*s", r->e->state, (int)id.len, id.ptr);
	str_addf(&work, "%s/work/%.*s", r->e->state, (int)id.len, id.ptr);
	const char *folders[] = { str_text(&logs), str_text(&work) };
	r->weighed = num;
	r->weigh = weigh_new(folders, 2);
	str_release(&logs);
	str_release(&work);
}

/* One that was reopened meanwhile has no row, or one that is to be weighed anew. */
static void go_on_weighing(struct retention *r)
{
	static const char update[] = "UPDATE files SET bytes = ? WHERE run = ? AND bytes < 0";
	int64_t bytes;
	if (!weigh_step(r->weigh, r->until_ms, &bytes))
		return;
	const struct journal_value values[] = { journal_number(bytes), journal_number(r->weighed) };
	journal_put(r->e->journal, update, values, 2);
	weigh_free(r->weigh);
	r->weigh = NULL;
	r->tidied = r->weighed;
}

bool retention_tidy(struct retention *r)
{
	if (r->weigh) {
		go_on_weighing(r);
		return true;
	}
	struct db_stmt *st = db_stmt(journal_db(r->e->journal),
				     "SELECT f.run, r.id, r.frame FROM files f JOIN runs r"
				     " ON r.num = f.run WHERE f.bytes < 0 AND f.run > ?"
				     " ORDER BY f.run LIMIT 1");
	db_bind_int(st, 1, r->tidied);
	bool found = db_step(st, NULL) == DB_ROW;
	if (found) {
		int64_t num = db_int(st, 0);
		struct view id = db_text(st, 1);
		if (engine_live(r->e, id))
			r->tidied = num;	/* just woken: in the next round */
		else if (is_through(db_text(st, 2)) && !retention_trash(r, id, FOLDER_WORK))
			r->tidied = num;
		else
			begin_weighing(r, num, id);
	}
	db_reset(st);
	return found;
}

/* ---- what is too much ------------------------------------------------------------------- */

static bool is_over(int64_t what, int64_t limit)
{
	return limit >= 0 && what > limit;
}

static void add_span(struct str *out, const char *words, int64_t ms)
{
	str_add_text(out, words);
	when_add_span(out, ms);
}

/* The rule by which the logs of a run that ended then have to go; false: they may stay. */
static bool logs_are_over(const struct retention *r, int64_t ended_ms, struct str *why)
{
	const int64_t *limits = r->keeping.limits;
	if (is_over(r->now_ms - ended_ms, limits[KEEPING_LOGS_AGE]))
		add_span(why, "logs_age = ", limits[KEEPING_LOGS_AGE]);
	else if (is_over(r->logs, limits[KEEPING_LOGS_COUNT]))
		str_addf(why, "logs_count = %lld", (long long)limits[KEEPING_LOGS_COUNT]);
	else if (is_over(r->bytes, limits[KEEPING_SIZE]))
		str_addf(why, "size = %lld octets", (long long)limits[KEEPING_SIZE]);
	return why->len > 0;
}

static bool run_is_over(const struct retention *r, int64_t ended_ms, struct str *why)
{
	const int64_t *limits = r->keeping.limits;
	if (is_over(r->now_ms - ended_ms, limits[KEEPING_AGE]))
		add_span(why, "age = ", limits[KEEPING_AGE]);
	else if (is_over(r->runs, limits[KEEPING_COUNT]))
		str_addf(why, "count = %lld", (long long)limits[KEEPING_COUNT]);
	return why->len > 0;
}

static void count(struct retention *r, const char *what, int64_t ended_ms, const struct str *why)
{
	struct retention_tally *t = &r->tally;
	if (t->n && !view_eq(view_of_str(&t->why), view_of_str(why)))
		retention_tell(r);
	if (!t->n++) {
		t->what = what;
		t->first_ms = ended_ms;
		str_clear(&t->why);
		str_add(&t->why, view_of_str(why));
	}
	t->last_ms = ended_ms;
}

/* ---- logs --------------------------------------------------------------------------------- */

static void drop_logs(struct retention *r, struct db_stmt *row, const struct str *why)
{
	static const char remove[] = "DELETE FROM files WHERE run = ?";
	const struct journal_value values[] = { journal_number(r->num) };
	if (!retention_trash(r, db_text(row, 3), FOLDER_LOGS | FOLDER_WORK))
		return;
	journal_put(r->e->journal, remove, values, 1);
	r->logs--;
	r->bytes -= db_int(row, 2) > 0 ? db_int(row, 2) : 0;
	count(r, "logs of ", r->ended_ms, why);
}

bool retention_remove_logs(struct retention *r)
{
	struct db_stmt *st = db_stmt(journal_db(r->e->journal),
				     "SELECT f.run, f.ended, f.bytes, r.id, r.frame FROM files f"
				     " CROSS JOIN runs r ON r.num = f.run WHERE f.workflow = ?1"
				     " AND f.ended >= ?2 AND (f.ended > ?2 OR f.run > ?3)"
				     " ORDER BY f.ended, f.run LIMIT 1");
	struct str why = {0};
	db_bind_text(st, 1, view_of_str(&r->workflow));
	db_bind_int(st, 2, r->ended_ms);
	db_bind_int(st, 3, r->num);
	bool over = db_step(st, NULL) == DB_ROW && logs_are_over(r, db_int(st, 1), &why);
	if (over) {
		r->num = db_int(st, 0);
		r->ended_ms = db_int(st, 1);
		if (!retention_is_needed(r, db_text(st, 3), db_text(st, 4)))
			drop_logs(r, st, &why);
	}
	db_reset(st);
	str_release(&why);
	return over;
}

/* ---- runs ---------------------------------------------------------------------------------- */

static void drop_run(struct retention *r, struct db_stmt *row, const struct str *why)
{
	const struct journal_removal removal = {
		.num = r->num, .id = db_text(row, 2), .previous = db_int(row, 4),
		.frame = db_text(row, 3),
	};
	if (!retention_trash(r, removal.id, FOLDER_LOGS | FOLDER_WORK))
		return;
	journal_remove(r->e->journal, &removal);
	r->runs--;
	count(r, "", r->ended_ms, why);
}

bool retention_remove_runs(struct retention *r)
{
	struct db_stmt *st = db_stmt(journal_db(r->e->journal),
				     "SELECT num, ended, id, frame, seq FROM runs"
				     " INDEXED BY runs_workflow_ended WHERE workflow = ?1"
				     " AND ended >= ?2 AND (ended > ?2 OR num > ?3)"
				     " ORDER BY ended, num LIMIT 1");
	struct str why = {0};
	db_bind_text(st, 1, view_of_str(&r->workflow));
	db_bind_int(st, 2, r->ended_ms);
	db_bind_int(st, 3, r->num);
	bool over = db_step(st, NULL) == DB_ROW && run_is_over(r, db_int(st, 1), &why);
	if (over) {
		r->num = db_int(st, 0);
		r->ended_ms = db_int(st, 1);
		if (!retention_is_needed(r, db_text(st, 2), db_text(st, 3)))
			drop_run(r, st, &why);
	}
	db_reset(st);
	str_release(&why);
	return over;
}

/* ---- definitions ---------------------------------------------------------------------------- */

/* Several at once: there may be as many as there are runs. */
bool retention_count_uses(struct retention *r)
{
	bool more = true;
	for (int i = 0; more && i < SLICE_MOST; i++) {
		more = journal_count_use(r->e->journal);
		if (when_mono_ms() >= r->until_ms)
			break;
	}
	return more;
}

static bool is_used(void *arg, const struct workflow *w)
{
	const struct engine *e = arg;
	for (size_t i = 0; i < e->runs.len; i++) {
		if (e->runs.items[i]->w == w)
			return true;
	}
	return false;
}

bool retention_remove_definition(struct retention *r)
{
	struct journal *j = r->e->journal;
	struct str hash = {0};
	/* What this slice has removed counts after the commit. */
	bool found = journal_has_batch(j) || journal_unused(j, &hash);
	if (hash.len) {
		journal_forget_definition(j, view_of_str(&hash));
		catalog_forget(r->e->catalog, view_of_str(&hash), is_used, r->e);
	}
	if (found)
		r->until_ms = 0;
	str_release(&hash);
	return found;
}
