/* Schedules: the list of them, and their orders: pause, resume, once now. What an
 * order did is read back from the schedule itself. */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "wire/jsonw.h"

enum { TRIGGER_LOOKS = 20, TRIGGER_LOOK_MS = 250 };

/* ---- the list ---- */

static void add_range(struct str *s, const struct json *range, int64_t least, int64_t most)
{
	int64_t from = json_get_int(range, "start", 0), to = json_get_int(range, "end", from);
	int64_t step = json_get_int(range, "step", 1);
	if (from <= least && to >= most)
		str_add_char(s, '*');
	else
		str_addf(s, "%lld", (long long)from);
	if (to > from && !(from <= least && to >= most))
		str_addf(s, "-%lld", (long long)to);
	if (step > 1)
		str_addf(s, "/%lld", (long long)step);
}

/* The first calendar of a specification as cron says it. */
static void add_cron(struct str *s, const struct json *spec)
{
	static const struct {
		const char *name;
		int64_t least, most;
	} fields[] = { { "minute", 0, 59 }, { "hour", 0, 23 }, { "dayOfMonth", 1, 31 },
		       { "month", 1, 12 }, { "dayOfWeek", 0, 6 } };
	const struct json *calendar = json_first(json_get(spec, "structuredCalendar"));
	const struct json *interval = json_first(json_get(spec, "interval"));
	if (!calendar && interval) {
		str_add_text(s, "every ");
		str_add(s, json_get_text(interval, "interval"));
	}
	for (size_t i = 0; calendar && i < sizeof fields / sizeof *fields; i++) {
		const struct json *ranges = json_get(calendar, fields[i].name);
		str_add_text(s, i ? " " : "");
		for (const struct json *r = json_first(ranges); r; r = json_next(r)) {
			str_add_text(s, r == json_first(ranges) ? "" : ",");
			add_range(s, r, fields[i].least, fields[i].most);
		}
	}
}

struct shown {
	struct view id;
	const struct json *spec, *type, *next;	/* next: array of times */
	bool paused;
	struct view note;
};

static void add_schedule(struct jsonw *w, const struct shown *v)
{
	struct str cron = { 0 };
	add_cron(&cron, v->spec);
	jsonw_object(w, NULL);
	jsonw_text(w, "id", v->id);
	jsonw_text(w, "workflow", json_get_text(v->type, "name"));
	jsonw_text(w, "cron", view_of_str(&cron));
	jsonw_text(w, "timezone", json_get_text(v->spec, "timezoneName"));
	jsonw_text(w, "next", v->paused ? VIEW("") : json_text(json_first(v->next)));
	jsonw_bool(w, "paused", v->paused);
	jsonw_text(w, "note", v->note);
	jsonw_end_object(w);
	str_release(&cron);
}

void temporal_add_schedules(const struct json *answer, struct str *rows)
{
	struct jsonw w;
	const struct json *list = json_get(answer, "schedules");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		const struct json *info = json_get(i, "info");
		const struct shown shown = {
			.id = json_get_text(i, "scheduleId"),
			.spec = json_get(info, "spec"),
			.type = json_get(info, "workflowType"),
			.next = json_get(info, "futureActionTimes"),
			.paused = json_true(json_get(info, "paused")),
			.note = json_get_text(info, "notes"),
		};
		temporal_row_begin(rows, &w);
		add_schedule(&w, &shown);
	}
}

static void on_schedules(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	struct view next = json_get_text(json_root(doc), "nextPageToken");
	temporal_add_schedules(json_root(doc), &j->query);
	if (temporal_wants_page(j, next))
		temporal_list_schedules(j, next);
	else
		temporal_give_rows(j, "schedules", next);
	json_free(doc);
}

void temporal_list_schedules(struct temporal_job *j, struct view cursor)
{
	struct str target = { 0 };
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/schedules?maximumPageSize=200");
	temporal_add_query(&target, "nextPageToken", cursor);
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, on_schedules);
}

/* ---- one schedule ---- */

static void add_path(struct str *target, const struct temporal_job *j)
{
	temporal_add_space(target, j->t);
	str_add_text(target, "/schedules/");
	http_add_encoded(target, view_of(j->name));
}

static void read_schedule(struct temporal_job *j, temporal_answered_fn *answered)
{
	struct str target = { 0 };
	add_path(&target, j);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, answered);
}

/* As it is now. */
static void on_changed(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	struct str out = { 0 };
	struct jsonw w;
	if (!doc)
		return;
	const struct json *schedule = json_get(json_root(doc), "schedule");
	const struct json *info = json_get(json_root(doc), "info");
	const struct json *action = json_get(schedule, "action");
	const struct json *state = json_get(schedule, "state");
	const struct shown shown = {
		.id = view_of(j->name),
		.spec = json_get(schedule, "spec"),
		.type = json_get(json_get(action, "startWorkflow"), "workflowType"),
		.next = json_get(info, "futureActionTimes"),
		.paused = json_true(json_get(state, "paused")),
		.note = json_get_text(state, "notes"),
	};
	jsonw_init(&w, &out);
	add_schedule(&w, &shown);
	temporal_give(j, &out, VIEW(""));
	json_free(doc);
	str_release(&out);
}

