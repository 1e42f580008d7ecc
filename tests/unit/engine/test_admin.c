/* Administration over the API: a backup while the engine goes on, tokens. */
#include <sys/stat.h>

#include <check.h>

#include "engine/crypto.h"
#include "engine/engine_inside.h"
#include "lib/unit.h"
#include "unit/engine/site.h"

static struct site w;

static void setup(void)
{
	site_init(&w, "");
	site_workflow(&w, "hello", "steps:\n  - {id: a, run: 'true'}\n");
}

static void teardown(void)
{
	site_release(&w);
}

static int back_up(const char *name)
{
	char text[128];
	snprintf(text, sizeof text, "{\"file\":\"%s/%s\"}", w.folder, name);
	return site_post(&w, text, "/v1/backup");
}

static int64_t count(struct db *db, const char *sql)
{
	struct db_stmt *st = db_prepare(db, sql, NULL);
	int64_t n = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : -1;
	db_finish(st);
	return n;
}

START_TEST(a_backup_is_a_whole_journal)
{
	char id[40], path[80];
	struct err err = { 0 };
	for (int i = 0; i < 3; i++) {
		site_start(&w, "hello", NULL, id);
		site_wait_status(&w, id, "completed");
	}
	ck_assert_int_eq(back_up("copy.db"), 201);
	snprintf(path, sizeof path, "%s/copy.db", w.folder);
	ck_assert_str_eq(site_member(&w, "file"), path);
	struct db *db = db_open(path, &err);
	ck_assert_msg(db != NULL, "%s", err_text(&err));
	ck_assert(db_check(db, &err));
	ck_assert_int_eq(count(db, "SELECT count(*) FROM runs WHERE status = 'completed'"), 3);
	db_close(db);
	/* What is there is never written over, and a part is not left behind. */
	ck_assert_int_eq(back_up("copy.db"), 409);
	snprintf(path, sizeof path, "%s/copy.db.part", w.folder);
	struct stat st;
	ck_assert_int_ne(stat(path, &st), 0);
	ck_assert_int_ge(back_up("nowhere/copy.db"), 400);
	ck_assert_int_eq(site_post(&w, "{\"file\":\"copy.db\"}", "/v1/backup"), 400);
	ck_assert_int_eq(site_get(&w, "/v1/audit"), 200);
	ck_assert_ptr_nonnull(strstr(str_text(&w.body), "backup to"));
}
END_TEST

static const struct caller *by(const char *token)
{
	struct front_head head = { .n_headers = 1 };
	struct porch_peer peer = { .kind = PORCH_TCP };
	struct front_refusal why;
	struct str value = { 0 };
	str_addf(&value, "Bearer %s", token);
	head.headers[0] = (struct front_header){ VIEW("Authorization"), view_of_str(&value) };
	const struct caller *c = access_caller(w.access, &peer, &head, &why);
	str_release(&value);
	return c;
}

START_TEST(a_token_is_told_once_kept_as_its_hash_and_taken_away)
{
	char token[64], hex[CRYPTO_HEX + 1];
	ck_assert(!access_has_tokens(w.access));
	ck_assert_int_eq(site_post(&w, "{\"name\":\"ci\",\"roles\":\"operator\"}", "/v1/tokens"), 201);
	snprintf(token, sizeof token, "%s", site_member(&w, "token"));
	ck_assert_uint_eq(strlen(token), CRYPTO_TOKEN);
	const struct caller *c = by(token);
	ck_assert_ptr_nonnull(c);
	ck_assert_str_eq(c->name, "ci");
	ck_assert(caller_can(c, CAN_RUN_WORKFLOW));
	ck_assert(!caller_can(c, CAN_ADMIN));
	ck_assert_int_eq(site_post(&w, "{\"name\":\"ci\"}", "/v1/tokens"), 409);
	ck_assert_int_eq(site_post(&w, "{\"name\":\"x\",\"roles\":\"king\"}", "/v1/tokens"), 422);
	ck_assert_int_eq(site_post(&w, "{\"name\":\"a b\"}", "/v1/tokens"), 400);
	ck_assert_int_eq(site_get(&w, "/v1/tokens"), 200);
	ck_assert_str_eq(site_member(&w, "tokens.0.name"), "ci");
	ck_assert_ptr_null(strstr(str_text(&w.body), token));
	crypto_sha256(view_of(token), hex);
	struct db *db = journal_db(w.engine->journal);
	struct db_stmt *st = db_prepare(db, "SELECT count(*) FROM tokens WHERE sha256 = ?", NULL);
	db_bind_text(st, 1, view_of(hex));
	ck_assert_int_eq(db_step(st, NULL), DB_ROW);
	ck_assert_int_eq(db_int(st, 0), 1);
	db_finish(st);
	ck_assert_int_eq(site_post(&w, "{}", "/v1/tokens/ci/revoke"), 200);
	ck_assert_ptr_null(by(token));
	ck_assert_int_eq(site_post(&w, "{}", "/v1/tokens/ci/revoke"), 404);
	ck_assert_int_eq(count(db, "SELECT count(*) FROM tokens"), 0);
}
END_TEST

Suite *suite_admin(void);
Suite *suite_admin(void)
{
	Suite *s = suite_create("admin");
	TCase *t = tcase_create("administration");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_backup_is_a_whole_journal);
	tcase_add_test(t, a_token_is_told_once_kept_as_its_hash_and_taken_away);
	suite_add_tcase(s, t);
	return s;
}
