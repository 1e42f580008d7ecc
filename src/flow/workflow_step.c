/* One step: its keys, and which of them go together. What steps say of each other
 * is in workflow_graph.c. */
#include "flow/workflow_inside.h"

#include <limits.h>
#include <math.h>

/* A step while it is read. */
struct step_draft {
	struct step s;
	const struct yaml_node *needs, *only;
};

static const char *const unknown_words[] = { "ask", "retry", "fail", NULL };

static void read_factor(struct loader *l, const struct yaml_node *n, const struct field *f,
			void *target)
{
	double *factor = (double *)(void *)((char *)target + f->at);
	if (n->kind != YAML_NUMBER || !number_parse_real(n->text, factor) || !(*factor >= 1) ||
	    *factor > 100)
		problem_add(l->problems, n->at, "factor must be a number from 1 to 100");
}

#define AT(member) offsetof(struct retry_policy, member)
static const struct field retry_fields[] = {
	{ "attempts", field_whole, AT(attempts), .min = 1, .max = 1000 },
	{ "delay", field_span, AT(delay_ms) },
	{ "factor", read_factor, AT(factor) },
	{ "max_delay", field_span, AT(max_delay_ms) },
	{ 0 },
};
#undef AT

/* `retry: 3` is three attempts. */
static void read_retry(struct loader *l, const struct yaml_node *n, const struct field *f,
		       void *target)
{
	struct retry_policy *r = &((struct step *)target)->retry;
	(void)f;
	if (n->kind == YAML_NUMBER) {
		static const struct field attempts = { "retry", field_whole,
			offsetof(struct retry_policy, attempts), .min = 1, .max = 1000 };
		field_whole(l, n, &attempts, r);
		return;
	}
	if (!fields_read(l, n, retry_fields, r))
		return;
	if (!yaml_get(n, "attempts"))
		problem_add(l->problems, n->at, "attempts is missing: how often to try at most");
	const struct yaml_node *cap = yaml_get(n, "max_delay");
	if (cap && r->max_delay_ms && r->max_delay_ms < r->delay_ms)
		problem_add(l->problems, cap->at, "max_delay is less than delay");
}

static void read_on_error(struct loader *l, const struct yaml_node *n, const struct field *f,
			  void *target)
{
	static const char *const words[] = { "fail", "pause", "continue", NULL };
	struct step *s = target;
	(void)f;
	if (!fields_want(l, n, YAML_TEXT))
		return;
	for (int i = 0; words[i]; i++) {
		if (!view_is(n->text, words[i]))
			continue;
		s->on_error = (enum on_error)i;
		return;
	}
	s->on_error = ON_ERROR_STEP;
	s->on_error_step = n->text;
}

static void read_needs(struct loader *l, const struct yaml_node *n, const struct field *f,
		       void *target)
{
	struct step_draft *d = target;
	d->needs = n;
	field_names(l, n, f, target);
}

static void read_only(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target)
{
	struct step_draft *d = target;
	(void)f;
	d->only = n;
	if (n->kind == YAML_TEXT && view_is(n->text, "on_error"))
		d->s.only_on_error = true;
	else
		problem_add(l->problems, n->at, "only must be on_error");
}

static void read_command(struct loader *l, const struct yaml_node *n, const struct field *f,
			 void *target)
{
	field_text(l, n, f, target);
}

static void read_args(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target)
{
	field_templates(l, n, f, target);
	if (n->kind == YAML_LIST && !n->len)
		problem_add(l->problems, n->at, "args must name a program");
}

#define AT(member) offsetof(struct step_draft, s.member)
static const struct field step_fields[] = {
	{ "id", field_name, AT(id) },
	{ "title", field_template, AT(title) },
	{ "run", read_command, AT(run) },
	{ "args", read_args, AT(args), AT(n_args) },
	{ "approve", workflow_read_approve },
	{ "ask", workflow_read_ask },
	{ "workflow", field_name, AT(workflow) },
	{ "params", field_values, AT(workflow_params) },
	{ "dir", field_template, AT(dir) },
	{ "env", field_env, AT(env) },
	{ "needs", read_needs, AT(needs), AT(n_needs) },
	{ "timeout", field_span, AT(timeout_ms), .min = 1 },
	{ "log_max", field_octets, AT(log_max) },
	{ "retry", read_retry },
	{ "if", field_expr, AT(condition) },
	{ "foreach", field_expr, AT(foreach) },
	{ "batch", field_whole, AT(batch), .min = 1, .max = 10000 },
	{ "allow_failures", field_whole, AT(allow_failures), .max = 10000 },
	{ "on_error", read_on_error },
	{ "on_unknown", field_word, AT(on_unknown), .words = unknown_words },
	{ "only", read_only },
	{ "queue", field_name, AT(queue) },
	{ "priority", field_whole, AT(priority), .min = -1000, .max = 1000 },
	{ 0 },
};
#undef AT

static const char *const kind_keys[] = { "run", "args", "approve", "ask", "workflow" };
enum { KINDS = sizeof kind_keys / sizeof *kind_keys };

