/* Does a run wait for a person? The ladder: the visibility filter, the memo, an
 * query that its type is configured with, else an activity that is a person's, an idle
 * workflow whose type is mapped. What the
 * configuration does not name is shown, and never acted upon. */
#include "backend/temporal_inside.h"

#include "backend/temporal_codec.h"
#include "backend/temporal_payload.h"

static bool is_started(const struct json *a)
{
	return view_ends(json_get_text(a, "state"), "_STARTED") ||
	       view_is(json_get_text(a, "state"), "Started");
}

const struct json *temporal_pending_activity(const struct json *describe, const char *type)
{
	const struct json *list = json_get(describe, "pendingActivities");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct view name = json_get_text(json_get(i, "activityType"), "name");
		if (is_started(i) && view_glob(view_of(type), name))
			return i;
	}
	return NULL;
}

/* By its name an activity that a person completes. */
static const struct json *human_activity(const struct json *describe)
{
	static const char *const words[] = { "approv", "human", "review", "manual" };
	const struct json *list = json_get(describe, "pendingActivities");
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct view name = json_get_text(json_get(i, "activityType"), "name");
		for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
			if (is_started(i) && view_find_fold(name, view_of(words[k]), 0) != SIZE_MAX)
				return i;
		}
	}
	return NULL;
}

/* Nothing goes on: it is blocked on a timer, a signal or an update. */
static bool is_idle(const struct json *describe)
{
	static const char *const busy[] = { "pendingActivities", "pendingChildren",
					    "pendingNexusOperations", "pendingWorkflowTask" };
	for (size_t i = 0; i < sizeof busy / sizeof *busy; i++) {
		if (json_count(json_get(describe, busy[i])))
			return false;
	}
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	return json_get_int(info, "historyLength", 0) > 3;
}

/* NULL: it does not say that it waits. */
static const struct json *memo_of(const struct temporal *t, const struct json *describe,
				  struct arena *arena)
{
	const struct json *memo = json_get(json_get(describe, "workflowExecutionInfo"), "memo");
	const struct json *payload =
		t->waiting_memo ? json_get(json_get(memo, "fields"), t->waiting_memo) : NULL;
	return temporal_memo_says(payload, arena) ? payload : NULL;
}

static void add_command(struct str *out, const struct mapping *m)
{
	if (!m)
		return;
	str_addf(out, "%s%s: ", out->len ? "; " : "", verb_name(m->verb));
	mapping_describe(m, out);
}

static struct view command_of(const struct temporal *t, struct view type, struct arena *arena)
{
	struct str s = { 0 };
	add_command(&s, mapping_find(&t->mappings, VERB_APPROVE, type));
	add_command(&s, mapping_find(&t->mappings, VERB_REJECT, type));
	if (!s.len)
		str_addf(&s, "no mapping: add approve.%.*s to [context %s]", (int)type.len,
			 type.ptr, t->name);
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}

static struct view off_of(const struct temporal *t, enum verb verb, struct view type)
{
	const struct mapping *m = mapping_find(&t->mappings, verb, type);
	return m ? temporal_off_way(t, m->way) : temporal_off(t, TEMPORAL_WRITE);
}

/* Which rule says so; empty: none. */
static struct view rule_of(struct temporal *t, const struct json *describe,
			   const struct temporal_known *k, struct view type, bool memo)
{
	const struct mapping *m = mapping_find(&t->mappings, VERB_APPROVE, type);
	if (k && k->listed_waiting)
		return VIEW("waits for approval");
	if (memo)
		return VIEW("waits for approval (its memo says so)");
	if (k && k->asked_at && mapping_query(&t->mappings, type))
		return k->asked_waiting ? VIEW("waits for approval (its query says so)") : VIEW("");
	if (m && m->way == MAPPING_ACTIVITY)
		return temporal_pending_activity(describe, m->name) ?
			       VIEW("an activity waits for a person") :
			       VIEW("");
	if (human_activity(describe))
		return VIEW("an activity seems to wait for a person");
	return m && is_idle(describe) ? VIEW("waits for approval (inferred: it is idle)") :
					VIEW("");
}

static int64_t since_of(const struct json *describe, const struct temporal_known *k)
{
	const struct json *activity = human_activity(describe);
	if (activity)
		return json_get_time(activity, "lastStartedTime");
	if (k && k->gate_ms)
		return k->gate_ms;
	return json_get_time(json_get(describe, "workflowExecutionInfo"), "startTime");
}

bool temporal_gate(struct temporal *t, const struct json *describe, struct arena *arena,
		   struct story_gate *out)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	struct view id = json_get_text(json_get(info, "execution"), "runId");
	struct view type = json_get_text(json_get(info, "type"), "name");
	const struct temporal_known *k = temporal_known(t, id);
	struct view word = temporal_word(json_get_text(info, "status"),
					 "WORKFLOW_EXECUTION_STATUS_", arena);
	const struct json *memo = memo_of(t, describe, arena);
	struct view rule = view_is(word, "running") ? rule_of(t, describe, k, type, memo != NULL) :
						      VIEW("");
	if (!rule.len)
		return false;
	*out = (struct story_gate){ .prompt = rule };
	if (memo && !temporal_codec_needs(memo))
		out->prompt = out->memo = temporal_payload_text(memo, arena);
	if (k && k->prompt)
		out->prompt = arena_view(arena, view_of(k->prompt));
	out->command = command_of(t, type, arena);
	out->off_approve = off_of(t, VERB_APPROVE, type);
	out->off_reject = off_of(t, VERB_REJECT, type);
	out->since_ms = since_of(describe, k);
	return true;
}
