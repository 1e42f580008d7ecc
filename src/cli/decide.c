/* runboard approve, reject, retry, skip, advance, answer, edit: one decision on
 * one task, naming the attempt and version that were read just before. */
#include "base/jscan.h"
#include "cli/command.h"
#include "cli/params.h"
#include "cli/target.h"
#include "wire/json.h"
#include "wire/jsonw.h"

static const struct opt decide_options[] = {
	{ "dry-run", 0, OPT_FLAG, NULL, "only says what would be sent, where the engine can say it" },
	{ "comment", 'm', OPT_VALUE, "COMMENT", "why; stands in the history" },
	{ "key", 0, OPT_VALUE, "KEY", "idempotency key: the same key never acts twice" },
	{ "json", 0, OPT_FLAG, NULL, "prints the run object as it is then" },
	{ 0 },
};

static const struct opt edit_options[] = {
	{ "env", 'e', OPT_VALUE, "NAME=VALUE", "an environment variable of the step (repeatable)" },
	{ "param", 'p', OPT_VALUE, "NAME=VALUE", "a parameter of the run (repeatable)" },
	{ "run", 0, OPT_VALUE, "COMMAND", "the command instead of the old one" },
	{ "comment", 'm', OPT_VALUE, "COMMENT", "why; stands in the history" },
	{ "key", 0, OPT_VALUE, "KEY", "idempotency key: the same key never acts twice" },
	{ "json", 0, OPT_FLAG, NULL, "prints the run object as it is then" },
	{ 0 },
};

/* A word that is JSON already passes; anything else is a string. */
static void add_value(struct str *json, const char *word)
{
	struct view v = view_of(word);
	if (jscan_check(v, (struct jscan_limits){ 0 }, NULL, NULL))
		str_add(json, v);
	else
		jsonw_add_quoted(json, v);
}

/* The answer as the question's schema has it: where that wants a text, 5 is one. */
static void add_answer(struct str *json, const struct cli_target *t, const char *word)
{
	struct json_doc *schema = json_parse(view_of_str(&t->schema), SIZE_MAX, NULL);
	if (schema && view_is(json_get_text(json_root(schema), "type"), "string"))
		jsonw_add_quoted(json, view_of(word));
	else
		add_value(json, word);
	json_free(schema);
}

/* Whether each of the repeated option has its "=". */
static bool are_pairs(const struct cli *c, const char *option)
{
	size_t at = 0;
	const char *text;
	while ((text = opt_each(&c->opts, option, &at)))
		if (view_find_byte(view_of(text), '=', 0) == SIZE_MAX)
			return false;
	return true;
}

static void add_env(struct jsonw *w, struct cli *c)
{
	size_t at = 0;
	const char *text;
	jsonw_object(w, "env");
	while ((text = opt_each(&c->opts, "env", &at))) {
		struct view rest = view_of(text), name = VIEW("");
		view_split(&rest, '=', &name);
		jsonw_key(w, name);
		jsonw_text(w, NULL, rest);
	}
	jsonw_end_object(w);
}

static bool add_edit(struct str *json, struct cli *c, const struct cli_target *t, struct err *err)
{
	struct jsonw w;
	struct str params = {0};
	const char *command = opt_value(&c->opts, "run");
	jsonw_init(&w, json);
	jsonw_object(&w, NULL);
	if (command)
		jsonw_string(&w, "run", command);
	add_env(&w, c);
	bool ok = params_read(c, str_text(&t->workflow), &params, err);
	if (ok && params.len)
		jsonw_raw(&w, "params", view_of_str(&params));
	jsonw_end_object(&w);
	str_release(&params);
	return ok;
}

/* What the words say, by what the target wants: into text, which the order keeps. */
static bool word_order(struct cli *c, struct order *o, const struct cli_target *t, struct str *text,
		       struct err *err)
{
	if (o->verb == VERB_ANSWER) {
		add_answer(text, t, cli_word(c, c->opts.n_words - 2));
		o->value = view_of_str(text);
	} else if (o->verb == VERB_EDIT) {
		if (!add_edit(text, c, t, err))
			return false;
		o->edit = view_of_str(text);
	}
	return true;
}

