/* Reading from Temporal: pages of runs, one run, its history, and what there is
 * instead of a log. */
#include "backend/temporal_inside.h"

#include "backend/temporal_query.h"
#include "base/mem.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 1000, FILTERED_PAGES = 5 };

/* ---- pages ---- */

struct rows {
	struct arena arena;
	VEC(struct run_facts) items;
};

static void take_rows(struct temporal_job *j, const struct json *list, struct rows *rows)
{
	const struct view name = view_of(j->t->name);
	const struct filter_env env = filter_env_of(temporal_server_ms(j->t), &name);
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct run_facts run;
		if (temporal_row(j->t, i, &rows->arena, &run) && !temporal_is_hidden(&run) &&
		    (j->exact || filter_match(j->filter, &run, &env)))
			vec_push(&rows->items, run);
	}
}

static void ask_page(struct temporal_job *j);

static void on_page(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal *t = j->t;
	const struct backend_sink *sink = t->base.sink;
	ticket_id ticket = j->ticket;
	struct json_doc *doc = temporal_job_json(j, a);
	struct rows rows = { 0 };
	if (!doc)
		return;
	take_rows(j, json_get(json_root(doc), "executions"), &rows);
	struct view next = json_get_text(json_root(doc), "nextPageToken");
	if (!rows.items.len && next.len && ++j->pages < FILTERED_PAGES) {
		str_clear(&j->token);
		str_add(&j->token, next);
		ask_page(j);
	} else {
		sink->page(sink->arg, ticket, rows.items.items, rows.items.len, next);
		if ((j = temporal_job_of(t, ticket)) != NULL)
			temporal_finish(j, OUTCOME_OK, NULL);
	}
	json_free(doc);
	vec_release(&rows.items);
	arena_release(&rows.arena);
}

static void ask_page(struct temporal_job *j)
{
	struct str target = { 0 };
	temporal_add_space(&target, j->t);
	str_add_text(&target, "/workflows");
	temporal_add_query(&target, "query", view_of_str(&j->query));
	temporal_add_query(&target, "nextPageToken", view_of_str(&j->token));
	struct temporal_ask ask = { .target = &target, .listed = true, .rows = j->limit };
	temporal_job_ask(j, &ask, on_page);
}

ticket_id temporal_page(struct backend *b, struct view filter, struct view cursor, size_t limit)
{
	struct temporal *t = temporal_of(b);
	struct err err = { 0 };
	struct filter *f = filter_parse(filter, NULL, &err);
	if (!f) {
		ticket_id ticket = backend_ticket(b);
		backend_answer(b, ticket, OUTCOME_REFUSED, err_text(&err));
		err_release(&err);
		return ticket;
	}
	struct temporal_job *j = temporal_job(t);
	j->filter = f;
	j->limit = limit && limit < PAGE_MAX ? limit : limit ? PAGE_MAX : PAGE_DEFAULT;
	j->exact = temporal_query(f, temporal_server_ms(t), &j->query);
	str_add(&j->token, cursor);
	temporal_prepare(j, ask_page);
	return j->ticket;
}

/* ---- one run ---- */

enum told { TOLD_NONE, TOLD_OLDER, TOLD };	/* NONE: describe is none */

static enum told tell_story(struct temporal_job *j, struct run_detail *detail)
{
	struct temporal_rules rules;
	struct story_gate gate;
	temporal_rules(j->t, &rules);
	const struct json *describe = json_root(j->describe);
	bool waits = temporal_gate(j->t, describe, &j->story.arena, &gate);
	temporal_explain(j->t, describe, WHY_FOR_DETAIL, &j->story);
	if (!story_tell(&j->story, describe, &rules, waits ? &gate : NULL, detail))
		return TOLD_NONE;
	return temporal_complete(j->t, &detail->run) ? TOLD : TOLD_OLDER;
}

/* The sink may free the job: what the facts lie in is ours until it returns. */
static void hand_over(struct temporal_job *j, ticket_id ticket, const struct run_detail *detail)
{
	const struct backend_sink *sink = j->t->base.sink;
	struct story story = j->story;
	story_init(&j->story);
	sink->detail(sink->arg, ticket, detail);
	story_release(&story);
}

bool temporal_give_detail(struct temporal_job *j, ticket_id ticket)
{
	struct run_detail detail;
	if (tell_story(j, &detail) != TOLD)
		return false;
	hand_over(j, ticket, &detail);
	return true;
}

static void give_detail(struct temporal_job *j)
{
	struct temporal *t = j->t;
	ticket_id ticket = j->ticket;
	struct run_detail detail;
	if (tell_story(j, &detail) == TOLD_NONE) {
		temporal_finish(j, OUTCOME_UNREACHABLE, "Temporal's answer cannot be read");
		return;
	}
	hand_over(j, ticket, &detail);
	if ((j = temporal_job_of(t, ticket)) == NULL)
		return;
	temporal_history_describe(j);
	temporal_finish(j, OUTCOME_OK, NULL);
}

