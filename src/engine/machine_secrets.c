/* What of a run must never be shown: the values of its secret parameters. */
#include "engine/machine_inside.h"
#include "wire/json.h"

bool machine_is_secret(const struct machine *m, struct view param)
{
	for (size_t i = 0; i < m->secrets.len; i++) {
		if (view_eq(m->secrets.items[i], param))
			return true;
	}
	return false;
}

void machine_hide_text(struct machine *m, struct view secret)
{
	if (!m->mask)
		m->mask = mask_new();
	mask_add(m->mask, secret);
}

void machine_mask(const struct machine *m, struct view text, struct str *out)
{
	if (mask_empty(m->mask))
		str_add(out, text);
	else
		mask_text(m->mask, text, out);
}

static void hide(struct machine *m, const struct json *v)
{
	struct str text = {0};
	if (json_kind(v) == JSON_STRING)
		machine_hide_text(m, json_text(v));
	if (json_kind(v) == JSON_NUMBER) {
		json_print(v, &text);
		machine_hide_text(m, view_of_str(&text));
	}
	for (const struct json *i = json_first(v); i; i = json_next(i))
		hide(m, i);
	str_release(&text);
}

void machine_hide(struct machine *m, const struct json *params)
{
	for (const struct json *v = json_first(params); v; v = json_next(v)) {
		if (machine_is_secret(m, json_key(v)))
			hide(m, v);
	}
}
