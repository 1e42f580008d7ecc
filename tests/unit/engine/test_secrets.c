/* A secret gets to the step by its environment and nowhere else: the journal, the
 * logs, the API are searched for it in every form. */
#include "lib/unit.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "engine/secrets.h"
#include "unit/engine/site.h"

/* Raw; base64 of it; URL-encoded. */
#define TOKEN "tok/en+Zq8 7w"
#define STORED "st?re&d=Xy9 4"

static void store(struct site *w, const char *name, const char *value, int mode)
{
	struct str path = { 0 };
	str_addf(&path, "%s/%s", w->secrets, name);
	ck_assert(file_replace(str_text(&path), view_of(value), mode, NULL));
	str_release(&path);
}

/* No form of the secrets is in any file of the state, nor in any answer. */
static void nowhere(struct site *w, const char *id)
{
	static const char *const forms[] = {
		"tok/en+Zq8 7w", "tok%2Fen%2BZq8%207w", "dG9rL2VuK1pxOCA3d",
		"st?re&d=Xy9 4", "st%3Fre%26d%3DXy9%204", "c3Q/cmUmZD1YeTkgN",
		"tok\\/en+Zq8 7w",
	};
	static const char *const paths[][2] = {
		{ "/v1/runs/", "" }, { "/v1/runs/", "/history" }, { "/v1/runs?filter=id:", "" },
		{ "/v1/runs/", "/tasks/print/log" }, { "/v1/runs/", "/tasks/print" },
		{ "/v1/runs/", "/tasks/print/log?format=lines" },
		{ "/v1/inbox?x=", "" }, { "/v1/audit?x=", "" },
	};
	struct str command = { 0 };
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
		str_clear(&command);
		str_addf(&command, "! grep -rlaF -e '%s' %s", forms[f], w->state);
		ck_assert_msg(system(str_text(&command)) == 0, "%s", forms[f]);
		for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
			str_clear(&command);
			str_addf(&command, "GET %s%s%s", paths[p][0], id, paths[p][1]);
			ck_assert_int_eq(site_ask(w, str_text(&command), "", NULL), 200);
			ck_assert_msg(!strstr(str_text(&w->body), forms[f]), "%s: %s",
				      str_text(&command), str_text(&w->body));
		}
	}
	str_release(&command);
}

static const char workflow[] =
	"title: \"with ${{ params.token }}\"\n"
	"params:\n  token: {type: string, secret: true, required: true}\n"
	"secrets: [STORED]\n"
	"env: {DERIVED: \"x ${{ params.token }} y\"}\n"
	"steps:\n"
	"  - id: print\n"
	"    run: |\n"
	"      test ${#PARAM_token} = 13 || exit 9\n"
	"      test ${#STORED} = 13 || exit 8\n"
	"      test \"$DERIVED\" = \"x $PARAM_token y\" || exit 7\n"
	"      echo \"$PARAM_token\" \"$STORED\"; printf %s \"$PARAM_token\" | base64 >&2\n"
	"      printf %s \"$STORED\" | base64\n"
	"      echo \"5/10 $STORED $PARAM_token\" > $RUNBOARD_PROGRESS\n"
	"      echo \"{\\\"a\\\": \\\"-$PARAM_token-\\\", \\\"$STORED\\\": [1, \\\"$STORED\\\"]}\" > $RUNBOARD_OUTPUT\n"
	"  - {id: review, approve: {prompt: \"Ship ${{ params.token }}?\"}}\n"
	"  - id: fail\n"
	"    run: |\n"
	"      for f in /proc/$PPID/cmdline /proc/$PPID/environ /proc/$$/cmdline; do\n"
	"        grep -aqF -e \"$PARAM_token\" -e \"$STORED\" $f && exit 5\n"
	"      done\n"
	"      echo \"bad $PARAM_token $STORED\" >&2; exit 3\n";

START_TEST(a_secret_is_found_nowhere)
{
	struct site w;
	char id[37], body[96];
	site_init(&w, "");
	store(&w, "STORED", STORED "\n", 0600);
	site_workflow(&w, "quiet", workflow);
	site_start(&w, "quiet", "{\"params\":{\"token\":\"" TOKEN "\"}}", id);
	site_wait_status(&w, id, "waiting");
	ck_assert_str_eq(site_member(&w, "params.token"), "***");
	ck_assert_str_eq(site_member(&w, "title"), "with ***");
	ck_assert_str_eq(site_member(&w, "tasks.0.result.a"), "-***-");
	ck_assert_str_eq(site_member(&w, "tasks.0.args.env.0"), "DERIVED=x *** y");
	ck_assert_str_eq(site_member(&w, "waiting.prompt"), "Ship ***?");
	nowhere(&w, id);
	snprintf(body, sizeof body, "{\"version\":%s,\"comment\":\"" TOKEN "\"}",
		 site_get(&w, "/v1/runs/%s", id) == 200 ? site_member(&w, "waiting.version") : "0");
	ck_assert_int_eq(site_post(&w, body, "/v1/runs/%s/tasks/review/approve", id), 200);
	site_wait_status(&w, id, "failed");
	ck_assert_str_eq(site_member(&w, "error.message"), "exit status 3: bad *** ***");
	nowhere(&w, id);
	site_restart(&w);
	nowhere(&w, id);
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/rerun", id), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	site_wait_status(&w, id, "waiting");
	ck_assert_str_eq(site_member(&w, "tasks.0.status"), "completed");
	nowhere(&w, id);
	site_release(&w);
}
END_TEST

