/* Rounds of retention: when, in which slices, and what is told of them. */
#include "engine/retention.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/retention_inside.h"
#include "wire/proto.h"

enum { SOON_MS = 1000, ROUND_MS = 60000, SLICE_MS = 3, DAY_MS = 86400000,
       ROWS = 500 };

/* ---- what all parts need ------------------------------------------------------------ */

bool retention_trash(struct retention *r, struct view id, unsigned folders)
{
	static const char *const names[] = { "runs", "work" };
	struct err err = {0};
	bool good = true;
	for (unsigned i = 0; good && i < 2; i++) {
		struct str path = {0};
		if (!(folders >> i & 1))
			continue;
		str_addf(&path, "%s/%s/%.*s", r->e->state, names[i], (int)id.len, id.ptr);
		good = trash_take(r->trash, str_text(&path), &err);
		str_release(&path);
	}
	if (!good)
		log_warn("retention: %s", err_text(&err));
	err_release(&err);
	return good;
}

static struct view parent_of(struct view frame, struct arena *arena)
{
	struct run_facts facts;
	return proto_run(frame, arena, &facts, NULL) ? facts.parent : (struct view){0};
}

bool retention_is_needed(const struct retention *r, struct view id, struct view frame)
{
	struct arena arena = {0};
	struct view parent = parent_of(frame, &arena);
	bool needed = engine_live(r->e, id) || map_get(&r->family, id) ||
		      (parent.len && engine_live(r->e, parent));
	arena_release(&arena);
	return needed;
}

/* One line for all that went of a workflow in a slice. */
void retention_tell(struct retention *r)
{
	struct retention_tally *t = &r->tally;
	struct str what = {0};
	if (t->n) {
		str_addf(&what, "remove %s%lld run%s of %s", t->what, (long long)t->n,
			 t->n > 1 ? "s" : "", str_text(&r->workflow));
		str_add_text(&t->why, "; ended ");
		when_add_rfc3339(&t->why, t->first_ms);
		if (t->last_ms != t->first_ms) {
			str_add_text(&t->why, " to ");
			when_add_rfc3339(&t->why, t->last_ms);
		}
		engine_audit(r->e, VIEW("retention"), view_of_str(&what), view_of_str(&t->why));
		log_note("retention: %s: %s", str_text(&what), str_text(&t->why));
	}
	t->n = 0;
	str_clear(&t->why);
	str_release(&what);
}

/* ---- the parts ------------------------------------------------------------------------- */

/* Into the next workflow that has something; false: there is none. */
static bool next_workflow(struct retention *r)
{
	struct db_stmt *st = db_stmt(journal_db(r->e->journal),
				     "SELECT workflow, runs, logs, bytes FROM holdings"
				     " WHERE workflow > ? ORDER BY workflow LIMIT 1");
	db_bind_text(st, 1, view_of_str(&r->workflow));
	bool found = db_step(st, NULL) == DB_ROW;
	struct str name = {0};
	if (found) {
		str_add(&name, db_text(st, 0));
		r->runs = db_int(st, 1);
		r->logs = db_int(st, 2);
		r->bytes = db_int(st, 3);
		r->keeping = keeping_of(&r->rules, view_of_str(&name));
	}
	r->ended_ms = 0;
	r->num = INT64_MAX;
	db_reset(st);
	str_release(&r->workflow);
	r->workflow = name;
	return found;
}

/* Old rows of a table with a time, some of them; false: none was left. */
static bool remove_rows(struct retention *r, const char *count, const char *remove, int64_t before_ms)
{
	struct db_stmt *st = db_stmt(journal_db(r->e->journal), count);
	db_bind_int(st, 1, before_ms);
	bool found = db_step(st, NULL) == DB_ROW;
	db_reset(st);
	if (!found)
		return false;
	const struct journal_value values[] = { journal_number(before_ms), journal_number(ROWS) };
	journal_put(r->e->journal, remove, values, 2);
	r->until_ms = 0;		/* the next look is after the commit */
	return true;
}

static bool remove_audit(struct retention *r)
{
	static const char first[] = "SELECT at FROM audit WHERE num = (SELECT min(num) FROM audit)"
				    " AND at < ?";
	static const char remove[] = "DELETE FROM audit WHERE at < ?1 AND num IN"
				     " (SELECT num FROM audit ORDER BY num LIMIT ?2)";
	int64_t age_ms = keeping_of(&r->rules, (struct view){0}).limits[KEEPING_AUDIT_AGE];
	return age_ms >= 0 && remove_rows(r, first, remove, r->now_ms - age_ms);
}

/* A key is known for a day. */
static bool remove_answers(struct retention *r)
{
	static const char first[] = "SELECT at FROM answers WHERE at < ? LIMIT 1";
	static const char remove[] = "DELETE FROM answers WHERE (caller, route, key) IN"
				     " (SELECT caller, route, key FROM answers WHERE at < ?1"
				     " ORDER BY at LIMIT ?2)";
	return remove_rows(r, first, remove, r->now_ms - DAY_MS);
}

