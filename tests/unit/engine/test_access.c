/* Settings, people, roles, tokens, signatures, addresses. */
#include "lib/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "engine/access.h"
#include "engine/crypto.h"
#include "engine/listen.h"
#include "engine/own.h"
#include "engine/settings.h"

/* ---- crypto --------------------------------------------------------------------- */

START_TEST(sha256_and_hmac_are_those_of_the_standards)
{
	char hex[CRYPTO_HEX + 1];
	crypto_sha256(VIEW("abc"), hex);
	ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	crypto_sha256(VIEW(""), hex);
	ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	/* RFC 4231, case 2 */
	crypto_hmac_sha256(VIEW("Jefe"), VIEW("what do ya want for nothing?"), hex);
	ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(comparison_is_of_whole_texts)
{
	ck_assert(crypto_equal(VIEW("abc"), VIEW("abc")));
	ck_assert(!crypto_equal(VIEW("abc"), VIEW("abd")));
	ck_assert(!crypto_equal(VIEW("abc"), VIEW("abcd")));
	ck_assert(crypto_equal(VIEW(""), VIEW("")));
}
END_TEST

START_TEST(two_tokens_differ)
{
	char a[CRYPTO_TOKEN + 1], b[CRYPTO_TOKEN + 1];
	crypto_token(a);
	crypto_token(b);
	ck_assert_uint_eq(strlen(a), CRYPTO_TOKEN);
	ck_assert_str_ne(a, b);
}
END_TEST

/* ---- settings -------------------------------------------------------------------- */

START_TEST(settings_are_read)
{
	struct settings s;
	ck_assert(settings_parse(&s, VIEW("[queue default]\nslots = 3\n[user root]\nroles = viewer\n"),
				 "f", NULL));
	ck_assert_uint_eq(s.queues.len, 1);
	ck_assert_str_eq(s.queues.items[0].name, "default");
	ck_assert_int_eq(s.queues.items[0].slots, 3);
	ck_assert_uint_eq(s.people.len, 1);
	settings_release(&s);
}
END_TEST

START_TEST(logs_secrets_and_notices_are_settings_too)
{
	struct settings s;
	struct err err = { 0 };
	ck_assert_msg(settings_parse(&s,
				     VIEW("[logs]\nmax = 64M\nrun_max = 2G\n"
					  "[secrets]\ncommand = pass show runboard/$NAME\ntimeout = 5s\n"
					  "[notice ops]\non = failed, long_running\nafter = 30m\n"
					  "filter = label.team:web\nurl = https://x.example/h\nsecret = HOOK\n"
					  "[notice me]\non = ended\ncommand = mail me\n"),
				     "f", &err),
		      "%s", err_text(&err));
	ck_assert_int_eq(s.log_max, 64 << 20);
	ck_assert_int_eq(s.run_log_max, INT64_C(2) << 30);
	ck_assert_str_eq(s.secret_command, "pass show runboard/$NAME");
	ck_assert_int_eq(s.secret_timeout_ms, 5000);
	ck_assert_uint_eq(s.notices.len, 2);
	ck_assert_uint_eq(s.notices.items[0].n_on, 2);
	ck_assert(view_is(s.notices.items[0].on[1], "long_running"));
	ck_assert_int_eq(s.notices.items[0].after_ms, 1800000);
	ck_assert(view_is(s.notices.items[0].secret, "HOOK"));
	ck_assert(view_is(s.notices.items[1].command, "mail me"));
	settings_release(&s);
}
END_TEST

START_TEST(notices_that_say_nothing_are_refused)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "[notice a]\non = failed\n", "f:2: [notice a] must have a command or a url" },
		{ "[notice a]\ncommand = x\n", "[notice a] on is missing" },
		{ "[notice a]\non = faild\ncommand = x\n", "f:2: on: on has statuses" },
		{ "[notice a]\non = failed\nurl = ftp://x\n", "f:3: url: an address with http" },
		{ "[notice a]\non = failed\nafter = 5m\ncommand = x\n", "after goes with" },
		{ "[notice a]\non = failed\nsecret = S\ncommand = x\n", "secret goes with url" },
		{ "[notice a]\nfilter = status:\ncommand = x\n", "f:2: filter: it is no filter" },
		{ "[logs]\nmax = 0\n", "f:2: max: a size" },
		{ "[logs x]\nmax = 1M\n", "f:2: max: sections are" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct settings s;
		struct err err = { 0 };
		ck_assert_msg(!settings_parse(&s, view_of(bad[i].text), "f", &err), "%s", bad[i].text);
		ck_assert_msg(strstr(err_text(&err), bad[i].why) != NULL, "%s", err_text(&err));
		err_release(&err);
	}
}
END_TEST