/* Its newest run, if that was started after j->until_ms; else NULL. */
static const struct json *newest_run(const struct temporal_job *j, const struct json *root,
				     int64_t *at_ms)
{
	const struct json *list = json_get(json_get(root, "info"), "recentActions");
	const struct json *newest = NULL;
	*at_ms = j->until_ms;
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		int64_t at = json_get_time(i, "actualTime");
		if (at > *at_ms) {
			newest = json_get(i, "startWorkflowResult");
			*at_ms = at;
		}
	}
	return newest;
}

static void look_again(void *arg);

static void on_triggered(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	struct str out = { 0 };
	struct jsonw w;
	if (!doc)
		return;
	int64_t at_ms;
	const struct json *run = newest_run(j, json_root(doc), &at_ms);
	if (!run && ++j->tries < TRIGGER_LOOKS) {
		json_free(doc);
		loop_remove(j->timer);
		j->timer = loop_timer(j->t->base.loop, look_again, j);
		loop_timer_set(j->timer, TRIGGER_LOOK_MS);
		return;
	}
	jsonw_init(&w, &out);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", json_get_text(run, "runId"));
	jsonw_text(&w, "short", json_get_text(run, "workflowId"));
	jsonw_end_object(&w);
	if (run)
		temporal_give(j, &out, VIEW(""));
	else
		temporal_finish(j, OUTCOME_UNKNOWN, "triggered, and no run is seen yet: its "
				"overlap policy may hold or skip it");
	json_free(doc);
	str_release(&out);
}

static void look_again(void *arg)
{
	struct temporal_job *j = arg;
	read_schedule(j, on_triggered);
}

static void on_patched(struct temporal_job *j, const struct http_answer *a)
{
	if (!temporal_ok(a))
		temporal_fail(j, a);
	else
		read_schedule(j, j->verb == VERB_START ? on_triggered : on_changed);
}

static void add_patch(struct jsonw *w, const struct temporal_job *j)
{
	struct str note = { 0 };
	str_addf(&note, "%s", j->comment && *j->comment ? j->comment : "by an operator");
	jsonw_object(w, "patch");
	if (j->verb == VERB_START) {
		jsonw_object(w, "triggerImmediately");
		jsonw_end_object(w);
	} else {
		jsonw_text(w, j->verb == VERB_PAUSE ? "pause" : "unpause", view_of_str(&note));
	}
	jsonw_end_object(w);
	str_release(&note);
}

static void send_patch(struct temporal_job *j)
{
	struct str target = { 0 }, body = { 0 };
	struct jsonw w;
	add_path(&target, j);
	str_add_text(&target, "/patch");
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	add_patch(&w, j);
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
				    .keyed = true };
	temporal_job_ask(j, &ask, on_patched);
}

/* Which run was its newest before. */
static void on_before(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	int64_t at_ms;
	if (!doc)
		return;
	newest_run(j, json_root(doc), &at_ms);
	j->until_ms = at_ms;
	json_free(doc);
	send_patch(j);
}

static void judge(struct temporal_job *j)
{
	struct view off = temporal_off(j->t, TEMPORAL_WRITE);
	if (off.len)
		temporal_refuse(j, off);
	else if (!j->t->settings.is_ui && strchr(j->name, '/'))
		temporal_finish(j, OUTCOME_UNSUPPORTED,
				"Temporal's HTTP port cannot address a schedule with a slash");
	else if (j->verb == VERB_START)
		read_schedule(j, on_before);
	else
		send_patch(j);
}

static void begin(void *arg)
{
	struct temporal_job *j = arg;
	struct temporal *t = j->t;
	temporal_enter(t);
	temporal_know(j, judge);
	temporal_leave(t);
}

ticket_id temporal_schedule(struct backend *b, const struct schedule_order *o)
{
	struct temporal *t = temporal_of(b);
	if (t->read_only) {
		ticket_id ticket = backend_ticket(b);
		backend_answer(b, ticket, OUTCOME_REFUSED, "this context is read-only");
		return ticket;
	}
	struct temporal_job *j = temporal_job(t);
	j->order = true;
	j->verb = o->verb;
	j->catalog = CATALOG_SCHEDULES;
	j->name = mem_bytes(o->id.ptr ? o->id.ptr : "", o->id.len);
	j->comment = o->comment.len ? mem_bytes(o->comment.ptr, o->comment.len) : NULL;
	j->timer = loop_timer(b->loop, begin, j);
	loop_timer_set(j->timer, 0);
	return j->ticket;
}
