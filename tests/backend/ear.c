/* A sink that checks the contract while it listens (ear.h). */
#include "backend/ear.h"

#include <stdlib.h>

#include "base/mem.h"
#include "lib/unit.h"

/* ---- every call ---- */

static void act(struct ear *e, struct view line)
{
	if (e->cancel_in && view_starts(line, e->cancel_in)) {
		e->cancel_in = NULL;
		backend_cancel(e->backend, e->cancel);
	}
	if (e->destroy_in && view_starts(line, e->destroy_in)) {
		e->destroy_in = NULL;
		ear_destroy(e);
	}
}

/* Ends a call: its line, and what the test wants done in it. */
static void heard(struct ear *e, struct str *line)
{
	ck_assert_msg(!e->inside, "%s: called from inside an operation", str_text(line));
	ck_assert_msg(!e->destroyed, "%s: called after destroy", str_text(line));
	e->calls++;
	str_add(&e->log, view_of_str(line));
	str_add_char(&e->log, '\n');
	act(e, view_of_str(line));
	str_release(line);
}

static void add_view(struct str *s, struct view v)
{
	str_add_char(s, ' ');
	str_add(s, v);	/* reads every byte of what is borrowed */
}

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr ? v.ptr : "", v.len);
}

static void keep_run(struct ear *e, const struct run_facts *r)
{
	static char named[] = "named";
	mem_free(map_put(&e->runs, r->id, mem_text(run_status_name(r->status))));
	if (e->snapshot)
		map_put(&e->named, r->id, named);
}

static void add_run(struct str *line, const struct run_facts *r)
{
	add_view(line, r->id);
	str_addf(line, ":%s", run_status_name(r->status));
}

/* ---- the slots ---- */

static void on_identity(void *arg, unsigned abilities, const struct backend_identity *id)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_addf(&line, "identity %.*s %.*s", (int)id->name.len, id->name.ptr, (int)id->user.len,
		 id->user.ptr);
	add_view(&line, id->roles);
	add_view(&line, id->engine);
	e->abilities = abilities;
	e->clock_offset_ms = id->clock_offset_ms;
	for (int v = 0; v < VERBS; v++) {
		str_clear(&e->off[v]);
		str_add(&e->off[v], id->off ? id->off[v] : VIEW(""));
	}
	heard(e, &line);
}

static void on_condition(void *arg, enum condition c, const char *sentence, int64_t fresh_ms)
{
	struct ear *e = arg;
	struct str line = { 0 };
	ck_assert_msg(*sentence && !strchr(sentence, '\n'), "a condition is one sentence: '%s'",
		      sentence);
	str_addf(&line, "condition %s %s", condition_name(c), sentence);
	e->condition = c;
	e->fresh_ms = fresh_ms;
	str_clear(&e->sentence);
	str_add_text(&e->sentence, sentence);
	heard(e, &line);
}

static void on_snapshot_begin(void *arg, struct view filter)
{
	struct ear *e = arg;
	struct str line = { 0 };
	map_release(&e->named);
	e->snapshot = true;
	str_add_text(&line, "snapshot_begin");
	add_view(&line, filter);
	heard(e, &line);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "runs");
	for (size_t i = 0; i < n; i++) {
		add_run(&line, &runs[i]);
		keep_run(e, &runs[i]);
	}
	heard(e, &line);
}

static void on_gone(void *arg, struct view id)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "gone");
	add_view(&line, id);
	mem_free(map_remove(&e->runs, id));
	heard(e, &line);
}

static void on_progress(void *arg, const struct run_facts *run)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "progress");
	add_view(&line, run->id);
	str_addf(&line, " %.2f", (double)run->progress);
	heard(e, &line);
}

/* Rule 8, for a scope of everything. */
static void drop_unnamed(struct ear *e)
{
	struct map left = { 0 };
	size_t at = 0;
	struct view id;
	void *status;
	while (map_next(&e->runs, &at, &id, &status)) {
		if (map_get(&e->named, id))
			map_put(&left, id, status);
		else
			mem_free(status);
	}
	map_release(&e->runs);
	e->runs = left;
}

