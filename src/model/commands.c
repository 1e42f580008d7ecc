/* The operator's own commands: made ready for the shell once, run by an effect. */
#include "model/commands.h"

#include "model/model.h"

static const struct {
	const char *place, *variable;
} places[] = {
	{ "{id}", "RUNBOARD_RUN_ID" },	     { "{short}", "RUNBOARD_SHORT" },
	{ "{workflow}", "RUNBOARD_WORKFLOW" }, { "{status}", "RUNBOARD_STATUS" },
	{ "{task}", "RUNBOARD_TASK_ID" },    { "{context}", "RUNBOARD_CONTEXT" },
};
enum { N_PLACES = sizeof places / sizeof *places };

static const char *variable_at(struct view rest, size_t *len)
{
	for (size_t i = 0; i < N_PLACES; i++) {
		if (!view_starts(rest, places[i].place))
			continue;
		*len = view_of(places[i].place).len;
		return places[i].variable;
	}
	return NULL;
}

bool commands_add(struct own_commands *c, struct view name, struct view text)
{
	if (c->len == COMMANDS_MAX)
		return false;
	struct own_command *o = &c->items[c->len++];

	str_add(&o->name, name);
	str_add(&o->text, text);
	for (size_t i = 0, len = 1; i < text.len; i += len) {
		const char *variable = variable_at(view_cut(text, i, text.len), &len);

		if (variable) {
			str_addf(&o->line, "\"$%s\"", variable);
			o->needs_run = true;
		} else {
			len = 1;
			str_add_char(&o->line, text.ptr[i]);
		}
	}
	return true;
}

void commands_release(struct own_commands *c)
{
	for (size_t i = 0; i < c->len; i++) {
		str_release(&c->items[i].name);
		str_release(&c->items[i].text);
		str_release(&c->items[i].line);
	}
	*c = (struct own_commands){ 0 };
}

const struct own_command *commands_of(const struct model *m, enum action a)
{
	size_t i = (size_t)a - ACTION_COMMAND_1;

	return a >= ACTION_COMMAND_1 && i < m->commands.len ? &m->commands.items[i] : NULL;
}

bool commands_words(const struct model *m, enum action a, struct action_words *out)
{
	const struct own_command *o = commands_of(m, a);
	const struct saved_view *s = saved_of(m, a);

	*out = *action_words(a);
	if (o || s) {
		out->name = out->brief = str_text(o ? &o->name : &s->name);
		out->help = str_text(o ? &o->text : &s->filter);
	}
	return o || s || a < ACTION_SAVED_1 || a > ACTION_COMMAND_9;
}

void commands_act(struct model *m, enum action a, struct effects *fx)
{
	const struct own_command *o = commands_of(m, a);
	struct focus focus = { 0 };
	bool focused = model_focus(m, &focus);

	if (!o)
		model_notice(m, "The configuration has no such command.");
	else if (o->needs_run && !focused)
		model_notice(m, "%s: no run is in focus.", str_text(&o->name));
	else
		effects_add(fx, (struct effect){ .kind = EFFECT_COMMAND, .key = focus.key,
						 .order.task = focus.task,
						 .text = view_of_str(&o->line) });
}
