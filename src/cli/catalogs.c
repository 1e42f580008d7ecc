/* runboard workflows, schedules, queues, workers, stats, inbox: what the backend
 * lists beside runs, as tables of the members named here, or as JSON. */
#include "base/mem.h"
#include "base/utf8.h"
#include "base/when.h"
#include "cli/catalogs.h"
#include "cli/json_out.h"
#include "cli/pages.h"
#include "io/http.h"
#include "wire/catalog.h"

enum { COLUMNS = 12 };		/* one more than any listing has: it ends them */

/* A member that is a time: as it is on this machine's clock, or how long ago. */
enum shown { AS_IT_IS, AS_TIME, AS_AGE };

struct column {
	const char *member;	/* "a.b" goes into objects */
	const char *head;
	int cells;		/* 0: the last one, as long as it is */
	const char *other;	/* shown by its name where there is no member; or NULL */
	bool optional;		/* only where a row has it */
	enum shown shown;
};

struct listing {
	const char *command;
	enum catalog_kind kind;
	const char *list;	/* the member that holds the rows */
	const char *empty;	/* said where there are none */
	struct column columns[COLUMNS];
};

static const struct opt catalog_options[] = {
	{ "json", 0, OPT_FLAG, NULL, "the API's objects" },
	{ 0 },
};

static const struct listing listings[] = {
	{ "workflows", CATALOG_WORKFLOWS, "workflows", "no workflows: put files into the workflows folder",
	  { { "name", "NAME", 24 }, { "title", "TITLE", 44 }, { "open_runs", "OPEN", 6 },
	    { "error", "ERROR", 0, "warning" } } },
	{ "schedules", CATALOG_SCHEDULES, "schedules", "no schedules",
	  { { "id", "ID", 24 }, { "workflow", "WORKFLOW", 24 }, { "cron", "CRON", 20 },
	    { "timezone", "ZONE", 18 }, { "next", "NEXT", 21, .shown = AS_TIME }, { "paused", "PAUSED", 0 } } },
	{ "queues", CATALOG_QUEUES, "queues", "no queues",
	  { { "name", "QUEUE", 20 }, { "slots", "SLOTS", 7 }, { "running", "RUNNING", 9 },
	    { "queued", "QUEUED", 7 }, { "oldest", "OLDEST", 9, .optional = true },
	    { "added_per_s", "IN/S", 7, .optional = true }, { "taken_per_s", "OUT/S", 7, .optional = true } } },
	{ "workers", CATALOG_WORKERS, "workers", "no workers",
	  { { "name", "WORKER", 28 }, { "queue", "QUEUE", 16 }, { "slots", "SLOTS", 7 },
	    { "running", "RUNNING", 9 }, { "state", "STATE", 14, .optional = true },
	    { "polls", "POLLS", 22, .optional = true },
	    { "sdk", "SDK", 22, .optional = true }, { "host", "HOST", 20, .optional = true },
	    { "last_seen", "SEEN", 21, .optional = true, .shown = AS_TIME } } },
	{ "stats", CATALOG_STATS, "stats", "no runs yet",
	  { { "status", "STATUS", 12 }, { "runs", "RUNS", 0 } } },
	{ "inbox", CATALOG_INBOX, "inbox", "nothing waits for anybody",
	  { { "short", "ID", 9 }, { "workflow", "WORKFLOW", 22 }, { "task", "TASK", 16 },
	    { "kind", "KIND", 10 }, { "since", "WAITS", 7, .shown = AS_AGE },
	    { "deadline", "DEADLINE", 21, .optional = true, .shown = AS_TIME }, { "prompt", "PROMPT", 0 } } },
};

struct printing {
	struct cli *cli;
	const struct listing *listing;
	struct column columns[COLUMNS];	/* that are shown; the last one has no width */
	size_t rows;
	struct str array;		/* --json: the rows of all pages */
};

static const struct json *member(const struct json *row, const char *path)
{
	struct view rest = view_of(path), part;
	while (row && view_split(&rest, '.', &part)) {
		char *name = mem_bytes(part.ptr, part.len);
		row = json_get(row, name);
		mem_free(name);
	}
	return row;
}

/* Counts by status: what they are together. */
static int64_t sum_of(const struct json *counts)
{
	int64_t sum = 0;
	for (const struct json *i = json_first(counts); i; i = json_next(i))
		sum += json_int(i, 0);
	return sum;
}

