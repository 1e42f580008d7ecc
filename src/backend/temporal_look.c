/* Single runs by describe: what lists do not say (current task, attempts, gates), what
 * has become of runs that lists no longer name, and one's own orders. A few a tick. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/jtext.h"
#include "base/mem.h"

enum { LOOKS_A_TICK = 15, QUESTIONS_A_TICK = 3 };

static void look_next(struct temporal *t);

/* ---- what describe says ---- */

static void note_gate(struct temporal_known *k, bool waits, const struct story_gate *gate)
{
	k->looked_waiting = waits;
	if (waits)
		temporal_note_memo(k, gate->memo);
	if (waits && !k->gate_ms)
		k->gate_ms = gate->since_ms;
	if (!waits) {
		k->gate_ms = 0;
		mem_free(k->prompt);
		mem_free(k->prompt_json);
		k->prompt = k->prompt_json = NULL;
		k->asked = false;
	}
}

void temporal_look_take(struct temporal *t, const char *id, const struct json *describe,
			const struct json *events)
{
	struct story story;
	struct story_gate gate;
	struct run_detail detail;
	struct temporal_rules rules;
	struct temporal_known *k = temporal_known(t, view_of(id));
	story_init(&story);
	temporal_rules(t, &rules);
	story_add(&story, events);
	bool waits = temporal_gate(t, describe, &story.arena, &gate);
	temporal_explain(t, describe, WHY_FOR_CARD, &story);
	if (k)
		note_gate(k, waits, &gate);
	if (story_tell(&story, describe, &rules, waits ? &gate : NULL, &detail) &&
	    temporal_complete(t, &detail.run) && t->watch.ticket)
		temporal_tell_look(t, &detail.run);
	story_release(&story);
}

/* ---- the workflow's own words ---- */

static void take_words(struct temporal *t, struct view body)
{
	struct arena arena = { 0 };
	struct json_doc *doc = json_parse(body, 0, NULL);
	const struct json *result = doc ? json_get(json_root(doc), "queryResult") : NULL;
	struct view json = temporal_payloads(result, &arena);
	struct json_doc *inner = json.len ? json_parse(json, 0, NULL) : NULL;
	struct view words = inner ? json_get_text(json_root(inner), "currentDetails") : VIEW("");
	struct temporal_known *k = t->look.id ? temporal_known(t, view_of(t->look.id)) : NULL;
	if (k && words.len && !k->prompt) {
		k->prompt = mem_bytes(words.ptr, words.len);
		k->wants_look = true;
	}
	json_free(inner);
	json_free(doc);
	arena_release(&arena);
}

static void on_words(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	t->look.call = NULL;
	if (temporal_ok(a))
		take_words(t, a->body);
	look_next(t);
}

static void ask_query(struct temporal *t, const struct temporal_known *k, const char *name,
		      temporal_heard_fn *heard)
{
	struct str target = { 0 }, body = { 0 };
	temporal_add_workflow(&target, t, k->workflow_id);
	str_add_text(&target, "/query/");
	http_add_encoded(&target, view_of(name));
	str_add_text(&body, "{\"execution\":{\"runId\":");
	jtext_add_quoted(&body, view_of(k->id));
	str_add_text(&body, "},\"query\":{}}");
	const struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
					  .header = "Grpc-Timeout: 3S", .sealed = true,
					  .heard = heard, .arg = t };
	t->look.call = temporal_ask(t, &ask);
}

/* ---- one look ---- */

static bool has_failed(const struct json *describe)
{
	const struct json *info = json_get(describe, "workflowExecutionInfo");
	struct view status = json_get_text(info, "status");
	return view_ends(status, "_FAILED") || view_is(status, "Failed");
}

static void go_on(struct temporal *t)
{
	if (t->dead || !t->look.id || t->look.call)
		return;
	struct temporal_known *k = temporal_known(t, view_of(t->look.id));
	if (k && k->looked_waiting && !k->asked) {
		k->asked = true;
		ask_query(t, k, "__temporal_workflow_metadata", on_words);
	} else {
		look_next(t);
	}
}

/* The last event of a failed run: why. */
static void on_end(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct json_doc *describe = t->look.describe;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, TEMPORAL_BODY_MAX, NULL) : NULL;
	t->look.call = NULL;
	t->look.describe = NULL;
	temporal_look_take(t, t->look.id, json_root(describe),
			   doc ? json_get(json_get(json_root(doc), "history"), "events") : NULL);
	json_free(doc);
	json_free(describe);
	go_on(t);
}

static void ask_end(struct temporal *t, struct json_doc *describe)
{
	const struct json *info = json_get(json_root(describe), "workflowExecutionInfo");
	const char *id = arena_text(&t->look.arena,
				    json_get_text(json_get(info, "execution"), "workflowId"));
	struct str target = { 0 };
	t->look.describe = describe;
	temporal_add_workflow(&target, t, id);
	str_add_text(&target, "/history?historyEventFilterType=2");
	temporal_add_run(&target, t->look.id);
	const struct temporal_ask ask = { .target = &target, .sealed = true, .heard = on_end, .arg = t };
	t->look.call = temporal_ask(t, &ask);
	arena_clear(&t->look.arena);
}

