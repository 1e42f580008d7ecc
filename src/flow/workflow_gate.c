/* `approve` and `ask`: the gates of a workflow. */
#include "flow/workflow_inside.h"

static const char *const timeout_words[] = { "reject", "approve", "fail", NULL };

#define AT(member) offsetof(struct gate_policy, member)
static const struct field approve_fields[] = {
	{ "prompt", field_template, AT(prompt) },
	{ "roles", field_names, AT(roles), AT(n_roles) },
	{ "required", field_whole, AT(required), .min = 1, .max = 100 },
	{ "not_own", field_bool, AT(not_own) },
	{ "timeout", field_span, AT(timeout_ms), .min = 1 },
	{ "on_timeout", field_word, AT(on_timeout), .words = timeout_words },
	{ 0 },
};

static void read_schema(struct loader *l, const struct yaml_node *n, const struct field *f,
			void *target)
{
	struct param p = { 0 };
	workflow_read_schema(l, n, &p);
	if (n->kind == YAML_MAP && !yaml_get(n, "type"))
		problem_add(l->problems, n->at, "schema: type is missing, as string or integer");
	*(struct view *)((char *)target + f->at) = fields_json(l, n);
}

static const struct field ask_fields[] = {
	{ "prompt", field_template, AT(prompt) },
	{ "schema", read_schema, AT(schema) },
	{ "roles", field_names, AT(roles), AT(n_roles) },
	{ "timeout", field_span, AT(timeout_ms), .min = 1 },
	{ "on_timeout", field_word, AT(on_timeout), .words = timeout_words },
	{ 0 },
};
#undef AT

/* A prompt alone may stand for the whole map. */
static bool read_gate(struct loader *l, const struct yaml_node *n, const struct field *fields,
		      struct gate_policy *gate)
{
	static const struct field prompt = { "prompt", field_template,
					     offsetof(struct gate_policy, prompt) };
	gate->required = 1;
	if (n->kind == YAML_TEXT) {
		field_template(l, n, &prompt, gate);
		return true;
	}
	return n->kind == YAML_NULL || fields_read(l, n, fields, gate);
}

void workflow_read_approve(struct loader *l, const struct yaml_node *n, const struct field *f,
			   void *target)
{
	struct step *s = target;
	(void)f;
	read_gate(l, n, approve_fields, &s->gate);
}

void workflow_read_ask(struct loader *l, const struct yaml_node *n, const struct field *f,
		       void *target)
{
	struct step *s = target;
	(void)f;
	s->gate.schema = VIEW("{\"type\":\"string\"}");
	if (!read_gate(l, n, ask_fields, &s->gate))
		return;
	const struct yaml_node *word = yaml_get(n, "on_timeout");
	if (word && s->gate.on_timeout == ON_TIMEOUT_APPROVE)
		problem_add(l->problems, word->at,
			    "a question cannot be approved: reject or fail are possible");
}
