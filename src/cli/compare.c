/* runboard compare: two runs side by side; without the second, the last good run of the
 * same workflow (core/compare.h). */
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/json_out.h"
#include "core/compare.h"
#include "core/detail_copy.h"
#include "wire/jsonw.h"

enum { CANDIDATES = 10 };		/* completed runs, of which the first may be the run itself */

struct compare {
	struct cli *cli;
	struct arena arena;
	const struct run_detail *runs[COMPARED];
	int reading;			/* which of them */
	struct str good;		/* id of the run to compare with */
	int64_t good_ms;		/* when that was made; 0: none is found */
};

static const struct opt compare_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "the rows as one object" },
	{ 0 },
};

static void on_detail(void *arg, const struct run_detail *d)
{
	struct compare *c = arg;
	c->runs[c->reading] = detail_copy(&c->arena, d);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct compare *c = arg;
	const struct run_facts *mine = &c->runs[0]->run;
	for (size_t i = 0; i < n; i++) {
		const struct run_facts *r = &runs[i];
		if (view_eq(r->id, mine->id) ||
		    !compare_prefers(mine->created_ms, r->created_ms, c->good_ms))
			continue;
		str_clear(&c->good);
		str_add(&c->good, r->id);
		c->good_ms = r->created_ms;
	}
}

static int read_run(struct compare *c, int which, struct view id)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct session *s = &c->cli->session;
	c->reading = which;
	session_listen(s, &calls, c);
	session_wait(s, backend_fetch(s->backend, id, PART_DETAIL, VIEW("")));
	session_listen(s, NULL, NULL);
	return cli_outcome(c->cli);
}

static int read_named(struct compare *c, int which)
{
	struct str id = {0};
	struct err err = {0};
	int status = session_resolve(&c->cli->session, cli_word(c->cli, (size_t)which), &id, &err)
			     ? read_run(c, which, view_of_str(&id))
			     : cli_fail(&err);
	str_release(&id);
	err_release(&err);
	return status;
}

/* until_ms: of those that began until then; 0: of all. */
static int look_for_good(struct compare *c, int64_t until_ms)
{
	static const struct session_calls calls = { .runs = on_runs };
	struct session *s = &c->cli->session;
	struct str filter = {0};
	compare_add_filter(&filter, c->runs[0]->run.workflow, until_ms);
	session_listen(s, &calls, c);
	session_wait(s, backend_page(s->backend, view_of_str(&filter), VIEW(""), CANDIDATES));
	session_listen(s, NULL, NULL);
	str_release(&filter);
	return cli_outcome(c->cli);
}

static int read_last_good(struct compare *c)
{
	const struct run_facts *mine = &c->runs[0]->run;
	int status = look_for_good(c, mine->created_ms);
	if (status == 0 && !(c->good_ms && c->good_ms < mine->created_ms))
		status = look_for_good(c, 0);
	if (status == 0 && !c->good_ms)
		return cli_refuse(ERR_NOT_FOUND, "compare: no other run of %.*s has completed",
				  (int)mine->workflow.len, mine->workflow.ptr);
	return status ? status : read_run(c, 1, view_of_str(&c->good));
}

/* ---- what is printed ---- */

static int widest(const struct comparison *all, int cell, int most)
{
	int cells = 10;
	for (size_t i = 0; i < all->len; i++) {
		const struct compare_row *row = &all->rows[i];
		int width = utf8_width(cell < 0 ? row->what : row->cells[cell]) + 2;
		cells = width > cells ? width : cells;
	}
	return cells < most ? cells : most;
}

static void print_heads(struct out *o, struct compare *c, int first, int second)
{
	out_text(o, "  ");
	out_column(o, VIEW(""), first);
	out_column(o, c->runs[0]->run.short_id, second);
	out_label(o, c->runs[1]->run.short_id);
	out_text(o, "\n");
}

static void print_rows(struct compare *c, const struct comparison *all)
{
	enum { WHAT_MOST = 40, CELL_MOST = 60 };
	struct out *o = &c->cli->out;
	int first = widest(all, -1, WHAT_MOST), second = widest(all, 0, CELL_MOST);
	print_heads(o, c, first, second);
	for (size_t i = 0; i < all->len; i++) {
		const struct compare_row *row = &all->rows[i];
		struct str cells[COMPARED] = { {0}, {0} };
		for (int k = 0; k < COMPARED; k++)
			cli_add_first_line(&cells[k], row->cells[k]);
		out_text(o, row->differs ? "! " : "  ");
		out_column(o, row->what, first);
		out_column(o, view_of_str(&cells[0]), second);
		out_label(o, view_of_str(&cells[1]));
		out_text(o, "\n");
		for (int k = 0; k < COMPARED; k++)
			str_release(&cells[k]);
	}
}

static void print_json(struct compare *c, const struct comparison *all)
{
	struct str s = {0};
	struct jsonw w;
	jsonw_init(&w, &s);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "runs");
	for (int i = 0; i < COMPARED; i++)
		jsonw_text(&w, NULL, c->runs[i]->run.id);
	jsonw_end_array(&w);
	jsonw_int(&w, "differing", (int64_t)all->differing);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < all->len; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "what", all->rows[i].what);
		jsonw_array(&w, "values");
		for (int k = 0; k < COMPARED; k++)
			jsonw_text(&w, NULL, all->rows[i].cells[k]);
		jsonw_end_array(&w);
		jsonw_bool(&w, "differs", all->rows[i].differs);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	json_out_line(&c->cli->out, &s);
	str_release(&s);
}

static void print(struct compare *c)
{
	struct comparison all;
	compare_runs(&c->arena, c->runs, &all);
	if (cli_flag(c->cli, "json"))
		print_json(c, &all);
	else
		print_rows(c, &all);
}

static int compare_run(struct cli *cli)
{
	struct compare c = { .cli = cli };
	int status = 0;
	if (!cli_connect(cli, &status))
		return status;
	status = read_named(&c, 0);
	if (status == 0)
		status = cli_word(cli, 1) ? read_named(&c, 1) : read_last_good(&c);
	if (status == 0)
		print(&c);
	str_release(&c.good);
	arena_release(&c.arena);
	return status;
}

const struct command command_compare = {
	.name = "compare", .words = "RUN [OTHER] [--json]",
	.help = "two runs side by side; OTHER: the last one of its workflow that completed",
	.options = compare_options, .least = 1, .most = 2, .run = compare_run,
};
