/* Webhooks over the API: who may start what, once. */
#include <stdlib.h>

#include <check.h>

#include "base/when.h"
#include "engine/crypto.h"
#include "engine/engine_inside.h"
#include "lib/unit.h"
#include "unit/engine/site.h"

static struct site w;
static const char body[] = "{\"env\":\"prod\",\"n\":3}";

static void setup(void)
{
	setenv("TEST_HOOK_SECRET", "sesame", 1);
	unsetenv("TEST_HOOK_NONE");
	site_init(&w, "");
	site_workflow(&w, "hooked",
		      "params:\n  env: {type: string, enum: [staging, prod]}\n"
		      "  text: {type: string, default: ''}\n  n: {type: integer, default: 1}\n"
		      "on:\n  webhook:\n    secret_env: TEST_HOOK_SECRET\n    params:\n"
		      "      env: \"${{ event.body.env }}\"\n      n: \"${{ event.body.n }}\"\n"
		      "      text: \"to ${{ event.body.env }}\"\n"
		      "steps:\n  - {id: a, run: 'true'}\n");
	site_workflow(&w, "unset", "on: {webhook: {secret_env: TEST_HOOK_NONE}}\n"
				   "steps:\n  - {id: a, run: 'true'}\n");
	site_workflow(&w, "plain", "steps:\n  - {id: a, run: 'true'}\n");
}

static void teardown(void)
{
	site_release(&w);
	when_freeze(0);
}

/* Signed as a sender would; `more` are further headers. */
static int deliver(const char *name, const char *secret, const char *text, const char *more)
{
	struct str headers = { 0 }, line = { 0 };
	char hex[CRYPTO_HEX + 1];
	crypto_hmac_sha256(view_of(secret), view_of(text), hex);
	str_addf(&headers, "X-Hub-Signature-256: sha256=%s\r\n%s", hex, more);
	str_addf(&line, "POST /v1/hooks/%s", name);
	int status = site_ask(&w, str_text(&line), str_text(&headers), text);
	str_release(&headers);
	str_release(&line);
	return status;
}

