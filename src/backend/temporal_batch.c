/* Orders on many runs: those that are given in one turn of the loop, are of one kind
 * and are more than a few become one batch operation of the server, watched until
 * it has ended; fewer go one by one. A batch also reaches a run whose workflow id
 * no path can name. */
#include "backend/temporal_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

enum {
	SINGLY_MAX = 50,	/* so many orders go one by one */
	BATCH_MAX = 1000,	/* the server takes no more runs by name */
	LOOKS_LOST_MAX = 5
};

/* Its jobs point to it; it lives as long as it runs, also without any. */
struct temporal_batch {
	struct temporal *t;
	struct temporal_batch *prev, *next;
	struct temporal_call *call;
	struct watch *timer;
	char id[IDENT_LEN + 1];
	enum verb verb;
	int lost;
	int64_t total, failed;
};

/* ---- what the server calls it ---- */

static const char *const operations[VERBS] = {
	[VERB_CANCEL] = "cancellationOperation",
	[VERB_TERMINATE] = "terminationOperation",
	[VERB_SIGNAL] = "signalOperation",
};

bool temporal_has_batch(enum verb v)
{
	return operations[v] != NULL;
}

/* ---- its jobs ---- */

static struct temporal_job *any_job(const struct temporal_batch *b)
{
	for (struct temporal_job *j = b->t->jobs; j; j = j->next) {
		if (j->batch == b)
			return j;
	}
	return NULL;
}

static void batch_free(struct temporal_batch *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		b->t->batches = b->next;
	if (b->next)
		b->next->prev = b->prev;
	temporal_call_cancel(b->call);
	loop_remove(b->timer);
	mem_free(b);
}

void temporal_batches_release(struct temporal *t)
{
	while (t->batches)
		batch_free(t->batches);
	loop_remove(t->gather);
	t->gather = NULL;
}

/* All of its jobs; the sink may end others, and the backend, meanwhile. */
static void end_all(struct temporal_batch *b, enum outcome outcome, const char *text)
{
	struct temporal *t = b->t;
	struct temporal_job *j;
	while (!t->dead && (j = any_job(b)) != NULL) {
		j->batch = NULL;
		temporal_look_at(t, view_of(j->run));
		temporal_finish(j, outcome, text);
	}
	if (!t->dead)
		batch_free(b);
}

/* ---- its end ---- */

static void judge(struct temporal_job *j)
{
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	const struct json *more = json_get(json_root(j->describe), "workflowExtendedInfo");
	struct view status = temporal_word(json_get_text(info, "status"),
					   "WORKFLOW_EXECUTION_STATUS_", &j->story.arena);
	bool done = !view_is(status, "running") ||
		    (j->verb == VERB_CANCEL && json_true(json_get(more, "cancelRequested")));
	struct str text = j->text;
	j->text = (struct str){ 0 };
	temporal_finish(j, done ? OUTCOME_OK : OUTCOME_REFUSED, str_text(&text));
	str_release(&text);
}

/* Some failed, and the server does not say which: each is looked at. */
static void ask_each(struct temporal_batch *b, const char *words)
{
	struct temporal_job *j;
	while ((j = any_job(b)) != NULL) {
		j->batch = NULL;
		str_clear(&j->text);
		str_add_text(&j->text, words);
		temporal_describe(j, judge);
	}
	batch_free(b);
}

static void add_counts(struct str *s, const struct temporal_batch *b)
{
	str_addf(s, "%s by a batch of %lld: %lld done, %lld failed",
		 b->verb == VERB_CANCEL ? "cancel requested" : verb_past(b->verb),
		 (long long)b->total, (long long)(b->total - b->failed), (long long)b->failed);
}

static void ended(struct temporal_batch *b, const struct json *root)
{
	struct str words = { 0 };
	struct view reason = json_get_text(root, "reason");
	add_counts(&words, b);
	if (!view_ends(json_get_text(root, "state"), "COMPLETED")) {
		str_addf(&words, "; the server ended the batch as failed (%.*s)", (int)reason.len,
			 reason.ptr);
		end_all(b, OUTCOME_UNKNOWN, str_text(&words));
	} else if (b->failed) {
		ask_each(b, str_text(&words));
	} else {
		end_all(b, OUTCOME_OK, str_text(&words));
	}
	str_release(&words);
}

/* ---- watching it ---- */

static void look_soon(struct temporal_batch *b)
{
	loop_timer_set(b->timer, b->t->times.batch_ms);
}

static void on_looked(void *arg, const struct http_answer *a)
{
	struct temporal_batch *b = arg;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, 0, NULL) : NULL;
	const struct json *root = doc ? json_root(doc) : NULL;
	b->call = NULL;
	b->total = json_get_int(root, "totalOperationCount", b->total);
	b->failed = json_get_int(root, "failureOperationCount", 0);
	if (root && !view_ends(json_get_text(root, "state"), "RUNNING"))
		ended(b, root);
	else if (!root && ++b->lost >= LOOKS_LOST_MAX)
		end_all(b, OUTCOME_UNKNOWN, "the batch was begun, and what became of it could "
					    "not be read");
	else
		look_soon(b);
	json_free(doc);
}

static void add_path(struct str *target, const struct temporal_batch *b)
{
	temporal_add_space(target, b->t);
	str_addf(target, "/batch-operations/%s", b->id);
}