/* Exactly one key says what a step does. */
static void find_kind(struct loader *l, const struct yaml_node *n, struct step *s)
{
	const struct yaml_node *first = NULL;
	for (int i = 0; i < KINDS; i++) {
		const struct yaml_node *key = yaml_get(n, kind_keys[i]);
		if (key && first)
			problem_add(l->problems, key->key_at,
				    "%s cannot stand beside %.*s: a step does one thing",
				    kind_keys[i], (int)first->key.len, first->key.ptr);
		if (!key || first)
			continue;
		first = key;
		s->kind = (enum step_kind)i;
	}
	if (!first)
		problem_add(l->problems, n->at,
			    "the step does nothing: one of run, args, approve, ask or workflow is "
			    "missing");
}

/* Keys that say something only beside another, or for some kinds of steps. */
static void check_together(struct loader *l, const struct yaml_node *n, const struct step *s)
{
	enum { P = 1 << STEP_RUN | 1 << STEP_ARGS, W = 1 << STEP_WORKFLOW };
	static const struct {
		const char *key;
		unsigned kinds;
		const char *beside, *why;
	} rules[] = {
		{ "dir", P, NULL, "goes with run or args" },
		{ "env", P, NULL, "goes with run or args" },
		{ "log_max", P, NULL, "goes with run or args" },
		{ "on_unknown", P, NULL, "goes with run or args" },
		{ "retry", P | W, NULL, "goes with run, args or workflow" },
		{ "queue", P | W, NULL, "goes with run, args or workflow" },
		{ "priority", P | W, NULL, "goes with run, args or workflow" },
		{ "foreach", P | W, NULL, "goes with run, args or workflow" },
		{ "params", W, NULL, "goes with workflow" },
		{ "batch", UINT_MAX, "foreach", "needs foreach" },
		{ "allow_failures", UINT_MAX, "foreach", "needs foreach" },
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		const struct yaml_node *key = yaml_get(n, rules[i].key);
		bool fits = rules[i].kinds & 1u << s->kind &&
			    (!rules[i].beside || yaml_get(n, rules[i].beside));
		if (key && !fits)
			problem_add(l->problems, key->key_at, "%s %s", rules[i].key, rules[i].why);
	}
}

/* A gate's deadline is the step's where it has none; without a prompt it asks by the
 * step's title. */
static void complete_gate(struct loader *l, struct step *s)
{
	struct view title = s->title.len ? s->title : s->id;
	struct str prompt = { 0 };
	if (!s->gate.timeout_ms)
		s->gate.timeout_ms = s->timeout_ms;
	if (s->gate.prompt.len)
		return;
	str_add_text(&prompt, s->kind == STEP_APPROVE ? "Approve " : "Answer ");
	str_add(&prompt, title);
	str_add_char(&prompt, '?');
	s->gate.prompt = arena_view(l->arena, view_of_str(&prompt));
	str_release(&prompt);
}

static void check_step(struct loader *l, const struct yaml_node *n, struct step_draft *d)
{
	struct step *s = &d->s;
	if (!yaml_get(n, "id"))
		problem_add(l->problems, n->at, "id is missing");
	find_kind(l, n, s);
	check_together(l, n, s);
	if (s->only_on_error && s->is_finally)
		problem_add(l->problems, d->only->key_at, "only does not go into finally");
	if (s->kind == STEP_APPROVE || s->kind == STEP_ASK)
		complete_gate(l, s);
}

static void read_step(struct loader *l, const struct yaml_node *n, struct step_draft *d)
{
	d->s.line = n->at.line;
	d->s.retry = (struct retry_policy){ .attempts = 1, .factor = 1 };
	if (fields_read(l, n, step_fields, d))
		check_step(l, n, d);
}

static void read_list(struct loader *l, const struct yaml_node *list, struct draft *d,
		      bool is_finally)
{
	const struct yaml_node *n = list && list->kind == YAML_LIST ? list->first : NULL;
	for (; n; n = n->next) {
		struct step_draft step = { .s = { .is_finally = is_finally } };
		read_step(l, n, &step);
		d->notes[d->w->n_steps] = (struct step_note){ n, step.needs };
		d->w->steps[d->w->n_steps++] = step.s;
	}
}

static size_t count(struct loader *l, const struct yaml_node *list)
{
	return list && fields_want(l, list, YAML_LIST) ? list->len : 0;
}

void workflow_read_steps(struct loader *l, struct draft *d)
{
	enum { STEPS_MAX = 1000 };
	size_t n = count(l, d->steps) + count(l, d->finally);
	if (n > STEPS_MAX) {
		problem_add(l->problems, d->steps->at, "at most %d steps are allowed", STEPS_MAX);
		return;
	}
	d->w->steps = arena_array(l->arena, n, sizeof *d->w->steps);
	d->notes = arena_array(l->arena, n, sizeof *d->notes);
	read_list(l, d->steps, d, false);
	d->n_steps = d->w->n_steps;
	read_list(l, d->finally, d, true);
}
