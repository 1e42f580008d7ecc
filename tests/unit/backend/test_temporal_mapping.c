/* How a decision is told to a workflow: [context] approve.TYPE and its kin. */
#include "backend/temporal_mapping.h"

#include "lib/unit.h"

static struct arena arena;

static void tear_down(void)
{
	arena_release(&arena);
	arena = (struct arena){ 0 };
}

static struct mappings mappings_of(const char *key, const char *value)
{
	struct mappings m = { 0 };
	struct err err = { 0 };
	ck_assert_msg(mapping_add(&m, view_of(key), view_of(value), &err), "%s", err_text(&err));
	return m;
}

START_TEST(placeholders_are_json_whatever_was_typed)
{
	struct mappings m = mappings_of("approve.T", "update:decide:{\"ok\":${approved},"
						     "\"why\":${comment},\"who\":${user}}");
	const struct mapping_values v = { .verb = VERB_APPROVE, .comment = VIEW("a \"b\"\n${user}"),
					  .user = VIEW("al") };
	struct mapping_args args;
	ck_assert(mapping_fill(mapping_find(&m, VERB_APPROVE, VIEW("T")), &v, &arena, &args, NULL));
	ck_assert_uint_eq(args.len, 1);
	ck_assert(view_is(args.items[0], "{\"ok\":true,\"why\":\"a \\\"b\\\"\\n${user}\",\"who\":\"al\"}"));
	mappings_release(&m);
}
END_TEST

#define PROMPT "{\"a\": {\"b\":[1, \"}\"]}, \"request_id\":12345678901234567890,\"n\":null}"

START_TEST(a_prompt_is_quoted_as_it_stands)
{
	static const char *const cases[][2] = {
		{ "${prompt}", PROMPT },
		{ "${prompt.request_id}", "12345678901234567890" },
		{ "${prompt.a.b}", "[1, \"}\"]" },
		{ "[${prompt.n},${approved}]", "[null,true]" },
		{ "${prompt.gone}", NULL },
		{ "${prompt.a.b.c}", NULL },
		{ "${prompt.request_id.x}", NULL },
	};
	struct str value = { 0 };
	struct mapping_args args;
	struct err err = { 0 };
	str_addf(&value, "signal:x:%s", cases[_i][0]);
	struct mappings m = mappings_of("approve.T", str_text(&value));
	const struct mapping_values v = { .verb = VERB_APPROVE, .prompt = VIEW(PROMPT) };
	ck_assert(mapping_needs_prompt(&m.items.items[0]));
	bool ok = mapping_fill(&m.items.items[0], &v, &arena, &args, &err);
	ck_assert_int_eq(ok, cases[_i][1] != NULL);
	if (ok)
		ck_assert(view_is(args.items[0], cases[_i][1]));
	else
		ck_assert_ptr_nonnull(strstr(err_text(&err), "its prompt has no prompt."));
	err_release(&err);
	str_release(&value);
	mappings_release(&m);
}
END_TEST

/* Whatever the comment is: "approved" stands in the first, too. */
START_TEST(a_mapping_without_a_place_for_the_comment_does_not_send_it)
{
	static const struct {
		const char *value;
		bool sends;
	} cases[] = { { "signal:x:{\"state\":\"approved\"}", false }, { "signal:x", false },
		      { "signal:x:{\"by\":${user}}", false }, { "auto", true },
		      { "update:x:{\"note\":${comment}}", true } };
	struct mappings m = mappings_of("approve.T", cases[_i].value);
	ck_assert(mapping_sends_comment(&m.items.items[0]) == cases[_i].sends);
	mappings_release(&m);
}
END_TEST

