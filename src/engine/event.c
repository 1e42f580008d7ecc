/* Facts and their JSON form, by one table of members. Knows nothing of what the
 * facts mean. */
#include "engine/event.h"

#include <assert.h>

#include "base/mem.h"
#include "wire/json.h"
#include "wire/jsonw.h"

static const char *const kind_names[] = {
	[EVENT_RUN_CREATED] = "run_created",
	[EVENT_RUN_ADMITTED] = "run_admitted",
	[EVENT_RUN_PAUSED] = "run_paused",
	[EVENT_RUN_RESUMED] = "run_resumed",
	[EVENT_RUN_STOPPING] = "run_stopping",
	[EVENT_CANCEL_REQUESTED] = "cancel_requested",
	[EVENT_RUN_REOPENED] = "run_reopened",
	[EVENT_RUN_ENDED] = "run_ended",
	[EVENT_TASK_QUEUED] = "task_queued",
	[EVENT_TASK_ARMED] = "task_armed",
	[EVENT_TASK_RETRYING] = "task_retrying",
	[EVENT_TASK_ENDED] = "task_ended",
	[EVENT_TASK_RESET] = "task_reset",
	[EVENT_TASKS_EXPANDED] = "tasks_expanded",
	[EVENT_ATTEMPT_STARTING] = "attempt_starting",
	[EVENT_ATTEMPT_STARTED] = "attempt_started",
	[EVENT_ATTEMPT_STOPPING] = "attempt_stopping",
	[EVENT_ATTEMPT_ENDED] = "attempt_ended",
	[EVENT_ATTEMPT_UNKNOWN] = "attempt_unknown",
	[EVENT_GATE_OPENED] = "gate_opened",
	[EVENT_GATE_VOTED] = "gate_voted",
	[EVENT_GATE_ANSWERED] = "gate_answered",
	[EVENT_CHILD_STARTED] = "child_started",
	[EVENT_CLOCK_MOVED] = "clock_moved",
};
static_assert(sizeof kind_names / sizeof *kind_names == EVENT_KINDS, "a kind has no name");

enum member_type {
	MEMBER_TEXT, MEMBER_JSON, MEMBER_INT, MEMBER_LONG, MEMBER_BOOL, MEMBER_WORD,
	MEMBER_TYPES
};

struct member {
	const char *name;
	enum member_type type;
	size_t offset;
	int absent;			/* the value that is not written */
	const char *(*word)(int value);	/* MEMBER_WORD */
};

static const char *task_word(int value)
{
	return task_status_name((enum task_status)value);
}

static const char *run_word(int value)
{
	return run_status_name((enum run_status)value);
}

static const char *verb_word(int value)
{
	return verb_name((enum verb)value);
}

static const char *gate_word(int value)
{
	static const char *const names[] = {
		[GATE_NONE] = "none", [GATE_APPROVAL] = "approval", [GATE_QUESTION] = "question",
	};
	return names[value];
}

static const char *on_timeout_word(int value)
{
	static const char *const names[] = {
		[ON_TIMEOUT_REJECT] = "reject", [ON_TIMEOUT_APPROVE] = "approve",
		[ON_TIMEOUT_FAIL] = "fail",
	};
	return names[value];
}