START_TEST(all_errors_of_the_settings_are_told_at_once)
{
	struct settings s;
	struct err err = { 0 };
	ck_assert(!settings_parse(&s,
				  VIEW("[queue default]\nslots = many\n[nonsense]\na = b\n"
				       "[token ci]\nsha256 = 12\ncolour = red\n"),
				  "f", &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err_text(&err), "f:2:"));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "f:4:"));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "f:6:"));
	ck_assert_ptr_nonnull(strstr(err_text(&err), "f:7:"));
	err_release(&err);
}
END_TEST

START_TEST(no_file_is_no_error)
{
	struct settings s;
	ck_assert(settings_load(&s, "/no/such/file", NULL));
	settings_release(&s);
}
END_TEST

/* ---- access ----------------------------------------------------------------------- */

enum { OWN = 4242, STRANGER = 4243, PORT = 8420 };

/* sha256 of "letmein" */
#define TOKEN_SETTINGS \
	"[token ci]\nsha256 = 1c8bfe8f801d79745c4631d09fff36c82aa37fc4cce4fc946683d7b336b63032\n" \
	"roles = operator\n"

static struct access *access_with(const char *text)
{
	struct settings s;
	struct err err = { 0 };
	ck_assert_msg(settings_parse(&s, view_of(text), "f", &err), "%s", err_text(&err));
	struct access *a = access_new(&s, OWN, &err);
	ck_assert_msg(a != NULL, "%s", err_text(&err));
	settings_release(&s);
	return a;
}

static const struct caller *by_uid(struct access *a, uid_t uid, int *status)
{
	struct front_head head = { 0 };
	struct front_refusal why = { 0 };
	struct porch_peer peer = { .kind = PORCH_UNIX, .uid = uid };
	const struct caller *c = access_caller(a, &peer, &head, &why);
	*status = why.status;
	return c;
}

static const struct caller *by_header(struct access *a, const char *value, int *status)
{
	struct front_head head = { .n_headers = value != NULL };
	struct front_refusal why = { 0 };
	struct porch_peer peer = { .kind = PORCH_TCP, .uid = OWN, .port = PORT };
	head.headers[0] = (struct front_header){ VIEW("Authorization"), view_of(value) };
	const struct caller *c = access_caller(a, &peer, &head, &why);
	*status = why.status;
	return c;
}

START_TEST(the_owner_and_root_may_all_and_strangers_nothing)
{
	int status;
	struct access *a = access_with("");
	ck_assert(caller_can(by_uid(a, OWN, &status), CAN_ADMIN));
	ck_assert(caller_can(by_uid(a, 0, &status), CAN_FORCE_ADVANCE));
	ck_assert_ptr_null(by_uid(a, STRANGER, &status));
	ck_assert_int_eq(status, 403);
	ck_assert(!access_has_tokens(a));
	access_free(a);
}
END_TEST

START_TEST(a_user_has_the_roles_that_were_given)
{
	int status;
	struct access *a = access_with("[user root]\nroles = viewer, approver\n");
	const struct caller *c = by_uid(a, 0, &status);
	ck_assert_str_eq(c->name, "root");
	struct view names[ROLES];
	ck_assert_uint_eq(caller_roles(c, VIEW(""), names), 2);
	ck_assert(caller_can(c, CAN_APPROVE_STEP));
	ck_assert(!caller_can(c, CAN_RUN_WORKFLOW));
	ck_assert(!caller_can(c, CAN_ADMIN));
	access_free(a);
}
END_TEST

