/* A workflow file becomes a struct workflow, or all that is wrong with it. The keys
 * of the top are here; parameters, steps, gates and triggers have files of their
 * own. */
#include "flow/workflow.h"

#include "base/mem.h"
#include "flow/template.h"
#include "flow/workflow_inside.h"

static void keep_steps(struct loader *l, const struct yaml_node *n, const struct field *f,
		       void *target)
{
	/* Read after all the rest, see workflow_read_steps. */
	(void)l, (void)n, (void)f, (void)target;
}

#define AT(member) offsetof(struct workflow, member)
static const struct field workflow_fields[] = {
	{ "name", field_name, AT(name) },
	{ "title", field_template, AT(title) },
	{ "description", field_text, AT(description) },
	{ "labels", field_labels, AT(labels) },
	{ "params", workflow_read_params, AT(params) },
	{ "on", workflow_read_on },
	{ "queue", field_name, AT(queue) },
	{ "priority", field_whole, AT(priority), .min = -1000, .max = 1000 },
	{ "concurrency", field_whole, AT(concurrency), .min = 1, .max = 10000 },
	{ "timeout", field_span, AT(timeout_ms), .min = 1 },
	{ "env", field_env, AT(env) },
	{ "secrets", field_variables, AT(secrets), AT(n_secrets) },
	{ "notify", workflow_read_notify },
	{ "log_max", field_octets, AT(log_max) },
	{ "fail_fast", field_bool, AT(fail_fast) },
	{ "steps", keep_steps },
	{ "finally", keep_steps },
	{ "result", field_json, AT(result) },
	{ 0 },
};
#undef AT

/* "/etc/flows/deploy.yaml": deploy */
static struct view stem(const char *file)
{
	struct view v = view_of(file);
	for (size_t i = v.len; i > 0; i--)
		if (v.ptr[i - 1] == '/') {
			v = view_cut(v, i, SIZE_MAX);
			break;
		}
	if (view_ends(v, ".yaml"))
		return view_cut(v, 0, v.len - 5);
	return view_ends(v, ".yml") ? view_cut(v, 0, v.len - 4) : v;
}

static void default_name(struct loader *l, const struct yaml_node *root, struct workflow *w,
			 const char *file)
{
	struct view name = stem(file);
	if (yaml_get(root, "name"))
		return;
	if (name_is_good(name))
		w->name = arena_view(l->arena, name);
	else
		problem_add(l->problems, root->at, "name is missing, and the file's name '%.*s' "
			    "cannot be one", (int)name.len, name.ptr);
}


/* Values that schedules and webhooks give must name parameters and fit them. */
static void check_given(struct loader *l, const struct workflow *w, const struct yaml_node *params)
{
	const struct yaml_node *n = params && params->kind == YAML_MAP ? params->first : NULL;
	for (; n; n = n->next) {
		const struct param *p = param_find(&w->params, n->key);
		struct err err = { 0 };
		if (!p)
			problem_add(l->problems, n->key_at, "there is no parameter '%.*s'",
				    (int)n->key.len, n->key.ptr);
		else if (!template_has(n->text) && !param_check(p, fields_json(l, n), &err))
			problem_add(l->problems, n->at, "%.*s %s", (int)n->key.len, n->key.ptr,
				    err_text(&err));
		err_release(&err);
	}
}

static void check_triggers(struct loader *l, const struct workflow *w,
			   const struct yaml_node *root)
{
	const struct yaml_node *on = yaml_get(root, "on"), *schedule = yaml_get(on, "schedule");
	check_given(l, w, yaml_get(yaml_get(on, "webhook"), "params"));
	if (!schedule)
		return;
	bool list = schedule->kind == YAML_LIST;
	for (const struct yaml_node *n = list ? schedule->first : schedule; n;
	     n = list ? n->next : NULL)
		check_given(l, w, yaml_get(n, "params"));
}

static void read_steps(struct loader *l, struct workflow *w, const struct yaml_node *root)
{
	struct draft d = { .w = w, .steps = yaml_get(root, "steps"),
			   .finally = yaml_get(root, "finally") };
	if (!d.steps)
		problem_add(l->problems, root->at, "steps is missing: a workflow has at least one");
	else if (d.steps->kind == YAML_LIST && !d.steps->len)
		problem_add(l->problems, d.steps->at, "steps must not be empty");
	workflow_read_steps(l, &d);
	workflow_check_graph(l, &d);
}

static void read_root(struct loader *l, struct workflow *w, const struct yaml_node *root,
		      const char *file)
{
	if (root->kind != YAML_MAP) {
		problem_add(l->problems, root->at, "a workflow must be a map of keys, not %s",
			    yaml_kind_words(root->kind));
		return;
	}
	w->queue = VIEW("default");
	fields_read(l, root, workflow_fields, w);
	default_name(l, root, w, file);
	read_steps(l, w, root);
	check_triggers(l, w, root);
	texts_resolve(l, w);
}

struct workflow *workflow_load(struct view text, const char *file, struct err *err)
{
	struct workflow *w = mem_zero(sizeof *w);
	struct problems problems = { 0 };
	struct texts texts = { 0 };
	struct loader l = { .arena = &w->arena, .problems = &problems, .texts = &texts };
	w->source = l.source = arena_view(&w->arena, text);
	struct yaml_node *root = yaml_parse(w->source, &w->arena, &problems);
	if (root)
		read_root(&l, w, root, file);
	else if (!problems.list.len)
		problem_add(&problems, (struct place){ 1, 1 }, "the file is empty");
	bool good = problems_tell(&problems, file, err);
	problems_release(&problems);
	texts_release(&texts);
	if (good)
		return w;
	workflow_free(w);
	return NULL;
}

void workflow_free(struct workflow *w)
{
	if (!w)
		return;
	arena_release(&w->arena);
	mem_free(w);
}

const struct step *workflow_step(const struct workflow *w, struct view id)
{
	for (size_t i = 0; i < w->n_steps; i++)
		if (view_eq(w->steps[i].id, id))
			return &w->steps[i];
	return NULL;
}

void workflow_variable(struct str *s, const char *prefix, struct view name)
{
	str_add_text(s, prefix);
	for (size_t i = 0; i < name.len; i++) {
		bool fits = name_is_variable(view_cut(name, i, 1)) ||
			    (name.ptr[i] >= '0' && name.ptr[i] <= '9');
		str_add_char(s, fits ? name.ptr[i] : '_');
	}
}
