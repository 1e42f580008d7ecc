/* Task queues as a catalogue. There is no list of them: those that runs name are asked
 * one by one, for workflow tasks and for activities. Who polls them are workers, too:
 * added to those that report themselves (temporal_workers.c). */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

enum { QUEUES_MAX = 30, TYPES = 2 };

/* ---- what is known of the queue that is asked ---- */

static struct temporal_poller *poller_of(struct temporal_job *j, struct view identity)
{
	struct temporal_polls *p = &j->polls;
	for (size_t i = 0; i < p->pollers.len; i++) {
		struct temporal_poller *known = &p->pollers.items[i];
		if (view_eq(known->identity, identity) && view_is(known->queue, j->queue))
			return known;
	}
	struct temporal_poller fresh = { .identity = arena_view(&j->story.arena, identity),
					 .queue = arena_view(&j->story.arena, view_of(j->queue)) };
	vec_push(&p->pollers, fresh);
	return &p->pollers.items[p->pollers.len - 1];
}

static void read_pollers(struct temporal_job *j, const struct json *answer)
{
	const struct json *list = json_get(answer, "pollers");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct temporal_poller *p = poller_of(j, json_get_text(i, "identity"));
		int64_t at = json_get_time(i, "lastAccessTime");
		p->types |= 1U << j->polls.type;
		p->last_ms = at > p->last_ms ? at : p->last_ms;
	}
}

static void read_stats(struct temporal_polls *p, const struct json *answer)
{
	const struct json *stats = json_get(answer, "stats");
	int64_t age = temporal_span(json_get_text(stats, "approximateBacklogAge"));
	if (!stats)
		return;
	p->told = true;
	p->queued += json_get_int(stats, "approximateBacklogCount", 0);
	p->oldest_ms = age > p->oldest_ms ? age : p->oldest_ms;
	p->added += json_real(json_get(stats, "tasksAddRate"), 0);
	p->taken += json_real(json_get(stats, "tasksDispatchRate"), 0);
}

/* ---- rows ---- */

static int64_t running_on(const struct temporal *t, const char *queue)
{
	size_t at = 0;
	struct view id;
	void *value;
	int64_t n = 0;
	while (map_next(&t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		n += k->sign && str_eq(k->queue, queue) && run_status_is_open(k->status) &&
		     k->status != RUN_PENDING && k->status != RUN_PLANNED;
	}
	return n;
}

static void add_rate(struct jsonw *w, const char *name, double rate)
{
	struct str s = { 0 };
	str_addf(&s, "%.1f", rate);
	jsonw_raw(w, name, view_of_str(&s));
	str_release(&s);
}

static void add_backlog(struct jsonw *w, const struct temporal_polls *p)
{
	struct str oldest = { 0 };
	if (p->queued) {
		when_add_span(&oldest, p->oldest_ms);
		jsonw_text(w, "oldest", view_of_str(&oldest));
	}
	add_rate(w, "added_per_s", p->added);
	add_rate(w, "taken_per_s", p->taken);
	str_release(&oldest);
}

static void add_queue(struct temporal_job *j)
{
	const struct temporal_polls *p = &j->polls;
	struct jsonw w;
	temporal_row_begin(&j->query, &w);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "name", j->queue);
	jsonw_int(&w, "slots", (int64_t)(p->pollers.len - p->first));
	jsonw_int(&w, "running", running_on(j->t, j->queue));
	jsonw_int(&w, "queued", p->queued);
	if (p->told)
		add_backlog(&w, p);
	jsonw_end_object(&w);
}

static void finish(struct temporal_job *j)
{
	if (j->catalog == CATALOG_WORKERS)
		temporal_give_workers(j, VIEW(""));
	else
		temporal_give_rows(j, "queues", VIEW(""));
}

/* ---- one after the other ---- */

static void ask_queue(struct temporal_job *j);

/* The names that runs had, in j->text; rows of queues grow in j->query. */
static bool next_queue(struct temporal_job *j)
{
	struct view rest = view_of_str(&j->text), name;
	struct temporal_polls *p = &j->polls;
	if (j->tries++ >= QUEUES_MAX || !view_split(&rest, '\n', &name) || !name.len)
		return false;
	mem_free(j->queue);
	j->queue = mem_bytes(name.ptr, name.len);
	str_drop(&j->text, name.len < j->text.len ? name.len + 1 : name.len);
	p->first = p->pollers.len;
	p->type = 0;
	p->told = false;
	p->queued = p->oldest_ms = 0;
	p->added = p->taken = 0;
	return true;
}

static void ask_next(struct temporal_job *j)
{
	while (next_queue(j)) {
		if (temporal_can_address(j->t, j->queue)) {
			ask_queue(j);
			return;
		}
		add_queue(j);	/* by its name only */
	}
	finish(j);
}

static void on_queue(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	read_pollers(j, json_root(doc));
	read_stats(&j->polls, json_root(doc));
	json_free(doc);
	if (++j->polls.type < TYPES) {
		ask_queue(j);
		return;
	}
	add_queue(j);
	ask_next(j);
}

static void ask_queue(struct temporal_job *j)
{
	struct str target = { 0 };
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/task-queues/");
	http_add_encoded(&target, view_of(j->queue));
	str_addf(&target, "?taskQueueType=%u&reportStats=true", j->polls.type + 1);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_queue);
}

static void list(struct temporal_job *j)
{
	const bool queues = true;
	temporal_collect_names(j->t, &j->text, queues);
	ask_next(j);
}

void temporal_list_queues(struct temporal_job *j)
{
	temporal_from_runs(j, list);
}