static const struct member members[] = {
	{ "task", MEMBER_TEXT, offsetof(struct event, task), 0, NULL },
	{ "attempt", MEMBER_INT, offsetof(struct event, attempt), 0, NULL },
	{ "status", MEMBER_WORD, offsetof(struct event, task_status), TASK_STATUSES, task_word },
	{ "run_status", MEMBER_WORD, offsetof(struct event, run_status), RUN_STATUSES, run_word },
	{ "gate", MEMBER_WORD, offsetof(struct event, gate), GATE_NONE, gate_word },
	{ "verb", MEMBER_WORD, offsetof(struct event, verb), VERBS, verb_word },
	{ "on_timeout", MEMBER_WORD, offsetof(struct event, on_timeout), ON_TIMEOUT_REJECT,
	  on_timeout_word },
	{ "by", MEMBER_TEXT, offsetof(struct event, by), 0, NULL },
	{ "comment", MEMBER_TEXT, offsetof(struct event, comment), 0, NULL },
	{ "reason", MEMBER_TEXT, offsetof(struct event, reason), 0, NULL },
	{ "prompt", MEMBER_TEXT, offsetof(struct event, prompt), 0, NULL },
	{ "key", MEMBER_TEXT, offsetof(struct event, key), 0, NULL },
	{ "error_type", MEMBER_TEXT, offsetof(struct event, error_type), 0, NULL },
	{ "error", MEMBER_TEXT, offsetof(struct event, error), 0, NULL },
	{ "stack", MEMBER_TEXT, offsetof(struct event, stack), 0, NULL },
	{ "spec", MEMBER_JSON, offsetof(struct event, spec), 0, NULL },
	{ "args", MEMBER_JSON, offsetof(struct event, args), 0, NULL },
	{ "result", MEMBER_JSON, offsetof(struct event, result), 0, NULL },
	{ "value", MEMBER_JSON, offsetof(struct event, value), 0, NULL },
	{ "schema", MEMBER_JSON, offsetof(struct event, schema), 0, NULL },
	{ "roles", MEMBER_JSON, offsetof(struct event, roles), 0, NULL },
	{ "until", MEMBER_LONG, offsetof(struct event, until_ms), 0, NULL },
	{ "moved", MEMBER_LONG, offsetof(struct event, moved_ms), 0, NULL },
	{ "pid", MEMBER_LONG, offsetof(struct event, pid), 0, NULL },
	{ "code", MEMBER_INT, offsetof(struct event, code), -1, NULL },
	{ "signal", MEMBER_INT, offsetof(struct event, signal), 0, NULL },
	{ "required", MEMBER_INT, offsetof(struct event, required), 0, NULL },
	{ "satisfied", MEMBER_BOOL, offsetof(struct event, satisfied), 0, NULL },
	{ "caught", MEMBER_BOOL, offsetof(struct event, caught), 0, NULL },
	{ "not_own", MEMBER_BOOL, offsetof(struct event, not_own), 0, NULL },
	{ "unknown", MEMBER_BOOL, offsetof(struct event, unknown), 0, NULL },
	{ "cpu_ms", MEMBER_LONG, offsetof(struct event, usage.cpu_ms), 0, NULL },
	{ "max_rss_kb", MEMBER_LONG, offsetof(struct event, usage.max_rss_kb), 0, NULL },
	{ "read_bytes", MEMBER_LONG, offsetof(struct event, usage.read_bytes), 0, NULL },
	{ "write_bytes", MEMBER_LONG, offsetof(struct event, usage.write_bytes), 0, NULL },
};

enum { N_MEMBERS = sizeof members / sizeof *members };

const char *event_name(enum event_kind kind)
{
	return kind_names[kind];
}

bool event_parse_name(struct view name, enum event_kind *out)
{
	for (int i = 0; i < EVENT_KINDS; i++) {
		if (view_is(name, kind_names[i])) {
			*out = (enum event_kind)i;
			return true;
		}
	}
	return false;
}

struct event event_make(enum event_kind kind, struct view task)
{
	return (struct event){
		.kind = kind,
		.task = task,
		.task_status = TASK_STATUSES,
		.run_status = RUN_STATUSES,
		.verb = VERBS,
		.code = -1,
	};
}

/* Members are reached by offset: the struct as bytes. */
static const void *member_at(const struct event *e, const struct member *m)
{
	return (const char *)e + m->offset;
}

static void *member_of(struct event *e, const struct member *m)
{
	return (char *)e + m->offset;
}

static bool member_is_text(const struct member *m)
{
	return m->type == MEMBER_TEXT || m->type == MEMBER_JSON;
}

