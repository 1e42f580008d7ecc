/* The files of a log while a step begins to print. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/log_file.h"
#include "lib/unit.h"

static const char *in_folder(struct str *path, const char *folder, const char *name)
{
	str_clear(path);
	str_addf(path, "%s/runs/r/t/1/%s", folder, name);
	return str_text(path);
}

/* Returns when the reader has come to it. */
static void meet(const char *fifo)
{
	int fd = open(fifo, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
}

/* As a supervisor does it: the files, what is printed, then that it was. */
static void print_into(const char *folder)
{
	static const char record[16] = { 1, [8] = 1, [12] = 6 };
	struct str path = { 0 };
	meet(in_folder(&path, folder, "stderr"));
	file_replace(in_folder(&path, folder, "stdout"), VIEW("begun\n"), 0600, NULL);
	file_replace(in_folder(&path, folder, "order"), view_bytes(record, sizeof record), 0600, NULL);
	meet(in_folder(&path, folder, "notes"));
	str_release(&path);
}

/* Pipes in the place of two of the files hold the reader up between the first and the last. */
START_TEST(what_is_printed_while_the_files_are_opened_is_not_passed_over)
{
	struct attempt_name name = { VIEW("r"), VIEW("t"), 1 };
	struct log_place begin = { 0 };
	struct log_record r;
	struct log_file f;
	struct str path = { 0 };
	char folder[64];
	guard_folder(folder, sizeof folder, "log");
	ck_assert(file_make_folders(in_folder(&path, folder, ""), 0700, NULL));
	ck_assert_int_eq(mkfifo(in_folder(&path, folder, "stderr"), 0600), 0);
	ck_assert_int_eq(mkfifo(in_folder(&path, folder, "notes"), 0600), 0);
	pid_t pid = fork();
	if (!pid) {
		print_into(folder);
		_exit(0);
	}
	ck_assert(log_file_open(&f, folder, &name));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	if (log_record_at(&f, &begin, false, &r))
		ck_assert_int_eq(log_size(&f, LOG_OUT), r.length);
	log_file_close(&f);
	str_release(&path);
}
END_TEST

Suite *suite_log_file(void);
Suite *suite_log_file(void)
{
	Suite *s = suite_create("log_file");
	TCase *t = tcase_create("opening");
	tcase_add_test(t, what_is_printed_while_the_files_are_opened_is_not_passed_over);
	suite_add_tcase(s, t);
	return s;
}
