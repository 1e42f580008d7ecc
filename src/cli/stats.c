/* runboard stats: throughput, success, durations, waiting and use of slots as the
 * engine's statistics have them, for a window and a workflow; what another backend lists
 * as its statistics, as it lists them. */
#include "base/when.h"
#include "cli/catalogs.h"
#include "io/http.h"
#include "wire/catalog.h"

enum { NAME_COLS = 24, SPAN_COLS = 10, COUNT_COLS = 9 };

static const struct opt stats_options[] = {
	{ "workflow", 'w', OPT_VALUE, "NAME", "only of this workflow" },
	{ "window", 0, OPT_VALUE, "SPAN", "of the last SPAN, whole hours: 24h (a week if not said)" },
	{ "bucket", 0, OPT_VALUE, "SPAN", "throughput for each SPAN: 1h, 1d" },
	{ "json", 0, OPT_FLAG, NULL, "the API's object" },
	{ 0 },
};

static void print_number(struct out *o, const struct json *v, int cells)
{
	struct str s = {0};
	str_addf(&s, "%lld", (long long)json_int(v, 0));
	out_column(o, view_of_str(&s), cells);
	str_release(&s);
}

static void print_span(struct out *o, const struct json *spans, const char *name)
{
	struct str s = {0};
	if (json_kind(spans) == JSON_OBJECT)
		when_add_span(&s, json_get_int(spans, name, 0));
	else
		str_add_char(&s, '-');
	out_column(o, view_of_str(&s), SPAN_COLS);
	str_release(&s);
}

static void print_rate(struct out *o, const struct json *v)
{
	struct str s = {0};
	if (v && json_kind(v) == JSON_NUMBER)
		str_addf(&s, "%.1f%%", json_real(v, 0) * 100);
	else
		str_add_char(&s, '-');
	out_column(o, view_of_str(&s), COUNT_COLS);
	str_release(&s);
}

static void print_stamp(struct out *o, struct view at)
{
	struct str s = {0};
	cli_add_stamp(&s, at);
	out_column(o, view_of_str(&s), NAME_COLS);
	str_release(&s);
}

static const char *const spans[] = { "avg", "min", "p50", "p95", "p99", "max" };
enum { SPANS = sizeof spans / sizeof *spans };

static void print_head(struct out *o, const char *first)
{
	static const char *const counts[] = { "STARTED", "ENDED", "SUCCESS" };
	static const char *const words[] = { "AVG", "MIN", "P50", "P95", "P99", "MAX" };
	out_column(o, view_of(first), NAME_COLS);
	for (int i = 0; i < 3; i++)
		out_column(o, view_of(counts[i]), COUNT_COLS);
	for (int i = 0; i < SPANS; i++)
		out_column(o, view_of(words[i]), SPAN_COLS);
	out_text(o, "WAIT P50  WAIT P95\n");
}

static void print_summary(struct out *o, struct view name, const struct json *row)
{
	out_column(o, name, NAME_COLS);
	print_number(o, json_get(row, "started"), COUNT_COLS);
	print_number(o, json_get(row, "ended"), COUNT_COLS);
	print_rate(o, json_get(row, "success_rate"));
	for (int i = 0; i < SPANS; i++)
		print_span(o, json_get(row, "duration_ms"), spans[i]);
	print_span(o, json_get(row, "wait_ms"), "p50");
	print_span(o, json_get(row, "wait_ms"), "p95");
	out_text(o, "\n");
}

static void print_queues(struct out *o, const struct json *queues)
{
	out_text(o, "\nQUEUE                   SLOTS    RUNNING  QUEUED   USED\n");
	for (const struct json *q = json_first(queues); q; q = json_next(q)) {
		out_column(o, json_get_text(q, "name"), NAME_COLS);
		print_number(o, json_get(q, "slots"), COUNT_COLS);
		print_number(o, json_get(q, "running"), COUNT_COLS);
		print_number(o, json_get(q, "queued"), COUNT_COLS);
		print_rate(o, json_get(q, "use"));
		out_text(o, "\n");
	}
}

/* Those in which something happened. */
static void print_buckets(struct out *o, const struct json *buckets)
{
	out_text(o, "\nFROM                    STARTED  ENDED    COMPLETED\n");
	for (const struct json *b = json_first(buckets); b; b = json_next(b)) {
		if (!json_get_int(b, "started", 0) && !json_get_int(b, "ended", 0))
			continue;
		print_stamp(o, json_get_text(b, "at"));
		print_number(o, json_get(b, "started"), COUNT_COLS);
		print_number(o, json_get(b, "ended"), COUNT_COLS);
		print_number(o, json_get(b, "completed"), COUNT_COLS);
		out_text(o, "\n");
	}
}

static void on_stats(void *arg, struct view json)
{
	struct cli *c = arg;
	struct out *o = &c->out;
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, NULL);
	const struct json *root = doc ? json_root(doc) : NULL;
	if (cli_flag(c, "json")) {
		out_json(o, json);
		out_text(o, "\n");
	} else {
		print_head(o, "WORKFLOW");
		for (const struct json *w = json_first(json_get(root, "workflows")); w; w = json_next(w))
			print_summary(o, json_get_text(w, "workflow"), w);
		print_summary(o, VIEW("all"), json_get(root, "total"));
		print_queues(o, json_get(root, "queues"));
		print_buckets(o, json_get(root, "buckets"));
	}
	json_free(doc);
}

static void add_query(struct cli *c, struct str *path, const char *name)
{
	const char *value = opt_value(&c->opts, name);
	if (!value)
		return;
	str_addf(path, "%c%s=", strchr(str_text(path), '?') ? '&' : '?', name);
	http_add_encoded(path, view_of(value));
}

static bool is_span(const struct cli *c, const char *option)
{
	const char *value = opt_value(&c->opts, option);
	int64_t ms;
	return !value || (when_parse_span(view_of(value), &ms) && ms > 0);
}

static int stats_run(struct cli *c)
{
	static const struct session_calls calls = { .catalog = on_stats };
	struct session *s = &c->session;
	struct str path = {0};
	int status = 0;
	if (!is_span(c, "window") || !is_span(c, "bucket"))
		return cli_refuse(ERR_USAGE, "stats: --window and --bucket take a span like 24h");
	if (!cli_connect(c, &status))
		return status;
	str_add_text(&path, "/v1/stats");
	add_query(c, &path, "workflow");
	add_query(c, &path, "window");
	add_query(c, &path, "bucket");
	const struct errand e = { .path = view_of_str(&path), .kind = CATALOG_STATS };
	session_listen(s, &calls, c);
	session_wait(s, backend_errand(s->backend, &e));
	str_release(&path);
	return s->outcome == OUTCOME_UNSUPPORTED ? catalog_run(c) : cli_outcome(c);
}

const struct command command_stats = {
	.name = "stats", .words = "[-w WORKFLOW] [--window SPAN] [--bucket SPAN] [--json]",
	.help = "throughput, success, durations, waiting, use of slots",
	.options = stats_options, .run = stats_run,
};
