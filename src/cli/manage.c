/* runboard engine backup FILE, engine token NAME: errands to the engine. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/manage.h"
#include "io/http.h"
#include "wire/json.h"
#include "wire/jsonw.h"

struct asking {
	struct cli *cli;
	const char *member;		/* what is printed of the answer */
};

static void on_answer(void *arg, struct view json)
{
	struct asking *a = arg;
	struct json_doc *doc = json_parse(json, 0, NULL);
	if (cli_flag(a->cli, "json"))
		out_json(&a->cli->out, json);
	else if (doc && a->member)
		out_label(&a->cli->out, json_get_text(json_root(doc), a->member));
	if (cli_flag(a->cli, "json") || a->member)
		out_text(&a->cli->out, "\n");
	json_free(doc);
}

static int ask(struct asking *a, struct view path, struct view body)
{
	static const struct session_calls calls = { .catalog = on_answer };
	struct session *s = &a->cli->session;
	const struct errand e = { .path = path, .body = body, .kind = CATALOG_AUDIT };
	session_listen(s, &calls, a);
	session_wait(s, backend_errand(s->backend, &e));
	return cli_outcome(a->cli);
}

/* The engine stands elsewhere: a path is made whole here. */
static bool whole_path(const char *file, struct str *out)
{
	char here[PATH_MAX];
	if (file[0] != '/') {
		if (!getcwd(here, sizeof here))
			return false;
		str_addf(out, "%s/", here);
	}
	return str_add_text(out, file);
}

int manage_backup(struct cli *c)
{
	struct asking a = { c, "file" };
	struct str file = {0}, body = {0};
	struct jsonw w;
	int status;
	if (!cli_word(c, 1))
		return cli_refuse(ERR_USAGE, "engine backup: a FILE is missing");
	if (whole_path(cli_word(c, 1), &file)) {
		jsonw_init(&w, &body);
		jsonw_object(&w, NULL);
		jsonw_text(&w, "file", view_of_str(&file));
		jsonw_end_object(&w);
		status = ask(&a, VIEW("/v1/backup"), view_of_str(&body));
	} else {
		status = cli_refuse(ERR_SYSTEM, "engine backup: this folder has no path");
	}
	str_release(&file);
	str_release(&body);
	return status;
}

static int take_away(struct cli *c)
{
	struct asking a = { c, NULL };
	struct str path = {0};
	str_add_text(&path, "/v1/tokens/");
	http_add_encoded(&path, view_of(cli_word(c, 1)));
	str_add_text(&path, "/revoke");
	int status = ask(&a, view_of_str(&path), VIEW("{}"));
	str_release(&path);
	return status;
}

int manage_token(struct cli *c)
{
	struct asking a = { c, "token" };
	struct str body = {0};
	struct jsonw w;
	if (!cli_word(c, 1))
		return cli_refuse(ERR_USAGE, "engine token: a NAME is missing");
	if (cli_flag(c, "revoke"))
		return take_away(c);
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "name", cli_word(c, 1));
	jsonw_string(&w, "roles", opt_value(&c->opts, "roles"));
	jsonw_end_object(&w);
	int status = ask(&a, VIEW("/v1/tokens"), view_of_str(&body));
	str_release(&body);
	return status;
}