static void on_waiting(struct temporal_job *j, const struct http_answer *a)
{
	temporal_waiting_take(j->t, json_root(j->describe), a);
	give_detail(j);
}

/* Its own query says whether it waits. */
static void ask_waiting(struct temporal_job *j)
{
	const char *name = temporal_waiting_query(j->t, json_root(j->describe));
	if (name)
		temporal_send_query(j, name, (struct view){ 0 }, on_waiting);
	else
		give_detail(j);
}

/* Why it is pending is said by its task queue. */
static void on_queue(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal_why why;
	if (temporal_ok(a) && temporal_why_of(json_root(j->describe), &why))
		temporal_why_take(j->t, &why, a->body);
	give_detail(j);
}

static void ask_why(struct temporal_job *j)
{
	struct temporal_why why;
	struct str target = { 0 };
	if (!temporal_why_of(json_root(j->describe), &why) ||
	    !temporal_why_target(j->t, &why, &target)) {
		ask_waiting(j);
		return;
	}
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_queue);
}

void temporal_load_detail(struct temporal_job *j)
{
	temporal_load(j, ask_why);
}

/* An id that no path can name: what lists say is all that there is. */
static void load_listed(struct temporal_job *j)
{
	story_note(&j->story, "its id has a slash, so Temporal's HTTP port gives no more than "
			      "lists do");
	temporal_load_row(j, give_detail);
}

struct history_lines {
	VEC(struct history_facts) items;
};

static void add_lines_of(struct history_lines *lines, const struct json *events,
			 struct arena *arena)
{
	for (const struct json *i = json_first(events); i; i = json_next(i)) {
		struct history_facts line;
		if (story_line(i, arena, &line))
			vec_push(&lines->items, line);
	}
}

static void turn_round(struct history_lines *lines)
{
	size_t n = lines->items.len;
	for (size_t i = 0; i < n / 2; i++) {
		struct history_facts line = lines->items.items[i];
		lines->items.items[i] = lines->items.items[n - 1 - i];
		lines->items.items[n - 1 - i] = line;
	}
}

static void on_history(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal *t = j->t;
	const struct backend_sink *sink = t->base.sink;
	ticket_id ticket = j->ticket;
	struct arena arena = { 0 };
	struct history_lines lines = { 0 };
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	add_lines_of(&lines, json_get(json_get(json_root(doc), "history"), "events"), &arena);
	if (j->part == PART_HISTORY_END)
		turn_round(&lines);
	struct view run = arena_view(&arena, view_of(j->run));
	sink->history(sink->arg, ticket, run, lines.items.items, lines.items.len,
		      json_get_text(json_root(doc), "nextPageToken"));
	if ((j = temporal_job_of(t, ticket)) != NULL)
		temporal_finish(j, OUTCOME_OK, NULL);
	json_free(doc);
	vec_release(&lines.items);
	arena_release(&arena);
}

static void load_lines(struct temporal_job *j)
{
	struct str target = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, j->part == PART_HISTORY_END ? "/history-reverse" : "/history");
	temporal_add_run(&target, j->run);
	temporal_add_query(&target, "maximumPageSize", VIEW("256"));
	temporal_add_query(&target, "nextPageToken", view_of_str(&j->token));
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_history);
}

static void find_part(struct temporal_job *j)
{
	static temporal_then_fn *const parts[PARTS] = { [PART_DETAIL] = temporal_load_detail,
							[PART_DETAIL_SOON] = temporal_load_detail,
							[PART_DETAIL_MORE] = temporal_load_detail,
							[PART_HISTORY] = load_lines,
							[PART_HISTORY_END] = load_lines };
	j->slash = parts[j->part] == temporal_load_detail ? load_listed : NULL;
	temporal_find(j, parts[j->part]);
}

ticket_id temporal_fetch(struct backend *b, struct view run, enum run_part part,
			 struct view cursor)
{
	struct temporal_job *j = temporal_job(temporal_of(b));
	j->run = mem_bytes(run.ptr ? run.ptr : "", run.len);
	str_add(&j->token, cursor);
	j->part = part;
	temporal_know_codec(j, find_part);
	return j->ticket;
}

/* ---- instead of a log ---- */

struct lines {
	VEC(struct log_line_facts) items;
};

static void add_lines(struct lines *l, int64_t at_ms, enum log_stream stream, struct view text)
{
	struct view line;
	while (view_split(&text, '\n', &line)) {
		struct log_line_facts fact = { .at_ms = at_ms, .stream = stream, .text = line };
		vec_push(&l->items, fact);
	}
}

static struct view words_of(struct arena *arena, const char *what, struct view text)
{
	struct str s = { 0 };
	str_add_text(&s, what);
	str_add(&s, text);
	struct view v = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return v;
}

