/* Why something is pending: what its task queue says of itself (who polls it, what
 * waits in it). Queues are asked again after a while only. */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "base/when.h"

enum { FRESH_MS = 15000 };

/* ---- what was said of a queue ---- */

struct temporal_queue {
	int64_t at_ms;		/* when, by our monotonic clock; 0: not yet */
	int unanswered;		/* queries in a row */
	int64_t silent_ms;	/* when the last of them ended, by the same clock */
	int64_t pollers, waiting;
	int64_t oldest_ms;
};

void temporal_queues_forget(struct temporal *t)
{
	size_t at = 0;
	struct view name;
	void *q;
	while (map_next(&t->queues, &at, &name, &q))
		mem_free(q);
	map_release(&t->queues);
	t->queues = (struct map){ 0 };
}

static void add_key(struct str *key, const struct temporal_why *w)
{
	str_addf(key, "%d ", w->activity.len ? 2 : 1);
	str_add(key, w->queue);
}

static struct temporal_queue *queue_of(struct temporal *t, const struct temporal_why *w)
{
	struct str key = { 0 };
	add_key(&key, w);
	struct temporal_queue *q = map_get(&t->queues, view_of_str(&key));
	str_release(&key);
	return q;
}

static struct temporal_queue *learn(struct temporal *t, const struct temporal_why *w)
{
	struct str key = { 0 };
	struct temporal_queue *q = queue_of(t, w);
	if (q)
		return q;
	add_key(&key, w);
	q = mem_zero(sizeof *q);
	map_put(&t->queues, view_of_str(&key), q);
	str_release(&key);
	return q;
}

void temporal_queue_note(struct temporal *t, struct view queue, bool answered)
{
	struct temporal_queue *q = learn(t, &(struct temporal_why){ .queue = queue });
	q->unanswered = answered ? 0 : q->unanswered + 1;
	q->silent_ms = when_mono_ms();
}

/* One run alone may be slow to replay. */
bool temporal_queue_is_silent(struct temporal *t, struct view queue)
{
	enum { STRIKES = 2 };
	const struct temporal_queue *q = queue_of(t, &(struct temporal_why){ .queue = queue });
	return q && q->unanswered >= STRIKES && when_mono_ms() - q->silent_ms < t->times.silent_ms;
}

void temporal_why_take(struct temporal *t, const struct temporal_why *w, struct view body)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	if (!doc)
		return;
	struct temporal_queue *q = learn(t, w);
	const struct json *stats = json_get(json_root(doc), "stats");
	q->at_ms = when_mono_ms();
	q->pollers = (int64_t)json_count(json_get(json_root(doc), "pollers"));
	q->waiting = json_get_int(stats, "approximateBacklogCount", 0);
	q->oldest_ms = temporal_span(json_get_text(stats, "approximateBacklogAge"));
	json_free(doc);
}

/* ---- what waits for a worker ---- */

static bool is_untouched(const struct json *activity)
{
	return view_ends(json_get_text(activity, "state"), "SCHEDULED") &&
	       json_get_int(activity, "attempt", 1) <= 1 &&
	       !json_get(activity, "lastStartedTime");
}

static struct view queue_of_activity(const struct json *a, struct view otherwise)
{
	const struct json *queue = json_get(json_get(a, "activityOptions"), "taskQueue");
	struct view name = json_get_text(queue, "name");
	return name.len ? name : otherwise;
}

bool temporal_why_of(const struct json *describe, struct temporal_why *out)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	struct view queue = json_get_text(info, "taskQueue");
	*out = (struct temporal_why){ .queue = queue };
	if (temporal_is_untaken(describe))
		return queue.len > 0;
	const struct json *list = json_get(describe, "pendingActivities");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		if (!is_untouched(i))
			continue;
		out->queue = queue_of_activity(i, queue);
		out->activity = json_get_text(i, "activityId");
		return out->queue.len > 0 && out->activity.len > 0;
	}
	return false;
}

/* A name with a slash would be another path. */
bool temporal_why_target(struct temporal *t, const struct temporal_why *w, struct str *target)
{
	const struct temporal_queue *q = queue_of(t, w);
	if (q && q->at_ms && when_mono_ms() - q->at_ms < FRESH_MS)
		return false;
	if (!t->settings.is_ui && view_find_byte(w->queue, '/', 0) != SIZE_MAX)
		return false;
	temporal_add_space(target, t);
	str_add_text(target, "/task-queues/");
	http_add_encoded(target, w->queue);
	str_addf(target, "?taskQueueType=%d&reportStats=true", w->activity.len ? 2 : 1);
	return true;
}

/* ---- in words ---- */

static void add_backlog(struct str *s, const struct temporal_queue *q, enum temporal_why_how how)
{
	if (!q->waiting)
		return;
	str_addf(s, "; %lld wait%s in it", (long long)q->waiting, q->waiting == 1 ? "s" : "");
	if (q->oldest_ms && how == WHY_FOR_DETAIL) {
		str_add_text(s, ", the oldest for ");
		when_add_span(s, q->oldest_ms);
	}
}

/* "no worker polls task queue orders; 3 wait in it, the oldest for 4m"; empty where
 * the queue was not asked. */
static struct view words_of(struct temporal *t, const struct temporal_why *w,
			    enum temporal_why_how how, struct arena *arena)
{
	const struct temporal_queue *q = queue_of(t, w);
	struct str s = { 0 };
	if (!q || !q->at_ms)
		return VIEW("");
	if (!q->pollers)
		str_addf(&s, "no worker polls task queue %.*s", (int)w->queue.len, w->queue.ptr);
	else
		str_addf(&s, "%lld worker%s task queue %.*s%s", (long long)q->pollers,
			 q->pollers == 1 ? " polls" : "s poll", (int)w->queue.len, w->queue.ptr,
			 q->waiting ? " and must be busy" : ", one should take it soon");
	add_backlog(&s, q, how);
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}

/* ---- how long its like are ---- */

enum { TYPICAL_OF = 31, TYPICAL_LEAST = 3 };

static void insert(int64_t *sorted, size_t *n, int64_t value)
{
	size_t at = (*n)++;
	while (at > 0 && sorted[at - 1] > value) {
		sorted[at] = sorted[at - 1];
		at--;
	}
	sorted[at] = value;
}

/* The median of some that completed; 0 where there are too few. */
static int64_t typical_length(struct temporal *t, struct view type)
{
	int64_t sorted[TYPICAL_OF];
	size_t n = 0, at = 0;
	struct view id;
	void *value;
	while (n < TYPICAL_OF && map_next(&t->known, &at, &id, &value)) {
		const struct temporal_known *k = value;
		if (k->length && k->type && view_is(type, k->type))
			insert(sorted, &n, k->length);
	}
	return n < TYPICAL_LEAST ? 0 : sorted[n / 2];
}

void temporal_explain(struct temporal *t, const struct json *describe, enum temporal_why_how how,
		      struct story *story)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	struct temporal_why why;
	story->length = json_get_int(info, "historyLength", 0);
	story->typical_length = typical_length(t, json_get_text(json_get(info, "type"), "name"));
	if (!temporal_why_of(describe, &why))
		return;
	story->why = words_of(t, &why, how, &story->arena);
	story->why_activity = arena_view(&story->arena, why.activity);
}
