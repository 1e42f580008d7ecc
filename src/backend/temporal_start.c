/* Starts on Temporal, and a run that is run again: type, queue, id, input. What was
 * started here is remembered by type, also when the program is started anew. */
#include "backend/temporal_inside.h"

#include "backend/temporal_payload.h"
#include "base/file.h"
#include "base/jscan.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "base/path.h"
#include "wire/jsonw.h"

enum { MEMORY_MAX = 1 << 18, INPUT_KEPT = 1 << 14 };

/* ---- what was started last ---- */

/* A line a start, the newest last: context, type, queue, input; tabs between. */
static bool read_line(struct view line, struct view *fields)
{
	for (int i = 0; i < 4; i++) {
		fields[i] = (struct view){ 0 };
		if (!view_split(&line, '\t', &fields[i]) && i < 3)
			return false;
	}
	return true;
}

static void read_memory(struct str *text)
{
	struct str path = { 0 };
	if (path_state(&path, "starts", NULL))
		file_read(str_text(&path), MEMORY_MAX, text, NULL);
	str_release(&path);
}

bool temporal_remembered(struct temporal *t, struct view type, struct temporal_remembered *out)
{
	struct view line, fields[4];
	*out = (struct temporal_remembered){ 0 };
	read_memory(&out->text);
	struct view rest = view_of_str(&out->text);
	while (view_split(&rest, '\n', &line)) {
		if (!read_line(line, fields) || !view_is(fields[0], t->name) ||
		    !view_eq(fields[1], type))
			continue;
		out->queue = fields[2];
		out->input = fields[3];
	}
	return out->queue.len > 0;
}

void temporal_add_remembered_types(struct temporal *t, struct str *names)
{
	struct str text = { 0 };
	struct view line, fields[4];
	read_memory(&text);
	struct view rest = view_of_str(&text);
	while (view_split(&rest, '\n', &line)) {
		if (!read_line(line, fields) || !view_is(fields[0], t->name))
			continue;
		str_add(names, fields[1]);
		str_add_char(names, '\n');
	}
	str_release(&text);
}

static bool is_one_line(struct view v)
{
	return view_find_byte(v, '\n', 0) == SIZE_MAX && view_find_byte(v, '\t', 0) == SIZE_MAX;
}

/* All others, and then this one. Where the codec writes, no input is kept. */
static void remember(struct temporal_job *j)
{
	struct str old = { 0 }, text = { 0 }, path = { 0 };
	struct view line, fields[4], type = view_of(j->type), queue = view_of(j->queue);
	struct view input = view_of_str(&j->text);
	read_memory(&old);
	struct view rest = view_of_str(&old);
	while (view_split(&rest, '\n', &line)) {
		if (!read_line(line, fields) ||
		    (view_is(fields[0], j->t->name) && view_eq(fields[1], type)))
			continue;
		str_add(&text, line);
		str_add_char(&text, '\n');
	}
	if (is_one_line(type) && is_one_line(queue)) {
		bool keeps = is_one_line(input) && input.len <= INPUT_KEPT && !j->t->codec.http;
		str_addf(&text, "%s\t%s\t%s\t", j->t->name, j->type, j->queue);
		str_add(&text, keeps ? input : VIEW(""));
		str_add_char(&text, '\n');
	}
	if (text.len <= MEMORY_MAX && path_state(&path, "starts", NULL))
		file_replace(str_text(&path), view_of_str(&text), 0600, NULL);
	str_release(&old);
	str_release(&text);
	str_release(&path);
}

/* ---- input ---- */

/* "*[1, 2]": each element is an argument. */
static bool is_list(struct view text)
{
	return view_starts(text, "*[") && jscan_check(view_cut(text, 1, text.len),
						      (struct jscan_limits){ 0 }, NULL, NULL);
}

/* A string that is JSON itself is meant as that JSON. */
static struct view input_of(const struct json *params, struct arena *arena)
{
	const struct json *input = json_get(params, "input");
	struct view text = json_text(input);
	struct str s = { 0 };
	if (json_kind(input) == JSON_NULL || (json_kind(input) == JSON_STRING && !text.len))
		return VIEW("");
	if (text.len && (jtext_is_value(text) || is_list(text)))
		str_add(&s, text);
	else
		json_print(input, &s);
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}

static void on_started(struct temporal_job *j, const struct http_answer *a)
{
	if (temporal_ok(a))
		remember(j);
	str_clear(&j->text);
	temporal_new_run(j, a);
}