static void add_failure(struct lines *l, struct arena *arena, const struct task_facts *f)
{
	const struct error_facts *e = &f->error;
	int64_t at = f->ended_ms ? f->ended_ms : f->started_ms;
	if (!e->message.len && !e->type.len)
		return;
	add_lines(l, at, LOG_STREAM_STDERR, words_of(arena, "failure: ", e->message));
	for (size_t i = 0; i < e->n_causes; i++)
		add_lines(l, at, LOG_STREAM_STDERR, words_of(arena, "caused by: ", e->causes[i]));
	if (e->stack.len)
		add_lines(l, at, LOG_STREAM_STDERR, e->stack);
}

static void add_task(struct lines *l, struct arena *arena, const struct story_task *t)
{
	if (t->facts.title.len && t->type.len && !view_eq(t->facts.title, t->type))
		add_lines(l, t->facts.queued_ms, LOG_STREAM_STDOUT,
			  words_of(arena, "summary: ", t->facts.title));
	if (t->heartbeat.len)
		add_lines(l, t->heartbeat_ms, LOG_STREAM_STDOUT,
			  words_of(arena, "heartbeat: ", t->heartbeat));
	add_failure(l, arena, &t->facts);
	if (t->facts.result.len)
		add_lines(l, t->facts.ended_ms, LOG_STREAM_STDOUT,
			  words_of(arena, "result: ", t->facts.result));
}

/* What there is of a task is not told apart by its attempts: it is that of the last. */
static bool is_of_before(const struct temporal_job *j, const struct story_task *t)
{
	return t && j->attempt > 0 && j->attempt < t->facts.attempt;
}

static void add_log(struct lines *l, struct temporal_job *j, int64_t at_ms)
{
	struct arena *arena = &j->story.arena;
	const struct story_task *task = story_find(&j->story, view_of(j->task));
	struct str words = { 0 };
	if (is_of_before(j, task)) {
		str_addf(&words, "Temporal keeps no attempt by itself: what there is of attempt %d "
				 "stands in the last one, %d", j->attempt, task->facts.attempt);
		add_lines(l, at_ms, LOG_STREAM_STDOUT, arena_view(arena, view_of_str(&words)));
		str_release(&words);
		return;
	}
	add_lines(l, at_ms, LOG_STREAM_STDOUT, VIEW("Temporal keeps no stdout; this is what it has:"));
	for (size_t i = 0; i < j->story.tasks.len; i++) {
		if (!task || task == &j->story.tasks.items[i])
			add_task(l, arena, &j->story.tasks.items[i]);
	}
}

static bool is_wanted(const struct temporal_job *j, const struct log_line_facts *line)
{
	struct view needle = view_of_str(&j->text);
	if (j->streams && !(line->stream & j->streams))
		return false;
	if (!severity_passes(severity_of_line(line->text), j->level))
		return false;
	return !needle.len || (j->exact ? view_find(line->text, needle, 0) :
					  view_find_fold(line->text, needle, 0)) != SIZE_MAX;
}

static void keep_wanted(struct lines *l, const struct temporal_job *j)
{
	size_t kept = 0;
	for (size_t i = 0; i < l->items.len; i++) {
		if (is_wanted(j, &l->items.items[i]))
			l->items.items[kept++] = l->items.items[i];
	}
	l->items.len = kept;
}

static void give_log(struct temporal_job *j)
{
	struct temporal *t = j->t;
	const struct backend_sink *sink = t->base.sink;
	ticket_id ticket = j->ticket;
	struct run_detail detail;
	struct lines lines = { 0 };
	if (tell_story(j, &detail) == TOLD_NONE) {
		temporal_finish(j, OUTCOME_UNREACHABLE, "Temporal's answer cannot be read");
		return;
	}
	add_log(&lines, j, detail.run.started_ms);
	keep_wanted(&lines, j);
	struct story story = j->story;
	story_init(&j->story);
	sink->log(sink->arg, ticket, lines.items.items, lines.items.len, LOG_EOF, VIEW(""),
		  VIEW(""));
	story_release(&story);
	vec_release(&lines.items);
	if ((j = temporal_job_of(t, ticket)) != NULL)
		temporal_finish(j, OUTCOME_OK, NULL);
}

/* Its lines are those of the detail, which is opened with it. */
static void load_log(struct temporal_job *j)
{
	j->describe = temporal_history_described(j->t, j->run);
	if (j->describe && temporal_history_copy(j))
		give_log(j);
	else
		temporal_load(j, give_log);
}

static void find_log(struct temporal_job *j)
{
	temporal_find(j, load_log);
}

ticket_id temporal_log(struct backend *b, const struct log_query *q)
{
	struct temporal_job *j = temporal_job(temporal_of(b));
	j->run = mem_bytes(q->run.ptr ? q->run.ptr : "", q->run.len);
	j->task = mem_bytes(q->task.ptr ? q->task.ptr : "", q->task.len);
	j->attempt = q->attempt;
	j->streams = q->streams;
	j->exact = q->exact;
	str_add(&j->text, q->search);
	severity_parse(q->level, &j->level);
	temporal_know_codec(j, find_log);
	return j->ticket;
}
