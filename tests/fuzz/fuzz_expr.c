/* Any bytes as an expression, a template and a schedule: what parses is evaluated
 * and gives JSON, or says why not; it always ends. */
#include <stdlib.h>

#include "base/jtext.h"
#include "flow/cron.h"
#include "flow/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool lookup(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	(void)arg;
	*used = 1;
	*json = VIEW("{\"a\":[1,2.5,\"x\",{\"b\":null}],\"s\":\"text\",\"t\":true}");
	return view_is(path->parts[0], "params");
}

static const struct expr_scope scope = { lookup, NULL };

static void try_expr(struct view text)
{
	struct arena arena = { 0 };
	struct err err = { 0 };
	struct view json = { 0 };
	size_t at = 0;
	const struct expr *e = expr_parse(text, &arena, &at, &err);
	must(at <= text.len && (e || err.text));
	if (e && expr_eval(e, &scope, &arena, &json, &err))
		must(jtext_is_value(json));
	err_release(&err);
	arena_release(&arena);
}

static void try_template(struct view text)
{
	struct str out = { .max = 1 << 24 };
	struct err err = { 0 };
	struct template_check check = { 0 };
	bool good = template_check(text, &check, &err);
	must(good || (err.text && check.at <= text.len));
	if (template_fill(text, &scope, &out, NULL))
		must(good);
	str_clear(&out);
	if (template_value(text, &scope, &out, NULL))
		must(jtext_is_value(view_of_str(&out)));
	str_clear(&out);
	template_fill_json(text, &scope, &out, NULL);
	str_release(&out);
	err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	struct cron cron;
	try_expr(text);
	try_template(text);
	if (cron_parse(text, &cron, NULL))
		must(cron.minutes && cron.hours && cron.days && cron.months && cron.weekdays);
	return 0;
}