#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define DEF_SHA256 "cb8379ac2098aa165029e3938a51da0bcecfc008fd6795f401178647f96c5b34"
#define GHI_SHA256 "50ae61e841fac4e8f9e40baf2ad36ec868922ea48368c18f9535e47db56dd7fb"

static bool take(struct access *a, const char *settings)
{
	struct settings s;
	ck_assert(settings_parse(&s, view_of(settings), "f", NULL));
	bool good = access_take(a, &s, NULL);
	settings_release(&s);
	return good;
}

START_TEST(callers_that_were_given_out_have_the_rights_of_the_settings_that_are_taken)
{
	int status;
	struct access *a = access_with("[user root]\nroles = viewer\n[token ci]\nroles = operator\n"
				       "sha256 = " ABC_SHA256 "\n");
	const struct access_token made = { VIEW("made"), VIEW(DEF_SHA256), VIEW("approver") };
	ck_assert(access_add_token(a, &made, NULL));
	const struct caller *root = by_uid(a, 0, &status), *ci = by_header(a, "Bearer abc", &status),
			    *kept = by_header(a, "Bearer def", &status);
	ck_assert(!take(a, "[user root]\nroles = emperor\n"));
	ck_assert(!caller_can(root, CAN_ADMIN) && caller_can(ci, CAN_RUN_WORKFLOW));

	ck_assert(take(a, "[token new]\nroles = viewer\nsha256 = " GHI_SHA256 "\n"));
	ck_assert_ptr_eq(by_uid(a, 0, &status), root);
	ck_assert(caller_can(root, CAN_ADMIN));
	ck_assert_ptr_null(by_header(a, "Bearer abc", &status));
	ck_assert(!caller_can(ci, CAN_VIEW_RUNS));
	ck_assert_ptr_eq(by_header(a, "Bearer def", &status), kept);
	ck_assert(caller_can(kept, CAN_APPROVE_STEP));
	ck_assert_ptr_nonnull(by_header(a, "Bearer ghi", &status));

	ck_assert(take(a, "[token made]\nroles = viewer\nsha256 = " ABC_SHA256 "\n"));
	ck_assert_ptr_null(by_header(a, "Bearer def", &status));
	ck_assert_str_eq(by_header(a, "Bearer abc", &status)->name, "made");
	ck_assert(!access_drop_token(a, VIEW("made")));
	access_free(a);
}
END_TEST

START_TEST(rights_are_given_for_some_workflows)
{
	int status;
	struct view names[ROLES];
	struct access *a = access_with("[user root]\n"
				       "roles = viewer, approver:deploy-*, CANCEL_RUN : report\n");
	const struct caller *c = by_uid(a, 0, &status);
	ck_assert(caller_can_everywhere(c, CAN_VIEW_RUNS));
	ck_assert(caller_can_on(c, CAN_APPROVE_STEP, VIEW("deploy-web")));
	ck_assert(!caller_can_on(c, CAN_APPROVE_STEP, VIEW("report")));
	ck_assert(!caller_can_everywhere(c, CAN_APPROVE_STEP));
	ck_assert(caller_can_on(c, CAN_CANCEL_RUN, VIEW("report")));
	ck_assert(!caller_can_on(c, CAN_CANCEL_RUN, VIEW("reports")));
	ck_assert(caller_can(c, CAN_CANCEL_RUN) && !caller_can(c, CAN_RUN_WORKFLOW));
	ck_assert_uint_eq(caller_roles(c, VIEW("deploy-web"), names), 2);
	ck_assert_uint_eq(caller_roles(c, VIEW("report"), names), 1);
	ck_assert(view_is(names[0], "viewer"));
	access_free(a);
}
END_TEST

static const char *const wrong_roles[] = { "emperor", "operator:", "operator,,viewer", ":x", "cancel_run" };