static void on_snapshot_end(void *arg, bool complete)
{
	struct ear *e = arg;
	struct str line = { 0 };
	ck_assert_msg(e->snapshot, "a snapshot ends that has not begun");
	e->snapshot = false;
	if (complete)
		drop_unnamed(e);
	str_addf(&line, "snapshot_end %s", complete ? "complete" : "broken");
	heard(e, &line);
}

static void on_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "lane_counts");
	for (int lane = 0; lane < LANES; lane++)
		str_addf(&line, " %lld%s", (long long)counts[lane], at_least[lane] ? "+" : "");
	heard(e, &line);
}

static void on_page(void *arg, ticket_id t, const struct run_facts *runs, size_t n,
		    struct view next_cursor)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "page");
	for (size_t i = 0; i < n; i++)
		add_run(&line, &runs[i]);
	str_add_text(&line, " next");
	add_view(&line, next_cursor);
	heard(e, &line);
}

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "detail");
	add_run(&line, &d->run);
	for (size_t i = 0; i < d->n_tasks; i++) {
		add_view(&line, d->tasks[i].id);
		str_addf(&line, ":%s", task_status_name(d->tasks[i].status));
	}
	heard(e, &line);
}

static void on_history(void *arg, ticket_id t, struct view run, const struct history_facts *h,
		       size_t n, struct view next_cursor)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_add_text(&line, "history");
	add_view(&line, run);
	for (size_t i = 0; i < n; i++)
		add_view(&line, h[i].kind);
	heard(e, &line);
}

static void on_catalog(void *arg, ticket_id t, enum catalog_kind kind, struct view json,
		       struct view next_cursor)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_addf(&line, "catalog %d", (int)kind);
	add_view(&line, json);
	str_clear(&e->cursor);
	str_add(&e->cursor, next_cursor);
	heard(e, &line);
}

static void on_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state, struct view next_cursor, struct view prev_cursor)
{
	struct ear *e = arg;
	struct str line = { 0 };
	str_addf(&line, "log %d", (int)state);
	for (size_t i = 0; i < n; i++) {
		add_view(&line, lines[i].text);
		str_add(&e->log_text, lines[i].text);
	}
	str_clear(&e->cursor);
	str_add(&e->cursor, next_cursor);
	heard(e, &line);
}

static void on_done(void *arg, ticket_id t, enum outcome outcome, struct view follow_key,
		    const char *text)
{
	struct ear *e = arg;
	struct str line = { 0 };
	ck_assert_ptr_nonnull(text);
	ck_assert_msg(!ear_done(e, t), "ticket %d ends twice", (int)t);
	ck_assert_msg(outcome == OUTCOME_OK || *text, "a failure without a word");
	struct ear_ticket ended = { t, 1, outcome, mem_text(text), text_of(follow_key) };
	vec_push(&e->tickets, ended);
	str_addf(&line, "done %s %s", outcome_name(outcome), text);
	heard(e, &line);
}

static const struct backend_sink slots = {
	.identity = on_identity,
	.condition = on_condition,
	.snapshot_begin = on_snapshot_begin,
	.runs = on_runs,
	.gone = on_gone,
	.progress = on_progress,
	.snapshot_end = on_snapshot_end,
	.lane_counts = on_lane_counts,
	.page = on_page,
	.detail = on_detail,
	.history = on_history,
	.catalog = on_catalog,
	.log = on_log,
	.done = on_done,
};

void ear_init(struct ear *e)
{
	*e = (struct ear){ .sink = slots };
	e->sink.arg = e;
}

