/* runboard logs: stdout and stderr of a run's tasks, followed if asked. */
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/command.h"
#include "core/severity.h"

struct logs {
	struct cli *cli;
	const char *task_word;
	struct log_query query;
	int64_t since_ms;
	VEC(char *) tasks;	/* ids; several get a heading each */
};

static const struct opt logs_options[] = {
	{ "follow", 'f', OPT_FLAG, NULL, "goes on as it is printed, until the task has ended" },
	{ "stream", 0, OPT_VALUE, "stdout|stderr|both", "which one (both)" },
	{ "level", 0, OPT_VALUE, "LEVEL", "only lines of this level and worse (debug, info, warn, error)" },
	{ "since", 0, OPT_VALUE, "T", "only lines since then (10m, 2026-11-20T03:00)" },
	{ "timestamps", 't', OPT_FLAG, NULL, "the time before each line" },
	{ "attempt", 0, OPT_VALUE, "N", "another attempt than the last" },
	{ 0 },
};

static void on_detail(void *arg, const struct run_detail *d)
{
	struct logs *l = arg;
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *t = &d->tasks[i];
		bool wanted = l->task_word ? view_is(t->id, l->task_word) : t->attempt > 0;
		if (wanted)
			vec_push(&l->tasks, mem_bytes(t->id.ptr, t->id.len));
	}
}

static void print_line(struct logs *l, const struct log_line_facts *line)
{
	struct out *o = &l->cli->out;
	if (line->at_ms && line->at_ms < l->since_ms)
		return;
	if (cli_flag(l->cli, "timestamps")) {
		struct str stamp = {0};
		when_add_rfc3339(&stamp, line->at_ms);
		out_text(o, str_text(&stamp));
		out_text(o, line->stream == LOG_STREAM_STDERR ? " E " : "   ");
		str_release(&stamp);
	}
	if (line->stream == LOG_STREAM_NOTE)
		out_text(o, "runboard: ");
	out_log(o, line->text);
}

static void on_log(void *arg, const struct log_line_facts *lines, size_t n, enum log_state state)
{
	struct logs *l = arg;
	for (size_t i = 0; i < n; i++)
		print_line(l, &lines[i]);
	if (state == LOG_FOLLOWING)
		out_flush(&l->cli->out, NULL);
	if (l->cli->out.closed)
		session_stop(&l->cli->session);
}

static int read_task(struct logs *l, const char *task)
{
	static const struct session_calls calls = { .log = on_log };
	struct session *s = &l->cli->session;
	struct str cursor = {0};
	l->query.task = view_of(task);
	l->query.follow = cli_flag(l->cli, "follow");
	session_listen(s, &calls, l);
	do {
		l->query.cursor = view_of_str(&cursor);
		session_wait(s, backend_log(s->backend, &l->query));
		bool same = view_eq(view_of_str(&cursor), view_of_str(&s->cursor));
		str_clear(&cursor);
		if (!same)
			str_add(&cursor, view_of_str(&s->cursor));
	} while (s->outcome == OUTCOME_OK && !l->query.follow && cursor.len && !l->cli->out.closed);
	session_listen(s, NULL, NULL);
	str_release(&cursor);
	return cli_outcome(l->cli);
}

static int read_tasks(struct logs *l)
{
	int status = 0;
	if (l->tasks.len == 0 && l->task_word)
		return cli_refuse(ERR_NOT_FOUND, "logs: task %s: this run has none of that name",
				  l->task_word);
	for (size_t i = 0; status == 0 && i < l->tasks.len; i++) {
		if (l->tasks.len > 1) {
			out_text(&l->cli->out, i ? "\n==> " : "==> ");
			out_label(&l->cli->out, view_of(l->tasks.items[i]));
			out_text(&l->cli->out, " <==\n");
		}
		status = read_task(l, l->tasks.items[i]);
	}
	return status;
}

static bool read_streams(const char *word, enum log_stream *out)
{
	static const struct {
		const char *word;
		enum log_stream streams;
	} words[] = { { "stdout", LOG_STREAM_STDOUT },
		      { "stderr", LOG_STREAM_STDERR },
		      { "both", LOG_STREAM_BOTH } };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(word ? word : "both", words[i].word)) {
			*out = words[i].streams;
			return true;
		}
	return false;
}

/* Returns 0, or the status of a wrong option. */
static int read_options(struct logs *l)
{
	const struct opt_result *opts = &l->cli->opts;
	const char *since = opt_value(opts, "since"), *attempt = opt_value(opts, "attempt");
	const char *level = opt_value(opts, "level");
	int64_t n = 0;
	if (!read_streams(opt_value(opts, "stream"), &l->query.streams))
		return cli_refuse(ERR_USAGE, "logs: --stream: expected stdout, stderr or both");
	if (since && !when_parse_point(view_of(since), when_now_ms(), &l->since_ms))
		return cli_refuse(ERR_USAGE, "logs: --since: expected 10m or 2026-11-20T03:00");
	if (attempt && !number_parse(view_of(attempt), 1, 1000000, &n))
		return cli_refuse(ERR_USAGE, "logs: --attempt: expected a number from 1 on");
	if (level && !severity_parse(view_of(level), &(enum severity){ 0 }))
		return cli_refuse(ERR_USAGE, "logs: --level: expected debug, info, warn or error");
	l->query.attempt = (int)n;
	l->query.level = view_of(level);
	return 0;
}

static int logs_run(struct cli *c)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct logs l = { .cli = c, .task_word = cli_word(c, 1) };
	struct session *s = &c->session;
	struct str id = {0};
	struct err err = {0};
	int status = read_options(&l);
	if (status || !cli_connect(c, &status))
		return status;
	if (session_resolve(s, cli_word(c, 0), &id, &err)) {
		session_listen(s, &calls, &l);
		session_wait(s, backend_fetch(s->backend, view_of_str(&id), PART_DETAIL, VIEW("")));
		status = cli_outcome(c);
		l.query.run = view_of_str(&id);
		if (status == 0)
			status = read_tasks(&l);
	} else {
		status = cli_fail(&err);
	}
	for (size_t i = 0; i < l.tasks.len; i++)
		mem_free(l.tasks.items[i]);
	vec_release(&l.tasks);
	str_release(&id);
	err_release(&err);
	return status;
}

const struct command command_logs = {
	.name = "logs",
	.words = "RUN [TASK] [-f|--follow] [--stream stdout|stderr|both] [--level L] [--since T]",
	.help = "what a run's tasks printed", .options = logs_options,
	.least = 1, .most = 2, .run = logs_run,
};