/* The row of a run whose gate asks for one of `n` roles, approver the last of them. */
static void gated_row(struct str *row, int n)
{
	str_add_text(row, "{\"workflow\":\"ship\",\"waiting\":{\"roles\":[");
	for (int i = 1; i < n; i++)
		str_addf(row, "\"role-%d\",", i);
	str_add_text(row, "\"approver\"]},\"actions\":{\"approve\":true}}");
}

START_TEST(a_row_says_what_its_reader_may_do_however_many_roles_the_gate_asks_for)
{
	static const char none[] = "\"approve\":\"you have none of the roles";
	static const int roles[] = { 1, 16, 17, 40 };
	int status;
	struct access *a = access_with("[user root]\nroles = viewer, approver\n"
				       "[token ci]\nsha256 = " ABC_SHA256 "\nroles = operator\n");
	const struct caller *approver = by_uid(a, 0, &status);
	const struct caller *other = by_header(a, "Bearer abc", &status);
	struct str row = {0}, own = {0};
	struct own_rows *rows = own_rows_new();
	gated_row(&row, roles[_i]);
	struct view frame = view_of_str(&row);
	ck_assert(!own_row(approver, frame, &own));
	str_clear(&own);
	ck_assert(own_row(other, frame, &own));
	ck_assert(view_find(view_of_str(&own), view_of(none), 0) != SIZE_MAX);
	ck_assert(view_eq(own_rows_get(rows, approver, 1, frame), frame));
	ck_assert(view_find(own_rows_get(rows, other, 1, frame), view_of(none), 0) != SIZE_MAX);
	ck_assert(view_eq(own_rows_get(rows, approver, 1, frame), frame));
	own_rows_free(rows);
	str_release(&row);
	str_release(&own);
	access_free(a);
}
END_TEST

START_TEST(words_that_are_no_right_are_an_error)
{
	struct settings s;
	struct str text = { 0 };
	str_addf(&text, "[user root]\nroles = %s\n", wrong_roles[_i]);
	ck_assert(settings_parse(&s, view_of_str(&text), "f", NULL));
	ck_assert_msg(access_new(&s, OWN, NULL) == NULL, "%s", wrong_roles[_i]);
	settings_release(&s);
	str_release(&text);
}
END_TEST