static void send_start(struct temporal_job *j, struct view input_raw)
{
	struct str body = { 0 };
	struct jsonw w;
	if (!temporal_can_address(j->t, j->workflow_id)) {
		temporal_finish(j, OUTCOME_UNSUPPORTED, "Temporal's HTTP port cannot start a "
							"workflow id with a slash");
		return;
	}
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "workflowType");
	jsonw_string(&w, "name", j->type);
	jsonw_end_object(&w);
	jsonw_object(&w, "taskQueue");
	jsonw_string(&w, "name", j->queue);
	jsonw_end_object(&w);
	if (input_raw.len)
		jsonw_raw(&w, "input", input_raw);
	jsonw_string(&w, "workflowIdReusePolicy", "WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE");
	temporal_add_order(&w, j);
	jsonw_end_object(&w);
	temporal_post(j, "", &body, j->verb == VERB_START ? on_started : temporal_new_run);
}

static void send_with_input(struct temporal_job *j, struct view input)
{
	struct mapping_args args = { &input, 1 };
	struct str raw = { 0 };
	if (is_list(input))
		mapping_args_read(view_cut(input, 1, input.len), &j->story.arena, &args);
	if (input.len)
		temporal_add_payloads(&raw, args.items, args.len);
	send_start(j, view_of_str(&raw));
	str_release(&raw);
}

/* ---- run again: the same, but for what is given ---- */

static void replace(char **place, struct view v)
{
	if (!v.len)
		return;
	mem_free(*place);
	*place = mem_bytes(v.ptr, v.len);
}

static void send_rerun(struct temporal_job *j)
{
	struct json_doc *doc = j->params ? json_parse(view_of(j->params), 0, NULL) : NULL;
	const struct json *params = doc ? json_root(doc) : NULL;
	struct view input = input_of(params, &j->story.arena);
	replace(&j->workflow_id, json_get_text(params, "workflow_id"));
	replace(&j->queue, json_get_text(params, "task_queue"));
	if (input.len)
		send_with_input(j, input);
	else
		send_start(j, j->story.input_raw);
	json_free(doc);
}

static void load_input(struct temporal_job *j)
{
	temporal_load_input(j, send_rerun);
}

/* Its input goes back as it came, not as a codec server reads it. */
void temporal_rerun(struct temporal_job *j)
{
	j->verbatim = true;
	temporal_describe(j, load_input);
}

/* ---- start ---- */

static void make_id(struct temporal_job *j)
{
	struct str id = { 0 };
	str_addf(&id, "%s-", j->type);
	temporal_add_uuid(&id, j);
	j->workflow_id = str_steal(&id);
}

static void send_given(struct temporal_job *j)
{
	struct json_doc *doc = j->params ? json_parse(view_of(j->params), 0, NULL) : NULL;
	struct view input = input_of(doc ? json_root(doc) : NULL, &j->story.arena);
	str_clear(&j->text);
	str_add(&j->text, input);
	send_with_input(j, input);
	json_free(doc);
}

/* Neither given nor known here: where its newest run was. */
static void on_newest(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *run = json_first(json_get(json_root(doc), "executions"));
	replace(&j->queue, json_get_text(run, "taskQueue"));
	json_free(doc);
	if (j->queue)
		send_given(j);
	else
		temporal_finish(j, OUTCOME_REFUSED, "which task queue? give task_queue");
}

static void ask_newest(struct temporal_job *j)
{
	struct str target = { 0 }, query = { 0 };
	str_add_text(&query, "WorkflowType = '");
	for (const char *p = j->type; *p; p++) {
		if (*p == '\'' || *p == '\\')
			str_add_char(&query, *p == '\'' ? '\'' : '\\');
		str_add_char(&query, *p);
	}
	str_add_char(&query, '\'');
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workflows");
	temporal_add_query(&target, "query", view_of_str(&query));
	temporal_add_query(&target, "pageSize", VIEW("1"));
	struct temporal_ask ask = { .target = &target, .listed = true };
	temporal_job_ask(j, &ask, on_newest);
	str_release(&query);
}

static void find_queue(struct temporal_job *j)
{
	struct temporal_remembered last;
	const char *known = temporal_last_queue(j->t, view_of(j->type));
	if (known) {
		j->queue = mem_text(known);
	} else {
		if (temporal_remembered(j->t, view_of(j->type), &last))
			replace(&j->queue, last.queue);
		str_release(&last.text);
	}
	if (j->queue)
		send_given(j);
	else
		ask_newest(j);
}

void temporal_start(struct temporal_job *j)
{
	struct json_doc *doc = j->params ? json_parse(view_of(j->params), 0, NULL) : NULL;
	const struct json *params = doc ? json_root(doc) : NULL;
	replace(&j->type, json_get_text(params, "workflow_type"));
	replace(&j->workflow_id, json_get_text(params, "workflow_id"));
	replace(&j->queue, json_get_text(params, "task_queue"));
	json_free(doc);
	if (!j->workflow_id)
		make_id(j);
	if (j->queue)
		send_given(j);
	else
		find_queue(j);
}
