/* The Temporal backend: its tickets' jobs, their ends, its configuration. What the
 * answers mean stands in the other temporal_*.c. */
#include "backend/temporal_inside.h"

#include <unistd.h>

#include "base/mem.h"

enum { ANSWER_MS = 10000, UPDATE_MS = 25000, TICK_MS = 3000, EFFECT_MS = 10000,
       EFFECT_STEP_MS = 500, BETTER_MS = 10000, BATCH_MS = 1000, SILENT_MS = 60000,
       POLL_MS = 30000, LOOK_MS = 5000, GAP_MS = 250, FRESH_MS = 1000 };

struct temporal *temporal_of(struct backend *b)
{
	void *t = b;	/* base is the first member */
	return t;
}

static void temporal_free(struct temporal *t)
{
	temporal_forget_all(t);
	map_release(&t->known);
	temporal_queues_forget(t);
	temporal_histories_forget(t);
	mappings_release(&t->mappings);
	mem_free(t->name);
	mem_free(t->where);
	mem_free(t->space);
	mem_free(t->identity);
	mem_free(t->user);
	mem_free(t->waiting);
	mem_free(t->waiting_memo);
	mem_free(t->token);
	mem_free(t->ca_file);
	mem_free(t);
}

void temporal_enter(struct temporal *t)
{
	t->depth++;
}

void temporal_leave(struct temporal *t)
{
	if (!--t->depth && t->dead)
		temporal_free(t);
}

/* ---- jobs ---- */

struct temporal_job *temporal_job(struct temporal *t)
{
	struct temporal_job *j = mem_zero(sizeof *j);
	j->t = t;
	j->ticket = backend_ticket(&t->base);
	story_init(&j->story);
	j->next = t->jobs;
	if (t->jobs)
		t->jobs->prev = j;
	t->jobs = j;
	return j;
}

struct temporal_job *temporal_job_of(struct temporal *t, ticket_id ticket)
{
	for (struct temporal_job *j = t->jobs; j; j = j->next) {
		if (j->ticket == ticket)
			return j;
	}
	return NULL;
}

static void on_answer(void *arg, const struct http_answer *a)
{
	struct temporal_job *j = arg;
	j->call = NULL;
	j->answered(j, a);
}

void temporal_job_ask(struct temporal_job *j, struct temporal_ask *ask,
		      temporal_answered_fn *answered)
{
	ask->heard = on_answer;
	ask->sealed = !j->verbatim;
	ask->arg = j;
	j->answered = answered;
	j->call = temporal_ask(j->t, ask);
}

static void free_texts(struct temporal_job *j)
{
	mem_free(j->run);
	mem_free(j->workflow_id);
	mem_free(j->type);
	mem_free(j->queue);
	mem_free(j->task);
	mem_free(j->comment);
	mem_free(j->value);
	mem_free(j->params);
	mem_free(j->key);
	mem_free(j->name);
	str_release(&j->token);
	str_release(&j->query);
	str_release(&j->text);
}

void temporal_job_free(struct temporal_job *j)
{
	if (j->prev)
		j->prev->next = j->next;
	else
		j->t->jobs = j->next;
	if (j->next)
		j->next->prev = j->prev;
	temporal_call_cancel(j->call);
	loop_remove(j->timer);
	story_release(&j->story);
	temporal_newer_free(j);
	temporal_windows_free(j);
	vec_release(&j->polls.pollers);
	json_free(j->describe);
	filter_free(j->filter);
	free_texts(j);
	mem_free(j);
}

void temporal_finish_with(struct temporal_job *j, enum outcome outcome, struct view follow,
			  const char *text)
{
	const struct backend_sink *sink = j->t->base.sink;
	struct str key = { 0 }, words = { 0 };
	if (j->follow) {
		temporal_follow_ended(j, outcome, text);
		return;
	}
	ticket_id ticket = j->ticket;
	str_add(&key, follow);
	str_add_text(&words, text ? text : "");
	temporal_job_free(j);
	sink->done(sink->arg, ticket, outcome, view_of_str(&key), str_text(&words));
	str_release(&key);
	str_release(&words);
}

void temporal_finish(struct temporal_job *j, enum outcome outcome, const char *text)
{
	temporal_finish_with(j, outcome, VIEW(""), text);
}

void temporal_refuse(struct temporal_job *j, struct view why)
{
	struct str words = { 0 };
	str_add(&words, why);
	temporal_finish(j, OUTCOME_REFUSED, str_text(&words));
	str_release(&words);
}

void temporal_fail(struct temporal_job *j, const struct http_answer *a)
{
	struct str words = { 0 };
	temporal_add_words(&words, j->t, a);
	temporal_finish(j, temporal_outcome(a->status), str_text(&words));
	str_release(&words);
}

struct json_doc *temporal_job_json(struct temporal_job *j, const struct http_answer *a)
{
	struct err err = { 0 };
	if (!temporal_ok(a)) {
		temporal_fail(j, a);
		return NULL;
	}
	struct json_doc *doc = json_parse(a->body, TEMPORAL_BODY_MAX, &err);
	if (!doc) {
		struct str words = { 0 };
		str_addf(&words, "Temporal's answer cannot be read: %s", err_text(&err));
		temporal_finish(j, OUTCOME_UNREACHABLE, str_text(&words));
		str_release(&words);
	}
	err_release(&err);
	return doc;
}

/* ---- the backend ---- */

static void cancel(struct backend *b, ticket_id ticket)
{
	struct temporal *t = temporal_of(b);
	struct temporal_job *j = temporal_job_of(t, ticket);
	if (temporal_follow_cancel(t, ticket))
		return;
	if (j)
		temporal_job_free(j);
	else
		temporal_watch_cancel(t, ticket);
}

