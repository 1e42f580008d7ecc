/* The next firing of each schedule as a run that is planned: in lists and on the stream
 * under the id that the run will have. Rows of their own in the journal; no facts, so
 * that a plan which changes leaves nothing behind. */
#include "engine/planned.h"

#include <inttypes.h>

#include "base/ident.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/birth.h"
#include "engine/crypto.h"
#include "engine/journal_inside.h"

/* ---- the id -------------------------------------------------------------------------- */

/* Of the firing's time, and for the rest of what makes it this firing of this engine: the
 * same firing has the same id whenever it is asked for, and starts once. */
void planned_id(const struct engine *e, const char *schedule, int64_t at_ms,
		char id[IDENT_LEN + 1])
{
	static const char variants[] = "89ab";
	struct str what = {0};
	char hex[CRYPTO_HEX + 1];
	str_addf(&what, "%s %s %" PRId64, journal_epoch(e->journal), schedule, at_ms);
	crypto_sha256(view_of_str(&what), hex);
	str_clear(&what);
	str_addf(&what, "%08" PRIx64 "-%04x-7%.3s-%c%.3s-%.12s", (uint64_t)at_ms >> 16 & UINT32_MAX,
		 (unsigned)(at_ms & 0xffff), hex, variants[hex[3] & 3], hex + 4, hex + 7);
	memcpy(id, str_text(&what), IDENT_LEN + 1);
	str_release(&what);
}

/* ---- in the journal -------------------------------------------------------------------- */

static void keep(struct engine *e, const struct planned *p)
{
	static const char upsert[] = "INSERT OR REPLACE INTO planned(id, hash, seq) VALUES(?, ?, ?)";
	const struct journal_value values[] = {
		journal_text(view_of(p->id)), journal_text(view_of(p->hash)),
		journal_number(p->seq),
	};
	journal_put(e->journal, upsert, values, 3);
}

static void forget(struct engine *e, const struct planned *p)
{
	static const char delete[] = "DELETE FROM planned WHERE id = ?";
	const struct journal_value values[] = { journal_text(view_of(p->id)) };
	journal_put(e->journal, delete, values, 1);
}

static void planned_free(struct planned *p)
{
	machine_free(p->m);
	mem_free(p->hash);
	mem_free(p);
}

static struct planned *add(struct engine *e, struct view id)
{
	struct planned *p = mem_zero(sizeof *p);
	id = view_cut(id, 0, IDENT_LEN);
	memcpy(p->id, id.ptr, id.len);
	vec_push(&e->planned, p);
	return p;
}

void engine_recall_planned(struct engine *e)
{
	struct db_stmt *st = db_stmt(journal_db(e->journal), "SELECT id, hash, seq FROM planned");
	while (db_step(st, NULL) == DB_ROW) {
		struct planned *p = add(e, db_text(st, 0));
		struct view hash = db_text(st, 1);
		p->hash = mem_bytes(hash.ptr, hash.len);
		p->seq = db_int(st, 2);
	}
	db_reset(st);
	e->replan = true;
}

void engine_free_planned(struct engine *e)
{
	for (size_t i = 0; i < e->planned.len; i++)
		planned_free(e->planned.items[i]);
	vec_release(&e->planned);
}

/* ---- what will be -------------------------------------------------------------------- */

/* A state as of a run that waits for its time. NULL where the parameters do not do. */
static struct machine *foresee(const struct trigger *t, const struct workflow *w, const char *id)
{
	struct birth birth = { .by = VIEW("schedule"), .trigger = TRIGGER_SCHEDULE,
			       .now_ms = t->last_ms, .start_at_ms = t->next_ms };
	struct str source = {0};
	struct err err = {0};
	struct events facts = {0};
	struct machine *m = NULL;
	firing_source(t->id, t->next_ms, &source);
	birth.source = view_of_str(&source);
	birth.id = view_of(id);
	if (birth_give_all(&birth, view_of(t->params), &err) && birth_check(&birth, w, &err))
		m = birth_machine(&birth, w, &facts);
	else
		log_warn("schedule %s: its parameters do not do: %s", t->id, err_text(&err));
	if (m)
		m->foreseen = true;
	events_release(&facts);
	err_release(&err);
	str_release(&source);
	birth_release(&birth);
	return m;
}

/* Its change in the stream; an empty frame: it is no more. */
static void tell(struct engine *e, struct planned *p, struct view frame)
{
	struct journal_change change = { .id = view_of(p->id), .previous = p->seq, .frame = frame };
	p->seq = journal_change(e->journal, &change);
}

static void show(struct engine *e, struct planned *p)
{
	struct str frame = {0};
	p->m->seq = journal_next_seq(e->journal);
	engine_frame(e, p->m, &frame);
	tell(e, p, view_of_str(&frame));
	keep(e, p);
	str_release(&frame);
}

static void plan(struct engine *e, const struct trigger *t, const struct workflow *w)
{
	char id[IDENT_LEN + 1];
	planned_id(e, t->id, t->next_ms, id);
	struct planned *p = engine_planned(e, view_of(id));
	bool as_before = p && str_eq(p->hash, w->hash);
	if (as_before && p->m) {
		p->wanted = true;
		return;
	}
	if (engine_live(e, view_of(id)) || journal_find(e->journal, view_of(id)))
		return;
	struct machine *m = foresee(t, w, id);
	if (!m)
		return;
	if (!p)
		p = add(e, view_of(id));
	machine_free(p->m);
	mem_free(p->hash);
	p->m = m;
	p->hash = mem_text(w->hash);
	p->wanted = true;
	if (as_before)
		m->seq = p->seq;	/* told before the restart */
	else
		show(e, p);
}

/* A run that has its id now follows it in the stream by itself. */
static void drop(struct engine *e, struct planned *p)
{
	forget(e, p);
	if (!engine_live(e, view_of(p->id)) && !journal_find(e->journal, view_of(p->id)))
		tell(e, p, (struct view){0});
	planned_free(p);
}

static void drop_unwanted(struct engine *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < e->planned.len; i++) {
		struct planned *p = e->planned.items[i];
		if (p->wanted)
			e->planned.items[kept++] = p;
		else
			drop(e, p);
	}
	e->planned.len = kept;
}

/* The last to come first, as lists have it: ids begin with the time. */
static int by_id(const void *a, const void *b)
{
	const struct planned *const *x = a, *const *y = b;
	return strcmp((*y)->id, (*x)->id);
}

void engine_plan(struct engine *e)
{
	if (!e->replan)
		return;
	e->replan = false;
	for (size_t i = 0; i < e->planned.len; i++)
		e->planned.items[i]->wanted = false;
	for (size_t i = 0; i < e->triggers.list.len; i++) {
		const struct trigger *t = e->triggers.list.items[i];
		const struct workflow *w = catalog_find(e->catalog, view_of(t->workflow));
		if (t->next_ms && w)
			plan(e, t, w);
	}
	drop_unwanted(e);
	if (e->planned.len)
		qsort(e->planned.items, e->planned.len, sizeof *e->planned.items, by_id);
}

struct planned *engine_planned(const struct engine *e, struct view id)
{
	for (size_t i = 0; i < e->planned.len; i++) {
		if (view_is(id, e->planned.items[i]->id))
			return e->planned.items[i];
	}
	return NULL;
}
