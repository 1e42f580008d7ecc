/* A schema and a value, as a question's answer and as what a person typed: what is
 * taken fits, whatever the schema says. Input: the schema, a NUL, the value. */
#include <stdint.h>

#include "base/jtext.h"
#include "base/mem.h"
#include "core/param.h"
#include "wire/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(const struct param *p, struct view value)
{
	struct str json = { 0 }, shown = { 0 };
	struct err err = { 0 };
	if (jtext_is_value(value) && param_check(p, value, NULL))
		param_show(p, value, &shown);
	if (param_read(p, value, &json, &err)) {
		if (!jtext_is_value(view_of_str(&json)))
			BUG("what was typed became no JSON");
		if (!param_check(p, view_of_str(&json), NULL))
			BUG("what was typed and taken does not fit");
	} else if (!*err_text(&err)) {
		BUG("refused without a word");
	}
	err_release(&err);
	str_release(&json);
	str_release(&shown);
}

static void resolve(const struct param_schema *schema, struct view value)
{
	struct arena arena = { 0 };
	const struct pair given = { VIEW("answer"), value };
	struct pairs all = { 0 };
	struct err err = { 0 };
	if (param_resolve(schema, (struct pairs){ &given, 1 }, &arena, &all, &err)) {
		for (size_t i = 0; i < all.len; i++)
			if (!jtext_is_value(all.items[i].value))
				BUG("a parameter is no JSON");
	}
	err_release(&err);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view value = view_bytes(bytes, len), schema = { 0 };
	struct param_schema params = { 0 };
	struct arena arena = { 0 };
	struct str text = { 0 };
	view_split(&value, '\0', &schema);
	str_add_text(&text, "{\"answer\":");
	str_add(&text, schema);
	str_add_char(&text, '}');
	struct json_doc *doc = json_parse(view_of_str(&text), 0, NULL);
	catalog_params(doc ? json_root(doc) : NULL, &arena, &params);
	for (size_t i = 0; i < params.len; i++)
		check(&params.items[i], value);
	if (params.len && jtext_is_value(value))
		resolve(&params, value);
	json_free(doc);
	str_release(&text);
	arena_release(&arena);
	return 0;
}
