/* JSON in lines. */
#include "lib/unit.h"

#include "core/pretty.h"

/* The lines as text: two blanks a depth. */
static void laid_out(const char *json, struct str *out)
{
	struct pretty p = {0};
	pretty_read(&p, view_of(json));
	for (size_t i = 0; i < p.lines.len; i++) {
		const struct pretty_line *l = &p.lines.items[i];
		str_add_many(out, ' ', (size_t)l->depth * 2);
		str_add(out, l->key);
		str_add_text(out, l->key.len ? ": " : "");
		str_add(out, l->value);
		str_add_text(out, l->comma ? ",\n" : "\n");
	}
	pretty_release(&p);
}

static const struct {
	const char *json, *lines;
} cases[] = {
	{ "42", "42\n" },
	{ "\"a\\\"b\"", "\"a\\\"b\"\n" },
	{ "{}", "{}\n" },
	{ "[ ]", "[]\n" },
	{ "{\"a\":1,\"b\":[true,null]}",
	  "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}\n" },
	{ "[\"x\",{\"y\":{}}]", "[\n  \"x\",\n  {\n    \"y\": {}\n  }\n]\n" },
	{ "[[1],[2]]", "[\n  [\n    1\n  ],\n  [\n    2\n  ]\n]\n" },
	{ "no json at all", "no json at all\n" },
	{ "{\"a\":", "{\"a\":\n" },
	{ "", "" },
};

START_TEST(json_is_laid_out_one_member_a_line)
{
	struct str out = {0};
	laid_out(cases[_i].json, &out);
	ck_assert_str_eq(str_text(&out), cases[_i].lines);
	str_release(&out);
}
END_TEST

Suite *suite_pretty(void);
Suite *suite_pretty(void)
{
	Suite *suite = suite_create("pretty");
	TCase *tc = tcase_create("pretty");
	tcase_add_loop_test(tc, json_is_laid_out_one_member_a_line, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(suite, tc);
	return suite;
}