/* What was told of how long a run takes is asked for while it is open. */
static bool remove_lengths(struct retention *r)
{
	static const char first[] = "SELECT 1 FROM meta m WHERE key >= 'long:' AND key < 'long;'"
				    " AND NOT EXISTS (SELECT 1 FROM runs WHERE id = substr(m.key, 6)"
				    " AND open = 1) LIMIT ?";
	static const char remove[] = "DELETE FROM meta WHERE key IN (SELECT key FROM meta m"
				     " WHERE key >= 'long:' AND key < 'long;'"
				     " AND NOT EXISTS (SELECT 1 FROM runs WHERE id = substr(m.key, 6)"
				     " AND open = 1) LIMIT ?2) AND ?1 > 0";
	return remove_rows(r, first, remove, 1);
}

/* Each part over and over until it says that it is over; then the next. */
static void step(struct retention *r)
{
	static const struct {
		bool (*step)(struct retention *r);
		enum retention_part then[2];	/* when it is over; when there is more */
	} parts[] = {
		[PART_TIDY] = { retention_tidy, { PART_USES, PART_TIDY } },
		[PART_USES] = { retention_count_uses, { PART_NEXT_WORKFLOW, PART_USES } },
		[PART_NEXT_WORKFLOW] = { next_workflow, { PART_DEFINITIONS, PART_LOGS } },
		[PART_LOGS] = { retention_remove_logs, { PART_RUNS, PART_LOGS } },
		[PART_RUNS] = { retention_remove_runs, { PART_NEXT_WORKFLOW, PART_RUNS } },
		[PART_DEFINITIONS] = { retention_remove_definition, { PART_AUDIT, PART_DEFINITIONS } },
		[PART_AUDIT] = { remove_audit, { PART_ANSWERS, PART_AUDIT } },
		[PART_ANSWERS] = { remove_answers, { PART_LENGTHS, PART_ANSWERS } },
		[PART_LENGTHS] = { remove_lengths, { PART_DONE, PART_LENGTHS } },
	};
	enum retention_part was = r->part;
	bool more = parts[was].step(r);
	r->part = parts[was].then[more];
	if (r->part != was)
		retention_tell(r);
	if (was == PART_LOGS && !more) {
		r->ended_ms = 0;
		r->num = INT64_MAX;
	}
}

/* ---- slices ---------------------------------------------------------------------------------- */

static void note_family(struct retention *r)
{
	map_release(&r->family);
	r->family = (struct map){0};
	for (size_t i = 0; i < r->e->runs.len; i++) {
		const struct machine *m = r->e->runs.items[i]->m;
		if (m->parent.len && !m->ended)
			map_put(&r->family, m->parent, r->e->runs.items[i]);
	}
}

static void stop_idle(struct retention *r)
{
	loop_remove(r->idle);
	r->idle = NULL;
}

/* What a slice decides is committed at the end of its turn: the next one sees it. */
static void on_idle(void *arg)
{
	struct retention *r = arg;
	if (r->e->busy) {
		stop_idle(r);
		loop_timer_set(r->timer, ROUND_MS);
		return;
	}
	note_family(r);
	r->now_ms = when_now_ms();
	r->until_ms = when_mono_ms() + SLICE_MS;
	for (int i = 0; i < SLICE_MOST && r->part != PART_DONE; i++) {
		step(r);
		if (when_mono_ms() >= r->until_ms)
			break;
	}
	retention_tell(r);
	if (journal_has_batch(r->e->journal))
		loop_timer_set(r->e->retry, 0);
	if (r->part != PART_DONE)
		return;
	stop_idle(r);
	trash_empty(r->trash);
	loop_timer_set(r->timer, r->soon ? SOON_MS : ROUND_MS);
}

/* From the begin, also where a round is under way. */
static void on_time(void *arg)
{
	struct retention *r = arg;
	r->soon = false;
	r->part = PART_TIDY;
	r->tidied = 0;
	str_clear(&r->workflow);
	if (!r->idle)
		r->idle = loop_idle(r->e->loop, on_idle, r);
}

void retention_wake(struct retention *r)
{
	if (!r->idle && !r->soon)
		loop_timer_set(r->timer, SOON_MS);
	r->soon = true;
}

void retention_take(struct retention *r, struct keeping_rules *rules)
{
	keeping_replace(&r->rules, rules);
	on_time(r);
}

struct retention *retention_new(struct engine *e)
{
	struct retention *r = mem_zero(sizeof *r);
	r->e = e;
	r->part = PART_DONE;
	r->trash = trash_new(e->loop, e->state);
	r->timer = loop_timer(e->loop, on_time, r);
	loop_timer_set(r->timer, SOON_MS);
	return r;
}

void retention_free(struct retention *r)
{
	if (!r)
		return;
	stop_idle(r);
	loop_remove(r->timer);
	trash_free(r->trash);
	weigh_free(r->weigh);
	keeping_release(&r->rules);
	map_release(&r->family);
	str_release(&r->workflow);
	str_release(&r->tally.why);
	mem_free(r);
}