struct event *events_push(struct events *list, const struct event *event)
{
	struct event copy = *event;
	for (int i = 0; i < N_MEMBERS; i++) {
		if (!member_is_text(&members[i]))
			continue;
		struct view *v = member_of(&copy, &members[i]);
		*v = arena_view(&list->arena, *v);
	}
	vec_push(&list->list, copy);
	return &list->list.items[list->list.len - 1];
}

void events_clear(struct events *list)
{
	vec_clear(&list->list);
	arena_clear(&list->arena);
}

void events_release(struct events *list)
{
	vec_release(&list->list);
	arena_release(&list->arena);
}

static void encode_text(struct jsonw *w, const struct member *m, struct view v)
{
	if (!v.len)
		return;
	if (m->type == MEMBER_JSON)
		jsonw_raw(w, m->name, v);
	else
		jsonw_text(w, m->name, v);
}

static void encode_member(struct jsonw *w, const struct member *m, const void *at)
{
	switch (m->type) {
	case MEMBER_TEXT:
	case MEMBER_JSON:
		encode_text(w, m, *(const struct view *)at);
		break;
	case MEMBER_INT:
		if (*(const int *)at != m->absent)
			jsonw_int(w, m->name, *(const int *)at);
		break;
	case MEMBER_LONG:
		if (*(const int64_t *)at)
			jsonw_int(w, m->name, *(const int64_t *)at);
		break;
	case MEMBER_BOOL:
		if (*(const bool *)at)
			jsonw_bool(w, m->name, *(const bool *)at);
		break;
	case MEMBER_WORD:
		if (*(const int *)at != m->absent)
			jsonw_string(w, m->name, m->word(*(const int *)at));
		break;
	case MEMBER_TYPES:
		BUG("no such type");
	}
}

void event_encode(const struct event *e, struct str *out)
{
	struct jsonw w;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_int(&w, "v", 1);
	for (int i = 0; i < N_MEMBERS; i++)
		encode_member(&w, &members[i], member_at(e, &members[i]));
	jsonw_end_object(&w);
}

static void decode_word(const struct member *m, struct view word, int *out)
{
	/* `absent` is the bound of the enums that may be unsaid; the others are short. */
	int n = m->absent > 0 ? m->absent : 3;
	for (int i = 0; i < n; i++) {
		if (view_is(word, m->word(i)))
			*out = i;
	}
}

static void decode_member(const struct member *m, const struct json *v, struct arena *arena,
			  void *at)
{
	struct str text = {0};
	switch (m->type) {
	case MEMBER_TEXT:
		*(struct view *)at = arena_view(arena, json_text(v));
		break;
	case MEMBER_JSON:
		json_print(v, &text);
		*(struct view *)at = arena_view(arena, view_of_str(&text));
		break;
	case MEMBER_INT:
		*(int *)at = (int)json_int(v, m->absent);
		break;
	case MEMBER_LONG:
		*(int64_t *)at = json_int(v, 0);
		break;
	case MEMBER_BOOL:
		*(bool *)at = json_true(v);
		break;
	case MEMBER_WORD:
		decode_word(m, json_text(v), at);
		break;
	case MEMBER_TYPES:
		BUG("no such type");
	}
	str_release(&text);
}

bool event_decode(struct view json, enum event_kind kind, struct arena *arena, struct event *out,
		  struct err *err)
{
	struct json_doc *doc = json_parse(json, STR_DEFAULT_MAX, err);
	if (!doc)
		return err_prefix(err, "journal: %s", event_name(kind));
	const struct json *root = json_root(doc);
	*out = event_make(kind, (struct view){0});
	int64_t version = json_int(json_get(root, "v"), 0);
	for (int i = 0; version == 1 && i < N_MEMBERS; i++) {
		const struct json *v = json_get(root, members[i].name);
		if (v)
			decode_member(&members[i], v, arena, member_of(out, &members[i]));
	}
	json_free(doc);
	if (version != 1)
		return err_set(err, ERR_PARSE, "journal: %s: version %lld is not known",
			       event_name(kind), (long long)version);
	return true;
}