static void add_text(struct str *s, struct view text, enum shown shown)
{
	int64_t at_ms;
	if (shown == AS_TIME)
		cli_add_stamp(s, text);
	else if (shown == AS_AGE && when_parse_rfc3339(text, &at_ms))
		when_add_age(s, when_now_ms() - at_ms);
	else
		cli_add_first_line(s, text);
}

static void print_cell(struct out *o, const struct json *v, const struct column *c)
{
	struct str s = {0};
	if (v && json_kind(v) == JSON_STRING)
		add_text(&s, json_text(v), c->shown);
	else if (v && json_kind(v) == JSON_OBJECT)
		str_addf(&s, "%lld", (long long)sum_of(v));
	else if (v && json_kind(v) != JSON_NULL)
		json_print(v, &s);
	if (c->cells)
		out_column(o, view_of_str(&s), c->cells);
	else
		out_label(o, view_of_str(&s));
	str_release(&s);
}

static void print_row(struct printing *p, const struct json *row)
{
	struct out *o = &p->cli->out;
	const struct column *c;
	if (p->rows++ == 0) {
		for (c = p->columns; c->member; c++)
			out_column(o, view_of(c->head), c->cells ? c->cells : (int)strlen(c->head) + 1);
		out_text(o, "\n");
	}
	for (c = p->columns; c->member; c++) {
		const struct json *v = member(row, c->member);
		bool other = c->other && !json_text(v).len && json_text(member(row, c->other)).len;
		if (other)
			out_format(o, "%s: ", c->other);
		print_cell(o, other ? member(row, c->other) : v, c);
	}
	out_text(o, "\n");
}

static bool has_cell(const struct json *rows, const char *path)
{
	for (const struct json *i = json_first(rows); i; i = json_next(i)) {
		if (json_kind(member(i, path)) != JSON_NULL)
			return true;
	}
	return false;
}

/* By the first column a row is called: an id that is cut is of no use. */
static int name_cells(const struct column *c, const struct json *rows)
{
	enum { MOST = 100 };
	int most = c->cells - 1;
	for (const struct json *i = json_first(rows); i; i = json_next(i)) {
		int cells = utf8_width(json_text(member(i, c->member)));
		most = cells > most ? cells : most;
	}
	return (most < MOST ? most : MOST) + 1;
}

/* By the first page. */
static void choose_columns(struct printing *p, const struct json *rows)
{
	size_t n = 0;
	if (p->rows)
		return;
	for (const struct column *c = p->listing->columns; c->member; c++) {
		if (!c->optional || has_cell(rows, c->member))
			p->columns[n++] = *c;
	}
	p->columns[n] = (struct column){ 0 };
	if (n)
		p->columns[0].cells = name_cells(&p->columns[0], rows);
	if (n)
		p->columns[n - 1].cells = 0;
}

static void on_catalog(void *arg, struct view json)
{
	struct printing *p = arg;
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, NULL);
	const struct json *rows = doc ? catalog_rows(json_root(doc), p->listing->list) : NULL;
	if (!rows) {
		/* Not a list: as it is. */
		out_json(&p->cli->out, json);
		out_text(&p->cli->out, "\n");
		p->rows++;
	}
	choose_columns(p, rows);
	for (const struct json *i = json_first(rows); i; i = json_next(i))
		print_row(p, i);
	json_free(doc);
}

static void on_catalog_json(void *arg, struct view json)
{
	struct printing *p = arg;
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, NULL);
	const struct json *rows = doc ? catalog_rows(json_root(doc), p->listing->list) : NULL;
	if (!rows) {
		out_json(&p->cli->out, json);
		out_text(&p->cli->out, "\n");
		p->rows++;
	} else if (!p->array.len) {
		str_add_char(&p->array, '[');
	}
	for (const struct json *i = json_first(rows); i; i = json_next(i)) {
		if (p->rows++)
			str_add_char(&p->array, ',');
		json_print(i, &p->array);
	}
	json_free(doc);
}

static void read_pages(struct printing *p)
{
	struct session *s = &p->cli->session;
	struct pages pages = {0};
	do {
		session_wait(s, backend_catalog(s->backend, p->listing->kind, view_of_str(&pages.cursor)));
	} while (pages_go_on(&pages, s));
	pages_release(&pages);
}

