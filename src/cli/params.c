/* Parameters as typed on the command line, made JSON by the workflow's schema. */
#include "cli/params.h"

#include <unistd.h>

#include "base/file.h"
#include "core/param.h"
#include "wire/catalog.h"
#include "wire/jsonw.h"

enum { PARAM_FILE_MAX = 1 << 20 };

struct schema {
	struct arena arena;
	const char *workflow;
	bool found;
	struct param_schema params;
	struct view error;		/* of its file, where that keeps it from starting */
};

static void on_catalog(void *arg, struct view json)
{
	struct schema *s = arg;
	struct workflow_facts *items = NULL;
	size_t n = 0;
	if (!catalog_workflows(json, &s->arena, &items, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++)
		if (view_is(items[i].name, s->workflow)) {
			s->params = items[i].params;
			s->error = items[i].may_start ? VIEW("") : items[i].error;
			s->found = true;
		}
}

static bool read_stdin(struct str *out, struct err *err)
{
	for (;;) {
		char *room = str_reserve(out, 4096);
		ssize_t got = room && out->len < PARAM_FILE_MAX ? read(STDIN_FILENO, room, 4096) : -1;
		if (got < 0)
			return err_set(err, ERR_LIMIT, "standard input: cannot be read, or is over 1 MiB");
		if (got == 0)
			return true;
		out->len += (size_t)got;
	}
}

/* The typed text of one "NAME=VALUE". */
static bool add_param(const struct schema *schema, struct jsonw *w, struct view name,
		      struct view typed, struct err *err)
{
	const struct param *p = param_find(&schema->params, name);
	struct str value = {0};
	bool ok = true;
	if (p)
		ok = param_read(p, typed, &value, err);
	else if (schema->found)
		ok = err_set(err, ERR_USAGE, "%s has no such parameter", schema->workflow);
	else
		jsonw_add_quoted(&value, typed);
	if (ok) {
		jsonw_key(w, name);
		jsonw_raw(w, NULL, view_of_str(&value));
	} else if (err) {
		err->kind = ERR_USAGE;
		err_prefix(err, "%.*s", (int)name.len, name.ptr);
	}
	str_release(&value);
	return ok;
}

static bool split(const char *text, struct view *name, struct view *value, struct err *err)
{
	*value = view_of(text);
	if (view_find_byte(*value, '=', 0) == SIZE_MAX)
		return err_set(err, ERR_USAGE, "%s: expected NAME=VALUE", text);
	return view_split(value, '=', name);
}

static bool add_typed(struct cli *c, const struct schema *schema, struct jsonw *w, struct err *err)
{
	size_t at = 0;
	const char *text;
	struct view name, value;
	while ((text = opt_each(&c->opts, "param", &at)))
		if (!split(text, &name, &value, err) || !add_param(schema, w, name, value, err))
			return false;
	return true;
}

static bool add_files(struct cli *c, const struct schema *schema, struct jsonw *w, struct err *err)
{
	size_t at = 0;
	const char *text;
	struct view name, file;
	bool ok = true;
	while (ok && (text = opt_each(&c->opts, "param-file", &at))) {
		struct str content = {0};
		ok = split(text, &name, &file, err) &&
		     (view_is(file, "-") ? read_stdin(&content, err) :
					   file_read(file.ptr, PARAM_FILE_MAX, &content, err)) &&
		     add_param(schema, w, name, view_of_str(&content), err);
		str_release(&content);
	}
	return ok;
}

static bool fetch(struct cli *c, struct schema *schema, struct err *err)
{
	static const struct session_calls calls = { .catalog = on_catalog };
	struct session *s = &c->session;
	session_listen(s, &calls, schema);
	session_wait(s, backend_catalog(s->backend, CATALOG_WORKFLOWS, VIEW("")));
	session_listen(s, NULL, NULL);
	if (s->outcome != OUTCOME_OK)
		session_error(s, err);
	return s->outcome == OUTCOME_OK;
}

bool params_read(struct cli *c, const char *workflow, struct str *json, struct err *err)
{
	struct schema schema = { .workflow = workflow };
	struct jsonw w;
	if (!opt_has(&c->opts, "param") && !opt_has(&c->opts, "param-file"))
		return true;
	bool reached = fetch(c, &schema, err);
	jsonw_init(&w, json);
	jsonw_object(&w, NULL);
	bool ok = reached && add_typed(c, &schema, &w, err) && add_files(c, &schema, &w, err);
	jsonw_end_object(&w);
	if (reached && !ok)
		err_prefix(err, "%s", c->command->name);
	arena_release(&schema.arena);
	return ok;
}

/* Whether "NAME=..." was given by an option. */
static bool is_given(const struct cli *c, const char *option, struct view name)
{
	size_t at = 0;
	const char *text;
	struct view rest, left;
	while ((text = opt_each(&c->opts, option, &at))) {
		rest = view_of(text);
		if (view_split(&rest, '=', &left) && view_eq(left, name))
			return true;
	}
	return false;
}

static const struct param *missing(const struct cli *c, const struct param_schema *s)
{
	for (size_t i = 0; i < s->len; i++) {
		const struct param *p = &s->items[i];
		if (p->required && !p->fallback.len && !is_given(c, "param", p->name) &&
		    !is_given(c, "param-file", p->name))
			return p;
	}
	return NULL;
}

bool params_explain(struct cli *c, const char *workflow, struct err *err)
{
	struct schema schema = { .workflow = workflow };
	struct str error = {0};
	const struct param *p = NULL;
	if (fetch(c, &schema, NULL) && schema.error.len) {
		cli_add_first_line(&error, schema.error);
		err_set(err, ERR_CONFIG, "start: workflow %s: %s", workflow, str_text(&error));
	} else if ((p = missing(c, &schema.params))) {
		err_set(err, ERR_USAGE, "start: %.*s: is required (-p %.*s=VALUE)", (int)p->name.len,
			p->name.ptr, (int)p->name.len, p->name.ptr);
	}
	bool found = schema.error.len || p;
	str_release(&error);
	arena_release(&schema.arena);
	return found;
}
