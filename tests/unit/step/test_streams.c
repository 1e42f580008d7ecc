/* What the real runboard-step keeps of the streams: caps, order, masks. */
#include "lib/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/step/attempt.h"

/* ---- output --------------------------------------------------------------------------- */

START_TEST(a_flood_is_cut_at_its_cap_and_never_blocks)
{
	struct attempt a;
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "log_max", "10000");
	run_shell(&a, "head -c 20000000 /dev/zero | tr '\\0' x; echo fine >&2");
	ck_assert_int_eq(a.line.code, 0);
	read_file(&a, "stdout", &text);
	ck_assert_uint_eq(text.len, 10000);
	check_file(&a, "stderr", "fine\n");
	read_file(&a, "notes", &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "stdout is cut here"));
	ck_assert_ptr_nonnull(strstr(str_text(&text), "19990000 octets were dropped"));
	str_release(&text);
	attempt_end(&a);
}
END_TEST

static uint64_t little(const char *p, int bytes)
{
	uint64_t n = 0;
	for (int i = bytes; i-- > 0;)
		n = n << 8 | (unsigned char)p[i];
	return n;
}

START_TEST(the_order_covers_every_octet)
{
	struct attempt a;
	struct str order = { 0 };
	uint64_t out = 0, err = 0, last = 0;
	attempt_init(&a);
	run_shell(&a, "i=0; while [ $i -lt 500 ]; do echo $i; echo e$i >&2; i=$((i+1)); done");
	read_file(&a, "order", &order);
	ck_assert_uint_eq(order.len % 16, 0);
	for (size_t at = 0; at < order.len; at += 16) {
		const char *record = order.ptr + at;
		ck_assert_uint_ge(little(record, 8), last);
		last = little(record, 8);
		out += record[8] == 1 ? little(record + 12, 4) : 0;
		err += record[8] == 2 ? little(record + 12, 4) : 0;
	}
	ck_assert_uint_eq(out, 1890);	/* 10*2 + 90*3 + 400*4 */
	ck_assert_uint_eq(err, 2390);
	str_release(&order);
	attempt_end(&a);
}
END_TEST

START_TEST(a_secret_is_masked_also_in_two_writes)
{
	struct attempt a;
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "mask", "hunter2secret");
	run_shell(&a, "printf 'a hunter2'; printf 'secret b\\n'; echo hunter2secret >&2; printf hunter2");
	read_file(&a, "stdout", &text);
	ck_assert_str_eq(str_text(&text), "a *** b\nhunter2");
	check_file(&a, "stderr", "***\n");
	str_release(&text);
	attempt_end(&a);
}
END_TEST

START_TEST(a_secret_is_masked_at_every_chunk_border)
{
	struct attempt a;
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "mask", "TOPSECRETVALUE");
	/* lines of 37 octets move the secret over every place of the 64 KiB gulps */
	run_shell(&a, "i=0; while [ $i -lt 8000 ]; do echo \"line before TOPSECRETVALUE and behind\"; i=$((i+1)); done");
	read_file(&a, "stdout", &text);
	ck_assert_ptr_null(strstr(str_text(&text), "SECRET"));
	ck_assert_uint_eq(text.len, 8000 * (sizeof("line before *** and behind\n") - 1));
	str_release(&text);
	attempt_end(&a);
}
END_TEST

START_TEST(a_whole_environment_of_secrets_stays_out_of_proc)
{
	struct attempt a;
	char packet[64], path[64];
	struct str text = { 0 };
	attempt_init(&a);
	say(&a, "env", "TOKEN=verysecretvalue");
	say(&a, "mask", "verysecretvalue");
	say_shell(&a, "exec sleep 1000");
	launch_whole(&a);
	int fd = dial(&a);
	ck_assert(hear(fd, "started ", packet, sizeof packet));
	snprintf(path, sizeof path, "/proc/%d/environ", (int)a.pid);
	file_read(path, FILE_MAX, &text, NULL);
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)a.pid);
	file_read(path, FILE_MAX, &text, NULL);
	ck_assert_uint_eq(view_find(view_of_str(&text), VIEW("verysecret"), 0), SIZE_MAX);
	ck_assert_int_eq(send(fd, "kill", 4, 0), 4);
	ck_assert_int_eq(wait_end(&a), 0);
	close(fd);
	str_release(&text);
	attempt_end(&a);
}
END_TEST

Suite *suite_streams(void);
Suite *suite_streams(void)
{
	Suite *s = suite_create("streams");
	TCase *t = tcase_create("program");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_flood_is_cut_at_its_cap_and_never_blocks);
	tcase_add_test(t, the_order_covers_every_octet);
	tcase_add_test(t, a_secret_is_masked_also_in_two_writes);
	tcase_add_test(t, a_secret_is_masked_at_every_chunk_border);
	tcase_add_test(t, a_whole_environment_of_secrets_stays_out_of_proc);
	suite_add_tcase(s, t);
	return s;
}