START_TEST(a_child_keeps_its_parents_secret)
{
	struct site w;
	char id[37];
	site_init(&w, "");
	site_workflow(&w, "up",
		      "params: {token: {type: string, secret: true, required: true}}\n"
		      "steps:\n  - {id: print, workflow: down, params: {plain: \"${{ params.token }}\"}}\n");
	site_workflow(&w, "down", "params: {plain: {type: string, required: true}}\n"
				  "steps:\n  - {id: print, run: 'test ${#PARAM_plain} = 13 && "
				  "echo \"$PARAM_plain\"'}\n");
	site_start(&w, "up", "{\"params\":{\"token\":\"" TOKEN "\"}}", id);
	site_wait_status(&w, id, "completed");
	nowhere(&w, id);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_str_eq(site_member(&w, "tasks.0.args.params.plain"), "***");
	snprintf(id, sizeof id, "%s", site_member(&w, "children.0"));
	nowhere(&w, id);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", id), 200);
	ck_assert_str_eq(site_member(&w, "params.plain"), "***");
	site_release(&w);
}
END_TEST

START_TEST(a_step_without_its_secret_fails_and_says_why)
{
	static const struct {
		const char *yaml, *why;
		int mode;
	} cases[] = {
		{ "secrets: [MISSING]\n", "there is no secret MISSING", 0600 },
		{ "secrets: [LOOSE]\n", "may be read by others", 0644 },
		{ "", "a secret stands in the command", 0600 },
	};
	struct site w;
	char id[37];
	struct str text = { 0 };
	site_init(&w, "");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		store(&w, "LOOSE", "whatever", cases[i].mode);
		str_clear(&text);
		str_addf(&text, "%sparams: {token: {type: string, secret: true, required: true}}\n"
				"steps:\n  - {id: a, args: [echo, \"%s\"]}\n", cases[i].yaml,
			 *cases[i].yaml ? "x" : "${{ params.token }}");
		site_workflow(&w, "wrong", str_text(&text));
		site_start(&w, "wrong", "{\"params\":{\"token\":\"" TOKEN "\"}}", id);
		site_wait_status(&w, id, "error");
		ck_assert_str_eq(site_member(&w, "error.type"), "secret");
		ck_assert_msg(strstr(site_member(&w, "error.message"), cases[i].why) != NULL, "%s",
			      str_text(&w.body));
	}
	str_release(&text);
	site_release(&w);
}
END_TEST

START_TEST(without_its_key_a_run_with_secrets_is_not_taken_up_and_the_others_are)
{
	struct site w;
	char secret[37], plain[37];
	struct str path = { 0 };
	site_init(&w, "");
	site_workflow(&w, "quiet", "params: {token: {type: string, secret: true, required: true}}\n"
				   "steps:\n  - {id: a, approve: {prompt: A?}}\n");
	site_workflow(&w, "plain", "steps:\n  - {id: a, approve: {prompt: A?}}\n");
	site_start(&w, "quiet", "{\"params\":{\"token\":\"" TOKEN "\"}}", secret);
	site_start(&w, "plain", "{}", plain);
	str_addf(&path, "%s/key", w.state);
	ck_assert(file_replace(str_text(&path), VIEW("12345678901234567890123456789012"), 0600,
			       NULL));
	site_restart(&w);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", secret), 400);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s", plain), 200);
	ck_assert_str_eq(site_member(&w, "status"), "waiting");
	str_release(&path);
	site_release(&w);
}
END_TEST

START_TEST(a_secret_is_a_private_file_without_its_last_newline)
{
	struct site w;
	struct str value = { 0 };
	struct err err = { 0 };
	site_init(&w, "");
	store(&w, "A", "two\nlines\n", 0600);
	ck_assert(secrets_read(w.secrets, VIEW("A"), &value, NULL));
	ck_assert_str_eq(str_text(&value), "two\nlines");
	store(&w, "EMPTY", "", 0600);
	ck_assert(!secrets_read(w.secrets, VIEW("EMPTY"), &value, &err));
	ck_assert(!secrets_read(w.secrets, VIEW("../A"), &value, &err));
	ck_assert(!secrets_read(NULL, VIEW("A"), &value, &err));
	err_release(&err);
	str_release(&value);
	site_release(&w);
}
END_TEST

Suite *suite_secrets(void);

Suite *suite_secrets(void)
{
	Suite *s = suite_create("secrets");
	TCase *t = tcase_create("secrets");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_secret_is_found_nowhere);
	tcase_add_test(t, a_child_keeps_its_parents_secret);
	tcase_add_test(t, a_step_without_its_secret_fails_and_says_why);
	tcase_add_test(t, without_its_key_a_run_with_secrets_is_not_taken_up_and_the_others_are);
	tcase_add_test(t, a_secret_is_a_private_file_without_its_last_newline);
	suite_add_tcase(s, t);
	return s;
}
