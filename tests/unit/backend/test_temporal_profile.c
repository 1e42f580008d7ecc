/* The Temporal CLI's own settings: variables before the profile file. */
#include <stdlib.h>
#include <unistd.h>

#include "backend/temporal_profile.h"
#include "base/file.h"
#include "lib/unit.h"

static const char file[] =
	"# made by the CLI\n"
	"[profile.default]\n"
	"address = \"temporal.example.org:7233\" # of gRPC\n"
	"namespace = 'orders'\n"
	"unheard_of = [1, 2]\n"
	"\n"
	"[profile.prod]\n"
	"address = \"[2001:db8::1]:7233\"\n"
	"api_key = \"a \\\"key\\\"\"\n"
	"[profile.prod.tls]\n"
	"server_ca_cert_path = \"/etc/ca.pem\"\n"
	"client_cert_path = \"/etc/c.pem\"\n"
	"client_key_path = \"/etc/c.key\"\n"
	"[profile.\"off\"]\n"
	"api_key = \"k\"\n"
	"[profile.\"off\".tls]\n"
	"disabled = true\n";

static struct temporal_profile p;
static struct str url;
static char path[64];

static const char *const variables[] = {
	"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_TLS",
	"TEMPORAL_TLS_CA", "TEMPORAL_TLS_CERT", "TEMPORAL_TLS_KEY", "TEMPORAL_PROFILE",
	"TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_PATH",
	"TEMPORAL_TLS_CLIENT_KEY_PATH", "TEMPORAL_CONFIG_FILE",
};

static void set_up(void)
{
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	guard_file(path, sizeof path, "profile");
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(file, f);
	fclose(f);
	setenv("TEMPORAL_CONFIG_FILE", path, 1);
}

static void tear_down(void)
{
	temporal_profile_release(&p);
	str_release(&url);
	url = (struct str){ 0 };
	unlink(path);
	unsetenv("TEMPORAL_CONFIG_FILE");
}

static const char *url_of(const char *name)
{
	ck_assert(temporal_profile_load(&p, name, NULL));
	temporal_profile_url(&p, &url);
	return str_text(&url);
}

START_TEST(the_default_profile_gives_the_host_and_the_namespace)
{
	ck_assert_str_eq(url_of(NULL), "http://temporal.example.org:7243");
	ck_assert_str_eq(p.space, "orders");
	ck_assert_ptr_null(p.api_key);
}
END_TEST

START_TEST(a_named_profile_has_its_key_and_certificates)
{
	setenv("TEMPORAL_PROFILE", "prod", 1);
	ck_assert_str_eq(url_of(NULL), "https://[2001:db8::1]:7243");
	ck_assert_str_eq(p.api_key, "a \"key\"");
	ck_assert_str_eq(p.ca_file, "/etc/ca.pem");
	ck_assert_str_eq(p.cert_file, "/etc/c.pem");
	ck_assert_str_eq(p.key_file, "/etc/c.key");
	ck_assert_ptr_null(p.space);
}
END_TEST

START_TEST(tls_that_is_switched_off_stays_off)
{
	ck_assert_str_eq(url_of("off"), "http://localhost:7243");
}
END_TEST

START_TEST(variables_come_before_the_file)
{
	setenv("TEMPORAL_ADDRESS", "other:1", 1);
	setenv("TEMPORAL_NAMESPACE", "ns", 1);
	setenv("TEMPORAL_TLS", "true", 1);
	setenv("TEMPORAL_TLS_CA", "/ca", 1);
	ck_assert_str_eq(url_of(NULL), "https://other:7243");
	ck_assert_str_eq(p.space, "ns");
	ck_assert_str_eq(p.ca_file, "/ca");
}
END_TEST

START_TEST(without_a_file_it_is_this_machine)
{
	setenv("TEMPORAL_CONFIG_FILE", "/tmp/there/is/none", 1);
	ck_assert_str_eq(url_of(NULL), "http://localhost:7243");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_said)
{
	struct err err = { 0 };
	setenv("TEMPORAL_CONFIG_FILE", "/tmp", 1);
	ck_assert(!temporal_profile_load(&p, NULL, &err));
	ck_assert_int_eq(err.kind, ERR_CONFIG);
	err_release(&err);
}
END_TEST

Suite *suite_temporal_profile(void);

Suite *suite_temporal_profile(void)
{
	Suite *s = suite_create("temporal_profile");
	TCase *c = tcase_create("temporal_profile");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, the_default_profile_gives_the_host_and_the_namespace);
	tcase_add_test(c, a_named_profile_has_its_key_and_certificates);
	tcase_add_test(c, tls_that_is_switched_off_stays_off);
	tcase_add_test(c, variables_come_before_the_file);
	tcase_add_test(c, without_a_file_it_is_this_machine);
	tcase_add_test(c, a_file_that_cannot_be_read_is_said);
	suite_add_tcase(s, c);
	return s;
}
