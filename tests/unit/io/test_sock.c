/* Unix sockets on real files. */
#include "io/sock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

static char folder[64];
static int dir;

static void make_folder(void)
{
	guard_folder(folder, sizeof folder, "sock");
	dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void remove_folder(void)
{
	unlinkat(dir, "s", 0);
	close(dir);
	rmdir(folder);
}

START_TEST(a_peer_is_known_by_its_user_and_process)
{
	struct err err = { 0 };
	struct sock_peer peer = { 0 };
	int listener = sock_listen(dir, "s", SOCK_KIND_STREAM, &err);
	ck_assert_msg(listener >= 0, "%s", err_text(&err));
	ck_assert_int_eq(sock_accept(listener, &err), -1);
	ck_assert_int_eq(err.kind, ERR_NONE);
	int client = sock_connect(dir, "s", SOCK_KIND_STREAM, &err);
	ck_assert_int_ge(client, 0);
	int server = sock_accept(listener, &err);
	ck_assert(sock_peer(server, &peer, &err));
	ck_assert_uint_eq(peer.uid, getuid());
	ck_assert_int_eq(peer.pid, getpid());
	struct stat st;
	ck_assert_int_eq(fstatat(dir, "s", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	close(server);
	close(client);
	close(listener);
}
END_TEST

START_TEST(a_file_left_behind_is_replaced_a_living_one_is_not)
{
	struct err err = { 0 };
	int first = sock_listen(dir, "s", SOCK_KIND_STREAM, &err);
	ck_assert_int_eq(sock_listen(dir, "s", SOCK_KIND_STREAM, &err), -1);
	ck_assert_int_eq(err.kind, ERR_REFUSED);
	err_release(&err);
	close(first);
	ck_assert_int_eq(sock_connect(dir, "s", SOCK_KIND_STREAM, &err), -1);
	ck_assert_int_eq(err.kind, ERR_UNREACHABLE);
	err_release(&err);
	int second = sock_listen(dir, "s", SOCK_KIND_STREAM, &err);
	ck_assert_msg(second >= 0, "%s", err_text(&err));
	close(second);
	unlinkat(dir, "s", 0);
	ck_assert_int_eq(sock_connect(dir, "s", SOCK_KIND_STREAM, &err), -1);
	ck_assert_int_eq(err.kind, ERR_NOT_FOUND);
	err_release(&err);
}
END_TEST

/* As an engine that is killed between fork and exec of a step's supervisor. */
START_TEST(a_listener_that_died_holds_nothing_through_its_child)
{
	int hold[2], ready[2];
	char byte;
	struct err err = { 0 };
	ck_assert(!pipe(hold) && !pipe(ready));
	pid_t listener = fork();
	ck_assert_int_ge(listener, 0);
	if (!listener) {
		close(hold[1]);
		int fd = sock_listen(dir, "s", SOCK_KIND_STREAM, NULL);
		if (fd < 0 || fork())
			_exit(fd < 0);
		if (write(ready[1], "r", 1) == 1 && read(hold[0], &byte, 1) == 0)
			close(fd);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(listener, NULL, 0), listener);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	int fd = sock_listen(dir, "s", SOCK_KIND_STREAM, &err);
	ck_assert_msg(fd >= 0, "%s", err_text(&err));
	close(fd);
	close(hold[1]);
	close(hold[0]);
	close(ready[0]);
	close(ready[1]);
}
END_TEST

START_TEST(paths_longer_than_an_address_work)
{
	struct str path = { 0 };
	struct err err = { 0 };
	str_add_text(&path, folder);
	str_add_char(&path, '/');
	str_add_many(&path, 'x', 120);
	ck_assert_int_eq(mkdir(str_text(&path), 0700), 0);
	size_t folder_len = path.len;
	str_add_text(&path, "/engine.sock");
	int listener = sock_listen(AT_FDCWD, str_text(&path), SOCK_KIND_STREAM, &err);
	ck_assert_msg(listener >= 0, "%s", err_text(&err));
	int client = sock_connect(AT_FDCWD, str_text(&path), SOCK_KIND_STREAM, &err);
	ck_assert_msg(client >= 0, "%s", err_text(&err));
	close(client);
	close(listener);
	unlink(str_text(&path));
	str_shorten(&path, folder_len);
	rmdir(str_text(&path));
	str_release(&path);
}
END_TEST

START_TEST(packets_come_whole_or_not_at_all)
{
	struct err err = { 0 };
	struct str got = { 0 };
	int listener = sock_listen(dir, "s", SOCK_KIND_PACKET, &err);
	int client = sock_connect(dir, "s", SOCK_KIND_PACKET, &err);
	int server = sock_accept(listener, &err);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(sock_receive_packet(server, 64, &got, &err), SOCK_AGAIN);
	ck_assert_int_eq(sock_send_packet(client, VIEW("started 12"), &err), SOCK_DONE);
	ck_assert_int_eq(sock_send_packet(client, VIEW("exit"), &err), SOCK_DONE);
	ck_assert_int_eq(sock_receive_packet(server, 64, &got, &err), SOCK_DONE);
	ck_assert_str_eq(str_text(&got), "started 12");
	ck_assert_int_eq(sock_receive_packet(server, 2, &got, &err), SOCK_FAILED);
	ck_assert_int_eq(err.kind, ERR_LIMIT);
	close(client);
	ck_assert_int_eq(sock_receive_packet(server, 64, &got, &err), SOCK_CLOSED);
	ck_assert_int_eq(sock_send_packet(server, VIEW("term"), &err), SOCK_CLOSED);
	close(server);
	close(listener);
	err_release(&err);
	str_release(&got);
}
END_TEST

Suite *suite_sock(void);

Suite *suite_sock(void)
{
	Suite *s = suite_create("sock");
	TCase *c = tcase_create("sock");
	tcase_add_checked_fixture(c, make_folder, remove_folder);
	tcase_add_test(c, a_peer_is_known_by_its_user_and_process);
	tcase_add_test(c, a_file_left_behind_is_replaced_a_living_one_is_not);
	tcase_add_test(c, a_listener_that_died_holds_nothing_through_its_child);
	tcase_add_test(c, paths_longer_than_an_address_work);
	tcase_add_test(c, packets_come_whole_or_not_at_all);
	suite_add_tcase(s, c);
	return s;
}
