/* From a context of the configuration to its backend. */
#include <stdlib.h>
#include <unistd.h>

#include "backend/config.h"
#include "backend/ear.h"
#include "backend/stub.h"
#include "base/file.h"
#include "lib/unit.h"

static struct loop *loop;
static struct stub *stub;
static struct ear ear;
static char path[64], url[128];
static struct str text;
static struct err err;

static char home[] = "home", local[] = "local", replay[] = "replay", temporal[] = "temporal";

static void set_up(void)
{
	loop = loop_new();
	stub = stub_new(loop);
	ear_init(&ear);
	unsetenv("RUNBOARD_TRACE");
	guard_file(path, sizeof path, "context");
	snprintf(url, sizeof url, "unix:%s", stub_path(stub));
}

static void tear_down(void)
{
	ear_release(&ear);
	stub_free(stub);
	loop_free(loop);
	str_release(&text);
	err_release(&err);
	unlink(path);
}

static bool open_context(const struct config_context *x)
{
	const struct opening o = { loop, &ear.sink, 0 };
	ear.backend = context_open(x, &o, &err);
	ear.destroyed = !ear.backend;
	return ear.backend != NULL;
}

/* The Authorization that the server sees. */
static const char *authorization(void)
{
	ear_fetch(&ear, "a", PART_DETAIL);
	while (!ear_heard(&ear, "done"))
		loop_turn(loop, 50);
	return stub_header(stub_asked(stub, "GET", "/v1/runs/a", 0), "Authorization", &text);
}

START_TEST(the_token_comes_from_a_variable_a_file_or_a_command)
{
	char variable[] = "RUNBOARD_TEST_TOKEN", command[] = "printf 'tok%s\\n' en";
	const struct config_context contexts[] = {
		{ .name = home, .kind = local, .url = url, .token_env = variable },
		{ .name = home, .kind = local, .url = url, .token_file = path },
		{ .name = home, .kind = local, .url = url, .token_command = command },
	};
	setenv(variable, "token", 1);
	ck_assert(file_replace(path, VIEW("token\n"), 0600, NULL));
	ck_assert_msg(open_context(&contexts[_i]), "%s", err_text(&err));
	ck_assert_str_eq(authorization(), "Bearer token");
}
END_TEST

START_TEST(what_cannot_be_opened_says_why)
{
	char nothing[] = "RUNBOARD_TEST_NOTHING", fail[] = "exit 3", odd[] = "ftp://x";
	const struct {
		struct config_context context;
		const char *words;
	} cases[] = {
		{ { .kind = odd }, "context home: backend ftp://x: expected local, temporal or replay" },
		{ { .kind = temporal, .url = odd },
		  "context home: url must be http://HOST:PORT of Temporal's HTTP API (7243 by default)" },
		{ { .kind = local, .url = odd },
		  "context home: url is neither unix:PATH nor http://...: ftp://x" },
		{ { .kind = local, .url = url, .token_env = nothing },
		  "context home: $RUNBOARD_TEST_NOTHING is not set" },
		{ { .kind = local, .url = url, .token_command = fail },
		  "context home: token_command 'exit 3' failed" },
		{ { .kind = replay }, "context home: url must name the recording" },
	};
	struct config_context x = cases[_i].context;
	x.name = home;
	ck_assert(!open_context(&x));
	ck_assert_str_eq(err_text(&err), cases[_i].words);
	ck_assert_int_eq(err.kind, ERR_CONFIG);
}
END_TEST

START_TEST(a_trace_is_written_where_the_environment_says_and_can_be_opened)
{
	struct config_context x = { .name = home, .kind = local, .url = url };
	setenv("RUNBOARD_TRACE", path, 1);
	ck_assert_msg(open_context(&x), "%s", err_text(&err));
	ck_assert_ptr_null(authorization());
	ear_release(&ear);
	ear_init(&ear);
	unsetenv("RUNBOARD_TRACE");
	x = (struct config_context){ .name = home, .kind = replay, .url = path };
	ck_assert_msg(open_context(&x), "%s", err_text(&err));
	ear_fetch(&ear, "a", PART_DETAIL);
	while (!ear_heard(&ear, "done not found there is nothing here"))
		loop_turn(loop, 50);
}
END_TEST

Suite *suite_context(void);

Suite *suite_context(void)
{
	Suite *s = suite_create("context");
	TCase *c = tcase_create("context");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, the_token_comes_from_a_variable_a_file_or_a_command, 0, 3);
	tcase_add_loop_test(c, what_cannot_be_opened_says_why, 0, 6);
	tcase_add_test(c, a_trace_is_written_where_the_environment_says_and_can_be_opened);
	suite_add_tcase(s, c);
	return s;
}
