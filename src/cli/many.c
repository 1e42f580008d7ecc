/* runboard cancel, terminate, pause, resume: an order on one run, several, or all that match
 * a filter. More than one needs --yes where nobody can be asked. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/pages.h"
#include "cli/target.h"
#include "wire/encode.h"
#include "wire/jsonw.h"

enum {
	MANY_PAGE = 500, MANY_MOST = 100000,
	MANY_AT_ONCE = 1000,	/* orders given before their answers are waited for */
	MANY_DEEP = 64
};

struct chosen {
	char *id, *short_id, *workflow;
	char *parent;			/* id; empty: none */
	const struct chosen *from;	/* the parent, where it is chosen, too */
	int depth;			/* how many of its ancestors are chosen, too */
	enum run_status status;
	int64_t version;
	ticket_id ticket;
	bool done;
	enum outcome outcome;
	char *text;			/* of its end */
};

struct many {
	struct cli *cli;
	enum verb verb;
	VEC(struct chosen) runs;
	VEC(struct chosen *) order;	/* parents before children */
	size_t from, to;		/* of order: those whose orders are on their way */
	size_t printed;			/* of the JSON array */
};

static const struct opt many_options[] = {
	{ "filter", 'f', OPT_VALUE, "FILTER", "all open runs that match" },
	{ "message", 'm', OPT_VALUE, "REASON", "why; stands in the history" },
	{ "dry-run", 0, OPT_FLAG, NULL, "only lists what would be acted on" },
	{ "yes", 'y', OPT_FLAG, NULL, "does not ask" },
	{ "json", 0, OPT_FLAG, NULL, "an array of the runs, as they are then" },
	{ 0 },
};

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr, v.len);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct many *m = arg;
	for (size_t i = 0; i < n; i++) {
		/* What a schedule will start is not a run yet. */
		bool planned = runs[i].status == RUN_PLANNED &&
			       !(runs[i].actions.allowed & UINT32_C(1) << m->verb);
		if (!run_status_is_open(runs[i].status) || planned)
			continue;
		struct chosen c = { text_of(runs[i].id), text_of(runs[i].short_id),
				    text_of(runs[i].workflow), text_of(runs[i].parent),
				    .status = runs[i].status, .version = runs[i].version };
		vec_push(&m->runs, c);
	}
}

static int choose_filtered(struct many *m, const char *filter)
{
	static const struct session_calls calls = { .runs = on_runs };
	struct session *s = &m->cli->session;
	struct pages pages = {0};
	session_listen(s, &calls, m);
	do {
		session_wait(s, backend_page(s->backend, view_of(filter), view_of_str(&pages.cursor),
					     MANY_PAGE));
	} while (m->runs.len < MANY_MOST && pages_go_on(&pages, s));
	session_listen(s, NULL, NULL);
	pages_release(&pages);
	return cli_outcome(m->cli);
}

/* Every word is looked up before anything is done: one wrong word does nothing. */
static int choose_named(struct many *m)
{
	struct err err = {0};
	int status = 0;
	const char *word;
	for (size_t i = 0; status == 0 && (word = cli_word(m->cli, i)); i++) {
		struct cli_target t = {0};
		if (cli_target_find(&m->cli->session, &t, word, NULL, m->verb, &err)) {
			struct chosen c = { mem_text(str_text(&t.run)), mem_text(word),
					    mem_text(str_text(&t.workflow)), mem_text(str_text(&t.parent)),
					    .status = t.run_status, .version = t.version };
			vec_push(&m->runs, c);
		} else {
			status = cli_fail(&err);
		}
		cli_target_release(&t);
	}
	err_release(&err);
	return status;
}

/* ---- parents first ---- */

