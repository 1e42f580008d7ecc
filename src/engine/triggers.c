/* Schedules and their firings. */
#include "engine/triggers.h"

#include "base/log.h"
#include "base/mem.h"
#include "engine/journal_inside.h"
#include "wire/jsonw.h"

enum {
	ON_TIME_MS = 60000,		/* later than this a firing was missed */
	MISSED_MOST = 100,		/* made up for by `all` */
	LOOK_MOST = 100000,		/* firings looked at in one go */
};

static void trigger_free(struct trigger *t)
{
	cron_zone_free(t->zone);
	mem_free(t->id);
	mem_free(t->workflow);
	mem_free(t->cron_text);
	mem_free(t->zone_text);
	mem_free(t->rule);
	mem_free(t->params);
	mem_free(t->by);
	mem_free(t);
}

void triggers_release(struct triggers *t)
{
	for (size_t i = 0; i < t->list.len; i++)
		trigger_free(t->list.items[i]);
	vec_release(&t->list);
}

/* ---- in the journal ----------------------------------------------------------------- */

static void keep(const struct trigger *t, struct journal *j)
{
	static const char upsert[] =
		"INSERT OR REPLACE INTO schedules(id, rule, last, paused, by, at)"
		" VALUES(?, ?, ?, ?, ?, ?)";
	const struct journal_value values[] = {
		journal_text(view_of(t->id)), journal_text(view_of(t->rule)),
		journal_number(t->last_ms), journal_number(t->paused),
		journal_text(view_of(t->by)), journal_number(t->at_ms),
	};
	journal_put(j, upsert, values, 6);
}

/* False where it is new or its rule was another. */
static bool recall(struct trigger *t, struct journal *j)
{
	struct db_stmt *st = db_stmt(journal_db(j), "SELECT rule, last, paused, by, at"
						    " FROM schedules WHERE id = ?");
	db_bind_text(st, 1, view_of(t->id));
	bool found = db_step(st, NULL) == DB_ROW;
	bool same = found && view_is(db_text(st, 0), t->rule);
	if (same)
		t->last_ms = db_int(st, 1);
	if (found) {
		struct view by = db_text(st, 3);
		t->paused = db_int(st, 2);
		t->by = mem_bytes(by.ptr, by.len);
		t->at_ms = db_int(st, 4);
	} else {
		t->by = mem_text("");
	}
	db_reset(st);
	return same;
}

/* ---- from the catalogue --------------------------------------------------------------- */

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr, v.len);
}

static char *params_json(const struct pairs *params)
{
	struct str text = {0};
	struct jsonw w;
	jsonw_init(&w, &text);
	jsonw_object(&w, NULL);
	for (size_t i = 0; i < params->len; i++) {
		jsonw_key(&w, params->items[i].name);
		jsonw_raw(&w, NULL, params->items[i].value);
	}
	jsonw_end_object(&w);
	return str_steal(&text);
}

static char *make_id(struct view workflow, size_t index)
{
	struct str id = {0};
	str_add(&id, workflow);
	if (index)
		str_addf(&id, ":%zu", index + 1);
	return str_steal(&id);
}

static void set_next(struct trigger *t)
{
	t->next_ms = t->paused ? 0 : cron_next(&t->cron, t->zone, t->last_ms);
}

static struct trigger *make(const struct workflow *w, size_t index, struct err *err)
{
	const struct schedule_spec *s = &w->schedules[index];
	struct trigger *t = mem_zero(sizeof *t);
	struct str rule = {0};
	str_addf(&rule, "%.*s %.*s", (int)s->cron.len, s->cron.ptr, (int)s->timezone.len,
		 s->timezone.ptr);
	t->id = make_id(w->name, index);
	t->workflow = text_of(w->name);
	t->cron_text = text_of(s->cron);
	t->zone_text = text_of(s->timezone.len ? s->timezone : VIEW("UTC"));
	t->rule = str_steal(&rule);
	t->params = params_json(&s->params);
	t->missed = s->missed;
	t->zone = cron_zone_new(s->timezone, err);
	if (t->zone && cron_parse(s->cron, &t->cron, err))
		return t;
	trigger_free(t);
	return NULL;
}

