/* runboard signal, update, query, stack: words for a run's own code, and what it
 * answers. The arguments are JSON, one a word. */
#include "base/jscan.h"
#include "cli/command.h"
#include "cli/target.h"
#include "base/when.h"
#include "core/pretty.h"
#include "wire/json.h"
#include "wire/jsonw.h"

static const struct opt tell_options[] = {
	{ "key", 0, OPT_VALUE, "KEY", "idempotency key: the same key never acts twice" },
	{ 0 },
};

static const struct opt query_options[] = {
	{ "timeout", 't', OPT_VALUE, "TIME", "how long to wait for a worker's answer (5s)" },
	{ "json", 0, OPT_FLAG, NULL, "the value as it came, on one line" },
	{ 0 },
};

static const struct opt stack_options[] = {
	{ "enhanced", 'e', OPT_FLAG, NULL, "with files, lines and sources, where the SDK has them" },
	{ "timeout", 't', OPT_VALUE, "TIME", "how long to wait for a worker's answer (5s)" },
	{ "json", 0, OPT_FLAG, NULL, "the value as it came, on one line" },
	{ 0 },
};

/* The words from the third on as a JSON array. Signals are not checked by who gets
 * them: what is no JSON is not sent. */
static bool add_args(struct cli *c, size_t first, struct str *array, struct err *err)
{
	const char *word;
	str_add_char(array, '[');
	for (size_t i = first; (word = cli_word(c, i)); i++) {
		struct view v = view_of(word);
		if (!jscan_check(v, (struct jscan_limits){ 0 }, NULL, NULL))
			return err_set(err, ERR_USAGE, "%s: argument %s is no JSON; a text is "
				       "written '\"%s\"'", c->command->name, word, word);
		str_add_text(array, i > first ? "," : "");
		str_add(array, v);
	}
	str_add_char(array, ']');
	return true;
}

/* ---- signal, update ---- */

static int send_words(struct cli *c, const struct cli_target *t, struct order *o)
{
	struct session *s = &c->session;
	o->run = view_of_str(&t->run);
	o->version = t->version;
	o->key = view_of(opt_value(&c->opts, "key"));
	session_wait(s, backend_order(s->backend, o));
	int status = cli_outcome(c);
	if (status == 0) {
		out_label(&c->out, view_of_str(&s->sentence));
		out_text(&c->out, "\n");
	}
	return status;
}

static int tell_run(struct cli *c)
{
	struct order o = { .name = view_of(cli_word(c, 1)) };
	struct cli_target t = {0};
	struct str args = {0};
	struct err err = {0};
	int status = 0;
	verb_parse(view_of(c->command->name), &o.verb);
	if (!add_args(c, 2, &args, &err))
		status = cli_fail(&err);
	o.value = view_of_str(&args);
	if (status == 0 && cli_connect(c, &status))
		status = cli_target_find(&c->session, &t, cli_word(c, 0), NULL, o.verb, &err) ?
				 send_words(c, &t, &o) :
				 cli_fail(&err);
	cli_target_release(&t);
	str_release(&args);
	err_release(&err);
	return status;
}

/* ---- query, stack ---- */

static void print_pretty(struct out *o, struct view json)
{
	struct pretty p = {0};
	struct str line = {0};
	pretty_read(&p, json);
	for (size_t i = 0; i < p.lines.len; i++) {
		const struct pretty_line *l = &p.lines.items[i];
		str_clear(&line);
		for (int k = 0; k < l->depth; k++)
			str_add_text(&line, "  ");
		str_add(&line, l->key);
		str_add_text(&line, l->key.len ? ": " : "");
		str_add(&line, l->value);
		str_add_text(&line, l->comma ? ",\n" : "\n");
		out_json(o, view_of_str(&line));
	}
	str_release(&line);
	pretty_release(&p);
}

static void print_lines(struct out *o, struct view text)
{
	struct view line;
	while (view_split(&text, '\n', &line))
		out_log(o, line);
}

static void on_answer(void *arg, struct view json)
{
	struct cli *c = arg;
	struct json_doc *doc = json_parse(json, (size_t)64 << 20, NULL);
	const struct json *value = doc ? json_get(json_root(doc), "value") : NULL;
	struct str text = {0};
	json_print(value, &text);
	if (json_kind(value) == JSON_STRING && !cli_flag(c, "json")) {
		print_lines(&c->out, json_text(value));
	} else if (!cli_flag(c, "json")) {
		print_pretty(&c->out, view_of_str(&text));
	} else {
		str_add_char(&text, '\n');
		out_json(&c->out, view_of_str(&text));
	}
	str_release(&text);
	json_free(doc);
}

static bool read_timeout(struct cli *c, struct run_question *q)
{
	const char *text = opt_value(&c->opts, "timeout");
	int64_t ms;
	if (!text)
		return true;
	if (!when_parse_span(view_of(text), &ms) || ms < 1 || ms > 600000)
		return false;
	q->timeout_ms = (int)ms;
	return true;
}

static int ask(struct cli *c, struct run_question *q)
{
	static const struct session_calls calls = { .catalog = on_answer };
	struct session *s = &c->session;
	struct str run = {0};
	struct err err = {0};
	int status = 0;
	if (!read_timeout(c, q))
		return cli_refuse(ERR_USAGE, "%s: --timeout: expected a time like 5s",
				  c->command->name);
	if (!cli_connect(c, &status))
		return status;
	if (session_resolve(s, cli_word(c, 0), &run, &err)) {
		q->run = view_of_str(&run);
		session_listen(s, &calls, c);
		session_wait(s, backend_ask(s->backend, q));
		status = cli_outcome(c);
	} else {
		status = cli_fail(&err);
	}
	str_release(&run);
	err_release(&err);
	return status;
}

static int query_run(struct cli *c)
{
	struct run_question q = { .verb = VERB_QUERY, .name = view_of(cli_word(c, 1)) };
	struct str args = {0};
	struct err err = {0};
	bool ok = add_args(c, 2, &args, &err);
	q.args = view_of_str(&args);
	int status = ok ? ask(c, &q) : cli_fail(&err);
	str_release(&args);
	err_release(&err);
	return status;
}

static int stack_run(struct cli *c)
{
	struct run_question q = { .verb = VERB_STACK };
	if (cli_flag(c, "enhanced"))
		q.name = VIEW("__enhanced_stack_trace");
	return ask(c, &q);
}

const struct command command_signal = {
	.name = "signal", .words = "RUN NAME [JSON]...",
	.help = "sends a signal to a run's code, and watches what becomes of it",
	.options = tell_options, .least = 2, .most = COMMAND_MANY, .run = tell_run,
};

const struct command command_update = {
	.name = "update", .words = "RUN NAME [JSON]...",
	.help = "sends an update to a run's code, and prints its answer",
	.options = tell_options, .least = 2, .most = COMMAND_MANY, .run = tell_run,
};

const struct command command_query = {
	.name = "query", .words = "RUN [NAME [JSON]...] [--timeout TIME] [--json]",
	.help = "asks a run's code; without a NAME what it can be asked and told",
	.options = query_options, .least = 1, .most = COMMAND_MANY, .run = query_run,
};

const struct command command_stack = {
	.name = "stack", .words = "RUN [--enhanced] [--timeout TIME] [--json]",
	.help = "where a run's code stands and what it waits for",
	.options = stack_options, .least = 1, .most = 1, .run = stack_run,
};
