/* /v1/stats: the hours of a window, put together. */
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"

enum { DAY_MS = 24 * STATS_HOUR_MS, BUCKETS_MOST = 1000, SHORT_DAYS = 2, WINDOW_DAYS = 7 };

struct bin {
	int bin;
	int64_t n;
};

struct spans {
	int64_t n, sum, min, max;
	VEC(struct bin) bins;		/* ascending within each workflow */
};

struct summary {
	char *workflow;			/* NULL: of all */
	int64_t started, ended[RUN_STATUSES];
	struct spans spans[STATS_SPANS];
};

struct bucket {
	int64_t started, ended[RUN_STATUSES];
};

struct report {
	struct engine *e;
	int64_t from_ms, to_ms, bucket_ms;	/* whole hours */
	struct view only;
	const struct engine_viewer *viewer;
	struct summary total;
	VEC(struct summary *) workflows;
	VEC(struct bucket) buckets;
};

static const char *const span_names[] = { [STATS_DURATION] = "duration", [STATS_WAIT] = "wait" };

/* ---- gathering -------------------------------------------------------------------------- */

static struct summary *summary_of(struct report *r, struct view workflow)
{
	for (size_t i = r->workflows.len; i-- > 0;) {
		if (view_is(workflow, r->workflows.items[i]->workflow))
			return r->workflows.items[i];
	}
	struct summary *new = mem_zero(sizeof *new);
	new->workflow = mem_bytes(workflow.ptr, workflow.len);
	vec_push(&r->workflows, new);
	return new;
}

/* A window's rows; the statement is bound to the first hour and, if there is one,
 * the workflow. */
static struct db_stmt *rows(const struct report *r, const char *all, const char *one)
{
	struct db_stmt *st = db_stmt(journal_db(r->e->journal), r->only.len ? one : all);
	db_bind_int(st, 1, r->from_ms / STATS_HOUR_MS);
	if (r->only.len)
		db_bind_text(st, 2, r->only);
	return st;
}

static void add_count(struct report *r, struct db_stmt *row)
{
	if (!engine_sees(r->viewer, db_text(row, 0)))
		return;
	struct summary *s = summary_of(r, db_text(row, 0));
	size_t at = (size_t)((db_int(row, 1) * STATS_HOUR_MS - r->from_ms) / r->bucket_ms);
	int64_t n = db_int(row, 3);
	enum run_status status;
	struct bucket none = {0}, *b = at < r->buckets.len ? &r->buckets.items[at] : &none;
	if (run_status_parse(db_text(row, 2), &status)) {
		s->ended[status] += n;
		r->total.ended[status] += n;
		b->ended[status] += n;
	} else {
		s->started += n;
		r->total.started += n;
		b->started += n;
	}
}

static void gather_counts(struct report *r)
{
	static const char all[] = "SELECT workflow, hour, status, n FROM stat_runs"
				  " INDEXED BY stat_runs_hour WHERE hour >= ?1";
	static const char one[] = "SELECT workflow, hour, status, n FROM stat_runs"
				  " WHERE hour >= ?1 AND workflow = ?2";
	struct db_stmt *st = rows(r, all, one);
	while (db_step(st, NULL) == DB_ROW)
		add_count(r, st);
	db_reset(st);
}

static enum stats_span span_of(struct view name)
{
	int i = 0;
	while (i < STATS_SPANS && !view_is(name, span_names[i]))
		i++;
	return (enum stats_span)i;
}

static void add_extent(struct spans *s, struct db_stmt *row)
{
	int64_t min = db_int(row, 4), max = db_int(row, 5);
	s->min = !s->n || min < s->min ? min : s->min;
	s->max = max > s->max ? max : s->max;
	s->n += db_int(row, 2);
	s->sum += db_int(row, 3);
}

static void gather_spans(struct report *r)
{
	static const char all[] = "SELECT workflow, kind, sum(n), sum(sum), min(min), max(max)"
				  " FROM stat_spans INDEXED BY stat_spans_hour"
				  " WHERE hour >= ?1 GROUP BY workflow, kind";
	static const char one[] = "SELECT workflow, kind, sum(n), sum(sum), min(min), max(max)"
				  " FROM stat_spans WHERE hour >= ?1 AND workflow = ?2"
				  " AND kind IN ('duration', 'wait')"
				  " GROUP BY workflow, kind";
	struct db_stmt *st = rows(r, all, one);
	while (db_step(st, NULL) == DB_ROW) {
		enum stats_span kind = span_of(db_text(st, 1));
		if (kind == STATS_SPANS || !engine_sees(r->viewer, db_text(st, 0)))
			continue;
		add_extent(&summary_of(r, db_text(st, 0))->spans[kind], st);
		add_extent(&r->total.spans[kind], st);
	}
	db_reset(st);
}

