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
	bool same = t->watch.counted;
	for (int i = 0; i < LANES; i++)
		same = same && counts[i] == t->watch.counts[i];
	for (int i = 0; i < LANES; i++)
		t->watch.counts[i] = counts[i];
	t->watch.counted = true;
	if (!same)
		t->base.sink->lane_counts(t->base.sink->arg, counts, at_least);
	arena_release(&arena);
	json_free(doc);
	return true;
}