static void look(void *arg)
{
	struct temporal_batch *b = arg;
	struct str target = { 0 };
	add_path(&target, b);
	const struct temporal_ask ask = { .target = &target, .listed = true, .heard = on_looked,
					  .arg = b };
	b->call = temporal_ask(b->t, &ask);
}

/* ---- beginning it ---- */

static void on_begun(void *arg, const struct http_answer *a)
{
	struct temporal_batch *b = arg;
	struct str words = { 0 };
	b->call = NULL;
	if (temporal_ok(a)) {
		look_soon(b);
		return;
	}
	temporal_add_words(&words, b->t, a);
	if (a->status == 429)
		str_add_text(&words, "; a namespace runs one batch at a time, try again later");
	end_all(b, a->status == 429 ? OUTCOME_REFUSED : temporal_outcome(a->status),
		str_text(&words));
	str_release(&words);
}

static void add_executions(struct jsonw *w, const struct temporal_batch *b)
{
	jsonw_array(w, "executions");
	for (const struct temporal_job *j = b->t->jobs; j; j = j->next) {
		if (j->batch != b)
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "workflowId", j->workflow_id);
		jsonw_string(w, "runId", j->run);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void add_operation(struct jsonw *w, const struct temporal_job *j)
{
	jsonw_object(w, operations[j->verb]);
	if (j->verb == VERB_SIGNAL) {
		jsonw_string(w, "signal", j->name);
		temporal_add_args(w, "input", &j->args);
	}
	jsonw_string(w, "identity", j->t->identity);
	jsonw_end_object(w);
}

static void send(struct temporal_batch *b, const struct temporal_job *first)
{
	struct str target = { 0 }, body = { 0 };
	struct jsonw w;
	bool said = first->comment && *first->comment;
	add_path(&target, b);
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	add_executions(&w, b);
	jsonw_string(&w, "reason", said ? first->comment : "by an operator");
	add_operation(&w, first);
	jsonw_end_object(&w);
	/* Its id is its own: begun twice it is one. */
	const struct temporal_ask ask = { .method = "POST", .target = &target, .body = &body,
					  .keyed = true, .heard = on_begun, .arg = b };
	b->call = temporal_ask(b->t, &ask);
}

static struct temporal_batch *batch_new(struct temporal *t, enum verb verb)
{
	struct temporal_batch *b = mem_zero(sizeof *b);
	b->t = t;
	b->verb = verb;
	b->timer = loop_timer(t->base.loop, look, b);
	ident_uuid7(b->id, when_now_ms());
	b->next = t->batches;
	if (t->batches)
		t->batches->prev = b;
	t->batches = b;
	return b;
}

void temporal_batch_one(struct temporal_job *j)
{
	if (temporal_off(j->t, TEMPORAL_BATCH).len) {
		temporal_refuse(j, temporal_off(j->t, TEMPORAL_BATCH));
		return;
	}
	struct temporal_batch *b = batch_new(j->t, j->verb);
	b->total = 1;
	j->batch = b;
	send(b, j);
}

/* ---- what was given together ---- */

static bool is_alike(const struct temporal_job *a, const struct temporal_job *b)
{
	bool same = (!a->comment && !b->comment) ||
		    (a->comment && b->comment && str_eq(a->comment, b->comment));
	return b->gathered && a->verb == b->verb && same;
}

/* The workflow id belongs to its name there. */
static bool is_named(struct temporal_job *j)
{
	const struct temporal_known *k = temporal_known(j->t, view_of(j->run));
	if (!k || !k->workflow_id)
		return false;
	if (!j->workflow_id)
		j->workflow_id = mem_text(k->workflow_id);
	return true;
}

static size_t count_alike(const struct temporal_job *first)
{
	size_t n = 0;
	for (struct temporal_job *j = first->t->jobs; j; j = j->next)
		n += is_alike(first, j) && is_named(j);
	return n;
}

static void join(struct temporal_job *first)
{
	struct temporal_batch *b = batch_new(first->t, first->verb);
	for (struct temporal_job *j = first->t->jobs; j && b->total < BATCH_MAX; j = j->next) {
		if (!is_alike(first, j) || !is_named(j))
			continue;
		j->batch = b;
		b->total++;
	}
	for (struct temporal_job *j = first->t->jobs; j; j = j->next)
		j->gathered = j->gathered && j->batch != b;
	send(b, any_job(b));
}

static struct temporal_job *any_gathered(struct temporal *t)
{
	struct temporal_job *last = NULL;
	for (struct temporal_job *j = t->jobs; j; j = j->next)
		last = j->gathered ? j : last;
	return last;
}

static void on_gathered(void *arg)
{
	struct temporal *t = arg;
	struct temporal_job *j;
	temporal_enter(t);
	while (!t->dead && (j = any_gathered(t)) != NULL) {
		bool off = temporal_off(t, TEMPORAL_BATCH).len > 0;
		if (!off && is_named(j) && count_alike(j) > SINGLY_MAX) {
			join(j);
		} else {
			j->gathered = false;
			mem_free(j->workflow_id);
			j->workflow_id = NULL;
			temporal_find(j, j->then);
		}
	}
	temporal_leave(t);
}

void temporal_gather(struct temporal_job *j, temporal_then_fn *singly)
{
	struct temporal *t = j->t;
	j->gathered = true;
	j->then = singly;
	if (!t->gather)
		t->gather = loop_timer(t->base.loop, on_gathered, t);
	loop_timer_set(t->gather, 0);
}
