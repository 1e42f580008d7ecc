/* How many runs stand in each lane, by one count of the server's. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"

static enum lane lane_of(struct view word)
{
	if (view_is(word, "Completed"))
		return LANE_COMPLETED;
	if (view_is(word, "Failed") || view_is(word, "TimedOut"))
		return LANE_FAILED;
	if (view_is(word, "Canceled") || view_is(word, "Terminated"))
		return LANE_CANCELLED;
	return view_is(word, "Running") || view_is(word, "Paused") ? LANE_RUNNING : LANES;
}

static void tell_counts(struct temporal *t, const int64_t *counts, const bool *at_least)
{
	struct temporal_watch *w = &t->watch;
	bool same = w->counted && !memcmp(counts, w->counts, sizeof w->counts) &&
		    !memcmp(at_least, w->at_least, sizeof w->at_least);
	memcpy(w->counts, counts, sizeof w->counts);
	memcpy(w->at_least, at_least, sizeof w->at_least);
	w->counted = true;
	if (!same)
		t->base.sink->lane_counts(t->base.sink->arg, counts, at_least);
}

/* Of the list only a beginning was read: what the server counts, without those that
 * are planned. */
bool temporal_take_pending(struct temporal *t, struct view body)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	bool ok = doc && json_kind(json_root(doc)) == JSON_OBJECT;
	if (ok) {
		int64_t n = json_get_int(json_root(doc), "count", 0) - t->watch.planned;
		t->watch.pending = n > 0 ? n : 0;
		t->watch.pending_counted = true;
	}
	json_free(doc);
	return ok;
}

bool temporal_take_counts(struct temporal *t, struct view body)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	int64_t counts[LANES] = { 0 };
	bool at_least[LANES] = { false };
	struct arena arena = { 0 };
	if (!doc || json_kind(json_root(doc)) != JSON_OBJECT) {
		json_free(doc);
		return false;
	}
	const struct json *groups = json_get(json_root(doc), "groups");
	for (const struct json *i = json_first(groups); i; i = json_next(i)) {
		const struct json *value = json_first(json_get(i, "groupValues"));
		enum lane lane = lane_of(temporal_payload_text(value, &arena));
		if (lane != LANES)
			counts[lane] += json_get_int(i, "count", 0);
	}
	int64_t pending = t->watch.pending > 0 ? t->watch.pending : 0;
	int64_t planned = t->watch.planned > 0 ? t->watch.planned : 0;
	counts[LANE_PENDING] = pending;
	counts[LANE_PLANNED] = planned + (int64_t)t->planned.plans.len;
	counts[LANE_RUNNING] -= pending + planned;
	if (counts[LANE_RUNNING] < 0)
		counts[LANE_RUNNING] = 0;
	at_least[LANE_PENDING] = t->watch.pending_cut && !t->watch.pending_counted;
	tell_counts(t, counts, at_least);
	arena_release(&arena);
	json_free(doc);
	return true;
}

void temporal_tell_no_counts(struct temporal *t)
{
	int64_t counts[LANES] = { 0 };
	bool at_least[LANES] = { [LANE_RUNNING] = t->watch.open_cut,
				 [LANE_COMPLETED] = t->watch.ended_more,
				 [LANE_FAILED] = t->watch.ended_more,
				 [LANE_CANCELLED] = t->watch.ended_more };
	tell_counts(t, counts, at_least);
}
