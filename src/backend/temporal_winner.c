/* Who was faster? Of two decisions on one run the history knows which came first:
 * the loser is told who won. */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "base/when.h"

enum { NEWEST = 40 };

/* ---- what in a history is somebody's decision ---- */

struct deed {
	const char *what;	/* "signal approve" */
	struct view name, by;
	int64_t id, at_ms;
};

static bool read_deed(const struct json *event, struct deed *out)
{
	struct view type = json_get_text(event, "eventType");
	const struct json *a = json_get(event, "workflowExecutionSignaledEventAttributes");
	*out = (struct deed){ .id = json_get_int(event, "eventId", 0),
			      .at_ms = json_get_time(event, "eventTime") };
	if (a) {
		out->what = "signal ";
		out->name = json_get_text(a, "signalName");
		out->by = json_get_text(a, "identity");
		return true;
	}
	a = json_get(event, "workflowExecutionUpdateAcceptedEventAttributes");
	if (a) {
		const struct json *request = json_get(a, "acceptedRequest");
		out->what = "update ";
		out->name = json_get_text(json_get(request, "input"), "name");
		out->by = json_get_text(json_get(request, "meta"), "identity");
		return true;
	}
	a = json_get(event, "workflowExecutionTerminatedEventAttributes");
	if (!a)
		a = json_get(event, "workflowExecutionCancelRequestedEventAttributes");
	if (!a)
		return false;
	out->what = view_ends(type, "TERMINATED") ? "terminate" : "cancel";
	out->by = json_get_text(a, "identity");
	return true;
}

static void ask_newest(struct temporal_job *j, temporal_answered_fn *answered)
{
	struct str target = { 0 }, number = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, "/history-reverse");
	temporal_add_run(&target, j->run);
	str_addf(&number, "%d", NEWEST);
	temporal_add_query(&target, "maximumPageSize", view_of_str(&number));
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, answered);
	str_release(&number);
}

static const struct json *events_of(struct json_doc *doc)
{
	return doc ? json_get(json_get(json_root(doc), "history"), "events") : NULL;
}

static struct json_doc *read_answer(const struct http_answer *a)
{
	return temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
}

static void say_deed(struct temporal_job *j, const struct deed *d)
{
	int64_t ago_ms = temporal_server_ms(j->t) - d->at_ms;
	str_addf(&j->text, "; %.*s was faster: %s%.*s, ", (int)d->by.len, d->by.ptr, d->what,
		 (int)d->name.len, d->name.ptr);
	if (ago_ms < 1000) {
		str_add_text(&j->text, "just now");
	} else {
		when_add_span(&j->text, ago_ms);
		str_add_text(&j->text, " ago");
	}
}

static void refuse(struct temporal_job *j)
{
	struct str text = j->text;
	j->text = (struct str){ 0 };
	temporal_finish(j, OUTCOME_REFUSED, str_text(&text));
	str_release(&text);
}

/* ---- an order that was refused ---- */

/* The newest deed; an activity's completion has none, then nobody is named. */
static void on_refused(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = read_answer(a);
	struct deed d;
	for (const struct json *i = json_first(events_of(doc)); i; i = json_next(i)) {
		if (!read_deed(i, &d) || !d.by.len)
			continue;
		say_deed(j, &d);
		break;
	}
	json_free(doc);
	refuse(j);
}

void temporal_refuse_with_winner(struct temporal_job *j)
{
	ask_newest(j, on_refused);
}

/* ---- a signal that was taken ---- */

static bool is_handled(const struct json *event)
{
	return view_ends(json_get_text(event, "eventType"), "WORKFLOW_TASK_COMPLETED");
}

/* A signal of the same name before ours that the code had not heard when ours came:
 * it hears the first. The events are newest first. */
static bool rival_of(struct temporal_job *j, const struct json *events, struct deed *out)
{
	struct deed d;
	bool ours = false, found = false;
	for (const struct json *i = json_first(events); i; i = json_next(i)) {
		if (ours && is_handled(i))
			break;
		if (!read_deed(i, &d) || !view_is(d.name, j->name))
			continue;
		if (ours) {
			*out = d;
			found = true;
		}
		ours = ours || view_is(d.by, j->t->identity);
	}
	return found;
}

static void on_rivals(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = read_answer(a);
	struct deed d;
	bool lost = rival_of(j, events_of(doc), &d) && !view_is(d.by, j->t->identity);
	if (lost) {
		str_clear(&j->text);
		str_add_text(&j->text, "recorded too late");
		say_deed(j, &d);
	}
	json_free(doc);
	if (lost)
		refuse(j);
	else
		temporal_was_first(j);
}

void temporal_find_rival(struct temporal_job *j)
{
	ask_newest(j, on_rivals);
}
