/* The configuration file. */
#include "backend/config.h"

#include "lib/unit.h"

static bool parse(struct config *c, const char *text, struct err *err)
{
	config_init(c);
	return config_parse(c, view_of(text), "config", err);
}

START_TEST(without_a_file_there_is_the_local_engine)
{
	struct config c;
	config_init(&c);
	const struct config_context *local = config_context(&c, c.default_context, NULL);
	ck_assert_ptr_nonnull(local);
	ck_assert_str_eq(local->kind, "local");
	ck_assert(!c.read_only);
	config_release(&c);
}
END_TEST

START_TEST(contexts_and_settings_are_read)
{
	struct config c;
	struct err err = {0};
	ck_assert_msg(parse(&c,
			    "[board]\n"
			    "theme = dark\n"
			    "read_only = yes\n"
			    "[context prod]\n"
			    "url = http://127.0.0.1:7777\n"
			    "token_env = PROD_TOKEN\n"
			    "read_only = true\n"
			    "[keys]\n"
			    "approve = A\n"
			    "[views]\n"
			    "night = status:failed since:12h\n"
			    "[commands]\n"
			    "pods = kubectl get pods -l run={id}\n",
			    &err),
		      "%s", err_text(&err));
	const struct config_context *prod = config_context(&c, "prod", NULL);
	ck_assert_ptr_nonnull(prod);
	ck_assert_str_eq(prod->kind, "local");
	ck_assert_str_eq(prod->token_env, "PROD_TOKEN");
	ck_assert(prod->read_only);
	ck_assert_str_eq(c.theme, "dark");
	ck_assert(c.read_only);
	ck_assert_uint_eq(c.keys.len, 1);
	ck_assert_uint_eq(c.views.len, 1);
	ck_assert_str_eq(c.views.items[0].name, "night");
	ck_assert_str_eq(c.views.items[0].value, "status:failed since:12h");
	ck_assert_uint_eq(c.commands.len, 1);
	ck_assert_str_eq(c.commands.items[0].value, "kubectl get pods -l run={id}");
	config_release(&c);
}
END_TEST

START_TEST(all_errors_come_at_once_with_their_lines)
{
	struct config c;
	struct err err = {0};
	ck_assert(!parse(&c, "[board]\ncolour = red\nmouse = maybe\n[nowhere]\nx = 1\n", &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err_text(&err), "config:2: "));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "config:3: "));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "config:5: "));
	config_release(&c);
	err_release(&err);
}
END_TEST

START_TEST(a_view_is_a_filter_that_reads_and_there_are_nine)
{
	struct config c;
	struct err err = {0};
	ck_assert(!parse(&c,
			 "[views]\na = x\nb = x\nc = x\nd = x\ne = x\nf = x\ng = x\nh = x\n"
			 "bad = status:nowhere\ni = x\nj = x\n",
			 &err));
	ck_assert_uint_eq(c.views.len, 9);
	ck_assert_msg(strstr(err_text(&err), "config:10: ") != NULL, "%s", err_text(&err));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "\"nowhere\" is none of"));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "config:12: "));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "there is room for nine views"));
	config_release(&c);
	err_release(&err);
}
END_TEST

static bool no_key(struct view name, struct view value, struct str *why)
{
	return str_addf(why, "%.*s is no key", (int)value.len, value.ptr) && false;
}

START_TEST(what_a_value_means_is_checked_with_its_line)
{
	struct config c;
	struct err err = {0};
	config_init(&c);
	c.check_key = no_key;
	ck_assert(!config_parse(&c, VIEW("[board]\nsort = sideways\ndensity = tiny\n"
					 "filter = status:bogus\n[context local]\n"
					 "lanes = running, nowhere\n[keys]\napprove = Hyper-X\n"
					 "[board]\nsort = urgency\nlanes = waiting, failed\n"),
				"config", &err));
	static const char *const said[] = { "config:2: sort: ", "config:3: density: ",
		"config:4: filter: column 8: \"bogus\"", "config:6: lanes: 'nowhere'",
		"config:8: approve: Hyper-X is no key" };
	for (size_t i = 0; i < sizeof said / sizeof *said; i++)
		ck_assert_msg(strstr(err_text(&err), said[i]) != NULL, "%s: %s", said[i], err_text(&err));
	ck_assert_ptr_null(strstr(err_text(&err), "config:10"));
	ck_assert_ptr_null(strstr(err_text(&err), "config:11"));
	config_release(&c);
	err_release(&err);
}
END_TEST

START_TEST(a_context_that_is_not_there_names_those_that_are)
{
	struct config c;
	struct err err = {0};
	config_init(&c);
	ck_assert_ptr_null(config_context(&c, "prdo", &err));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "local"));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	config_release(&c);
	err_release(&err);
}
END_TEST

START_TEST(a_socket_is_the_local_engines_alone)
{
	struct config c;
	struct str path = {0};
	ck_assert(parse(&c, "[context a]\nurl = unix:/run/x.sock\n[context b]\nurl = http://h:1\n",
			NULL));
	ck_assert(context_socket(config_context(&c, "a", NULL), &path, NULL));
	ck_assert_str_eq(str_text(&path), "/run/x.sock");
	ck_assert(!context_socket(config_context(&c, "b", NULL), &path, NULL));
	str_release(&path);
	config_release(&c);
}
END_TEST

START_TEST(a_token_that_is_not_set_is_said_before_anything_is_sent)
{
	struct config c;
	struct err err = {0};
	struct opening opening = { .loop = loop_new() };
	unsetenv("RUNBOARD_TEST_TOKEN");
	ck_assert(parse(&c, "[context b]\nurl = http://127.0.0.1:1\ntoken_env = RUNBOARD_TEST_TOKEN\n",
			NULL));
	ck_assert_ptr_null(context_open(config_context(&c, "b", NULL), &opening, &err));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "RUNBOARD_TEST_TOKEN"));
	err_release(&err);
	loop_free(opening.loop);
	config_release(&c);
}
END_TEST

Suite *suite_config(void);

Suite *suite_config(void)
{
	Suite *suite = suite_create("config");
	TCase *tc = tcase_create("config");
	tcase_add_test(tc, without_a_file_there_is_the_local_engine);
	tcase_add_test(tc, contexts_and_settings_are_read);
	tcase_add_test(tc, all_errors_come_at_once_with_their_lines);
	tcase_add_test(tc, a_view_is_a_filter_that_reads_and_there_are_nine);
	tcase_add_test(tc, what_a_value_means_is_checked_with_its_line);
	tcase_add_test(tc, a_context_that_is_not_there_names_those_that_are);
	tcase_add_test(tc, a_socket_is_the_local_engines_alone);
	tcase_add_test(tc, a_token_that_is_not_set_is_said_before_anything_is_sent);
	suite_add_tcase(suite, tc);
	return suite;
}
