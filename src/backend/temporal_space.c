/* The namespaces of the server, and going over to another one: what is known of the
 * old one is forgotten, so that nothing of it is told and no order reaches it. */
#include "backend/temporal_inside.h"

#include "base/mem.h"

#define NAMESPACES "/api/v1/namespaces"

/* ---- the list ---- */

/* "259200s" */
static void put_retention(struct jsonw *w, struct view ttl)
{
	struct str words = { 0 };
	int64_t seconds;
	if (ttl.len && number_parse(view_cut(ttl, 0, ttl.len - 1), 0, INT64_MAX, &seconds) &&
	    seconds % 86400 == 0)
		str_addf(&words, "%lld d", (long long)seconds / 86400);
	else
		str_add(&words, ttl);
	jsonw_text(w, "retention", view_of_str(&words));
	str_release(&words);
}

static void add_space(struct temporal_job *j, const struct json *v)
{
	struct jsonw w;
	const struct json *info = json_get(v, "namespaceInfo");
	struct view name = json_get_text(info, "name");
	/* The server's own, with its own workers' runs. */
	if (!name.len || view_is(name, "temporal-system"))
		return;
	temporal_row_begin(&j->query, &w);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "name", name);
	jsonw_string(&w, "here", view_is(name, j->t->space) ? "here" : "");
	put_retention(&w, json_get_text(json_get(v, "config"), "workflowExecutionRetentionTtl"));
	jsonw_text(&w, "description", json_get_text(info, "description"));
	jsonw_end_object(&w);
}

static void on_spaces(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *list = json_get(json_root(doc), "namespaces");
	struct view next = json_get_text(json_root(doc), "nextPageToken");
	for (const struct json *i = json_first(list); i; i = json_next(i))
		add_space(j, i);
	if (temporal_wants_page(j, next))
		temporal_list_spaces(j, next);
	else
		temporal_give_rows(j, "namespaces", next);
	json_free(doc);
}

void temporal_list_spaces(struct temporal_job *j, struct view cursor)
{
	struct str target = { 0 };
	str_add_text(&target, NAMESPACES "?pageSize=200");
	temporal_add_query(&target, "nextPageToken", cursor);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_spaces);
}

/* ---- going over ---- */

static bool an_order_is_under_way(const struct temporal *t)
{
	for (const struct temporal_job *j = t->jobs; j; j = j->next) {
		if (j->order)
			return true;
	}
	return false;
}

static void forget(struct temporal *t)
{
	temporal_link_forget(t);
	temporal_forget_settings(t);
	temporal_batches_release(t);
	temporal_queues_forget(t);
	temporal_histories_forget(t);
	t->watch.pending = t->watch.planned = -1;
	if (t->waiting_given)
		return;
	mem_free(t->waiting);
	t->waiting = NULL;
}

static void end_watch(struct temporal *t)
{
	const struct backend_sink *sink = t->base.sink;
	ticket_id ticket = t->watch.ticket;
	bool open = t->watch.in_snapshot;
	temporal_watch_stop(t);
	if (open)
		sink->snapshot_end(sink->arg, false);
	if (ticket && !t->dead)
		sink->done(sink->arg, ticket, OUTCOME_OK, VIEW(""), "went over to another namespace");
}

/* The newest that is not newer than that, and not the one. */
static struct temporal_job *other_job(const struct temporal *t, ticket_id newest, ticket_id but)
{
	for (struct temporal_job *j = t->jobs; j; j = j->next) {
		if (j->ticket <= newest && j->ticket != but)
			return j;
	}
	return NULL;
}

/* The sink may ask anew in their ends: that is asked of the new namespace. */
static void go_over(struct temporal_job *j)
{
	struct temporal *t = j->t;
	ticket_id mine = j->ticket, newest = t->base.last_ticket;
	struct temporal_job *other;
	mem_free(t->space);
	t->space = mem_text(j->name);
	forget(t);
	end_watch(t);
	temporal_follows_end(t, newest);
	while (!t->dead && (other = other_job(t, newest, mine)) != NULL)
		temporal_finish(other, OUTCOME_UNREACHABLE, "the board went over to another namespace");
	if (!t->dead)
		temporal_codec_go_over(t);	/* nothing of the old one is at the codec any more */
	if (!t->dead && (j = temporal_job_of(t, mine)) != NULL)
		temporal_finish(j, OUTCOME_OK, NULL);
}

/* Its name must be in the answer: a path that means something else answers, too. */
static void on_space(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	const struct json *info = json_get(json_root(doc), "namespaceInfo");
	bool is_it = view_is(json_get_text(info, "name"), j->name);
	json_free(doc);
	if (!is_it)
		temporal_finish(j, OUTCOME_REFUSED, "there is no namespace of that name");
	else if (an_order_is_under_way(j->t))
		temporal_finish(j, OUTCOME_REFUSED, "an order is under way: try again when it is answered");
	else
		go_over(j);
}

ticket_id temporal_space(struct backend *b, struct view name)
{
	struct temporal_job *j = temporal_job(temporal_of(b));
	struct str target = { 0 };
	j->name = mem_bytes(name.ptr ? name.ptr : "", name.len);
	str_add_text(&target, NAMESPACES "/");
	http_add_encoded(&target, name);
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, on_space);
	return j->ticket;
}