static void add_bin(struct spans *s, struct bin bin)
{
	size_t at = s->bins.len;
	while (at > 0 && s->bins.items[at - 1].bin > bin.bin)
		at--;
	if (at > 0 && s->bins.items[at - 1].bin == bin.bin)
		s->bins.items[at - 1].n += bin.n;
	else
		vec_insert(&s->bins, at, bin);
}

static void gather_bins(struct report *r)
{
	static const char all[] = "SELECT workflow, kind, bin, sum(n) FROM stat_bins"
				  " INDEXED BY stat_bins_hour"
				  " WHERE hour >= ?1 GROUP BY workflow, kind, bin";
	static const char one[] = "SELECT workflow, kind, bin, sum(n) FROM stat_bins"
				  " WHERE hour >= ?1 AND workflow = ?2"
				  " AND kind IN ('duration', 'wait') GROUP BY workflow, kind, bin";
	struct db_stmt *st = rows(r, all, one);
	while (db_step(st, NULL) == DB_ROW) {
		enum stats_span kind = span_of(db_text(st, 1));
		struct bin bin = { (int)db_int(st, 2), db_int(st, 3) };
		if (kind == STATS_SPANS || !engine_sees(r->viewer, db_text(st, 0)))
			continue;
		add_bin(&summary_of(r, db_text(st, 0))->spans[kind], bin);
		add_bin(&r->total.spans[kind], bin);
	}
	db_reset(st);
}

/* ---- telling ------------------------------------------------------------------------------ */

static int64_t percentile(const struct spans *s, int percent)
{
	int64_t left = (s->n * percent + 99) / 100, ms = s->max;
	for (size_t i = 0; i < s->bins.len; i++) {
		left -= s->bins.items[i].n;
		if (left > 0)
			continue;
		ms = stats_bin_ms(s->bins.items[i].bin);
		break;
	}
	ms = ms < s->min ? s->min : ms;
	return ms > s->max ? s->max : ms;
}

static void tell_spans(struct jsonw *w, const char *key, const struct spans *s)
{
	if (!s->n) {
		jsonw_null(w, key);
		return;
	}
	jsonw_object(w, key);
	jsonw_int(w, "n", s->n);
	jsonw_int(w, "avg", s->sum / s->n);
	jsonw_int(w, "min", s->min);
	jsonw_int(w, "max", s->max);
	jsonw_int(w, "p50", percentile(s, 50));
	jsonw_int(w, "p95", percentile(s, 95));
	jsonw_int(w, "p99", percentile(s, 99));
	jsonw_end_object(w);
}

static int64_t sum_ended(const int64_t *ended)
{
	int64_t sum = 0;
	for (int i = 0; i < RUN_STATUSES; i++)
		sum += ended[i];
	return sum;
}

/* Who was cancelled neither succeeded nor failed. */
static void tell_rate(struct jsonw *w, const int64_t *ended)
{
	int64_t judged = sum_ended(ended) - ended[RUN_CANCELLED];
	if (judged)
		jsonw_real(w, "success_rate", (double)ended[RUN_COMPLETED] / (double)judged);
	else
		jsonw_null(w, "success_rate");
}

static void tell_ended(struct jsonw *w, const int64_t *ended)
{
	jsonw_int(w, "ended", sum_ended(ended));
	for (int i = 0; i < RUN_STATUSES; i++) {
		if (!run_status_is_open((enum run_status)i))
			jsonw_int(w, run_status_name((enum run_status)i), ended[i]);
	}
}

static void tell_summary(struct jsonw *w, const char *key, const struct summary *s)
{
	jsonw_object(w, key);
	if (s->workflow)
		jsonw_string(w, "workflow", s->workflow);
	jsonw_int(w, "started", s->started);
	tell_ended(w, s->ended);
	tell_rate(w, s->ended);
	tell_spans(w, "duration_ms", &s->spans[STATS_DURATION]);
	tell_spans(w, "wait_ms", &s->spans[STATS_WAIT]);
	jsonw_end_object(w);
}

