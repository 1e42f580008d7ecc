/* The live tests' boards (live.h). */
#include "live.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/when.h"
#include "io/http.h"
#include "lib/unit.h"
#include "wire/json.h"

struct loop *loop;

/* ---- the board ---- */

static void keep(struct map *m, struct view key, struct view value)
{
	mem_free(map_put(m, key, mem_bytes(value.ptr, value.len)));
}

static void keep_labels(struct board *b, const struct run_facts *run)
{
	struct str words = { 0 };
	for (size_t i = 0; i < run->labels.len; i++) {
		const struct pair *p = &run->labels.items[i];
		str_addf(&words, "%.*s=%.*s ", (int)p->name.len, p->name.ptr, (int)p->value.len, p->value.ptr);
	}
	keep(&b->labels, run->short_id, view_of_str(&words));
	str_release(&words);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct board *b = arg;
	for (size_t i = 0; i < n; i++) {
		keep(&b->status, runs[i].short_id, view_of(run_status_name(runs[i].status)));
		keep(&b->run, runs[i].short_id, runs[i].id);
		keep_labels(b, &runs[i]);
	}
	b->ear.sink.runs(&b->ear, runs, n);
}

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	struct board *b = arg;
	str_clear(&b->words);
	str_addf(&b->words, "%s %.2f %.*s", run_status_name(d->run.status),
		 (double)d->run.progress, (int)d->run.error.message.len, d->run.error.message.ptr);
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *f = &d->tasks[i];
		str_addf(&b->words, " | %.*s %s %d %.*s", (int)f->id.len, f->id.ptr,
			 task_status_name(f->status), f->attempt, (int)f->error.message.len,
			 f->error.message.ptr);
		str_addf(&b->words, " %zu causes%s", f->error.n_causes,
			 f->error.stack.len ? ", stack" : "");
		if (f->child.len)
			str_addf(&b->words, ", leads to %.*s", (int)f->child.len, f->child.ptr);
	}
	if (d->left_out.len)
		str_add_text(&b->words, " | not whole");
	b->ear.sink.detail(&b->ear, t, d);
}

#define PASS(name, parameters, arguments) \
	static void pass_##name parameters { struct board *b = arg; b->ear.sink.name arguments; }

PASS(identity, (void *arg, unsigned a, const struct backend_identity *i), (&b->ear, a, i))
PASS(condition, (void *arg, enum condition c, const char *s, int64_t f), (&b->ear, c, s, f))
PASS(snapshot_begin, (void *arg, struct view f), (&b->ear, f))
PASS(gone, (void *arg, struct view id), (&b->ear, id))
PASS(progress, (void *arg, const struct run_facts *r), (&b->ear, r))
PASS(page, (void *arg, ticket_id t, const struct run_facts *r, size_t n, struct view c),
     (&b->ear, t, r, n, c))
PASS(history, (void *arg, ticket_id t, struct view r, const struct history_facts *h, size_t n,
	       struct view c), (&b->ear, t, r, h, n, c))
PASS(catalog, (void *arg, ticket_id t, enum catalog_kind k, struct view j, struct view c),
     (&b->ear, t, k, j, c))
PASS(log, (void *arg, ticket_id t, const struct log_line_facts *l, size_t n, enum log_state s,
	   struct view x, struct view y), (&b->ear, t, l, n, s, x, y))
PASS(done, (void *arg, ticket_id t, enum outcome o, struct view f, const char *s),
     (&b->ear, t, o, f, s))

static void pass_snapshot_end(void *arg, bool complete)
{
	struct board *b = arg;
	if (!b->first_ms)
		b->first_ms = when_mono_ms();
	b->ear.sink.snapshot_end(&b->ear, complete);
}

static void pass_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
	struct board *b = arg;
	memcpy(b->counts, counts, sizeof b->counts);
	memcpy(b->at_least, at_least, sizeof b->at_least);
	b->ear.sink.lane_counts(&b->ear, counts, at_least);
}

static const struct backend_sink passing = {
	.identity = pass_identity, .condition = pass_condition,
	.snapshot_begin = pass_snapshot_begin, .runs = on_runs, .gone = pass_gone,
	.progress = pass_progress, .snapshot_end = pass_snapshot_end,
	.lane_counts = pass_lane_counts, .page = pass_page, .detail = on_detail,
	.history = pass_history, .catalog = pass_catalog, .log = pass_log, .done = pass_done,
};

#define DECISION "{\"approved\":${approved},\"comment\":${comment},\"reviewer\":${user}}"

static char keys[][32] = { "approve.ApprovalUpdate", "reject.ApprovalUpdate",
			   "approve.ApprovalSignal", "reject.ApprovalSignal",
			   "approve.ApprovalNoArg", "reject.ApprovalNoArg",
			   "approve.ApprovalAsync", "reject.ApprovalAsync",
			   "waiting_query.ApprovalQuery", "approve.ApprovalQuery" };
static char values[][96] = { "update:decide:" DECISION, "update:decide:" DECISION,
			     "signal:approve:" DECISION, "signal:approve:" DECISION,
			     "signal:approve", "signal:reject",
			     "activity:HumanApproval:\"APPROVED\"", "activity:HumanApproval",
			     "pending_approval",
			     "signal:approval_decision:{\"request_id\":${prompt.request_id},\"approved\":true}" };

enum { MAPPINGS = sizeof keys / sizeof *keys };