/* What is known of it already in this process goes before the journal: that may
 * lie in a batch which is not written yet. */
static void take_over(struct trigger *t, const struct trigger *before, struct journal *j,
		      int64_t now_ms)
{
	bool same;
	if (before) {
		same = str_eq(before->rule, t->rule);
		t->last_ms = before->last_ms;
		t->paused = before->paused;
		t->by = mem_text(before->by);
		t->at_ms = before->at_ms;
	} else {
		same = recall(t, j);
	}
	if (!same) {
		t->last_ms = now_ms;
		keep(t, j);
	}
	set_next(t);
}

void triggers_load(struct triggers *t, const struct catalog *c, struct journal *j, int64_t now_ms)
{
	struct triggers old = *t;
	*t = (struct triggers){0};
	for (size_t i = 0; i < catalog_count(c); i++) {
		const struct workflow *w = catalog_at(c, i)->workflow;
		/* Of two files with one name, the one that counts. */
		if (!w || catalog_find(c, w->name) != w)
			continue;
		for (size_t k = 0; k < w->n_schedules; k++) {
			struct err err = {0};
			struct trigger *new = make(w, k, &err);
			if (!new)
				log_error("schedule of %s: %s", catalog_at(c, i)->name,
					  err_text(&err));
			err_release(&err);
			if (!new)
				continue;
			take_over(new, triggers_find(&old, view_of(new->id)), j, now_ms);
			vec_push(&t->list, new);
		}
	}
	triggers_release(&old);
}

struct trigger *triggers_find(const struct triggers *t, struct view id)
{
	for (size_t i = 0; i < t->list.len; i++) {
		if (view_is(id, t->list.items[i]->id))
			return t->list.items[i];
	}
	return NULL;
}

int64_t triggers_next(const struct triggers *t)
{
	int64_t next = 0;
	for (size_t i = 0; i < t->list.len; i++) {
		int64_t mine = t->list.items[i]->next_ms;
		if (mine && (!next || mine < next))
			next = mine;
	}
	return next;
}

/* ---- firing ----------------------------------------------------------------------------- */

static void fire(struct firings *out, const struct trigger *t, int64_t at_ms)
{
	struct firing f = { t, at_ms };
	vec_push(&out->list, f);
}

bool trigger_due(struct trigger *t, struct journal *j, int64_t now_ms, struct firings *out)
{
	int64_t at = t->next_ms, latest = 0;
	size_t before = out->list.len;
	int seen = 0;
	if (!at || at > now_ms)
		return false;
	for (; at && at <= now_ms && seen < LOOK_MOST; seen++) {
		latest = at;
		if (t->missed == MISSED_ALL && out->list.len - before < MISSED_MOST)
			fire(out, t, at);
		at = cron_next(&t->cron, t->zone, at);
	}
	if (t->missed == MISSED_LATEST || (t->missed == MISSED_SKIP && now_ms - latest <= ON_TIME_MS))
		fire(out, t, latest);
	out->missed += seen - (int)(out->list.len - before);
	t->last_ms = seen == LOOK_MOST ? now_ms : latest;
	set_next(t);
	keep(t, j);
	return true;
}

static void note_deed(struct trigger *t, struct journal *j, struct trigger_deed deed)
{
	mem_free(t->by);
	t->by = text_of(deed.by);
	t->at_ms = deed.at_ms;
	if (t->last_ms < deed.at_ms)
		t->last_ms = deed.at_ms;
	set_next(t);
	keep(t, j);
}

void trigger_pause(struct trigger *t, struct journal *j, struct trigger_deed deed)
{
	t->paused = true;
	note_deed(t, j, deed);
}

void trigger_resume(struct trigger *t, struct journal *j, struct trigger_deed deed)
{
	t->paused = false;
	note_deed(t, j, deed);
}

int trigger_upcoming(const struct trigger *t, int64_t *at, int n)
{
	int64_t next = t->next_ms;
	int i = 0;
	for (; next && i < n; i++) {
		at[i] = next;
		next = cron_next(&t->cron, t->zone, next);
	}
	return i;
}
