/* Workers as a catalogue: those that report themselves (a heartbeat every minute or so,
 * by newer SDKs, kept by the server for five minutes), and then who else polls the task
 * queues that runs name (temporal_queues.c). */
#include "backend/temporal_inside.h"

#include "wire/jsonw.h"

/* A poll lasts a minute at most. */
enum { POLL_MS = 90000, BEAT_MS = 60000, LATE_MS = 10000 };

static void add_text(struct jsonw *w, const char *name, struct view v)
{
	if (v.len)
		jsonw_text(w, name, v);
}

static void add_time(struct jsonw *w, const char *name, int64_t at_ms)
{
	if (at_ms)
		jsonw_time(w, name, at_ms);
}

/* ---- one that reports itself ---- */

static void add_slots(struct jsonw *w, const struct json *v)
{
	const struct json *slots = json_get(v, "activityTaskSlotsInfo");
	int64_t used = json_get_int(slots, "currentUsedSlots", 0);
	if (!slots)
		return;
	jsonw_int(w, "slots", json_get_int(slots, "currentAvailableSlots", 0) + used);
	jsonw_int(w, "running", used);
}

static void add_sdk(struct jsonw *w, const struct json *v)
{
	struct str sdk = { 0 };
	str_add(&sdk, json_get_text(v, "sdkName"));
	str_add_text(&sdk, sdk.len ? " " : "");
	str_add(&sdk, json_get_text(v, "sdkVersion"));
	add_text(w, "sdk", view_of_str(&sdk));
	str_release(&sdk);
}

/* Two heartbeats have not come: it died without a goodbye (else the list has it no
 * more), or cannot reach the server. */
static bool is_silent(const struct temporal *t, const struct json *v)
{
	int64_t last = json_get_time(v, "heartbeatTime");
	int64_t every = temporal_span(json_get_text(v, "elapsedSinceLastHeartbeat"));
	return last && temporal_server_ms(t) - last > 2 * (every ? every : BEAT_MS) + LATE_MS;
}

static const char *state_of(const struct temporal *t, const struct json *v)
{
	struct view status = json_get_text(v, "status");
	if (is_silent(t, v))
		return "silent";
	return view_ends(status, "SHUTTING_DOWN") ? "shutting down" : "running";
}

static void add_worker(struct jsonw *w, const struct temporal *t, const struct json *v)
{
	struct view host = json_get_text(v, "hostName");
	jsonw_object(w, NULL);
	jsonw_text(w, "name", json_get_text(v, "workerIdentity"));
	jsonw_text(w, "queue", json_get_text(v, "taskQueue"));
	jsonw_string(w, "state", state_of(t, v));
	add_slots(w, v);
	add_sdk(w, v);
	add_text(w, "host", host.len ? host : json_get_text(json_get(v, "hostInfo"), "hostName"));
	add_time(w, "started", json_get_time(v, "startTime"));
	add_time(w, "last_seen", json_get_time(v, "heartbeatTime"));
	jsonw_end_object(w);
}

static struct view row_of(struct temporal_job *j, const struct json *v)
{
	struct str row = { 0 };
	struct jsonw w;
	jsonw_init(&w, &row);
	add_worker(&w, j->t, v);
	struct view kept = arena_view(&j->story.arena, view_of_str(&row));
	str_release(&row);
	return kept;
}

/* "workersInfo" says more; servers that have both may drop it. */
static void take_workers(struct temporal_job *j, const struct json *answer)
{
	const struct json *list = json_get(answer, "workersInfo");
	for (const struct json *i = json_first(list ? list : json_get(answer, "workers")); i;
	     i = json_next(i)) {
		const struct json *beat = json_get(i, "workerHeartbeat"), *one = beat ? beat : i;
		if (view_starts(json_get_text(one, "taskQueue"), "temporal-sys-"))
			continue;
		struct temporal_poller worker = {
			.identity = arena_view(&j->story.arena, json_get_text(one, "workerIdentity")),
			.queue = arena_view(&j->story.arena, json_get_text(one, "taskQueue")),
			.row = row_of(j, one),
		};
		vec_push(&j->polls.pollers, worker);
	}
}

/* ---- all of them ---- */

static void add_poller(struct jsonw *w, const struct temporal *t, const struct temporal_poller *p)
{
	static const char *const words[] = { "", "workflows", "activities", "workflows, activities" };
	jsonw_object(w, NULL);
	jsonw_text(w, "name", p->identity);
	jsonw_text(w, "queue", p->queue);
	bool silent = p->last_ms && temporal_server_ms(t) - p->last_ms > POLL_MS;
	jsonw_string(w, "state", silent ? "silent" : "running");
	jsonw_string(w, "polls", words[p->types & 3]);
	add_time(w, "last_seen", p->last_ms);
	jsonw_end_object(w);
}

void temporal_give_workers(struct temporal_job *j, struct view next)
{
	struct str out = { 0 };
	struct jsonw w;
	temporal_list_begin(&w, &out, "workers");
	for (size_t i = 0; i < j->polls.pollers.len; i++) {
		const struct temporal_poller *p = &j->polls.pollers.items[i];
		if (p->row.len)
			jsonw_raw(&w, NULL, p->row);
		else
			add_poller(&w, j->t, p);
	}
	temporal_list_end(&w);
	temporal_give(j, &out, next);
	str_release(&out);
}

static void on_workers(struct temporal_job *j, const struct http_answer *a)
{
	/* 1.28 has the list. */
	struct json_doc *doc = a->status == 404 ? json_parse(VIEW("{}"), 0, NULL) :
						  temporal_job_json(j, a);
	if (!doc)
		return;
	struct view next = json_get_text(json_root(doc), "nextPageToken");
	take_workers(j, json_root(doc));
	if (temporal_wants_page(j, next))
		temporal_list_workers(j, next);
	else if (next.len)
		temporal_give_workers(j, next);
	else
		temporal_list_queues(j);
	json_free(doc);
}

void temporal_list_workers(struct temporal_job *j, struct view cursor)
{
	struct str target = { 0 };
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workers?pageSize=200");
	temporal_add_query(&target, "nextPageToken", cursor);
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, on_workers);
}
