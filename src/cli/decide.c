/* runboard approve, reject, retry, skip, advance, answer, edit: one decision on
 * one task, naming the attempt and version that were read just before. */
#include "base/jscan.h"
#include "cli/command.h"
#include "cli/target.h"
#include "core/param.h"
#include "wire/jsonw.h"

static const struct opt decide_options[] = {
	{ "comment", 'm', OPT_VALUE, "COMMENT", "why; stands in the history" },
	{ "key", 0, OPT_VALUE, "KEY", "idempotency key: the same key never acts twice" },
	{ 0 },
};

static const struct opt edit_options[] = {
	{ "env", 'e', OPT_VALUE, "NAME=VALUE", "an environment variable of the step (repeatable)" },
	{ "param", 'p', OPT_VALUE, "NAME=VALUE", "a parameter of the run (repeatable)" },
	{ "run", 0, OPT_VALUE, "COMMAND", "the command instead of the old one" },
	{ "comment", 'm', OPT_VALUE, "COMMENT", "why; stands in the history" },
	{ "key", 0, OPT_VALUE, "KEY", "idempotency key: the same key never acts twice" },
	{ 0 },
};

static int send_order(struct cli *c, struct order *o, struct cli_target *t)
{
	struct session *s = &c->session;
	o->run = view_of_str(&t->run);
	o->task = view_of_str(&t->task);
	o->attempt = t->attempt;
	o->version = t->version;
	o->comment = view_of(opt_value(&c->opts, "comment"));
	o->key = view_of(opt_value(&c->opts, "key"));
	session_wait(s, backend_order(s->backend, o));
	int status = cli_outcome(c);
	if (status == 0) {
		out_format(&c->out, "%s ", verb_past(o->verb));
		out_label(&c->out, o->task);
		out_text(&c->out, " of ");
		out_label(&c->out, view_of_str(&t->workflow));
		out_text(&c->out, " ");
		out_label(&c->out, o->run);
		out_text(&c->out, "\n");
	}
	return status;
}

static int decide_on(struct cli *c, const char *task_word, struct order *o)
{
	struct cli_target t = {0};
	struct err err = {0};
	int status = 0;
	if (!cli_connect(c, &status))
		return status;
	if (cli_target_find(&c->session, &t, cli_word(c, 0), task_word, o->verb, &err))
		status = send_order(c, o, &t);
	else
		status = cli_fail(&err);
	cli_target_release(&t);
	err_release(&err);
	return status;
}

static int decide_run(struct cli *c)
{
	struct order o = {0};
	verb_parse(view_of(c->command->name), &o.verb);
	return decide_on(c, cli_word(c, 1), &o);
}

/* A word that is JSON already passes; anything else is a string. */
static void add_value(struct str *json, const char *word)
{
	struct view v = view_of(word);
	if (jscan_check(v, (struct jscan_limits){ 0 }, NULL, NULL))
		str_add(json, v);
	else
		jsonw_add_quoted(json, v);
}

static int answer_run(struct cli *c)
{
	bool has_task = cli_word(c, 2) != NULL;
	struct order o = { .verb = VERB_ANSWER };
	struct str value = {0};
	add_value(&value, cli_word(c, has_task ? 2 : 1));
	o.value = view_of_str(&value);
	int status = decide_on(c, has_task ? cli_word(c, 1) : NULL, &o);
	str_release(&value);
	return status;
}

enum member_kind { MEMBERS_TEXT, MEMBERS_JSON };

/* OPTION: {NAME: VALUE...} of a repeated option. False where one has no "=". */
static bool add_members(struct jsonw *w, struct cli *c, const char *option,
			enum member_kind kind)
{
	size_t at = 0;
	const char *text;
	struct str value = {0};
	bool ok = true;
	jsonw_object(w, kind == MEMBERS_JSON ? "params" : "env");
	while (ok && (text = opt_each(&c->opts, option, &at))) {
		struct view rest = view_of(text), name = VIEW("");
		ok = view_find_byte(rest, '=', 0) != SIZE_MAX && view_split(&rest, '=', &name);
		if (!ok)
			break;
		str_clear(&value);
		if (kind == MEMBERS_JSON)
			add_value(&value, rest.ptr);
		else
			jsonw_add_quoted(&value, rest);
		jsonw_key(w, name);
		jsonw_raw(w, NULL, view_of_str(&value));
	}
	jsonw_end_object(w);
	str_release(&value);
	return ok;
}

static int edit_run(struct cli *c)
{
	struct order o = { .verb = VERB_EDIT };
	struct str edit = {0};
	struct jsonw w;
	const char *command = opt_value(&c->opts, "run");
	int status;
	jsonw_init(&w, &edit);
	jsonw_object(&w, NULL);
	if (command)
		jsonw_string(&w, "run", command);
	bool ok = add_members(&w, c, "env", MEMBERS_TEXT);
	ok = add_members(&w, c, "param", MEMBERS_JSON) && ok;
	jsonw_end_object(&w);
	o.edit = view_of_str(&edit);
	status = ok ? decide_on(c, cli_word(c, 1), &o) :
		      cli_refuse(ERR_USAGE, "edit: expected NAME=VALUE after -e and -p");
	str_release(&edit);
	return status;
}

const struct command command_approve = {
	.name = "approve", .words = "RUN [TASK] [-m COMMENT]", .help = "approves a waiting step",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_reject = {
	.name = "reject", .words = "RUN [TASK] [-m COMMENT]", .help = "rejects a waiting step",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_retry = {
	.name = "retry", .words = "RUN [TASK] [-m COMMENT]", .help = "runs a failed step once more",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_skip = {
	.name = "skip", .words = "RUN [TASK] [-m COMMENT]",
	.help = "goes on without a step that failed or waits",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_advance = {
	.name = "advance", .words = "RUN [TASK] [-m COMMENT]",
	.help = "forces a stuck step on (administrators)",
	.options = decide_options, .least = 1, .most = 2, .run = decide_run,
};

const struct command command_answer = {
	.name = "answer", .words = "RUN [TASK] VALUE", .help = "answers a step's question",
	.options = decide_options, .least = 2, .most = 3, .run = answer_run,
};

const struct command command_edit = {
	.name = "edit", .words = "RUN TASK [-e NAME=VALUE]... [-p NAME=VALUE]... [--run COMMAND]",
	.help = "changes a failed step and runs it once more",
	.options = edit_options, .least = 2, .most = 2, .run = edit_run,
};
