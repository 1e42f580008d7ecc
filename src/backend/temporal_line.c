/* Events of a history, one by one: their frame, and their line for people. */
#include "backend/temporal_story_parts.h"

#include "backend/temporal_payload.h"

struct story_event story_event_of(const struct json *v)
{
	struct story_event e = { .whole = v };
	e.type = json_get_text(v, "eventType");
	if (view_starts(e.type, "EVENT_TYPE_"))
		e.type = view_cut(e.type, 11, e.type.len);
	e.id = json_get_int(v, "eventId", 0);
	if (e.id < 0 || e.id > STORY_EVENT_MAX)
		e.id = 0;
	e.at_ms = json_get_time(v, "eventTime");
	for (const struct json *i = json_first(v); i; i = json_next(i)) {
		if (view_ends(json_key(i), "EventAttributes"))
			e.attributes = i;
	}
	return e;
}

static bool is_noise(struct view type)
{
	return view_is(type, "WORKFLOW_TASK_SCHEDULED") || view_is(type, "WORKFLOW_TASK_STARTED") ||
	       view_is(type, "WORKFLOW_TASK_COMPLETED");
}

/* What names the thing that an event is about. */
static struct view subject(const struct json *a)
{
	static const struct {
		const char *member, *inner;
	} names[] = {
		{ "activityType", "name" },   { "workflowType", "name" }, { "signalName", NULL },
		{ "timerId", NULL },	      { "markerName", NULL },	  { "operation", NULL },
		{ "newExecutionRunId", NULL }, { "reason", NULL },	  { "cause", NULL },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct json *v = json_get(a, names[i].member);
		struct view text = names[i].inner ? json_get_text(v, names[i].inner) : json_text(v);
		if (text.len)
			return text;
	}
	return json_get_text(json_get(json_get(a, "acceptedRequest"), "input"), "name");
}

static void add_detail(struct str *words, const struct json *a, struct arena *arena)
{
	static const char *const members[] = { "input", "result", "details" };
	struct error_facts error = { 0 };
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		struct view json = temporal_payloads(json_get(a, members[i]), arena);
		if (json.len)
			str_add_char(words, ' ');
		str_add(words, json);
	}
	if (!temporal_failure(json_get(a, "failure"), arena, &error))
		return;
	str_add_text(words, ": ");
	str_add(words, error.message);
}

bool story_line(const struct json *event, struct arena *arena, struct history_facts *out)
{
	struct story_event e = story_event_of(event);
	const struct json *a = e.attributes;
	struct str words = { 0 };
	if (!e.id || is_noise(e.type))
		return false;
	*out = (struct history_facts){ .seq = e.id, .at_ms = e.at_ms };
	out->kind = temporal_word(e.type, "", arena);
	out->by = arena_view(arena, json_get_text(a, "identity"));
	out->attempt = (int)json_get_int(a, "attempt", 0);
	str_add(&words, subject(a));
	add_detail(&words, a, arena);
	out->text = arena_view(arena, view_of_str(&words));
	int64_t opener_id = json_get_int(a, "scheduledEventId", json_get_int(a, "initiatedEventId", 0));
	if (opener_id) {
		str_clear(&words);
		str_addf(&words, "%lld", (long long)opener_id);
		out->task = arena_view(arena, view_of_str(&words));
	}
	str_release(&words);
	return true;
}