void board_connect(struct board *b, int port, const struct temporal_config *different)
{
	static struct setting approvals[MAPPINGS];
	struct temporal_config config = different ? *different : (struct temporal_config){ 0 };
	char url[64];
	for (size_t i = 0; i < MAPPINGS; i++)
		approvals[i] = (struct setting){ keys[i], values[i] };
	bool tls = config.ca_file != NULL;
	snprintf(url, sizeof url, "http%s://127.0.0.1:%d", tls ? "s" : "", port);
	config.name = "live";
	config.url = url;
	config.waiting_memo = "waitingFor";
	config.approvals = approvals;
	config.n_approvals = MAPPINGS;
	*b = (struct board){ .opened_ms = when_mono_ms() };
	ear_init(&b->ear);
	b->sink = passing;
	b->sink.arg = b;
	b->ear.backend = temporal_new(loop, &b->sink, 1, &config, NULL);
	ck_assert_ptr_nonnull(b->ear.backend);
}

void board_open(struct board *b, int port, const struct temporal_config *different)
{
	board_connect(b, port, different);
	ear_watch(&b->ear, "", 100);
}

static void forget(struct map *m)
{
	size_t at = 0;
	struct view key;
	void *value;
	while (map_next(m, &at, &key, &value))
		mem_free(value);
	map_release(m);
}

void board_go_over(struct board *b, const char *space)
{
	const struct ear_ticket *t = until_done(b, ear_space(&b->ear, space));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s: %s", space, t->text);
	forget(&b->status);
	forget(&b->run);
	forget(&b->labels);
	b->status = b->run = b->labels = (struct map){ 0 };
	ear_watch(&b->ear, "", 100);
}

void board_close(struct board *b)
{
	ear_release(&b->ear);
	forget(&b->status);
	forget(&b->run);
	forget(&b->labels);
	str_release(&b->words);
}

static bool is_in(const struct board *b, const char *id, const char *status)
{
	const char *now = map_get(&b->status, view_of(id));
	return str_eq(now, status);
}

void until_in(struct board *b, const char *id, const char *status)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	while (!is_in(b, id, status)) {
		const char *now = map_get(&b->status, view_of(id));
		ck_assert_msg(when_mono_ms() < end, "%s is %s, not %s; %s", id, now ? now : "unknown",
			      status, str_text(&b->ear.sentence));
		loop_turn(loop, 50);
	}
}

void until_condition(struct board *b, enum condition c)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	while (!*str_text(&b->ear.sentence) || b->ear.condition != c) {
		ck_assert_msg(when_mono_ms() < end, "not %s: %s", condition_name(c),
			      str_text(&b->ear.sentence));
		loop_turn(loop, 50);
	}
}

const char *run_of(struct board *b, const char *id)
{
	const char *run = map_get(&b->run, view_of(id));
	ck_assert_msg(run != NULL, "%s is not known", id);
	return run;
}

const struct ear_ticket *until_done(struct board *b, ticket_id t)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	while (!ear_done(&b->ear, t)) {
		ck_assert_msg(when_mono_ms() < end, "ticket %d does not end", (int)t);
		loop_turn(loop, 50);
	}
	return ear_ticket(&b->ear, t);
}

ticket_id send_to(struct board *b, enum verb verb, const char *id, const char *comment)
{
	const struct order o = { .verb = verb, .run = view_of(run_of(b, id)),
				 .comment = view_of(comment), .task = VIEW("gate") };
	return ear_order(&b->ear, &o);
}

const struct ear_ticket *order_on(struct board *b, enum verb verb, const char *id,
				  const char *comment)
{
	return until_done(b, send_to(b, verb, id, comment));
}

void order_well(struct board *b, enum verb verb, const char *id)
{
	const struct ear_ticket *t = order_on(b, verb, id, "said so");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s %s: %s", verb_name(verb), id, t->text);
}

static const char *detail_of(struct board *b, const char *id)
{
	const struct ear_ticket *t =
		until_done(b, ear_fetch(&b->ear, run_of(b, id), PART_DETAIL));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s: %s", id, t->text);
	return str_text(&b->words);
}

void until_detail(struct board *b, const char *id, const char *words)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS;
	while (!strstr(detail_of(b, id), words))
		ck_assert_msg(when_mono_ms() < end, "%s: '%s' is not in: %s", id, words,
			      str_text(&b->words));
}

/* ---- the counting door ---- */

struct asked {
	bool done;
	struct live_calls calls;
};

static void on_calls(void *arg, const struct http_answer *a)
{
	struct asked *q = arg;
	struct json_doc *doc = json_parse(a->body, 0, NULL);
	ck_assert_ptr_nonnull(doc);
	const struct json *v = json_root(doc);
	q->calls = (struct live_calls){ .visibility = json_get_int(v, "visibility", -1),
					.other = json_get_int(v, "other", -1),
					.polls = json_get_int(v, "polls", -1),
					.peak = json_get_int(v, "peak", -1),
					.busy_ms = json_get_int(v, "busy_ms", -1) };
	q->done = true;
	json_free(doc);
}

struct live_calls live_calls(void)
{
	struct asked q = { 0 };
	char url[64];
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ports.count);
	struct http *http = http_new(loop, &(struct http_config){ .base_url = url });
	const struct http_order order = { .method = "GET", .target = "/_door/calls" };
	http_send(http, &order, NULL, on_calls, &q);
	while (!q.done)
		loop_turn(loop, 50);
	http_free(http);
	return q.calls;
}
