/* Schemas of questions, read with a cursor. */
#include "model/question.h"

#include "base/jtext.h"
#include "model/detail.h"

typedef void member_fn(struct jtext *t, struct arena *arena, struct param *p);

static void read_type(struct jtext *t, struct arena *arena, struct param *p)
{
	param_type_parse(jtext_string(t, arena), &p->type);
}

static void read_choices(struct jtext *t, struct arena *arena, struct param *p)
{
	enum { CHOICES_MAX = 200 };
	struct view *choices = arena_array(arena, CHOICES_MAX, sizeof *choices);

	if (!jtext_enter(t, JTEXT_ARRAY)) {
		jtext_value(t);
		return;
	}
	while (jtext_element(t)) {
		struct view v = jtext_value(t);

		if (p->n_choices < CHOICES_MAX)
			choices[p->n_choices++] = v;
	}
	p->choices = choices;
}

static void read_minimum(struct jtext *t, struct arena *arena, struct param *p)
{
	p->minimum = jtext_real(t, 0);
	p->has_minimum = true;
}

static void read_maximum(struct jtext *t, struct arena *arena, struct param *p)
{
	p->maximum = jtext_real(t, 0);
	p->has_maximum = true;
}

static void read_default(struct jtext *t, struct arena *arena, struct param *p)
{
	p->fallback = jtext_value(t);
}

static void read_description(struct jtext *t, struct arena *arena, struct param *p)
{
	p->description = jtext_string(t, arena);
}

static void read_pattern(struct jtext *t, struct arena *arena, struct param *p)
{
	p->pattern = jtext_string(t, arena);
}

static const struct {
	const char *name;
	member_fn *read;
} members[] = {
	{ "type", read_type },	       { "enum", read_choices },  { "minimum", read_minimum },
	{ "maximum", read_maximum },   { "default", read_default }, { "pattern", read_pattern },
	{ "description", read_description },
};

void question_param(struct view schema, struct arena *arena, struct param *out)
{
	struct jtext t = jtext_of(schema);
	struct view key;

	*out = (struct param){ .name = VIEW("answer"), .type = PARAM_STRING, .required = true,
			       .min_length = -1, .max_length = -1 };
	if (!jtext_enter(&t, JTEXT_OBJECT))
		return;
	while (jtext_member(&t, arena, &key)) {
		size_t i = 0, n = sizeof members / sizeof *members;

		while (i < n && !view_is(key, members[i].name))
			i++;
		if (i < n)
			members[i].read(&t, arena, out);
		else
			jtext_value(&t);
	}
}

bool question_read(const struct run_detail *detail, struct view task, struct view typed,
		   struct str *json, struct str *error)
{
	const struct task_facts *t = detail_find_task(detail, task);
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct param p;
	bool ok;

	question_param(t ? t->gate.schema : VIEW(""), &arena, &p);
	ok = param_read(&p, typed, json, &err);
	str_clear(error);
	if (!ok)
		str_add_text(error, err_text(&err));
	err_release(&err);
	arena_release(&arena);
	return ok;
}

void question_add_hint(const struct param *p, struct str *out)
{
	if (p->n_choices > 0) {
		str_add_text(out, "one of ");
		for (size_t i = 0; i < p->n_choices; i++) {
			if (i > 0)
				str_add_text(out, ", ");
			param_show(p, p->choices[i], out);
		}
		return;
	}
	/* Any words will do: only what they are for is worth saying. */
	if (p->type == PARAM_STRING && p->description.len > 0) {
		str_add(out, p->description);
		return;
	}
	str_add_text(out, param_type_name(p->type));
	if (p->has_minimum)
		str_addf(out, " from %g", p->minimum);
	if (p->has_maximum)
		str_addf(out, " to %g", p->maximum);
	if (p->description.len > 0) {
		str_add_text(out, ": ");
		str_add(out, p->description);
	}
}
