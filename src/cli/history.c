/* runboard history: the audit trail of one run. */
#include "base/when.h"
#include "cli/command.h"
#include "cli/json_out.h"
#include "cli/pages.h"
#include "wire/encode.h"

struct history {
	struct cli *cli;
	struct str array;
	struct jsonw w;
};

static const struct opt history_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "one array of events" },
	{ 0 },
};

static void print_event(struct out *o, const struct history_facts *h)
{
	struct str stamp = {0};
	when_add_stamp(&stamp, h->at_ms);
	out_column(o, view_of_str(&stamp), 21);
	out_column(o, h->kind, 20);
	out_column(o, h->task, 16);
	out_column(o, h->by, 10);
	out_label(o, h->text);
	if (h->comment.len) {
		out_text(o, h->text.len ? "  \"" : "\"");
		out_label(o, h->comment);
		out_text(o, "\"");
	}
	out_text(o, "\n");
	str_release(&stamp);
}

static void on_history(void *arg, const struct history_facts *h, size_t n)
{
	struct history *l = arg;
	bool json = cli_flag(l->cli, "json");
	for (size_t i = 0; i < n; i++) {
		if (json)
			encode_history(&l->w, NULL, &h[i]);
		else
			print_event(&l->cli->out, &h[i]);
	}
}

static int read_all(struct history *l, struct view id)
{
	static const struct session_calls calls = { .history = on_history };
	struct session *s = &l->cli->session;
	struct pages pages = {0};
	session_listen(s, &calls, l);
	do {
		session_wait(s, backend_fetch(s->backend, id, PART_HISTORY, view_of_str(&pages.cursor)));
	} while (pages_go_on(&pages, s));
	session_listen(s, NULL, NULL);
	pages_release(&pages);
	return cli_outcome(l->cli);
}

static int history_run(struct cli *c)
{
	struct history l = { .cli = c };
	struct str id = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	jsonw_init(&l.w, &l.array);
	jsonw_array(&l.w, NULL);
	if (session_resolve(&c->session, cli_word(c, 0), &id, &err))
		status = read_all(&l, view_of_str(&id));
	else
		status = cli_fail(&err);
	jsonw_end_array(&l.w);
	if (status == 0 && cli_flag(c, "json"))
		json_out_line(&c->out, &l.array);
	str_release(&l.array);
	str_release(&id);
	err_release(&err);
	return status;
}

const struct command command_history = {
	.name = "history", .words = "RUN [--json]",
	.help = "every event and decision of a run, with who and when",
	.options = history_options, .least = 1, .most = 1, .run = history_run,
};