/* What its task queue says, where it waits for a worker. */
static void on_queue(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct json_doc *describe = t->look.describe;
	struct temporal_why why;
	t->look.call = NULL;
	t->look.describe = NULL;
	if (temporal_ok(a) && temporal_why_of(json_root(describe), &why))
		temporal_why_take(t, &why, a->body);
	temporal_look_take(t, t->look.id, json_root(describe), NULL);
	json_free(describe);
	go_on(t);
}

static bool ask_queue(struct temporal *t, struct json_doc *describe)
{
	struct temporal_why why;
	struct str target = { 0 };
	if (!temporal_why_of(json_root(describe), &why) || !temporal_why_target(t, &why, &target))
		return false;
	t->look.describe = describe;
	const struct temporal_ask ask = { .target = &target, .heard = on_queue, .arg = t };
	t->look.call = temporal_ask(t, &ask);
	return true;
}

/* Its own query says whether it waits. */
static void on_waiting(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct json_doc *describe = t->look.describe;
	t->look.call = NULL;
	t->look.describe = NULL;
	temporal_waiting_take(t, json_root(describe), a);
	temporal_look_take(t, t->look.id, json_root(describe), NULL);
	json_free(describe);
	go_on(t);
}

/* Few at a time: a worker may have to replay all of a run to answer. Who is not asked
 * now is asked at its next look. */
static bool ask_waiting(struct temporal *t, struct json_doc *describe)
{
	const char *name = temporal_waiting_query(t, json_root(describe));
	const struct temporal_known *k = name ? temporal_known(t, view_of(t->look.id)) : NULL;
	if (!k || t->look.questions <= 0)
		return false;
	t->look.questions--;
	t->look.describe = describe;
	ask_query(t, k, name, on_waiting);
	return true;
}

static void on_look(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct json_doc *doc = NULL;
	t->look.call = NULL;
	if (a->status == 404)
		temporal_tell_gone(t, view_of(t->look.id));
	else if (temporal_ok(a))
		doc = json_parse(a->body, TEMPORAL_BODY_MAX, NULL);
	if (doc && has_failed(json_root(doc)) && !t->dead) {
		ask_end(t, doc);
		return;
	}
	if (doc && !t->dead && (ask_queue(t, doc) || ask_waiting(t, doc)))
		return;
	if (doc)
		temporal_look_take(t, t->look.id, json_root(doc), NULL);
	json_free(doc);
	go_on(t);
}

static void look(struct temporal *t, struct temporal_known *k)
{
	struct str target = { 0 };
	k->wants_look = k->urgent = false;
	k->round = t->look.round;
	mem_free(t->look.id);
	t->look.id = mem_text(k->id);
	temporal_add_workflow(&target, t, k->workflow_id);
	temporal_add_run(&target, k->id);
	const struct temporal_ask ask = { .target = &target, .sealed = true, .heard = on_look, .arg = t };
	t->look.left--;
	t->look.call = temporal_ask(t, &ask);
}

bool temporal_is_under_way(const struct temporal_known *k)
{
	return k->sign && run_status_is_open(k->status) && k->status != RUN_PLANNED;
}

/* What is urgent, else what the operator sees, else who asks for a look, else an open run that had
 * none in this round. */
static struct temporal_known *choose(struct temporal *t)
{
	struct temporal_known *next = NULL;
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		struct temporal_known *k = value;
		if (!k->workflow_id || !temporal_can_address(t, k->workflow_id))
			continue;
		if (k->urgent)
			return k;
		if (k->wants_look && (!next || !next->wants_look))
			next = k;
		else if (!next && k->round != t->look.round && temporal_is_under_way(k))
			next = k;
	}
	/* Asked last: it gives a turn away. */
	struct temporal_known *seen = temporal_view_next(t);
	return seen ? seen : next;
}

static void look_next(struct temporal *t)
{
	if (t->dead || t->look.call || t->look.left <= 0 || t->link.state != TEMPORAL_LIVE)
		return;
	struct temporal_known *k = choose(t);
	if (k)
		look(t, k);
	else
		t->look.round++;
}

void temporal_look_at(struct temporal *t, struct view id)
{
	struct temporal_known *k = temporal_known(t, id);
	if (!k || !k->workflow_id || !t->watch.ticket)
		return;
	k->urgent = true;
	t->look.left++;
	look_next(t);
}

void temporal_look_tick(struct temporal *t)
{
	t->look.left = LOOKS_A_TICK;
	t->look.questions = QUESTIONS_A_TICK;
	temporal_view_tick(t);
	look_next(t);
}

void temporal_look_init(struct temporal *t)
{
	t->look.round = 1;
}

void temporal_look_stop(struct temporal *t)
{
	temporal_call_cancel(t->look.call);
	json_free(t->look.describe);
	t->look.describe = NULL;
	t->look.call = NULL;
	t->look.left = 0;
}

void temporal_look_release(struct temporal *t)
{
	temporal_look_stop(t);
	temporal_view_release(t);
	arena_release(&t->look.arena);
	mem_free(t->look.id);
	t->look.id = NULL;
}
