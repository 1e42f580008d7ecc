/* What starts by itself: the catalogue's schedules, when they are due; delayed
 * starts need only the alarm. */
#include "base/log.h"
#include "base/when.h"
#include "engine/engine_inside.h"

enum { UPCOMING = 5 };

void engine_read_catalog(struct engine *e)
{
	if (!catalog_reload(e->catalog))
		return;
	triggers_load(&e->triggers, e->catalog, e->journal, when_now_ms());
	e->replan = true;
}

/* ---- firing ------------------------------------------------------------------------ */

static void on_fired(void *arg, const struct engine_reply *reply)
{
	struct engine *e = arg;
	if (reply->status < 400)
		return;
	log_warn("a schedule could not start its workflow: %.*s", (int)reply->body.len,
		 reply->body.ptr);
	engine_audit(e, VIEW("schedule"), VIEW("start"), reply->body);
}

void firing_source(const char *schedule, int64_t at_ms, struct str *out)
{
	str_add_text(out, schedule);
	str_add_char(out, ' ');
	when_add_rfc3339(out, at_ms);
}

static void carry_out(struct engine *e, const char *schedule, int64_t at_ms)
{
	struct str source = {0};
	firing_source(schedule, at_ms, &source);
	const struct engine_order order = {
		.verb = VERB_START, .schedule = view_of(schedule), .trigger = TRIGGER_SCHEDULE,
		.trigger_source = view_of_str(&source), .caller = { .by = VIEW("schedule") },
		.firing_ms = at_ms,
	};
	engine_submit(e, &order, on_fired, e);
	str_release(&source);
}

static void tell_missed(struct engine *e, const struct trigger *t, int missed)
{
	struct str what = {0}, why = {0};
	str_addf(&what, "missed firings of %s", t->id);
	str_addf(&why, "%d let go: its policy does not make up for them", missed);
	log_note("%s: %s", str_text(&what), str_text(&why));
	engine_audit(e, VIEW("schedule"), view_of_str(&what), view_of_str(&why));
	str_release(&what);
	str_release(&why);
}

/* The moving on of a schedule and its new runs stand in one transaction. */
void engine_fire(struct engine *e)
{
	int64_t now_ms = when_now_ms(), next = triggers_next(&e->triggers);
	struct firings due = {0};
	if (!next || next > now_ms)
		return;
	for (size_t i = 0; i < e->triggers.list.len; i++) {
		struct trigger *t = e->triggers.list.items[i];
		due.missed = 0;
		if (trigger_due(t, e->journal, now_ms, &due) && due.missed)
			tell_missed(e, t, due.missed);
	}
	for (size_t i = 0; i < due.list.len; i++)
		carry_out(e, due.list.items[i].trigger->id, due.list.items[i].at_ms);
	e->replan = true;
	vec_release(&due.list);
}

/* ---- the alarm ----------------------------------------------------------------------- */

void engine_set_alarm(struct engine *e)
{
	int64_t now_ms = when_now_ms(), next = triggers_next(&e->triggers);
	for (size_t i = 0; i < e->runs.len; i++) {
		const struct machine *m = e->runs.items[i]->m;
		if (m->admitted || m->ended || m->start_at_ms <= now_ms)
			continue;
		if (!next || m->start_at_ms < next)
			next = m->start_at_ms;
	}
	if (next == e->alarm_ms)
		return;
	e->alarm_ms = next;
	loop_alarm_set(e->alarm, next);
}

/* ---- the list ------------------------------------------------------------------------- */

void engine_schedule_row(struct jsonw *w, const struct trigger *t)
{
	static const char *const policies[] = {
		[MISSED_SKIP] = "skip", [MISSED_LATEST] = "latest", [MISSED_ALL] = "all",
	};
	int64_t upcoming[UPCOMING];
	int n = trigger_upcoming(t, upcoming, UPCOMING);
	jsonw_object(w, NULL);
	jsonw_string(w, "id", t->id);
	jsonw_string(w, "workflow", t->workflow);
	jsonw_string(w, "cron", t->cron_text);
	jsonw_string(w, "timezone", t->zone_text);
	jsonw_string(w, "missed", policies[t->missed]);
	jsonw_raw(w, "params", view_of(t->params));
	jsonw_bool(w, "paused", t->paused);
	jsonw_string(w, t->paused ? "paused_by" : "resumed_by", t->by[0] ? t->by : NULL);
	jsonw_time(w, "changed_at", t->at_ms);
	jsonw_time(w, "next", t->next_ms);
	jsonw_array(w, "upcoming");
	for (int i = 0; i < n; i++)
		jsonw_time(w, NULL, upcoming[i]);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

void engine_schedule_rows(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w)
{
	engine_read_catalog(e);
	for (size_t i = 0; i < e->triggers.list.len; i++) {
		if (engine_sees(viewer, view_of(e->triggers.list.items[i]->workflow)))
			engine_schedule_row(w, e->triggers.list.items[i]);
	}
}
