/* A run object read into what a card needs (and, for a detail, its gates,
 * parameters and result). Tasks are read in proto_task.c. */
#include "wire/proto.h"

#include "wire/proto_parts.h"

static void member_run_status(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	run_status_parse(word, (enum run_status *)field);
}

void member_task_status(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	task_status_parse(word, (enum task_status *)field);
}

static void member_verb(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	verb_parse(word, (enum verb *)field);
}

static void member_trigger_kind(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	trigger_parse(word, (enum trigger_kind *)field);
}

static void member_gate_kind(struct reader *r, void *field)
{
	struct view word = jtext_string(&r->text, r->arena);
	bool question = view_is(word, "question") || view_is(word, "ask");
	*(enum gate_kind *)field = question ? GATE_QUESTION : GATE_APPROVAL;
}

static const struct member vote_members[] = {
	MEMBER("by", member_text, struct vote, by),
	MEMBER("at", member_time, struct vote, at_ms),
	MEMBER("verb", member_verb, struct vote, verb),
	MEMBER("comment", member_text, struct vote, comment),
	{ 0 },
};

static void member_given(struct reader *r, void *gate_field)
{
	struct gate_facts *gate = gate_field;
	struct vote *votes = arena_array(r->arena, count_elements(r) + 1, sizeof *votes);
	if (!jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return;
	}
	gate->n_given = 0;
	while (jtext_element(&r->text))
		read_members(r, vote_members, &votes[gate->n_given++]);
	gate->given = votes;
}

static const struct member gate_members[] = {
	MEMBER("task", member_text, struct gate_facts, task),
	MEMBER("kind", member_gate_kind, struct gate_facts, kind),
	MEMBER("prompt", member_text, struct gate_facts, prompt),
	MEMBER("since", member_time, struct gate_facts, since_ms),
	MEMBER("deadline", member_time, struct gate_facts, deadline_ms),
	MEMBER("required", member_int, struct gate_facts, required),
	{ "given", member_given, 0 },
	MEMBER("roles", member_words, struct gate_facts, roles),
	MEMBER("schema", member_raw, struct gate_facts, schema),
	MEMBER("version", member_int64, struct gate_facts, version),
	MEMBER("attempt", member_int, struct gate_facts, attempt),
	{ 0 },
};

void member_gate(struct reader *r, void *field)
{
	struct gate_facts *gate = field;
	struct gate_facts read = { .kind = GATE_APPROVAL, .required = 1 };
	if (!read_members(r, gate_members, &read))
		return;
	if (read.required < 1)
		read.required = 1;
	*gate = read;
}

static const struct member error_members[] = {
	MEMBER("type", member_text, struct error_facts, type),
	MEMBER("message", member_text, struct error_facts, message),
	MEMBER("stack", member_text, struct error_facts, stack),
	MEMBER("task", member_text, struct error_facts, task),
	{ 0 },
};

static void member_causes(struct reader *r, void *error)
{
	struct error_facts *e = error;
	e->causes = read_views(r, "message", &e->n_causes);
}

static const struct member error_members_all[] = {
	MEMBER("type", member_text, struct error_facts, type),
	MEMBER("message", member_text, struct error_facts, message),
	MEMBER("stack", member_text, struct error_facts, stack),
	{ "causes", member_causes, 0 },
	MEMBER("task", member_text, struct error_facts, task),
	{ 0 },
};

/* A plain string is a message. On a card the causes are not needed. */
void member_error(struct reader *r, void *field)
{
	struct error_facts *e = field;
	if (jtext_peek(&r->text) == JTEXT_STRING)
		member_text(r, &e->message);
	else
		read_members(r, r->detail ? error_members_all : error_members, e);
}

static void read_action(struct reader *r, struct view verb_word, struct actions_facts *a,
			struct view *why)
{
	enum verb verb;
	if (!verb_parse(verb_word, &verb)) {
		jtext_value(&r->text);
		return;
	}
	uint32_t bit = UINT32_C(1) << verb;
	a->known |= bit;
	a->allowed &= ~bit;
	if (jtext_peek(&r->text) == JTEXT_STRING)
		why[verb] = jtext_string(&r->text, r->arena);
	else if (jtext_true(&r->text))
		a->allowed |= bit;
}

