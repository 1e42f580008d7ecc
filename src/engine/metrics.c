/* /metrics: Prometheus' text form. Counters are of this process' life, or come from
 * the tables of statistics; nothing scans the history. */
#include "base/when.h"
#include "engine/engine_inside.h"

static void head(struct str *out, const char *name, const char *kind, const char *help)
{
	str_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* A label's value: backslash, quote and line feed escaped. */
static void add_value(struct str *out, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] == '\n') {
			str_add_text(out, "\\n");
			continue;
		}
		if (v.ptr[i] == '"' || v.ptr[i] == '\\')
			str_add_char(out, '\\');
		str_add_char(out, v.ptr[i]);
	}
}

static void add_open_runs(struct engine *e, struct str *out)
{
	int counts[RUN_STATUSES] = {0};
	for (size_t i = 0; i < e->runs.len; i++)
		counts[e->runs.items[i]->m->status]++;
	head(out, "runboard_runs_open", "gauge", "Runs that have not ended, by status.");
	for (int i = 0; i < RUN_STATUSES; i++) {
		if (run_status_is_open((enum run_status)i))
			str_addf(out, "runboard_runs_open{status=\"%s\"} %d\n",
				 run_status_name((enum run_status)i), counts[i]);
	}
}

static void add_runs_total(struct engine *e, struct str *out)
{
	struct db_stmt *st = db_stmt(journal_db(e->journal),
				     "SELECT workflow, what, n FROM stat_totals"
				     " WHERE what NOT IN ('duration', 'wait', 'busy')");
	head(out, "runboard_runs_total", "counter",
	     "Runs that were started or have ended, by workflow and status.");
	while (db_step(st, NULL) == DB_ROW) {
		str_add_text(out, "runboard_runs_total{workflow=\"");
		add_value(out, db_text(st, 0));
		str_add_text(out, "\",status=\"");
		add_value(out, db_text(st, 1));
		str_addf(out, "\"} %lld\n", (long long)db_int(st, 2));
	}
	db_reset(st);
}

/* Milliseconds as seconds. */
static void add_seconds(struct str *out, int64_t ms)
{
	str_addf(out, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}

static void add_durations(struct engine *e, struct str *out, const char *name, const char *kind)
{
	static const char sums[] = "SELECT workflow, sum, n FROM stat_totals WHERE what = ?";
	struct db_stmt *st = db_stmt(journal_db(e->journal), sums);
	db_bind_text(st, 1, view_of(kind));
	while (db_step(st, NULL) == DB_ROW) {
		str_addf(out, "%s_sum{workflow=\"", name);
		add_value(out, db_text(st, 0));
		str_add_text(out, "\"} ");
		add_seconds(out, db_int(st, 1));
		str_addf(out, "\n%s_count{workflow=\"", name);
		add_value(out, db_text(st, 0));
		str_addf(out, "\"} %lld\n", (long long)db_int(st, 2));
	}
	db_reset(st);
}

static void add_queues(struct engine *e, struct str *out)
{
	static const struct {
		const char *name, *help;
		size_t offset;
	} gauges[] = {
		{ "runboard_queue_slots", "Slots of a queue.", offsetof(struct queue, slots) },
		{ "runboard_queue_running", "Slots that are held.", offsetof(struct queue, running) },
		{ "runboard_queue_queued", "Tasks that wait for a slot.",
		  offsetof(struct queue, queued) },
	};
	engine_count_queues(e);
	for (size_t g = 0; g < sizeof gauges / sizeof *gauges; g++) {
		head(out, gauges[g].name, "gauge", gauges[g].help);
		for (size_t i = 0; i < e->queues.list.len; i++) {
			const struct queue *q = e->queues.list.items[i];
			const void *at = (const char *)q + gauges[g].offset;
			const int *value = at;
			str_addf(out, "%s{queue=\"", gauges[g].name);
			add_value(out, view_of(q->name));
			str_addf(out, "\"} %d\n", *value);
		}
	}
}

void engine_metrics(struct engine *e, struct str *out)
{
	add_open_runs(e, out);
	add_runs_total(e, out);
	head(out, "runboard_run_duration_seconds", "summary", "How long completed runs took.");
	add_durations(e, out, "runboard_run_duration_seconds", "duration");
	head(out, "runboard_run_wait_seconds", "summary", "How long runs waited for their start.");
	add_durations(e, out, "runboard_run_wait_seconds", "wait");
	add_queues(e, out);
	head(out, "runboard_journal_writable", "gauge", "0 while the disk refuses the journal.");
	str_addf(out, "runboard_journal_writable %d\n", !e->busy);
	head(out, "runboard_events_total", "counter", "Facts written to the journal.");
	str_addf(out, "runboard_events_total %lld\n", (long long)journal_seq(e->journal));
	head(out, "runboard_time_seconds", "gauge", "The engine's clock.");
	str_add_text(out, "runboard_time_seconds ");
	add_seconds(out, when_now_ms());
	str_add_char(out, '\n');
}
