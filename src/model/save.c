/* Files that are saved from the board. */
#include "model/save.h"

#include "model/model.h"

void save_plain_name(struct str *name)
{
	for (size_t i = 0; i < name->len; i++) {
		char c = name->ptr[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || (c == '.' && i > 0) || c == '-' || c == '_';

		if (!plain)
			name->ptr[i] = '-';
	}
}

/* A JSON text of a task, or of the run itself where task is empty. */
struct part {
	struct view task, text;
	const char *what;
};

static void save_part(struct model *m, const struct part *part, struct effects *fx)
{
	struct str path = { 0 }, whole = { 0 };

	if (!part->text.len) {
		model_notice(m, "There is no %s to save.", part->what);
		return;
	}
	model_add_run_name(m, m->detail.key, &path);
	if (part->task.len)
		str_addf(&path, "-%.*s", (int)part->task.len, part->task.ptr);
	str_addf(&path, "-%s.json", part->what);
	save_plain_name(&path);
	str_add(&whole, part->text);
	str_add_char(&whole, '\n');
	effects_add(fx, (struct effect){ .kind = EFFECT_SAVE, .text = view_of_str(&whole),
					 .path = view_of_str(&path) });
	str_release(&path);
	str_release(&whole);
}

void save_arguments(struct model *m, struct effects *fx)
{
	const struct task_facts *t = detail_task(m);
	struct part part = { .text = m->detail.detail->params, .what = "arguments" };

	if (t && t->args.len)
		part = (struct part){ t->id, t->args, part.what };
	save_part(m, &part, fx);
}

void save_result(struct model *m, struct effects *fx)
{
	const struct task_facts *t = detail_task(m);
	struct part part = { .text = m->detail.detail->result, .what = "result" };

	if (t && t->result.len)
		part = (struct part){ t->id, t->result, part.what };
	save_part(m, &part, fx);
}

void save_run(struct model *m, struct effects *fx)
{
	struct str path = { 0 };
	struct focus focus;

	if (!model_focus(m, &focus)) {
		model_notice(m, "No run is in focus.");
		return;
	}
	model_add_run_name(m, focus.key, &path);
	str_add_text(&path, ".tar");
	save_plain_name(&path);
	effects_add(fx, (struct effect){ .kind = EFFECT_EXPORT, .key = focus.key,
					 .path = view_of_str(&path) });
	model_notice(m, "Saving %s ...", str_text(&path));
	str_release(&path);
}