void member_actions(struct reader *r, void *field)
{
	struct actions_facts *a = field;
	struct view key, *why;
	if (!jtext_enter(&r->text, JTEXT_OBJECT)) {
		jtext_value(&r->text);
		return;
	}
	why = arena_array(r->arena, VERBS, sizeof *why);
	while (jtext_member(&r->text, r->arena, &key))
		read_action(r, key, a, why);
	a->why = why;
}

/* Values as they stand in the text, or (labels) as the string's bytes. */
static void read_pairs(struct reader *r, struct pairs *out, bool raw)
{
	struct jtext ahead = r->text;
	size_t n = 0;
	struct view key;
	if (!jtext_enter(&ahead, JTEXT_OBJECT)) {
		jtext_value(&r->text);
		return;
	}
	for (; jtext_member(&ahead, r->arena, &key); n++)
		jtext_value(&ahead);
	struct pair *items = arena_array(r->arena, n + 1, sizeof *items);
	*out = (struct pairs){ .items = items };
	jtext_enter(&r->text, JTEXT_OBJECT);
	while (jtext_member(&r->text, r->arena, &key)) {
		bool decode = !raw && jtext_peek(&r->text) == JTEXT_STRING;
		struct view value = decode ? jtext_string(&r->text, r->arena) :
					     jtext_value(&r->text);
		items[out->len++] = (struct pair){ key, value };
	}
}

static void member_labels(struct reader *r, void *field)
{
	read_pairs(r, field, false);
}

static void member_params(struct reader *r, void *field)
{
	struct run_detail *d = r->detail;
	struct jtext from = r->text;
	read_pairs(r, field, true);
	if (d)
		d->params = jtext_value(&from);
}

static const struct member trigger_members[] = {
	MEMBER("kind", member_trigger_kind, struct run_facts, trigger),
	MEMBER("by", member_text, struct run_facts, trigger_by),
	MEMBER("source", member_text, struct run_facts, trigger_source),
	{ 0 },
};

static const struct member current_members[] = {
	MEMBER("task", member_text, struct run_facts, current_task),
	MEMBER("status", member_task_status, struct run_facts, current_status),
	MEMBER("attempt", member_int, struct run_facts, current_attempt),
	{ 0 },
};

static const struct member pending_members[] = {
	MEMBER("reason", member_text, struct run_facts, pending_reason),
	MEMBER("detail", member_text, struct run_facts, pending_detail),
	MEMBER("since", member_time, struct run_facts, pending_since_ms),
	{ 0 },
};

static const struct member cancel_members[] = {
	MEMBER("by", member_text, struct run_facts, cancel_by),
	MEMBER("at", member_time, struct run_facts, cancel_at_ms),
	MEMBER("reason", member_text, struct run_facts, cancel_reason),
	{ 0 },
};

/* These spread over several fields of the run: their rows have offset 0. */
static void member_trigger(struct reader *r, void *run)
{
	struct run_facts *facts = run;
	if (jtext_peek(&r->text) == JTEXT_STRING)
		member_trigger_kind(r, &facts->trigger);
	else
		read_members(r, trigger_members, run);
}

static void member_current(struct reader *r, void *run)
{
	read_members(r, current_members, run);
}

static void member_pending(struct reader *r, void *run)
{
	read_members(r, pending_members, run);
}

static void member_cancel(struct reader *r, void *run)
{
	read_members(r, cancel_members, run);
}

static void member_gates(struct reader *r, void *run)
{
	struct run_facts *facts = run;
	struct run_detail *d = r->detail;
	size_t n = count_elements(r);
	facts->n_gates = (int)n;
	if (!d || !jtext_enter(&r->text, JTEXT_ARRAY)) {
		jtext_value(&r->text);
		return;
	}
	struct gate_facts *gates = arena_array(r->arena, n + 1, sizeof *gates);
	d->n_gates = 0;
	while (jtext_element(&r->text))
		member_gate(r, &gates[d->n_gates++]);
	d->gates = gates;
}

static void member_result(struct reader *r, void *run)
{
	struct run_detail *d = r->detail;
	if (d)
		member_raw(r, &d->result);
	else
		jtext_value(&r->text);
}