static void print_decided(struct cli *c, const struct order *o, const struct cli_target *t)
{
	out_format(&c->out, "%s ", verb_past(o->verb));
	out_label(&c->out, o->task);
	out_text(&c->out, " of ");
	out_label(&c->out, view_of_str(&t->workflow));
	out_text(&c->out, " ");
	out_label(&c->out, o->run);
	out_text(&c->out, "\n");
}

static int send_order(struct cli *c, struct order *o, struct cli_target *t)
{
	struct session *s = &c->session;
	o->run = view_of_str(&t->run);
	o->task = view_of_str(&t->task);
	o->attempt = t->attempt;
	o->version = t->version;
	o->comment = view_of(opt_value(&c->opts, "comment"));
	o->key = view_of(opt_value(&c->opts, "key"));
	o->preview = cli_flag(c, "dry-run");
	session_wait(s, backend_order(s->backend, o));
	int status = cli_outcome(c);
	if (status == 0 && o->preview) {
		out_label(&c->out, view_of_str(&s->sentence));
		out_text(&c->out, "\n");
	} else if (status == 0 && cli_flag(c, "json")) {
		status = cli_print_run(c, o->run);
	} else if (status == 0) {
		print_decided(c, o, t);
	}
	return status;
}

static int decide_on(struct cli *c, const char *task_word, struct order *o)
{
	struct cli_target t = {0};
	struct str text = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	if (cli_target_find(&c->session, &t, cli_word(c, 0), task_word, o->verb, &err))
		status = word_order(c, o, &t, &text, &err) ? send_order(c, o, &t) : cli_fail(&err);
	else
		status = cli_fail(&err);
	cli_target_release(&t);
	str_release(&text);
	err_release(&err);
	return status;
}

static int decide_run(struct cli *c)
{
	struct order o = {0};
	verb_parse(view_of(c->command->name), &o.verb);
	return decide_on(c, cli_word(c, 1), &o);
}

static int answer_run(struct cli *c)
{
	struct order o = { .verb = VERB_ANSWER };
	return decide_on(c, cli_word(c, 2) ? cli_word(c, 1) : NULL, &o);
}

static int edit_run(struct cli *c)
{
	struct order o = { .verb = VERB_EDIT };
	if (!are_pairs(c, "env") || !are_pairs(c, "param"))
		return cli_refuse(ERR_USAGE, "edit: expected NAME=VALUE after -e and -p");
	return decide_on(c, cli_word(c, 1), &o);
}

const struct command command_approve = {
	.name = "approve", .words = "RUN [TASK] [-m COMMENT] [--json]", .help = "approves a waiting step",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_reject = {
	.name = "reject", .words = "RUN [TASK] [-m COMMENT] [--json]", .help = "rejects a waiting step",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_retry = {
	.name = "retry", .words = "RUN [TASK] [-m COMMENT] [--json]", .help = "runs a failed step once more",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_skip = {
	.name = "skip", .words = "RUN [TASK] [-m COMMENT] [--json]",
	.help = "goes on without a step that failed or waits",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_advance = {
	.name = "advance", .words = "RUN [TASK] [-m COMMENT] [--json]",
	.help = "forces a stuck step on (administrators)",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_answer = {
	.name = "answer", .words = "RUN [TASK] VALUE [--json]", .help = "answers a step's question",
	.options = decide_options, .least = 2, .most = 3, .run = answer_run,
};

const struct command command_edit = {
	.name = "edit", .words = "RUN TASK [-e NAME=VALUE]... [-p NAME=VALUE]... [--run COMMAND] [--json]",
	.help = "changes a failed step and runs it once more",
	.options = edit_options, .least = 2, .most = 2, .run = edit_run,
};