static const struct listing *listing_find(const char *command)
{
	for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
		if (str_eq(listings[i].command, command))
			return &listings[i];
	BUG("a catalogue command without its listing");
}

int catalog_run(struct cli *c)
{
	static const struct session_calls as_text = { .catalog = on_catalog };
	static const struct session_calls as_json = { .catalog = on_catalog_json };
	struct printing p = { .cli = c, .listing = listing_find(c->command->name) };
	struct session *s = &c->session;
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	session_listen(s, cli_flag(c, "json") ? &as_json : &as_text, &p);
	read_pages(&p);
	status = cli_outcome(c);
	if (status == 0 && p.array.len) {
		str_add_char(&p.array, ']');
		json_out_line(&c->out, &p.array);
	} else if (status == 0 && p.rows == 0 && c->out.tty) {
		out_format(&c->out, "%s\n", p.listing->empty);
	}
	str_release(&p.array);
	return status;
}

const struct command command_workflows = {
	.name = "workflows", .words = "[--json]", .help = "what can be started, and what does not load",
	.options = catalog_options, .run = catalog_run,
};

/* ---- schedules pause|resume|trigger ID ---- */

static bool schedule_verb(const char *word, enum verb *out)
{
	static const struct {
		const char *word;
		enum verb verb;
	} verbs[] = { { "pause", VERB_PAUSE }, { "resume", VERB_RESUME }, { "trigger", VERB_START } };
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		*out = verbs[i].verb;
		if (str_eq(word, verbs[i].word))
			return true;
	}
	return false;
}

/* The run that was started, or when the schedule fires next. */
static void on_schedule(void *arg, struct view json)
{
	struct printing *p = arg;
	struct out *o = &p->cli->out;
	struct json_doc *doc = json_parse(json, (size_t)64 << 20, NULL);
	const struct json *root = doc ? json_root(doc) : NULL;
	struct str at = {0};
	if (cli_flag(p->cli, "json")) {
		out_json(o, json);
	} else if (json_get(root, "cron")) {
		out_label(o, json_get_text(root, "id"));
		struct view next = json_get_text(root, "next");
		out_text(o, next.len ? " fires next at " : " is paused");
		cli_add_stamp(&at, next);
		out_label(o, view_of_str(&at));
	} else {
		out_label(o, json_get_text(root, "id"));
	}
	out_text(o, "\n");
	str_release(&at);
	json_free(doc);
}

static const struct opt schedule_options[] = {
	{ "comment", 'm', OPT_VALUE, "COMMENT", "why; stands where the engine keeps it" },
	{ "json", 0, OPT_FLAG, NULL, "the API's objects" },
	{ 0 },
};

static int schedule_order(struct cli *c)
{
	static const struct session_calls calls = { .catalog = on_schedule };
	struct printing p = { .cli = c };
	struct session *s = &c->session;
	struct schedule_order o = { .comment = view_of(opt_value(&c->opts, "comment")) };
	int status = 0;
	if (!schedule_verb(cli_word(c, 0), &o.verb) || !cli_word(c, 1))
		return cli_refuse(ERR_USAGE, "schedules: expected pause, resume or trigger, and an ID");
	if (!cli_connect(c, &status))
		return status;
	o.id = view_of(cli_word(c, 1));
	session_listen(s, &calls, &p);
	session_wait(s, backend_schedule(s->backend, &o));
	return cli_outcome(c);
}

static int schedules_run(struct cli *c)
{
	return cli_word(c, 0) ? schedule_order(c) : catalog_run(c);
}

const struct command command_schedules = {
	.name = "schedules", .words = "[pause|resume|trigger ID] [-m COMMENT] [--json]",
	.help = "what starts by itself, and when next",
	.options = schedule_options, .most = 2, .run = schedules_run,
};

const struct command command_queues = {
	.name = "queues", .words = "[--json]", .help = "queues with their slots",
	.options = catalog_options, .run = catalog_run,
};

const struct command command_workers = {
	.name = "workers", .words = "[--json]", .help = "who executes tasks",
	.options = catalog_options, .run = catalog_run,
};

const struct command command_inbox = {
	.name = "inbox", .words = "[--json]", .help = "everything that waits for a person",
	.options = catalog_options, .run = catalog_run,
};