static int by_id(const void *a, const void *b)
{
	const struct chosen *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

/* Those that no chosen run has started, then their children, and so on; as they were
 * chosen among each other. */
static int by_depth(const void *a, const void *b)
{
	const struct chosen *const *x = a, *const *y = b;
	if ((*x)->depth != (*y)->depth)
		return (*x)->depth < (*y)->depth ? -1 : 1;
	return *x < *y ? -1 : *x > *y;
}

/* A run whose child is cancelled before it would fail of that, not be cancelled. */
static void parents_first(struct many *m)
{
	if (!m->runs.len)
		return;
	for (size_t i = 0; i < m->runs.len; i++)
		vec_push(&m->order, &m->runs.items[i]);
	qsort(m->order.items, m->order.len, sizeof *m->order.items, by_id);
	for (size_t i = 0; i < m->runs.len; i++) {
		struct chosen *c = &m->runs.items[i], like = { .id = c->parent }, *key = &like;
		struct chosen **p = bsearch(&key, m->order.items, m->order.len,
					    sizeof *m->order.items, by_id);
		c->from = p ? *p : NULL;
	}
	for (size_t i = 0; i < m->runs.len; i++) {
		struct chosen *c = &m->runs.items[i];
		for (const struct chosen *p = c->from; p && c->depth < MANY_DEEP; p = p->from)
			c->depth++;
	}
	qsort(m->order.items, m->order.len, sizeof *m->order.items, by_depth);
}

/* ---- what is printed ---- */

static void on_detail(void *arg, const struct run_detail *d)
{
	struct many *m = arg;
	struct str s = {0};
	struct jsonw w;
	str_add_text(&s, m->printed++ ? ",\n" : "");
	jsonw_init(&w, &s);
	encode_detail(&w, NULL, d);
	out_json(&m->cli->out, view_of_str(&s));
	str_release(&s);
}

static int print_json(struct many *m, const struct chosen *c)
{
	static const struct session_calls calls = { .detail = on_detail };
	struct session *s = &m->cli->session;
	session_listen(s, &calls, m);
	session_wait(s, backend_fetch(s->backend, view_of(c->id), PART_DETAIL, VIEW("")));
	session_listen(s, NULL, NULL);
	return cli_outcome(m->cli);
}

static void list(struct many *m, const char *before)
{
	struct out *o = &m->cli->out;
	for (size_t i = 0; i < m->runs.len; i++) {
		const struct chosen *c = &m->runs.items[i];
		out_text(o, before);
		out_column(o, view_of(c->short_id), 10);
		out_column(o, view_of(c->workflow), 24);
		out_text(o, run_status_name(c->status));
		out_text(o, "\n");
	}
	out_flush(o, NULL);
}

/* One line from the terminal; only "y" and "yes" agree. */
static bool asked(struct many *m)
{
	char answer[16] = "";
	list(m, "  ");
	out_format(&m->cli->out, "%s these %zu runs? [y/N] ", verb_name(m->verb), m->runs.len);
	out_flush(&m->cli->out, NULL);
	ssize_t got = read(STDIN_FILENO, answer, sizeof answer - 1);
	struct view v = view_trim(view_bytes(answer, got > 0 ? (size_t)got : 0));
	return view_is(v, "y") || view_is(v, "yes");
}

static bool may_act(struct many *m, int *status)
{
	if (m->runs.len <= 1 || cli_flag(m->cli, "yes"))
		return true;
	if (!m->cli->out.tty || !isatty(STDIN_FILENO)) {
		*status = cli_refuse(ERR_USAGE, "%s: %zu runs: needs --yes (or look first with --dry-run)",
				     verb_name(m->verb), m->runs.len);
		return false;
	}
	if (asked(m))
		return true;
	*status = cli_refuse(ERR_REFUSED, "%s: nothing was done", verb_name(m->verb));
	return false;
}

static void on_done(void *arg, ticket_id t, enum outcome outcome, const char *text)
{
	struct many *m = arg;
	for (size_t i = m->from; i < m->to; i++) {
		struct chosen *c = m->order.items[i];
		if (c->ticket != t)
			continue;
		c->done = true;
		c->outcome = outcome;
		c->text = mem_text(text);
		return;
	}
}

static void give(struct many *m, struct chosen *c)
{
	struct order o = { .verb = m->verb,
			   .run = view_of(c->id),
			   .version = c->version,
			   .comment = view_of(opt_value(&m->cli->opts, "message")) };
	c->ticket = backend_order(m->cli->session.backend, &o);
}

/* Refused, because cancelling its parent has cancelled it already. */
static bool went_with_parent(const struct many *m, const struct chosen *c)
{
	return m->verb == VERB_CANCEL && c->outcome == OUTCOME_REFUSED && c->from &&
	       c->from->outcome == OUTCOME_OK;
}

static int say(struct many *m, struct chosen *c)
{
	struct session *s = &m->cli->session;
	if (went_with_parent(m, c)) {
		c->outcome = OUTCOME_OK;
		mem_free(c->text);
		c->text = mem_text("goes with its parent");
	}
	s->outcome = c->outcome;
	str_clear(&s->sentence);
	if (s->outcome != OUTCOME_OK && m->runs.len > 1)
		str_addf(&s->sentence, "%s %s: ", c->workflow, c->short_id);
	str_add_text(&s->sentence, c->text);
	if (s->outcome != OUTCOME_OK)
		return cli_outcome(m->cli);
	if (cli_flag(m->cli, "json"))
		return 0;
	/* What was accepted is not yet what is: only the run's status says that. */
	if (c->text && *c->text)
		out_label(&m->cli->out, view_of(c->text));
	else
		out_format(&m->cli->out, "%s requested", verb_name(m->verb));
	out_text(&m->cli->out, ": ");
	out_label(&m->cli->out, view_of(c->workflow));
	out_text(&m->cli->out, " ");
	out_label(&m->cli->out, view_of(c->id));
	out_text(&m->cli->out, "\n");
	return 0;
}

/* Those that were acted on, as they are now. */
static void print_slice(struct many *m, int *worst)
{
	for (size_t i = m->from; i < m->to; i++) {
		const struct chosen *c = m->order.items[i];
		int status = c->outcome == OUTCOME_OK ? print_json(m, c) : 0;
		*worst = status > *worst ? status : *worst;
	}
}

/* All are given before any answer is waited for: a backend may join them. */
static int act_slice(struct many *m)
{
	static const struct session_calls calls = { .done = on_done };
	struct session *s = &m->cli->session;
	int worst = 0;
	session_listen(s, &calls, m);
	for (size_t i = m->from; i < m->to; i++)
		give(m, m->order.items[i]);
	for (size_t i = m->from; i < m->to; i++) {
		struct chosen *c = m->order.items[i];
		if (!c->done)
			session_wait(s, c->ticket);
		if (!c->done) {
			c->outcome = s->outcome;
			c->text = mem_text(str_text(&s->sentence));
		}
		int status = say(m, c);
		worst = status > worst ? status : worst;
	}
	session_listen(s, NULL, NULL);
	if (cli_flag(m->cli, "json"))
		print_slice(m, &worst);
	return worst;
}

static size_t slice_end(const struct many *m)
{
	size_t to = m->from + 1;
	while (to < m->order.len && to - m->from < MANY_AT_ONCE &&
	       m->order.items[to]->depth == m->order.items[m->from]->depth)
		to++;
	return to;
}

static int act_all(struct many *m)
{
	bool json = cli_flag(m->cli, "json"), dry = cli_flag(m->cli, "dry-run");
	int worst = 0;
	out_text(&m->cli->out, json ? "[" : "");
	while (m->to < m->order.len) {
		m->from = m->to;
		m->to = slice_end(m);
		int status = 0;
		if (dry)
			print_slice(m, &status);
		else
			status = act_slice(m);
		worst = status > worst ? status : worst;
	}
	out_text(&m->cli->out, json ? "]\n" : "");
	return worst;
}

static int act(struct many *m)
{
	int worst = 0;
	if (m->runs.len == 0 && m->cli->out.tty && !cli_flag(m->cli, "json"))
		out_format(&m->cli->out, "no open run matches\n");
	if (cli_flag(m->cli, "dry-run") && !cli_flag(m->cli, "json")) {
		list(m, "");
		return 0;
	}
	if (!cli_flag(m->cli, "dry-run") && !may_act(m, &worst))
		return worst;
	parents_first(m);
	return act_all(m);
}

static int many_run(struct cli *c)
{
	struct many m = { .cli = c };
	const char *filter = opt_value(&c->opts, "filter");
	int status = 0;
	verb_parse(view_of(c->command->name), &m.verb);
	if ((filter != NULL) == (cli_word(c, 0) != NULL))
		return cli_refuse(ERR_USAGE, "%s: expected runs, or --filter", c->command->name);
	if (!cli_filter_reads(c, &status) || !cli_connect(c, &status))
		return status;
	status = filter ? choose_filtered(&m, filter) : choose_named(&m);
	if (status == 0)
		status = act(&m);
	for (size_t i = 0; i < m.runs.len; i++) {
		mem_free(m.runs.items[i].id);
		mem_free(m.runs.items[i].short_id);
		mem_free(m.runs.items[i].workflow);
		mem_free(m.runs.items[i].parent);
		mem_free(m.runs.items[i].text);
	}
	vec_release(&m.runs);
	vec_release(&m.order);
	return status;
}

const struct command command_cancel = {
	.name = "cancel", .words = "RUN... | --filter F  [-m REASON] [--dry-run] [--yes] [--json]",
	.help = "stops runs; what is completed stays", .options = many_options,
	.most = COMMAND_MANY, .run = many_run,
};

const struct command command_terminate = {
	.name = "terminate", .words = "RUN... | --filter F  [-m REASON] [--dry-run] [--yes] [--json]",
	.help = "ends runs at once, without clean-up; cannot be undone", .options = many_options,
	.most = COMMAND_MANY, .run = many_run,
};

const struct command command_pause = {
	.name = "pause", .words = "RUN... | --filter F  [-m REASON] [--dry-run] [--yes] [--json]",
	.help = "lets running steps finish and starts no new ones", .options = many_options,
	.most = COMMAND_MANY, .run = many_run,
};

const struct command command_resume = {
	.name = "resume", .words = "RUN... | --filter F  [-m REASON] [--dry-run] [--yes] [--json]",
	.help = "goes on with paused runs", .options = many_options,
	.most = COMMAND_MANY, .run = many_run,
};
