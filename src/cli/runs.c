/* runboard runs: a table of runs, newest first, or JSON. */
#include "base/mem.h"
#include "base/utf8.h"
#include "base/when.h"
#include "cli/command.h"
#include "cli/json_out.h"
#include "cli/pages.h"
#include "wire/encode.h"

/* Ids of other engines than ours may be long: the column is as wide as the first
 * page needs. */
enum { ID_CELLS = 9, ID_CELLS_MOST = 33 };
enum { RUNS_DEFAULT = 50, RUNS_PAGE = 500, RUNS_MOST = 10000000 };

enum listing { LISTING_TABLE, LISTING_JSON, LISTING_JSONL };

struct runs {
	struct cli *cli;
	enum listing listing;
	size_t left;
	size_t shown;
	int id_cells;
	struct str array;
	struct jsonw w;
};

static const struct opt runs_options[] = {
	{ "filter", 'f', OPT_VALUE, "FILTER", "only what matches, e.g. 'status:failed since:24h'" },
	{ "limit", 'n', OPT_VALUE, "N", "at most so many (50; 0: all)" },
	{ "json", 0, OPT_FLAG, NULL, "one array of run objects" },
	{ "jsonl", 0, OPT_FLAG, NULL, "one run object a line" },
	{ 0 },
};

static struct view run_step(const struct run_facts *r, struct str *s)
{
	if (r->tasks_total)
		str_addf(s, "%d/%d ", r->tasks_done, r->tasks_total);
	str_add(s, r->waiting.kind != GATE_NONE ? r->waiting.task : r->current_task);
	return view_of_str(s);
}

static void runs_head(struct out *o, int id_cells)
{
	out_column(o, VIEW("ID"), id_cells);
	out_column(o, VIEW("STATUS"), 11);
	out_column(o, VIEW("WORKFLOW"), 24);
	out_column(o, VIEW("STEP"), 20);
	out_column(o, VIEW("AGE"), 8);
	out_column(o, VIEW("TOOK"), 9);
	out_text(o, "BY\n");
}

static void run_row(struct out *o, int id_cells, const struct run_facts *r)
{
	struct str step = {0}, age = {0}, took = {0};
	int64_t now = when_now_ms();
	if (r->planned_ms)
		str_add_text(&age, "in ");
	when_add_age(&age, r->planned_ms ? r->planned_ms - now : now - r->created_ms);
	if (r->started_ms)
		when_add_span(&took, (r->ended_ms ? r->ended_ms : now) - r->started_ms);
	out_column(o, r->short_id, id_cells);
	out_column(o, view_of(run_status_name(r->status)), 11);
	out_column(o, r->workflow, 24);
	out_column(o, run_step(r, &step), 20);
	out_column(o, view_of_str(&age), 8);
	out_column(o, view_of_str(&took), 9);
	out_label(o, r->trigger_by);
	out_text(o, "\n");
	str_release(&step);
	str_release(&age);
	str_release(&took);
}

static void print_row(struct runs *l, const struct run_facts *r)
{
	if (l->shown == 0)
		runs_head(&l->cli->out, l->id_cells);
	run_row(&l->cli->out, l->id_cells, r);
}

static int id_cells_of(const struct run_facts *runs, size_t n)
{
	int cells = ID_CELLS;
	for (size_t i = 0; i < n; i++) {
		int wide = utf8_width(runs[i].short_id) + 1;
		cells = wide > cells ? wide : cells;
	}
	return cells < ID_CELLS_MOST ? cells : ID_CELLS_MOST;
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct runs *l = arg;
	if (l->shown == 0)
		l->id_cells = id_cells_of(runs, n);
	for (size_t i = 0; i < n && l->left; i++, l->left--, l->shown++) {
		if (l->listing == LISTING_JSON)
			encode_run(&l->w, NULL, &runs[i]);
		else if (l->listing == LISTING_JSONL)
			json_out_run(&l->cli->out, &runs[i]);
		else
			print_row(l, &runs[i]);
	}
}

static bool runs_limit(struct cli *c, size_t *limit)
{
	const char *text = opt_value(&c->opts, "limit");
	int64_t n = RUNS_DEFAULT;
	if (text && !number_parse(view_of(text), 0, RUNS_MOST, &n))
		return false;
	*limit = n ? (size_t)n : SIZE_MAX;
	return true;
}

static int runs_fetch(struct runs *l, const char *filter)
{
	static const struct session_calls calls = { .runs = on_runs };
	struct session *s = &l->cli->session;
	struct pages pages = {0};
	session_listen(s, &calls, l);
	do {
		size_t page = l->left < RUNS_PAGE ? l->left : RUNS_PAGE;
		session_wait(s, backend_page(s->backend, view_of(filter), view_of_str(&pages.cursor), page));
	} while (l->left && !l->cli->out.closed && pages_go_on(&pages, s));
	pages_release(&pages);
	return cli_outcome(l->cli);
}

static int runs_run(struct cli *c)
{
	struct runs l = { .cli = c };
	int status = 0;
	if (!runs_limit(c, &l.left))
		return cli_refuse(ERR_USAGE, "runs: --limit: expected a number from 0 on");
	if (!cli_filter_reads(c, &status) || !cli_connect(c, &status))
		return status;
	l.listing = cli_flag(c, "jsonl") ? LISTING_JSONL :
		    cli_flag(c, "json")	 ? LISTING_JSON :
					   LISTING_TABLE;
	str_init(&l.array, SIZE_MAX / 2);
	jsonw_init(&l.w, &l.array);
	jsonw_array(&l.w, NULL);
	status = runs_fetch(&l, opt_value(&c->opts, "filter"));
	jsonw_end_array(&l.w);
	if (status == 0 && l.listing == LISTING_JSON)
		json_out_line(&c->out, &l.array);
	if (status == 0 && l.shown == 0 && l.listing == LISTING_TABLE && c->out.tty)
		out_text(&c->out, "no runs\n");
	str_release(&l.array);
	return status;
}

const struct command command_runs = {
	.name = "runs",
	.words = "[--filter F] [--limit N] [--json|--jsonl]",
	.help = "lists runs, newest first",
	.options = runs_options,
	.most = 0,
	.run = runs_run,
};
