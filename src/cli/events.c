/* runboard events: changes as JSON lines; what matches comes first. */
#include "cli/command.h"
#include "cli/json_out.h"
#include "wire/encode.h"

struct events {
	struct cli *cli;
	bool follow;
};

static const struct opt events_options[] = {
	{ "follow", 'f', OPT_FLAG, NULL, "goes on with what changes" },
	{ "filter", 0, OPT_VALUE, "FILTER", "only what matches" },
	{ 0 },
};

static void emit(struct events *e, const char *event, const struct run_facts *run)
{
	struct str s = {0};
	struct jsonw w;
	jsonw_init(&w, &s);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "event", event);
	encode_run(&w, "run", run);
	jsonw_end_object(&w);
	json_out_line(&e->cli->out, &s);
	str_release(&s);
}

static void flush(struct events *e)
{
	out_flush(&e->cli->out, NULL);
	if (e->cli->out.closed)
		session_stop(&e->cli->session);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct events *e = arg;
	for (size_t i = 0; i < n; i++)
		emit(e, "run", &runs[i]);
	flush(e);
}

static void on_gone(void *arg, struct view id)
{
	struct events *e = arg;
	struct str s = {0};
	struct jsonw w;
	jsonw_init(&w, &s);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "event", "gone");
	jsonw_text(&w, "id", id);
	jsonw_end_object(&w);
	json_out_line(&e->cli->out, &s);
	str_release(&s);
	flush(e);
}

static void on_snapshot_end(void *arg)
{
	struct events *e = arg;
	if (!e->follow)
		session_stop(&e->cli->session);
	flush(e);
}

static int events_run(struct cli *c)
{
	static const struct session_calls calls = { .runs = on_runs, .gone = on_gone,
						    .snapshot_end = on_snapshot_end };
	struct events e = { .cli = c, .follow = cli_flag(c, "follow") };
	struct session *s = &c->session;
	int status = 0;
	if (!cli_filter_reads(c, &status) || !cli_connect(c, &status))
		return status;
	session_end_with_reader(s, c->out.fd);
	session_listen(s, &calls, &e);
	struct watch_scope scope = { .filter = view_of(opt_value(&c->opts, "filter")) };
	session_wait(s, backend_watch(s->backend, &scope));
	return cli_outcome(c);
}

const struct command command_events = {
	.name = "events", .words = "[-f|--follow] [--filter F]",
	.help = "runs and their changes as JSON lines", .options = events_options,
	.run = events_run,
};
