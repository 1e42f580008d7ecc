/* runboard logs: stdout and stderr of a run's tasks, followed if asked. */
#include "base/mem.h"
#include "base/when.h"
#include "cli/logs_inside.h"
#include "cli/pages.h"
#include "core/severity.h"

static const struct opt logs_options[] = {
	{ "follow", 'f', OPT_FLAG, NULL, "goes on as it is printed, until the run (or TASK) has ended" },
	{ "stream", 0, OPT_VALUE, "stdout|stderr|both", "which one (both)" },
	{ "level", 0, OPT_VALUE, "LEVEL", "only lines of this level and worse (debug, info, warn, error)" },
	{ "since", 0, OPT_VALUE, "T", "only lines since then (10m, 2026-11-20T03:00)" },
	{ "timestamps", 't', OPT_FLAG, NULL, "the time before each line" },
	{ "attempt", 0, OPT_VALUE, "N", "another attempt than the last" },
	{ 0 },
};

bool logs_wants(const struct logs *l, const struct task_facts *t)
{
	bool item_of = l->task_word && !view_is(t->id, l->task_word) &&
		       view_is(t->step, l->task_word);
	/* What waits for people prints nothing. */
	bool mute = t->gate.kind != GATE_NONE && t->stdout_bytes + t->stderr_bytes == 0;
	return l->task_word ? view_is(t->id, l->task_word) || item_of : !mute;
}

struct logs_part *logs_add_part(struct logs *l, const struct task_facts *t)
{
	struct logs_part *p = mem_zero(sizeof *p);
	p->logs = l;
	p->task = mem_bytes(t->id.ptr, t->id.len);
	p->attempt = l->query.attempt ? l->query.attempt : t->attempt;
	p->closed = !task_status_is_open(t->status);
	vec_push(&l->parts, p);
	return p;
}

/* ---- printing ------------------------------------------------------------------------ */

static void print_prefix(const struct logs_part *p)
{
	struct out *o = &p->logs->cli->out;
	out_label(o, view_of(p->task));
	if (p->attempt > 1)
		out_format(o, " (%d)", p->attempt);
	out_text(o, " | ");
}

static void print_line(const struct logs_part *p, const struct log_line_facts *line,
		       struct view text)
{
	struct out *o = &p->logs->cli->out;
	if (p->logs->prefixed)
		print_prefix(p);
	if (cli_flag(p->logs->cli, "timestamps")) {
		struct str stamp = {0};
		when_add_rfc3339(&stamp, line->at_ms);
		out_text(o, str_text(&stamp));
		out_text(o, line->stream == LOG_STREAM_STDERR ? " E " : "   ");
		str_release(&stamp);
	}
	if (line->stream == LOG_STREAM_NOTE)
		out_text(o, "runboard: ");
	out_log(o, text);
}

/* A line without its end yet waits for it; one of the other stream comes first. */
void logs_print(struct logs_part *p, const struct log_line_facts *lines, size_t n)
{
	enum { REST_MAX = 1 << 20 };
	for (size_t i = 0; i < n; i++) {
		const struct log_line_facts *line = &lines[i];
		if (line->at_ms && line->at_ms < p->logs->since_ms)
			continue;
		bool goes_on = p->rest.len && p->rest_of.stream == line->stream;
		if (!goes_on && !line->partial) {
			print_line(p, line, line->text);
			continue;
		}
		if (p->rest.len && !goes_on)
			logs_print_rest(p);
		if (!p->rest.len)
			p->rest_of = *line;
		str_add(&p->rest, line->text);
		if (!line->partial || p->rest.len > REST_MAX)
			logs_print_rest(p);
	}
}

void logs_print_rest(struct logs_part *p)
{
	if (!p->rest.len)
		return;
	print_line(p, &p->rest_of, view_of_str(&p->rest));
	str_clear(&p->rest);
}

/* ---- once ------------------------------------------------------------------------------ */

static void on_detail(void *arg, const struct run_detail *d)
{
	struct logs *l = arg;
	const struct task_facts *idle = NULL;
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *t = &d->tasks[i];
		bool had = t->attempt > 0 && (l->task_word || t->attempt >= l->query.attempt);
		if (logs_wants(l, t) && had)
			logs_add_part(l, t);
		else if (l->task_word && view_is(t->id, l->task_word))
			idle = t;
	}
	/* That one has not begun is no error. */
	if (l->parts.len == 0 && idle)
		logs_add_part(l, idle);
}

static void on_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state)
{
	struct logs_part *p = arg;
	logs_print(p, lines, n);
	if (p->logs->cli->out.closed)
		session_stop(&p->logs->cli->session);
}

static int read_part(struct logs *l, struct logs_part *p)
{
	static const struct session_calls calls = { .log = on_log };
	struct session *s = &l->cli->session;
	struct pages pages = {0};
	bool ends;
	l->query.task = view_of(p->task);
	session_listen(s, &calls, p);
	do {
		l->query.cursor = view_of_str(&pages.cursor);
		session_wait(s, backend_log(s->backend, &l->query));
		/* Where a log ends, its cursor stays. */
		ends = view_eq(view_of_str(&pages.cursor), view_of_str(&s->cursor));
	} while (!ends && !l->cli->out.closed && pages_go_on(&pages, s));
	session_listen(s, NULL, NULL);
	logs_print_rest(p);
	pages_release(&pages);
	return cli_outcome(l->cli);
}

int logs_no_attempt(const struct logs *l)
{
	return cli_refuse(ERR_NOT_FOUND, "logs: no task has had %d attempts", l->query.attempt);
}

static int read_parts(struct logs *l)
{
	int status = 0;
	if (l->parts.len == 0 && l->task_word)
		return cli_refuse(ERR_NOT_FOUND, "logs: task %s: this run has none of that name",
				  l->task_word);
	if (l->parts.len == 0 && l->query.attempt)
		return logs_no_attempt(l);
	for (size_t i = 0; status == 0 && i < l->parts.len; i++) {
		if (l->parts.len > 1) {
			out_text(&l->cli->out, i ? "\n==> " : "==> ");
			out_label(&l->cli->out, view_of(l->parts.items[i]->task));
			out_text(&l->cli->out, " <==\n");
		}
		status = read_part(l, l->parts.items[i]);
	}
	return status;
}

static int read_once(struct logs *l)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct session *s = &l->cli->session;
	session_listen(s, &calls, l);
	session_wait(s, backend_fetch(s->backend, l->query.run, PART_DETAIL, VIEW("")));
	int status = cli_outcome(l->cli);
	return status ? status : read_parts(l);
}

/* ---- options ---------------------------------------------------------------------------- */

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

static void logs_release(struct logs *l)
{
	for (size_t i = 0; i < l->parts.len; i++) {
		mem_free(l->parts.items[i]->task);
		str_release(&l->parts.items[i]->rest);
		mem_free(l->parts.items[i]);
	}
	vec_release(&l->parts);
}

static int logs_run(struct cli *c)
{
	struct logs l = { .cli = c, .task_word = cli_word(c, 1) };
	struct str id = {0};
	struct err err = {0};
	int status = read_options(&l);
	if (status || !cli_connect(c, &status))
		return status;
	if (session_resolve(&c->session, cli_word(c, 0), &id, &err)) {
		l.query.run = view_of_str(&id);
		status = cli_flag(c, "follow") ? logs_follow(&l) : read_once(&l);
	} else {
		status = cli_fail(&err);
	}
	logs_release(&l);
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
