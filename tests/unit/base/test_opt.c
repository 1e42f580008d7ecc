/* Options from tables. */
#include "base/opt.h"

#include "lib/unit.h"

static const struct opt own[] = {
	{ "follow", 'f', OPT_FLAG, NULL, "go on" },
	{ "param", 'p', OPT_VALUE, "NAME=VALUE", "a parameter" },
	{ "json", 0, OPT_FLAG, NULL, "as JSON" },
	{ 0 },
};
static const struct opt empty[] = { { 0 } };
static const struct opt common[] = { { "help", 'h', OPT_FLAG, NULL, "this" }, { 0 } };
static const struct opt *const tables[] = { own, empty, common, NULL };

enum { MAX_ARGS = 8 };

static bool parse(const char *const *words, struct opt_result *out, struct err *err)
{
	char *argv[MAX_ARGS + 1] = { 0 };
	union { const char *in; char *out; } cast;
	int argc = 0;
	for (; words[argc]; argc++) {
		cast.in = words[argc];
		argv[argc] = cast.out;
	}
	return opt_parse(tables, argc, argv, out, err);
}

START_TEST(options_and_words_are_told_apart)
{
	static const char *const words[] = { "run", "-fpa=1", "--param=b=2", "--param", "-c", "-",
					     "--", "-f" };
	const char *args[9] = { 0 };
	for (size_t i = 0; i < 8; i++)
		args[i] = words[i];
	struct opt_result r;
	ck_assert(parse(args, &r, NULL));
	ck_assert(opt_has(&r, "follow") && !opt_has(&r, "json"));
	ck_assert_str_eq(opt_value(&r, "param"), "-c");
	size_t at = 0;
	ck_assert_str_eq(opt_each(&r, "param", &at), "a=1");
	ck_assert_str_eq(opt_each(&r, "param", &at), "b=2");
	ck_assert_str_eq(opt_each(&r, "param", &at), "-c");
	ck_assert_ptr_null(opt_each(&r, "param", &at));
	ck_assert_uint_eq(r.n_words, 3);
	ck_assert_str_eq(r.words[0], "run");
	ck_assert_str_eq(r.words[1], "-");
	ck_assert_str_eq(r.words[2], "-f");
	opt_result_release(&r);
}
END_TEST

START_TEST(wrong_options_are_named)
{
	static const struct { const char *word, *why; } cases[] = {
		{ "--folow", "unknown option --folow (did you mean --follow?)" },
		{ "--zzzzzz", "unknown option --zzzzzz" }, { "-x", "unknown option -x" },
		{ "--param", "option --param needs a value" },
		{ "-fp", "option --param needs a value" },
		{ "--json=1", "option --json takes no value" },
		{ "--hepl", "unknown option --hepl (did you mean --help?)" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const args[] = { cases[i].word, NULL };
		struct opt_result r;
		struct err err = { 0 };
		ck_assert(!parse(args, &r, &err));
		ck_assert_int_eq(err.kind, ERR_USAGE);
		ck_assert_str_eq(err_text(&err), cases[i].why);
		err_release(&err);
	}
}
END_TEST

START_TEST(help_is_aligned)
{
	struct str s = { 0 };
	opt_add_help(&s, own);
	ck_assert_str_eq(s.ptr, "  -f, --follow            go on\n"
				"  -p, --param NAME=VALUE  a parameter\n"
				"      --json              as JSON\n");
	str_release(&s);
}
END_TEST

Suite *suite_opt(void);

Suite *suite_opt(void)
{
	Suite *suite = suite_create("opt");
	TCase *c = tcase_create("opt");
	tcase_add_test(c, options_and_words_are_told_apart);
	tcase_add_test(c, wrong_options_are_named);
	tcase_add_test(c, help_is_aligned);
	suite_add_tcase(suite, c);
	return suite;
}