static size_t pending(const struct backend *b)
{
	const void *self = b;
	const struct temporal *t = self;
	size_t n = t->link.call != NULL;
	n += t->watch.call && !t->watch.synced;
	for (const struct temporal_job *j = t->jobs; j; j = j->next)
		n += j->follow == NULL;
	return n;
}

static void destroy(struct backend *b)
{
	struct temporal *t = temporal_of(b);
	t->base.sink = &backend_silence;
	t->dead = true;
	temporal_follows_release(t);
	while (t->jobs)
		temporal_job_free(t->jobs);
	temporal_batches_release(t);
	temporal_watch_release(t);
	temporal_look_release(t);
	temporal_link_release(t);
	while (t->calls)
		temporal_call_cancel(t->calls);
	loop_remove(t->budget.timer);
	t->budget.timer = NULL;
	http_free(t->http);
	temporal_codec_release(t);
	/* From inside a call of the sink: the rest goes when that returns. */
	temporal_enter(t);
	temporal_leave(t);
}

static const struct backend_ops temporal_ops = {
	.kind = "temporal",
	.probe = temporal_probe,
	.watch = temporal_watch,
	.page = temporal_page,
	.fetch = temporal_fetch,
	.follow = temporal_follow,
	.catalog = temporal_catalog,
	.log = temporal_log,
	.order = temporal_order,
	.preview = temporal_preview,
	.ask = temporal_question,
	.schedule = temporal_schedule,
	.space = temporal_space,
	.in_view = temporal_in_view,
	.cancel = cancel,
	.pending = pending,
	.destroy = destroy,
};

/* ---- configuration ---- */

static int or_default(int value, int fallback)
{
	return value ? value : fallback;
}

static void set_times(struct temporal_times *t)
{
	t->answer_ms = or_default(t->answer_ms, ANSWER_MS);
	t->update_ms = or_default(t->update_ms, UPDATE_MS);
	t->tick_ms = or_default(t->tick_ms, TICK_MS);
	t->effect_ms = or_default(t->effect_ms, EFFECT_MS);
	t->better_ms = or_default(t->better_ms, BETTER_MS);
	t->effect_step_ms = or_default(t->effect_step_ms, EFFECT_STEP_MS);
	t->batch_ms = or_default(t->batch_ms, BATCH_MS);
	t->silent_ms = or_default(t->silent_ms, SILENT_MS);
	t->poll_ms = or_default(t->poll_ms, POLL_MS);
	t->look_ms = or_default(t->look_ms, LOOK_MS);
	t->gap_ms = or_default(t->gap_ms, GAP_MS);
	t->fresh_ms = or_default(t->fresh_ms, FRESH_MS);
	t->calls = t->calls > 0 ? t->calls : 4;
}

/* Who we are, in the server's history. */
static void set_identity(struct temporal *t, const char *given)
{
	struct str s = { 0 };
	char host[256] = "";
	const char *user = getenv("USER");
	t->user = mem_text(user && *user ? user : "operator");
	if (gethostname(host, sizeof host - 1))
		host[0] = '\0';
	if (given)
		str_add_text(&s, given);
	else
		str_addf(&s, "%s@%s/runboard", t->user, host);
	t->identity = str_steal(&s);
}

static bool read_mappings(struct temporal *t, const struct temporal_config *c, struct err *err)
{
	for (size_t i = 0; i < c->n_approvals; i++) {
		const struct setting *s = &c->approvals[i];
		if (!mapping_add(&t->mappings, view_of(s->name), view_of(s->value), err))
			return err_prefix(err, "context %s: %s", c->name, s->name);
	}
	return true;
}

static struct http *open_http(struct loop *loop, const struct temporal_config *c)
{
	const struct http_config http = {
		.base_url = c->url ? c->url : "http://localhost",
		.unix_path = c->unix_path,
		.bearer = c->token,
		.ca_file = c->ca_file,
		.cert_file = c->cert_file,
		.key_file = c->key_file,
	};
	return http_new(loop, &http);
}

struct backend *temporal_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			     const struct temporal_config *c, struct err *err)
{
	struct temporal *t = mem_zero(sizeof *t);
	t->base = (struct backend){ .ops = &temporal_ops, .loop = loop, .sink = sink,
				    .context = context };
	if (!read_mappings(t, c, err)) {
		temporal_free(t);
		return NULL;
	}
	t->http = open_http(loop, c);
	t->name = mem_text(c->name);
	t->where = mem_text(c->url ? c->url : c->unix_path);
	t->space = mem_text(c->space ? c->space : "default");
	t->waiting = c->waiting ? mem_text(c->waiting) : NULL;
	t->waiting_given = c->waiting != NULL;
	t->waiting_memo = c->waiting_memo ? mem_text(c->waiting_memo) : NULL;
	t->has_token = c->token != NULL;
	t->token = c->token ? mem_text(c->token) : NULL;
	t->ca_file = c->ca_file ? mem_text(c->ca_file) : NULL;
	t->codec.unix_path = c->codec_unix_path ? mem_text(c->codec_unix_path) : NULL;
	if (c->codec_url)
		temporal_codec_open(t, c->codec_url, c->codec_token);
	t->read_only = c->read_only;
	t->times = c->times;
	set_times(&t->times);
	set_identity(t, c->identity);
	t->budget.rate = t->budget.most = t->times.calls;
	temporal_link_init(t);
	temporal_watch_init(t);
	temporal_look_init(t);
	return &t->base;
}
