/* The YAML tree: what is text, what is a value, what is refused and where. */
#include "flow/yaml.h"

#include "lib/unit.h"

/* Parses and gives the tree as JSON, or the first problem as "LINE:COL: text". */
static const char *read(const char *text, struct arena *arena)
{
	struct problems problems = { 0 };
	struct str s = { 0 };
	const struct yaml_node *n = yaml_parse(view_of(text), arena, &problems);
	if (problems.list.len)
		str_addf(&s, "%d:%d: %s", problems.list.items[0].at.line,
			 problems.list.items[0].at.column, problems.list.items[0].text);
	else if (n)
		yaml_add_json(n, &s);
	const char *out = arena_text(arena, view_of_str(&s));
	str_release(&s);
	problems_release(&problems);
	return out;
}

static void expect(const char *text, const char *wanted)
{
	struct arena arena = { 0 };
	ck_assert_str_eq(read(text, &arena), wanted);
	arena_release(&arena);
}

START_TEST(core_words_and_json_numbers_are_values)
{
	expect("[true, False, null, ~, 1, -2.5, 1e3]", "[true,false,null,null,1,-2.5,1e3]");
}
END_TEST

START_TEST(what_only_yaml_1_1_takes_for_a_value_is_text)
{
	expect("[yes, no, on, 0777, 0x10, 1_000, 12:30:00, .5, +1]",
	       "[\"yes\",\"no\",\"on\",\"0777\",\"0x10\",\"1_000\",\"12:30:00\",\".5\",\"+1\"]");
}
END_TEST

START_TEST(quoted_words_are_text)
{
	expect("[\"true\", 'null', \"1\", '']", "[\"true\",\"null\",\"1\",\"\"]");
}
END_TEST

START_TEST(keys_keep_their_order_and_on_is_a_key)
{
	expect("on: 1\nb: {z: 1, a: 2}\n", "{\"on\":1,\"b\":{\"z\":1,\"a\":2}}");
}
END_TEST

START_TEST(a_key_that_stands_twice_names_both_places)
{
	expect("a: 1\nb: 2\na: 3\n", "3:1: key 'a' stands twice: first at 1:1");
}
END_TEST

START_TEST(anchors_aliases_tags_and_merge_keys_are_refused)
{
	expect("a: &x 1\n", "1:4: anchors (&x) are not allowed");
	expect("a: *x\n", "1:4: aliases (*x) are not allowed: write the value out");
	expect("a: !!str 1\n", "1:4: tags (tag:yaml.org,2002:str) are not allowed: a text that "
			       "begins with ! stands in quotes");
	expect("<<: {a: 1}\n", "1:1: merge keys (<<) are not allowed: write it out");
}
END_TEST

START_TEST(a_tab_that_indents_is_named)
{
	expect("a:\n\tb: 1\n", "2:1: a tab cannot indent: use blanks");
}
END_TEST

START_TEST(a_second_document_is_refused)
{
	expect("a: 1\n---\nb: 2\n", "2:1: a second document begins: one file holds one document");
}
END_TEST

START_TEST(deep_nesting_ends_early)
{
	struct str s = { 0 };
	str_add_many(&s, '[', 100000);
	expect(str_text(&s), "1:65: nested too deeply: at most 64 levels");
	str_release(&s);
}
END_TEST

START_TEST(too_many_values_are_refused)
{
	struct str s = { 0 };
	str_add_char(&s, '[');
	for (int i = 0; i < YAML_MAX_NODES; i++)
		str_add_text(&s, "1,");
	str_add_char(&s, ']');
	struct arena arena = { 0 };
	ck_assert_ptr_nonnull(strstr(read(str_text(&s), &arena), "too many values"));
	arena_release(&arena);
	str_release(&s);
}
END_TEST

START_TEST(a_file_over_a_mebibyte_is_refused)
{
	struct str s = { 0 };
	str_add_many(&s, 'a', YAML_MAX_SIZE + 1);
	expect(str_text(&s), "1:1: the file is over 1024 KiB");
	str_release(&s);
}
END_TEST

START_TEST(control_characters_load_as_they_are_raw_or_escaped)
{
	expect("a: \"\\e[31m\"\n", "{\"a\":\"\\u001b[31m\"}");
	expect("a: \x1b[31m\x07\n", "{\"a\":\"\\u001b[31m\\u0007\"}");
}
END_TEST

START_TEST(a_nul_and_bytes_that_are_no_utf8_are_refused)
{
	expect("a: \"x\\0y\"\n", "1:4: a NUL character is not allowed");
	expect("a: 1\nb: \xff\n", "2:4: the text is not UTF-8");
}
END_TEST

START_TEST(columns_are_characters)
{
	expect("{\xc3\xa4: 1, b: *x}\n", "1:11: aliases (*x) are not allowed: write the value out");
}
END_TEST

Suite *suite_yaml(void);
Suite *suite_yaml(void)
{
	const TTest *const tests[] = {
		core_words_and_json_numbers_are_values,
		what_only_yaml_1_1_takes_for_a_value_is_text,
		quoted_words_are_text,
		keys_keep_their_order_and_on_is_a_key,
		a_key_that_stands_twice_names_both_places,
		anchors_aliases_tags_and_merge_keys_are_refused,
		a_tab_that_indents_is_named,
		a_second_document_is_refused,
		deep_nesting_ends_early,
		too_many_values_are_refused,
		a_file_over_a_mebibyte_is_refused,
		control_characters_load_as_they_are_raw_or_escaped,
		a_nul_and_bytes_that_are_no_utf8_are_refused,
		columns_are_characters,
	};
	Suite *s = suite_create("yaml");
	TCase *c = tcase_create("yaml");
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tcase_add_test(c, tests[i]);
	suite_add_tcase(s, c);
	return s;
}