START_TEST(a_type_has_its_query)
{
	struct mappings m = mappings_of("waiting_query.Draft*", "get_draft");
	ck_assert(mapping_add(&m, VIEW("waiting_query.DraftOwn"), VIEW(" own "), NULL));
	ck_assert_str_eq(mapping_query(&m, VIEW("DraftOwn")), "own");
	ck_assert_str_eq(mapping_query(&m, VIEW("Drafts")), "get_draft");
	ck_assert_ptr_null(mapping_query(&m, VIEW("Other")));
	ck_assert(!mapping_add(&m, VIEW("waiting_query.T"), VIEW(" "), NULL));
	ck_assert(!mapping_add(&m, VIEW("waiting_query."), VIEW("q"), NULL));
	mappings_release(&m);
}
END_TEST

START_TEST(a_signal_without_arguments_has_none)
{
	struct mappings m = mappings_of("reject.T", "signal:reject");
	const struct mapping_values v = { .verb = VERB_REJECT };
	struct mapping_args args;
	ck_assert(mapping_fill(mapping_find(&m, VERB_REJECT, VIEW("T")), &v, &arena, &args, NULL));
	ck_assert_uint_eq(args.len, 0);
	ck_assert_ptr_null(mapping_find(&m, VERB_APPROVE, VIEW("T")));
	ck_assert_ptr_null(mapping_find(&m, VERB_REJECT, VIEW("Other")));
	mappings_release(&m);
}
END_TEST

START_TEST(many_arguments_are_a_list_with_a_star)
{
	struct mappings m = mappings_of("answer.*", "signal:set:*[1, {\"v\":${value}}]");
	const struct mapping_values v = { .verb = VERB_ANSWER, .value = VIEW("[2]") };
	struct mapping_args args;
	ck_assert(mapping_fill(mapping_find(&m, VERB_ANSWER, VIEW("T")), &v, &arena, &args, NULL));
	ck_assert_uint_eq(args.len, 2);
	ck_assert(view_is(args.items[1], "{\"v\":[2]}"));
	mappings_release(&m);
}
END_TEST

START_TEST(an_exact_type_goes_before_a_pattern)
{
	struct mappings m = mappings_of("approve.*", "signal:any");
	ck_assert(mapping_add(&m, VIEW("approve.T"), VIEW("signal:own"), NULL));
	ck_assert_str_eq(mapping_find(&m, VERB_APPROVE, VIEW("T"))->name, "own");
	ck_assert_str_eq(mapping_find(&m, VERB_APPROVE, VIEW("U"))->name, "any");
	mappings_release(&m);
}
END_TEST

START_TEST(a_mapping_that_is_none_is_refused_at_once)
{
	static const char *const bad[][2] = {
		{ "approve.T", "update" },	    { "approve.T", "update:" },
		{ "approve.T", "call:x" },	    { "approve.T", "update:x:{" },
		{ "approve.T", "update:x:${what}" }, { "approve.T", "update:x:${comment" },
		{ "cancel.T", "signal:x" },	    { "approve.", "signal:x" },
	};
	struct mappings m = { 0 };
	struct err err = { 0 };
	ck_assert(!mapping_add(&m, view_of(bad[_i][0]), view_of(bad[_i][1]), &err));
	ck_assert_str_ne(err_text(&err), "");
	err_release(&err);
	mappings_release(&m);
}
END_TEST

Suite *suite_temporal_mapping(void);

Suite *suite_temporal_mapping(void)
{
	Suite *s = suite_create("temporal_mapping");
	TCase *c = tcase_create("temporal_mapping");
	tcase_add_checked_fixture(c, NULL, tear_down);
	tcase_add_test(c, placeholders_are_json_whatever_was_typed);
	tcase_add_loop_test(c, a_prompt_is_quoted_as_it_stands, 0, 7);
	tcase_add_loop_test(c, a_mapping_without_a_place_for_the_comment_does_not_send_it, 0, 5);
	tcase_add_test(c, a_type_has_its_query);
	tcase_add_test(c, a_signal_without_arguments_has_none);
	tcase_add_test(c, many_arguments_are_a_list_with_a_star);
	tcase_add_test(c, an_exact_type_goes_before_a_pattern);
	tcase_add_loop_test(c, a_mapping_that_is_none_is_refused_at_once, 0, 8);
	suite_add_tcase(s, c);
	return s;
}
