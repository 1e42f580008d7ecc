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