void ear_release(struct ear *e)
{
	size_t at = 0;
	struct view id;
	void *status;
	if (!e->destroyed)
		ear_destroy(e);
	while (map_next(&e->runs, &at, &id, &status))
		mem_free(status);
	for (size_t i = 0; i < e->tickets.len; i++) {
		mem_free(e->tickets.items[i].text);
		mem_free(e->tickets.items[i].follow_key);
	}
	map_release(&e->runs);
	map_release(&e->named);
	for (int v = 0; v < VERBS; v++)
		str_release(&e->off[v]);
	vec_release(&e->tickets);
	str_release(&e->log);
	str_release(&e->sentence);
	str_release(&e->log_text);
	str_release(&e->cursor);
}

/* ---- what was heard ---- */

const struct ear_ticket *ear_ticket(const struct ear *e, ticket_id t)
{
	for (size_t i = 0; i < e->tickets.len; i++) {
		if (e->tickets.items[i].ticket == t)
			return &e->tickets.items[i];
	}
	return NULL;
}

int ear_done(const struct ear *e, ticket_id t)
{
	return ear_ticket(e, t) != NULL;
}

size_t ear_count(const struct ear *e, const char *begin)
{
	struct view rest = view_of_str(&e->log), line;
	size_t n = 0;
	while (view_split(&rest, '\n', &line))
		n += view_starts(line, begin);
	return n;
}

bool ear_heard(const struct ear *e, const char *begin)
{
	return ear_count(e, begin) > 0;
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	return strcmp(*x, *y);
}

const char *ear_state(const struct ear *e, struct str *out)
{
	VEC(char *) words = { 0 };
	size_t at = 0;
	struct view id;
	void *status;
	while (map_next(&e->runs, &at, &id, &status)) {
		struct str word = { 0 };
		const char *name = status;
		str_add(&word, id);
		str_addf(&word, ":%s", name);
		vec_push(&words, str_steal(&word));
	}
	if (words.len)
		qsort(words.items, words.len, sizeof *words.items, by_text);
	str_clear(out);
	for (size_t i = 0; i < words.len; i++) {
		str_addf(out, "%s%s", i ? " " : "", words.items[i]);
		mem_free(words.items[i]);
	}
	vec_release(&words);
	return str_text(out);
}

/* ---- the operations ---- */

void ear_probe(struct ear *e)
{
	e->inside = true;
	backend_probe(e->backend);
	e->inside = false;
}

static ticket_id given(struct ear *e, ticket_id t)
{
	e->inside = false;
	ck_assert_uint_ne(t, 0);
	return t;
}

ticket_id ear_watch(struct ear *e, const char *filter, size_t ended)
{
	const struct watch_scope scope = { .filter = view_of(filter), .ended = ended };
	e->inside = true;
	return given(e, backend_watch(e->backend, &scope));
}

ticket_id ear_page(struct ear *e, const char *filter, const char *cursor, size_t limit)
{
	e->inside = true;
	return given(e, backend_page(e->backend, view_of(filter), view_of(cursor), limit));
}

ticket_id ear_fetch(struct ear *e, const char *run, enum run_part part)
{
	e->inside = true;
	return given(e, backend_fetch(e->backend, view_of(run), part, VIEW("")));
}

ticket_id ear_follow(struct ear *e, const char *run)
{
	e->inside = true;
	return given(e, backend_follow(e->backend, view_of(run)));
}

ticket_id ear_catalog(struct ear *e, enum catalog_kind kind)
{
	e->inside = true;
	return given(e, backend_catalog(e->backend, kind, VIEW("")));
}

ticket_id ear_log(struct ear *e, const struct log_query *q)
{
	e->inside = true;
	return given(e, backend_log(e->backend, q));
}

ticket_id ear_order(struct ear *e, const struct order *o)
{
	e->inside = true;
	return given(e, backend_order(e->backend, o));
}

ticket_id ear_space(struct ear *e, const char *name)
{
	e->inside = true;
	return given(e, backend_space(e->backend, view_of(name)));
}

void ear_cancel(struct ear *e, ticket_id t)
{
	e->inside = true;
	backend_cancel(e->backend, t);
	e->inside = false;
}

void ear_destroy(struct ear *e)
{
	backend_destroy(e->backend);
	e->backend = NULL;
	e->destroyed = true;
}
