/* Questions: their schema, and the reading of an answer. */
#include "lib/unit.h"
#include "model/question.h"

static bool answer(const char *schema, const char *typed, struct str *json, struct str *error)
{
	struct task_facts task = { .id = VIEW("size"), .gate = { .schema = view_of(schema) } };
	struct run_detail d = { .tasks = &task, .n_tasks = 1 };

	str_clear(json);
	str_clear(error);
	return question_read(&d, VIEW("size"), view_of(typed), json, error);
}

START_TEST(an_answer_is_read_by_its_schema)
{
	static const struct {
		const char *schema, *typed, *json;	/* json NULL: refused */
	} cases[] = {
		{ "{\"type\":\"integer\",\"minimum\":1}", "3", "3" },
		{ "{\"type\":\"integer\",\"minimum\":1}", "0", NULL },
		{ "{\"type\":\"integer\"}", "x", NULL },
		{ "{\"type\":\"boolean\"}", "true", "true" },
		{ "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}", "b", "\"b\"" },
		{ "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}", "c", NULL },
		{ "{\"enum\":[\"a\"],\"x\":{\"y\":[1,2]},\"type\":\"string\"}", "a", "\"a\"" },
		{ "", "free \"text\"", "\"free \\\"text\\\"\"" },
		{ "{broken", "free", "\"free\"" },
	};
	struct str json = { 0 }, error = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool ok = answer(cases[i].schema, cases[i].typed, &json, &error);

		ck_assert_msg(ok == (cases[i].json != NULL), "%s: %s", cases[i].schema,
			      cases[i].typed);
		if (ok)
			ck_assert_str_eq(str_text(&json), cases[i].json);
		else
			ck_assert_uint_gt(error.len, 0);
	}
	str_release(&json);
	str_release(&error);
}
END_TEST

START_TEST(the_hint_says_what_may_be_typed)
{
	struct arena arena = { 0 };
	struct str hint = { 0 };
	struct param p;

	question_param(VIEW("{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}"), &arena, &p);
	question_add_hint(&p, &hint);
	ck_assert_str_eq(str_text(&hint), "integer from 1 to 9");
	str_clear(&hint);
	question_param(VIEW("{\"enum\":[\"a\",\"b\"]}"), &arena, &p);
	question_add_hint(&p, &hint);
	ck_assert_str_eq(str_text(&hint), "one of a, b");
	str_release(&hint);
	arena_release(&arena);
}
END_TEST

Suite *suite_question(void);
Suite *suite_question(void)
{
	Suite *s = suite_create("question");
	TCase *c = tcase_create("question");

	tcase_add_test(c, an_answer_is_read_by_its_schema);
	tcase_add_test(c, the_hint_says_what_may_be_typed);
	suite_add_tcase(s, c);
	return s;
}