static const struct member run_members[] = {
	MEMBER("id", member_text, struct run_facts, id),
	MEMBER("short", member_text, struct run_facts, short_id),
	MEMBER("workflow", member_text, struct run_facts, workflow),
	MEMBER("title", member_text, struct run_facts, title),
	MEMBER("status", member_run_status, struct run_facts, status),
	MEMBER("raw_status", member_text, struct run_facts, raw_status),
	{ "trigger", member_trigger, 0 },
	MEMBER("labels", member_labels, struct run_facts, labels),
	MEMBER("params", member_params, struct run_facts, params),
	MEMBER("environment", member_text, struct run_facts, environment),
	MEMBER("recovered", member_true, struct run_facts, recovered),
	MEMBER("progress", member_real, struct run_facts, progress),
	MEMBER("estimated", member_true, struct run_facts, estimated),
	MEMBER("tasks_done", member_u16, struct run_facts, tasks_done),
	MEMBER("tasks_total", member_u16, struct run_facts, tasks_total),
	{ "current", member_current, 0 },
	MEMBER("waiting", member_gate, struct run_facts, waiting),
	MEMBER("waiting_gates", member_int, struct run_facts, n_gates),
	{ "gates", member_gates, 0 },
	{ "pending", member_pending, 0 },
	{ "cancel_requested", member_cancel, 0 },
	MEMBER("error", member_error, struct run_facts, error),
	MEMBER("queue", member_text, struct run_facts, queue),
	MEMBER("worker", member_text, struct run_facts, worker),
	MEMBER("parent", member_text, struct run_facts, parent),
	MEMBER("link", member_text, struct run_facts, link),
	MEMBER("debug", member_true, struct run_facts, debug),
	MEMBER("created_at", member_time, struct run_facts, created_ms),
	MEMBER("planned_at", member_time, struct run_facts, planned_ms),
	MEMBER("expected_ms", member_int64, struct run_facts, expected_ms),
	MEMBER("retries", member_int, struct run_facts, retries),
	MEMBER("started_at", member_time, struct run_facts, started_ms),
	MEMBER("ended_at", member_time, struct run_facts, ended_ms),
	MEMBER("version", member_int64, struct run_facts, version),
	MEMBER("seq", member_int64, struct run_facts, seq),
	MEMBER("actions", member_actions, struct run_facts, actions),
	{ "result", member_result, 0 },
	{ "tasks", member_tasks, 0 },
	{ "children", member_children, 0 },
	{ 0 },
};

/* Where the status is none that we know, its lane may tell. */
static enum run_status status_by_lane(struct view lane_word)
{
	static const enum run_status by_lane[LANES] = {
		[LANE_PLANNED] = RUN_PLANNED,	  [LANE_PENDING] = RUN_PENDING,
		[LANE_RUNNING] = RUN_RUNNING,	  [LANE_COMPLETED] = RUN_COMPLETED,
		[LANE_FAILED] = RUN_FAILED,	  [LANE_CANCELLED] = RUN_CANCELLED,
	};
	enum lane lane = LANE_RUNNING;
	lane_parse(lane_word, &lane);
	return by_lane[lane];
}

/* Read apart, for the fallback only. */
struct words {
	struct view status, lane;
};

static const struct member word_members[] = {
	MEMBER("status", member_text, struct words, status),
	MEMBER("lane", member_text, struct words, lane),
	{ 0 },
};

static void guess_status(struct reader from, struct run_facts *run)
{
	struct words words = { 0 };
	read_members(&from, word_members, &words);
	run->status = status_by_lane(words.lane);
	if (!run->raw_status.len)
		run->raw_status = words.status;
}

bool read_run(struct reader *r, struct run_facts *out)
{
	struct reader from = *r;
	*out = (struct run_facts){ .progress = -1, .status = RUN_STATUSES };
	bool good = read_members(r, run_members, out);
	if (out->status == RUN_STATUSES)
		guess_status(from, out);
	return good;
}

struct reader reader_of(struct view json, struct arena *arena)
{
	return (struct reader){ .text = jtext_of(arena_view(arena, json)), .arena = arena };
}

bool reader_done(struct reader *r, bool was_object, const char *what, struct err *err)
{
	if (was_object && jtext_ended(&r->text))
		return true;
	return err_set(err, ERR_PARSE, "%s: the answer is no JSON object", what);
}

bool proto_run(struct view json, struct arena *arena, struct run_facts *out, struct err *err)
{
	struct reader r = reader_of(json, arena);
	return reader_done(&r, read_run(&r, out), "a run", err);
}

bool proto_progress(struct view json, struct arena *arena, struct run_facts *out,
		    struct err *err)
{
	return proto_run(json, arena, out, err);
}
