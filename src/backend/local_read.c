/* Reading from the local engine: pages of runs, one run, its history, catalogues.
 * Lists are read record by record. */
#include "backend/local_inside.h"

#include "base/ident.h"
#include "base/jscan.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/proto.h"

enum { LIST_MAX = 8 << 20 };

/* ---- pages ---- */

struct page {
	struct arena arena;
	VEC(struct run_facts) runs;
};

static bool read_page(struct page *p, struct view body, uint16_t context, struct err *err)
{
	size_t at = 0;
	struct view element;
	bool bad = false;
	while (jscan_next(body, "runs", &at, &element, &bad)) {
		struct run_facts run;
		if (!proto_run(element, &p->arena, &run, err))
			return false;
		run.context = context;
		vec_push(&p->runs, run);
	}
	return !bad || err_set(err, ERR_PARSE, "the list of runs is malformed");
}

static void on_page(struct local_job *j, const struct http_answer *a)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct page page = { 0 };
	struct err err = { 0 };
	if (local_outcome(a->status) != OUTCOME_OK) {
		local_fail(j, a);
		return;
	}
	if (!read_page(&page, a->body, l->base.context, &err)) {
		local_unreadable(j, &err);
	} else {
		sink->page(sink->arg, t, page.runs.items, page.runs.len,
			   proto_next_cursor(a->body));
		if ((j = local_job_of(l, t)) != NULL)
			local_finish(j, OUTCOME_OK, NULL);
	}
	arena_release(&page.arena);
	vec_release(&page.runs);
}

ticket_id local_page(struct backend *b, struct view filter, struct view cursor, size_t limit)
{
	struct str target = { 0 };
	str_add_text(&target, "/v1/runs");
	local_add_filter(&target, local_of(b), filter);
	local_add_query(&target, "cursor", cursor);
	if (limit)
		local_add_query_int(&target, "limit", (int64_t)limit);
	struct local_job *j = local_get(local_of(b), &target, on_page);
	local_job_send(j);
	return j->ticket;
}

/* ---- one run ---- */

static void on_detail(struct local_job *j, const struct http_answer *a)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct arena arena = { 0 };
	struct run_detail detail;
	struct err err = { 0 };
	if (local_outcome(a->status) != OUTCOME_OK) {
		local_fail(j, a);
		return;
	}
	if (!proto_detail(a->body, &arena, &detail, &err)) {
		local_unreadable(j, &err);
	} else {
		detail.run.context = l->base.context;
		sink->detail(sink->arg, t, &detail);
		if ((j = local_job_of(l, t)) != NULL)
			local_finish(j, OUTCOME_OK, NULL);
	}
	arena_release(&arena);
}

static void on_history(struct local_job *j, const struct http_answer *a)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct arena arena = { 0 };
	struct proto_history h;
	struct err err = { 0 };
	if (local_outcome(a->status) != OUTCOME_OK) {
		local_fail(j, a);
		return;
	}
	if (!proto_history(a->body, &arena, &h, &err)) {
		local_unreadable(j, &err);
	} else {
		const char *run = arena_text(&arena, view_of(j->run));
		sink->history(sink->arg, t, view_of(run), h.items, h.len, h.next_cursor);
		if ((j = local_job_of(l, t)) != NULL)
			local_finish(j, OUTCOME_OK, NULL);
	}
	arena_release(&arena);
}

ticket_id local_fetch(struct backend *b, struct view run, enum run_part part, struct view cursor)
{
	static const struct {
		const char *suffix;
		local_answered_fn *answered;
	} parts[PARTS] = {
		[PART_DETAIL] = { "", on_detail },
		[PART_DETAIL_SOON] = { "", on_detail },
		[PART_DETAIL_MORE] = { "", on_detail },
		[PART_HISTORY] = { "/history", on_history },
		[PART_HISTORY_END] = { "/history", on_history },
	};
	struct str target = { 0 };
	str_add_text(&target, "/v1/runs/");
	http_add_encoded(&target, run);
	str_add_text(&target, parts[part].suffix);
	local_add_query(&target, "cursor", cursor);
	struct local_job *j = local_get(local_of(b), &target, parts[part].answered);
	j->run = mem_bytes(run.ptr, run.len);
	local_job_send(j);
	return j->ticket;
}

/* ---- catalogues ---- */

static const char *const catalog_targets[CATALOG_THROUGHPUT + 1] = {
	[CATALOG_WORKFLOWS] = "/v1/workflows", [CATALOG_SCHEDULES] = "/v1/schedules",
	[CATALOG_QUEUES] = "/v1/queues",       [CATALOG_WORKERS] = "/v1/workers",
	[CATALOG_STATS] = "/v1/stats",	       [CATALOG_AUDIT] = "/v1/audit",
	[CATALOG_INBOX] = "/v1/inbox",
	[CATALOG_THROUGHPUT] = "/v1/stats?window=96h&bucket=1h",
};

static void on_catalog(struct local_job *j, const struct http_answer *a)
{
	struct local *l = j->local;
	const struct backend_sink *sink = l->base.sink;
	ticket_id t = j->ticket;
	struct err err = { 0 };
	if (local_outcome(a->status) != OUTCOME_OK) {
		local_fail(j, a);
		return;
	}
	if (!jscan_check(a->body, (struct jscan_limits){ .size = LIST_MAX }, NULL, &err)) {
		local_unreadable(j, &err);
		return;
	}
	sink->catalog(sink->arg, t, j->catalog, a->body, proto_next_cursor(a->body));
	if ((j = local_job_of(l, t)) != NULL)
		local_finish(j, OUTCOME_OK, NULL);
}

ticket_id local_catalog(struct backend *b, enum catalog_kind kind, struct view cursor)
{
	struct str target = { 0 };
	if (!catalog_targets[kind]) {
		ticket_id ticket = backend_ticket(b);
		backend_answer(b, ticket, OUTCOME_UNSUPPORTED, "the local engine has no namespaces");
		return ticket;
	}
	str_add_text(&target, catalog_targets[kind]);
	local_add_query(&target, "cursor", cursor);
	struct local_job *j = local_get(local_of(b), &target, on_catalog);
	j->catalog = kind;
	local_job_send(j);
	return j->ticket;
}

ticket_id local_schedule(struct backend *b, const struct schedule_order *o)
{
	static const char *const words[VERBS] = {
		[VERB_PAUSE] = "pause", [VERB_RESUME] = "resume", [VERB_START] = "trigger",
	};
	struct str path = { 0 };
	str_add_text(&path, "/v1/schedules/");
	http_add_encoded(&path, o->id);
	str_addf(&path, "/%s", words[o->verb]);
	const struct errand e = { .path = view_of_str(&path), .body = VIEW("{}"),
				  .kind = CATALOG_SCHEDULES };
	ticket_id t = local_errand(b, &e);
	str_release(&path);
	return t;
}

ticket_id local_errand(struct backend *b, const struct errand *e)
{
	struct str target = { 0 };
	str_add(&target, e->path);
	struct local_job *j = local_get(local_of(b), &target, on_catalog);
	j->catalog = e->kind;
	if (e->body.len) {
		char key[IDENT_LEN + 1];
		ident_uuid7(key, when_now_ms());
		j->method = "POST";
		j->body = mem_bytes(e->body.ptr, e->body.len);
		j->key = mem_text(key);
	}
	local_job_send(j);
	return j->ticket;
}
