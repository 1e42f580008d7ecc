/* Any text as each of Temporal's answers: rows, described runs, histories, failures,
 * payloads, schedules, handlers; and as a mapping of approvals, as arguments. */
#include <stdint.h>

#include "backend/temporal_inside.h"
#include "backend/temporal_mapping.h"
#include "backend/temporal_payload.h"
#include "backend/temporal_query.h"
#include "backend/temporal_story.h"
#include "base/jtext.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Whatever a payload is, it becomes JSON. */
static void read_payload(const struct json *v, struct arena *arena)
{
	struct view json = temporal_payload(v, arena);
	if (json.len && !jtext_is_value(json))
		BUG("a payload is no JSON");
	json = temporal_payloads(v, arena);
	if (json.len && !jtext_is_value(json))
		BUG("payloads are no JSON");
}

static void read_story(const struct json *root, const struct json *describe)
{
	const struct temporal_rules rules = { .now_ms = 1, .waiting_memo = VIEW("waitingFor") };
	const struct story_gate gate = { .prompt = VIEW("?"), .command = VIEW("!") };
	struct run_detail detail;
	struct temporal_why why;
	struct story s;
	story_init(&s);
	const struct json *events = json_get(json_get(root, "history"), "events");
	story_add(&s, events);
	story_add_newest(&s, events);
	story_note(&s, "a note");
	s.length = json_get_int(describe, "length", 0);
	s.typical_length = json_get_int(describe, "typical", 0);
	if (temporal_why_of(describe, &why)) {
		s.why = why.queue;
		s.why_activity = why.activity;
	}
	if (story_tell(&s, describe, &rules, &gate, &detail)) {
		for (size_t i = 0; i < detail.n_tasks; i++) {
			const struct story_task *t = story_find(&s, detail.tasks[i].id);
			if (t && t->kind != STORY_GATE && !view_eq(t->facts.id, detail.tasks[i].id))
				BUG("a task is found under another's id");
		}
	}
	story_release(&s);
}

static void must_be_json(const struct str *s)
{
	if (!jtext_is_value(view_of_str(s)))
		BUG("a catalogue is no JSON");
}

static void read_lists(const struct json *root, struct view text)
{
	struct str out = { 0 }, rows = { 0 };
	str_add_char(&out, '[');
	temporal_add_schedules(root, &rows);
	str_add(&out, view_of_str(&rows));
	str_add_char(&out, ']');
	must_be_json(&out);
	str_clear(&out);
	temporal_add_handlers(text, &out);
	must_be_json(&out);
	str_release(&out);
	str_release(&rows);
}

static void read_json(struct view text, struct arena *arena)
{
	const struct temporal_rules rules = { .now_ms = 1 };
	struct json_doc *doc = json_parse(text, 0, NULL);
	struct run_facts run;
	struct error_facts error = { 0 };
	struct history_facts line;
	if (!doc)
		return;
	const struct json *root = json_root(doc);
	const struct json *list = json_get(root, "executions");
	for (const struct json *i = json_first(list); i; i = json_next(i))
		temporal_run(i, &rules, arena, &run);
	const struct json *events = json_get(json_get(root, "history"), "events");
	for (const struct json *i = json_first(events); i; i = json_next(i))
		story_line(i, arena, &line);
	temporal_failure(json_get(json_get(root, "outcome"), "failure"), arena, &error);
	temporal_failure(root, arena, &error);
	read_payload(root, arena);
	read_lists(root, text);
	read_story(root, root);
	json_free(doc);
}

static void read_mapping(struct view text, struct arena *arena)
{
	struct mappings m = { 0 };
	const struct mapping_values v = { .verb = VERB_REJECT, .comment = text, .user = text };
	struct mapping_args args;
	if (mapping_add(&m, VIEW("approve.T"), text, NULL) &&
	    mapping_fill(&m.items.items[0], &v, arena, &args, NULL)) {
		for (size_t i = 0; i < args.len; i++) {
			if (!jtext_is_value(args.items[i]))
				BUG("an argument is no JSON");
		}
	}
	mappings_release(&m);
	mapping_args_read(text, arena, &args);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	struct arena arena = { 0 };
	struct str query = { 0 };
	struct filter *f = filter_parse(text, NULL, NULL);
	if (f)
		temporal_query(f, 1, &query);
	filter_free(f);
	str_release(&query);
	temporal_refusal(text, 500, &arena);
	temporal_span(text);
	read_json(text, &arena);
	read_mapping(text, &arena);
	arena_release(&arena);
	return 0;
}
