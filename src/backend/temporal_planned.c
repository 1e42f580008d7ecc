/* The next firing of each schedule as a planned card. They are no runs yet: nothing
 * can be read of them and no order goes to them. Asked for now and then, and soon
 * after one was due. */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "base/when.h"

enum { EVERY_MS = 60000, AFTER_FIRING_MS = 2000, PLANNED_MAX = 200 };

#define PREFIX "schedule:"

bool temporal_is_plan(const char *run)
{
	return view_starts(view_of(run), PREFIX);
}

static void plan_free(struct temporal_plan *p)
{
	mem_free(p->id);
}

void temporal_planned_forget(struct temporal *t)
{
	struct temporal_planned *p = &t->planned;
	temporal_call_cancel(p->call);
	p->call = NULL;
	if (p->timer)
		loop_timer_stop(p->timer);
	for (size_t i = 0; i < p->plans.len; i++)
		plan_free(&p->plans.items[i]);
	vec_clear(&p->plans);
}

/* ---- telling ---- */

static struct temporal_plan *plan_of(struct temporal *t, struct view id)
{
	for (size_t i = 0; i < t->planned.plans.len; i++) {
		if (view_is(id, t->planned.plans.items[i].id))
			return &t->planned.plans.items[i];
	}
	return NULL;
}

static void name(struct temporal *t, const struct run_facts *run)
{
	struct temporal_plan *known = plan_of(t, run->id);
	if (known) {
		known->named = true;
		return;
	}
	struct temporal_plan fresh = { mem_bytes(run->id.ptr, run->id.len), true };
	vec_push(&t->planned.plans, fresh);
	t->base.sink->runs(t->base.sink->arg, run, 1);
}

/* Fired, paused, deleted. */
static void tell_gone(struct temporal *t)
{
	ticket_id ticket = t->watch.ticket;
	for (size_t i = t->planned.plans.len; i-- > 0 && t->watch.ticket == ticket;) {
		struct temporal_plan p = t->planned.plans.items[i];
		if (p.named)
			continue;
		vec_remove(&t->planned.plans, i);
		t->base.sink->gone(t->base.sink->arg, view_of(p.id));
		plan_free(&p);
	}
}

static void forbid(struct run_facts *run, struct arena *arena)
{
	struct view *whys = arena_array(arena, VERBS, sizeof *whys);
	for (int v = 0; v < VERBS; v++)
		whys[v] = VIEW("it is only planned; :schedules has its orders");
	run->actions.why = whys;
	run->actions.known = run->actions.known | run->actions.allowed;
	run->actions.allowed = 0;
}

static int64_t tell_schedule(struct temporal *t, const struct json *v, struct arena *arena)
{
	const struct json *info = json_get(v, "info");
	const struct json *first = json_first(json_get(info, "futureActionTimes"));
	struct view when = json_text(first), schedule = json_get_text(v, "scheduleId");
	const struct view context = view_of(t->name);
	const struct filter_env env = filter_env_of(temporal_server_ms(t), &context);
	int64_t at_ms = 0;
	struct str id = { 0 };
	if (json_true(json_get(info, "paused")) || !schedule.len ||
	    !when_parse_rfc3339(when, &at_ms))
		return 0;
	str_addf(&id, PREFIX "%.*s@%.*s", (int)schedule.len, schedule.ptr, (int)when.len, when.ptr);
	struct run_facts run = {
		.context = t->base.context,
		.id = arena_view(arena, view_of_str(&id)),
		.short_id = schedule,
		.workflow = json_get_text(json_get(info, "workflowType"), "name"),
		.status = RUN_PLANNED,
		.trigger = TRIGGER_SCHEDULE,
		.trigger_source = schedule,
		.progress = -1,
		.pending_reason = VIEW("schedule"),
		.pending_detail = VIEW("its schedule begins it then"),
		.planned_ms = at_ms,
		.created_ms = at_ms,
		.version = 1,
		.seq = ++t->seq,
	};
	str_release(&id);
	temporal_allow(&run);
	forbid(&run, arena);
	if (filter_match(t->watch.filter, &run, &env))
		name(t, &run);
	return at_ms;
}

/* ---- asking ---- */

static void ask_again(struct temporal *t, int64_t next_ms)
{
	int64_t now = temporal_server_ms(t), wait = EVERY_MS;
	if (next_ms && next_ms - now + AFTER_FIRING_MS < wait)
		wait = next_ms > now ? next_ms - now + AFTER_FIRING_MS : AFTER_FIRING_MS;
	loop_timer_set(t->planned.timer, wait);
}

static void take(struct temporal *t, const struct json *list)
{
	ticket_id ticket = t->watch.ticket;
	struct arena arena = { 0 };
	int64_t next_ms = 0;
	size_t n = 0;
	for (size_t i = 0; i < t->planned.plans.len; i++)
		t->planned.plans.items[i].named = false;
	for (const struct json *i = json_first(list);
	     i && n < PLANNED_MAX && t->watch.ticket == ticket; i = json_next(i), n++) {
		int64_t at_ms = tell_schedule(t, i, &arena);
		if (at_ms && (!next_ms || at_ms < next_ms))
			next_ms = at_ms;
	}
	if (t->watch.ticket == ticket)
		tell_gone(t);
	if (!t->dead && t->watch.ticket == ticket)
		ask_again(t, next_ms);
	arena_release(&arena);
}

static void on_schedules(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
	t->planned.call = NULL;
	if (doc && t->watch.ticket && t->watch.synced)
		take(t, json_get(json_root(doc), "schedules"));
	else
		ask_again(t, 0);
	json_free(doc);
}

static void on_due(void *arg)
{
	struct temporal *t = arg;
	struct str target = { 0 };
	if (t->planned.call || !t->watch.ticket || t->link.state != TEMPORAL_LIVE)
		return;
	temporal_add_space(&target, t);
	str_addf(&target, "/schedules?maximumPageSize=%d", PLANNED_MAX);
	const struct temporal_ask ask = { .target = &target, .listed = true,
					  .heard = on_schedules, .arg = t };
	t->planned.call = temporal_ask(t, &ask);
}

void temporal_planned_begin(struct temporal *t)
{
	if (!t->planned.timer)
		t->planned.timer = loop_timer(t->base.loop, on_due, t);
	temporal_planned_forget(t);
	loop_timer_set(t->planned.timer, 0);
}

void temporal_planned_release(struct temporal *t)
{
	temporal_planned_forget(t);
	vec_release(&t->planned.plans);
	loop_remove(t->planned.timer);
	t->planned.timer = NULL;
}