static void tell_buckets(struct jsonw *w, const struct report *r)
{
	jsonw_array(w, "buckets");
	for (size_t i = 0; i < r->buckets.len; i++) {
		jsonw_object(w, NULL);
		jsonw_time(w, "at", r->from_ms + (int64_t)i * r->bucket_ms);
		jsonw_int(w, "started", r->buckets.items[i].started);
		tell_ended(w, r->buckets.items[i].ended);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

/* Of attempts that have ended within the window. */
static int64_t busy_of(const struct report *r, const char *queue)
{
	struct str name = {0};
	struct db_stmt *st = db_stmt(journal_db(r->e->journal),
				     "SELECT sum(sum) FROM stat_spans WHERE workflow = ?1"
				     " AND kind = 'busy' AND hour >= ?2");
	str_addf(&name, ":%s", queue);
	db_bind_text(st, 1, view_of_str(&name));
	db_bind_int(st, 2, r->from_ms / STATS_HOUR_MS);
	int64_t busy = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	str_release(&name);
	return busy;
}

static void tell_queues(struct jsonw *w, const struct report *r)
{
	engine_count_queues(r->e);
	jsonw_array(w, "queues");
	for (size_t i = 0; i < r->e->queues.list.len; i++) {
		const struct queue *q = r->e->queues.list.items[i];
		int64_t busy = busy_of(r, q->name);
		double room = (double)q->slots * (double)(r->to_ms - r->from_ms);
		jsonw_object(w, NULL);
		jsonw_string(w, "name", q->name);
		jsonw_int(w, "slots", q->slots);
		jsonw_int(w, "running", q->running);
		jsonw_int(w, "queued", q->queued);
		jsonw_int(w, "busy_ms", busy);
		jsonw_real(w, "use", room > 0 ? (double)busy / room : 0);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

/* Runs by status: those that are open now, and those that ended in the window. */
static void tell_statuses(struct jsonw *w, const struct report *r)
{
	int64_t counts[RUN_STATUSES];
	memcpy(counts, r->total.ended, sizeof counts);
	for (size_t i = 0; i < r->e->runs.len; i++) {
		const struct machine *m = r->e->runs.items[i]->m;
		if (!m->ended && (!r->only.len || view_eq(r->only, m->workflow)))
			counts[m->status]++;
	}
	jsonw_array(w, "stats");
	for (int i = 0; i < RUN_STATUSES; i++) {
		if (!counts[i])
			continue;
		jsonw_object(w, NULL);
		jsonw_string(w, "status", run_status_name((enum run_status)i));
		jsonw_int(w, "runs", counts[i]);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void tell(struct jsonw *w, const struct report *r)
{
	jsonw_object(w, NULL);
	tell_statuses(w, r);
	jsonw_time(w, "from", r->from_ms);
	jsonw_time(w, "to", r->to_ms);
	jsonw_int(w, "bucket_ms", r->bucket_ms);
	tell_summary(w, "total", &r->total);
	jsonw_array(w, "workflows");
	for (size_t i = 0; i < r->workflows.len; i++)
		tell_summary(w, NULL, r->workflows.items[i]);
	jsonw_end_array(w);
	tell_buckets(w, r);
	tell_queues(w, r);
	jsonw_null(w, "next_cursor");
	jsonw_end_object(w);
}

/* ---- the call -------------------------------------------------------------------------------- */

static int64_t whole_hours(int64_t ms)
{
	int64_t hours = (ms + STATS_HOUR_MS - 1) / STATS_HOUR_MS;
	return (hours > 0 ? hours : 1) * STATS_HOUR_MS;
}

static bool frame(struct report *r, const struct engine_stats_query *q, struct err *err)
{
	int64_t window = q->window_ms ? whole_hours(q->window_ms) : (int64_t)WINDOW_DAYS * DAY_MS;
	int64_t fitting = window <= (int64_t)SHORT_DAYS * DAY_MS ? STATS_HOUR_MS : DAY_MS;
	int64_t now_ms = when_now_ms();
	struct bucket empty = {0};
	r->bucket_ms = q->bucket_ms ? whole_hours(q->bucket_ms) : fitting;
	r->to_ms = now_ms;
	r->from_ms = (now_ms / STATS_HOUR_MS + 1) * STATS_HOUR_MS - window;
	if (window / r->bucket_ms >= BUCKETS_MOST)
		return err_set(err, ERR_USAGE, "bucket: the window has more than %d of them",
			       BUCKETS_MOST);
	for (int64_t at = r->from_ms; at <= now_ms; at += r->bucket_ms)
		vec_push(&r->buckets, empty);
	return true;
}

static void summary_release(struct summary *s)
{
	mem_free(s->workflow);
	for (int i = 0; i < STATS_SPANS; i++)
		vec_release(&s->spans[i].bins);
}

static void report_release(struct report *r)
{
	for (size_t i = 0; i < r->workflows.len; i++) {
		summary_release(r->workflows.items[i]);
		mem_free(r->workflows.items[i]);
	}
	summary_release(&r->total);
	vec_release(&r->workflows);
	vec_release(&r->buckets);
}

bool engine_stats(struct engine *e, const struct engine_stats_query *q, struct str *out,
		  struct err *err)
{
	struct report r = { .e = e, .only = q->workflow, .viewer = q->viewer };
	struct jsonw w;
	bool good = frame(&r, q, err);
	if (good) {
		gather_counts(&r);
		gather_spans(&r);
		gather_bins(&r);
		jsonw_init(&w, out);
		tell(&w, &r);
	}
	report_release(&r);
	return good;
}