START_TEST(a_signed_delivery_starts_a_run_with_what_it_says)
{
	char id[40];
	ck_assert_int_eq(deliver("hooked", "sesame", body, "X-GitHub-Delivery: one\r\n"), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	ck_assert_str_eq(site_member(&w, "trigger.kind"), "webhook");
	ck_assert_str_eq(site_member(&w, "trigger.source"), "one");
	ck_assert_str_eq(site_member(&w, "params.env"), "prod");
	ck_assert_str_eq(site_member(&w, "params.n"), "3");
	ck_assert_str_eq(site_member(&w, "params.text"), "to prod");
	site_wait_status(&w, id, "completed");
}
END_TEST

static const struct {
	const char *name, *secret;
	int status;
	const char *why;		/* in the audit trail */
} refusals[] = {
	{ "hooked", "Sesame", 401, "the signature is wrong" },
	{ "unset", "", 401, "environment does not have its secret" },
	{ "plain", "sesame", 404, NULL },
	{ "nothing", "sesame", 404, NULL },
};

START_TEST(others_start_nothing_and_stand_in_the_audit_trail)
{
	ck_assert_int_eq(deliver(refusals[_i].name, refusals[_i].secret, body, ""),
			 refusals[_i].status);
	ck_assert_int_eq(site_get(&w, "/v1/runs"), 200);
	ck_assert_str_eq(site_member(&w, "runs"), "[]");
	ck_assert_int_eq(site_get(&w, "/v1/audit"), 200);
	if (refusals[_i].why)
		ck_assert_ptr_nonnull(strstr(site_member(&w, "audit.0.why"), refusals[_i].why));
}
END_TEST

START_TEST(without_a_signature_nothing_starts)
{
	ck_assert_int_eq(site_ask(&w, "POST /v1/hooks/hooked", "", body), 401);
	ck_assert_int_eq(site_ask(&w, "POST /v1/hooks/hooked",
				  "X-Hub-Signature-256: sha256=\r\n", body), 401);
	ck_assert_int_eq(site_ask(&w, "POST /v1/hooks/hooked/x", "", body), 404);
}
END_TEST

START_TEST(a_delivery_counts_once)
{
	char id[40];
	ck_assert_int_eq(deliver("hooked", "sesame", body, "X-GitHub-Delivery: one\r\n"), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	ck_assert_int_eq(deliver("hooked", "sesame", body, "X-GitHub-Delivery: one\r\n"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	ck_assert_int_eq(deliver("hooked", "sesame", "{\"env\":\"staging\"}",
				 "X-GitHub-Delivery: one\r\n"), 422);
	ck_assert_int_eq(deliver("hooked", "sesame", body, "X-GitHub-Delivery: two\r\n"), 201);
	ck_assert_str_ne(site_member(&w, "id"), id);
}
END_TEST

START_TEST(a_body_without_an_id_counts_once_in_the_window)
{
	char id[40];
	int64_t now = when_now_ms();
	when_freeze(now);
	ck_assert_int_eq(deliver("hooked", "sesame", body, ""), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	when_freeze(now + 290000);
	ck_assert_int_eq(deliver("hooked", "sesame", body, ""), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	when_freeze(now + 601000);
	ck_assert_int_eq(deliver("hooked", "sesame", body, ""), 201);
	ck_assert_str_ne(site_member(&w, "id"), id);
}
END_TEST

/* The time is signed with the body. */
static int deliver_as(int64_t at_s, int64_t said_s, const char *more)
{
	struct str text = { 0 }, headers = { 0 };
	char hex[CRYPTO_HEX + 1];
	str_addf(&text, "%lld.%s", (long long)at_s, body);
	crypto_hmac_sha256(VIEW("sesame"), view_of_str(&text), hex);
	str_addf(&headers, "X-Hub-Signature-256: sha256=%s\r\nX-Runboard-Timestamp: %lld\r\n%s", hex,
		 (long long)said_s, more);
	int status = site_ask(&w, "POST /v1/hooks/hooked", str_text(&headers), body);
	str_release(&text);
	str_release(&headers);
	return status;
}

static int deliver_at(int64_t at_s, int64_t said_s)
{
	return deliver_as(at_s, said_s, "");
}

START_TEST(a_delivery_with_a_signed_time_counts_once_under_whatever_id)
{
	char id[40];
	int64_t now = when_now_ms() / 1000;
	ck_assert_int_eq(deliver_as(now, now, "X-Runboard-Delivery: one\r\n"), 201);
	snprintf(id, sizeof id, "%s", site_member(&w, "id"));
	ck_assert_int_eq(deliver_as(now, now, "X-Runboard-Delivery: two\r\n"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	/* The sender tries again, signed anew. */
	ck_assert_int_eq(deliver_as(now + 1, now + 1, "X-Runboard-Delivery: one\r\n"), 201);
	ck_assert_str_eq(site_member(&w, "id"), id);
	ck_assert_int_eq(deliver_as(now + 2, now + 2, "X-Runboard-Delivery: three\r\n"), 201);
	ck_assert_str_ne(site_member(&w, "id"), id);
}
END_TEST

START_TEST(a_signed_time_must_be_near_and_the_one_that_was_signed)
{
	int64_t now = when_now_ms() / 1000;
	ck_assert_int_eq(deliver_at(now - 400, now - 400), 401);
	ck_assert_int_eq(deliver_at(now + 400, now + 400), 401);
	ck_assert_int_eq(deliver_at(now - 400, now), 401);
	ck_assert_int_eq(deliver_at(now - 200, now - 200), 201);
}
END_TEST

START_TEST(what_is_no_json_or_does_not_fit_the_parameters_starts_nothing)
{
	ck_assert_int_eq(deliver("hooked", "sesame", "env=prod", ""), 400);
	ck_assert_int_eq(deliver("hooked", "sesame", "{\"env\":\"moon\"}", ""), 400);
	ck_assert_int_eq(deliver("hooked", "sesame", "{\"env\":\"prod\",\"n\":\"x\"}", ""), 400);
	ck_assert_int_eq(site_get(&w, "/v1/runs"), 200);
	ck_assert_str_eq(site_member(&w, "runs"), "[]");
}
END_TEST

Suite *suite_hook(void);
Suite *suite_hook(void)
{
	Suite *s = suite_create("hook");
	TCase *t = tcase_create("webhooks");
	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_signed_delivery_starts_a_run_with_what_it_says);
	tcase_add_loop_test(t, others_start_nothing_and_stand_in_the_audit_trail, 0,
			    (int)(sizeof(refusals) / sizeof(*refusals)));
	tcase_add_test(t, without_a_signature_nothing_starts);
	tcase_add_test(t, a_delivery_counts_once);
	tcase_add_test(t, a_body_without_an_id_counts_once_in_the_window);
	tcase_add_test(t, a_delivery_with_a_signed_time_counts_once_under_whatever_id);
	tcase_add_test(t, a_signed_time_must_be_near_and_the_one_that_was_signed);
	tcase_add_test(t, what_is_no_json_or_does_not_fit_the_parameters_starts_nothing);
	suite_add_tcase(s, t);
	return s;
}