START_TEST(a_role_that_there_is_not_is_an_error)
{
	struct settings s;
	struct err err = { 0 };
	ck_assert(settings_parse(&s, VIEW("[user root]\nroles = emperor\n"), "f", NULL));
	ck_assert_ptr_null(access_new(&s, OWN, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	ck_assert_ptr_nonnull(strstr(err_text(&err), "emperor"));
	err_release(&err);
	settings_release(&s);
}
END_TEST

START_TEST(over_tcp_only_the_right_token_lets_in)
{
	int status;
	struct access *a = access_with(TOKEN_SETTINGS);
	const struct caller *c = by_header(a, "Bearer letmein", &status);
	ck_assert_ptr_nonnull(c);
	ck_assert_str_eq(c->name, "ci");
	ck_assert(caller_can(c, CAN_RUN_WORKFLOW));
	ck_assert(!caller_can(c, CAN_APPROVE_STEP));
	static const char *const wrong[] = { "Bearer letmeinn", "Bearer ", "Bearer", "letmein",
					     "Basic letmein", "Bearer LETMEIN", "" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_ptr_null(by_header(a, wrong[i], &status));
		ck_assert_int_eq(status, 401);
	}
	ck_assert_ptr_null(by_header(a, NULL, &status));
	ck_assert_int_eq(status, 401);
	access_free(a);
}
END_TEST

START_TEST(guessing_is_slowed_down_but_never_locks_out)
{
	int status = 0;
	struct access *a = access_with(TOKEN_SETTINGS);
	for (int i = 0; i < 30; i++)
		by_header(a, "Bearer wrong", &status);
	ck_assert_int_eq(status, 429);
	ck_assert_ptr_nonnull(by_header(a, "Bearer letmein", &status));
	access_free(a);
}
END_TEST

/* ---- addresses ---------------------------------------------------------------------- */

static const struct {
	const char *text;
	enum err_kind kind;
} addresses[] = {
	{ "unix:/run/x/s", ERR_NONE },	  { "localhost:8420", ERR_NONE },
	{ "127.0.0.1:0", ERR_NONE },	  { "[::1]:8420", ERR_NONE },
	{ "unix:relative", ERR_USAGE },	  { "unix:", ERR_USAGE },
	{ "0.0.0.0:8420", ERR_USAGE },	  { "[::]:8420", ERR_USAGE },
	{ "192.168.1.1:80", ERR_USAGE },  { "example.org:80", ERR_USAGE },
	{ "localhost", ERR_USAGE },	  { "localhost:", ERR_USAGE },
	{ "localhost:99999", ERR_USAGE }, { ":8420", ERR_USAGE },
	{ "", ERR_USAGE },
};

START_TEST(only_sockets_and_loopback_are_listened_on)
{
	struct listen_address address;
	struct err err = { 0 };
	bool good = listen_parse(addresses[_i].text, &address, &err);
	ck_assert_msg(good == (addresses[_i].kind == ERR_NONE), "%s", addresses[_i].text);
	ck_assert_int_eq(err.kind, addresses[_i].kind);
	listen_release(&address);
	err_release(&err);
}
END_TEST

static void check_open_folder(mode_t mode, bool want)
{
	char folder[48], path[64];
	guard_folder(folder, sizeof folder, "listen");
	chmod(folder, mode);
	snprintf(path, sizeof path, "unix:%s/s", folder);
	struct listen_address address;
	struct stat st;
	ck_assert(listen_parse(path, &address, NULL));
	int fd = listen_open(&address, NULL);
	ck_assert_int_eq(fd >= 0, want);
	if (want) {
		ck_assert_int_eq(stat(address.path, &st), 0);
		ck_assert_uint_eq(st.st_mode & 0177, 0);
		close(fd);
	}
	unlink(address.path);
	listen_release(&address);
	rmdir(folder);
}

START_TEST(a_socket_stands_in_a_folder_where_others_can_put_nothing)
{
	check_open_folder(0700, true);
	check_open_folder(0755, true);
	check_open_folder(0770, false);
}
END_TEST

Suite *suite_access(void);
Suite *suite_access(void)
{
	Suite *s = suite_create("access");
	TCase *t = tcase_create("all");
	tcase_add_test(t, sha256_and_hmac_are_those_of_the_standards);
	tcase_add_test(t, comparison_is_of_whole_texts);
	tcase_add_test(t, two_tokens_differ);
	tcase_add_test(t, settings_are_read);
	tcase_add_test(t, logs_secrets_and_notices_are_settings_too);
	tcase_add_test(t, notices_that_say_nothing_are_refused);
	tcase_add_test(t, all_errors_of_the_settings_are_told_at_once);
	tcase_add_test(t, no_file_is_no_error);
	tcase_add_test(t, the_owner_and_root_may_all_and_strangers_nothing);
	tcase_add_test(t, a_user_has_the_roles_that_were_given);
	tcase_add_test(t, callers_that_were_given_out_have_the_rights_of_the_settings_that_are_taken);
	tcase_add_test(t, rights_are_given_for_some_workflows);
	tcase_add_loop_test(t, a_row_says_what_its_reader_may_do_however_many_roles_the_gate_asks_for,
			    0, 4);
	tcase_add_loop_test(t, words_that_are_no_right_are_an_error, 0,
			    (int)(sizeof wrong_roles / sizeof *wrong_roles));
	tcase_add_test(t, a_role_that_there_is_not_is_an_error);
	tcase_add_test(t, over_tcp_only_the_right_token_lets_in);
	tcase_add_test(t, guessing_is_slowed_down_but_never_locks_out);
	tcase_add_loop_test(t, only_sockets_and_loopback_are_listened_on, 0,
			    (int)(sizeof(addresses) / sizeof(*addresses)));
	tcase_add_test(t, a_socket_stands_in_a_folder_where_others_can_put_nothing);
	suite_add_tcase(s, t);
	return s;
}
