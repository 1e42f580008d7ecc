/* runboardd as a program: options, statuses, background, one a state folder, TCP. */
#include "lib/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

enum { PATIENCE_S = 60, WORDS = 16 };

/* A home of its own for the program: configuration, state, socket. */
struct home {
	char folder[32], socket[64], listen[80];
};

static void home_init(struct home *h)
{
	char path[80];
	guard_folder(h->folder, sizeof h->folder, "daemon");
	snprintf(h->socket, sizeof h->socket, "%s/s", h->folder);
	snprintf(h->listen, sizeof h->listen, "unix:%s", h->socket);
	snprintf(path, sizeof path, "%s/runboard", h->folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/runboard/workflows", h->folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	setenv("XDG_CONFIG_HOME", h->folder, 1);
	setenv("XDG_RUNTIME_DIR", h->folder, 1);
	snprintf(path, sizeof path, "%s/state", h->folder);
	setenv("RUNBOARD_STATE", path, 1);
	setenv("RUNBOARD_SOCKET", h->socket, 1);
}

static void home_file(struct home *h, const char *name, const char *text)
{
	struct str path = { 0 };
	str_addf(&path, "%s/runboard/%s", h->folder, name);
	ck_assert(file_replace(str_text(&path), view_of(text), 0600, NULL));
	str_release(&path);
}

static void home_release(struct home *h)
{
	char command[64];
	snprintf(command, sizeof command, "rm -rf %s", h->folder);
	(void)!system(command);
}

/* Starts it with words up to a NULL; stdout and stderr go to the pipe in *out. */
static pid_t launch(const char *const *words, int *out)
{
	int ends[2];
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		char *argv[WORDS] = { (char[]){ "runboardd" } };
		for (int i = 0; words[i]; i++)
			argv[i + 1] = strdup(words[i]);
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		execv(BUILDDIR "/runboardd", argv);
		_exit(99);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static int status_of(pid_t pid)
{
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_all(int fd, struct str *text)
{
	char gulp[4096];
	ssize_t n;
	str_clear(text);
	while ((n = read(fd, gulp, sizeof gulp)) > 0)
		str_add_bytes(text, gulp, (size_t)n);
	close(fd);
}

/* Runs it to its end. */
static int run(const char *const *words, struct str *text)
{
	int out;
	pid_t pid = launch(words, &out);
	read_all(out, text);
	return status_of(pid);
}

/* Waits for the word of readiness. */
static pid_t launch_ready(const char *const *words, int *out)
{
	char line[256];
	size_t n = 0;
	pid_t pid = launch(words, out);
	while (n < sizeof(line) - 1 && read(*out, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	ck_assert_msg(strstr(line, "takes orders"), "%s", line);
	return pid;
}

static void ask_fd(int fd, const char *request, struct str *answer)
{
	ck_assert(file_write_all(fd, view_of(request), NULL));
	read_all(fd, answer);
}

static void ask_unix(const struct home *h, const char *request, struct str *answer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", h->socket);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	ask_fd(fd, request, answer);
}

static void ask_tcp(int port, const char *request, struct str *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	ask_fd(fd, request, answer);
}

/* ---- words and statuses ------------------------------------------------------------------ */

START_TEST(help_and_version_are_printed)
{
	struct home h;
	struct str text = { 0 };
	home_init(&h);
	ck_assert_int_eq(run((const char *const[]){ "--help", NULL }, &text), 0);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "--workflows DIR"));
	ck_assert_int_eq(run((const char *const[]){ "--version", NULL }, &text), 0);
	ck_assert_str_eq(str_text(&text), "runboardd " PACKAGE_VERSION "\n");
	str_release(&text);
	home_release(&h);
}
END_TEST

static const struct {
	const char *words[3];
	int status;
	const char *says;
} wrong[] = {
	{ { "--stat", NULL }, 2, "--stat" },
	{ { "word", NULL }, 2, "word" },
	{ { "--listen", "0.0.0.0:80", NULL }, 2, "loopback" },
	{ { "--listen", "unix:x", NULL }, 2, "path" },
	{ { "--ready-fd", "77", NULL }, 2, "--ready-fd" },
	{ { "--listen", "localhost:0", NULL }, 6, "token" },
};

START_TEST(what_is_wrong_is_said_in_one_line_with_its_status)
{
	struct home h;
	struct str text = { 0 };
	home_init(&h);
	int status = run(wrong[_i].words, &text);
	ck_assert_msg(status == wrong[_i].status, "%d %s", status, str_text(&text));
	const char *line = strstr(str_text(&text), "runboardd: ");
	ck_assert_msg(line && strstr(line, wrong[_i].says), "%s", str_text(&text));
	str_release(&text);
	home_release(&h);
}
END_TEST

START_TEST(a_wrong_configuration_is_status_6)
{
	struct home h;
	struct str text = { 0 };
	home_init(&h);
	home_file(&h, "engine", "[queue default]\nslots = none\n");
	ck_assert_int_eq(run((const char *const[]){ "--foreground", NULL }, &text), 6);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "engine:2:"));
	str_release(&text);
	home_release(&h);
}
END_TEST

/* ---- running -------------------------------------------------------------------------------- */

static const char info[] = "GET /v1/info HTTP/1.1\r\nHost: localhost\r\n\r\n";

START_TEST(it_serves_until_it_is_told_to_stop)
{
	struct home h;
	struct str text = { 0 };
	int out;
	home_init(&h);
	pid_t pid = launch_ready((const char *const[]){ "--foreground", NULL }, &out);
	ask_unix(&h, info, &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "\"engine\":\"runboardd\""));
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	str_release(&text);
	home_release(&h);
}
END_TEST

START_TEST(a_second_one_on_the_same_state_is_refused)
{
	struct home h;
	struct str text = { 0 };
	char elsewhere[96];
	int out;
	home_init(&h);
	pid_t pid = launch_ready((const char *const[]){ "--foreground", NULL }, &out);
	snprintf(elsewhere, sizeof elsewhere, "unix:%s2", h.socket);
	int status = run((const char *const[]){ "--foreground", "--listen", elsewhere, NULL }, &text);
	ck_assert_msg(status == 4, "%d %s", status, str_text(&text));
	ask_unix(&h, info, &text);	/* the first is not disturbed */
	ck_assert_ptr_nonnull(strstr(str_text(&text), "200 OK"));
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	str_release(&text);
	home_release(&h);
}
END_TEST

START_TEST(after_a_kill_it_starts_again_on_its_stale_socket)
{
	struct home h;
	struct str text = { 0 };
	int out;
	home_init(&h);
	pid_t pid = launch_ready((const char *const[]){ "--foreground", NULL }, &out);
	close(out);
	kill(pid, SIGKILL);
	ck_assert_int_eq(status_of(pid), 128 + SIGKILL);
	pid = launch_ready((const char *const[]){ "--foreground", NULL }, &out);
	ask_unix(&h, info, &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "200 OK"));
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	str_release(&text);
	home_release(&h);
}
END_TEST

static pid_t peer_of(const struct home *h)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer = { 0 };
	socklen_t len = sizeof peer;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", h->socket);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len), 0);
	close(fd);
	return peer.pid;
}

START_TEST(in_the_background_the_command_returns_when_orders_are_taken)
{
	struct home h;
	struct str text = { 0 };
	home_init(&h);
	int status = run((const char *const[]){ NULL }, &text);
	ck_assert_msg(status == 0, "%d %s", status, str_text(&text));
	ask_unix(&h, info, &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "200 OK"));
	status = run((const char *const[]){ NULL }, &text);
	ck_assert_msg(status == 4, "%d %s", status, str_text(&text));
	kill(peer_of(&h), SIGKILL);
	str_release(&text);
	home_release(&h);
}
END_TEST

START_TEST(who_waits_on_a_descriptor_is_told)
{
	struct home h;
	struct str text = { 0 };
	int out, ends[2];
	char number[16];
	home_init(&h);
	ck_assert_int_eq(pipe(ends), 0);
	snprintf(number, sizeof number, "%d", ends[1]);
	pid_t pid = launch((const char *const[]){ "--foreground", "--ready-fd", number, NULL }, &out);
	close(ends[1]);
	read_all(ends[0], &text);
	ck_assert_str_eq(str_text(&text), "ready\n");
	ask_unix(&h, info, &text);
	ck_assert_ptr_nonnull(strstr(str_text(&text), "200 OK"));
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	str_release(&text);
	home_release(&h);
}
END_TEST

/* A port that was free a moment ago. */
static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void check_tcp(int port, const char *headers, const char *status)
{
	struct str request = { 0 }, answer = { 0 };
	str_addf(&request, "GET /v1/info HTTP/1.1\r\n%s\r\n", headers);
	ask_tcp(port, str_text(&request), &answer);
	ck_assert_msg(view_starts(view_of_str(&answer), status), "%s: %s", headers, str_text(&answer));
	str_release(&request);
	str_release(&answer);
}

START_TEST(over_tcp_a_token_and_our_own_name_are_needed)
{
	struct home h;
	char address[40], host[64], headers[200];
	int out, port = free_port();
	home_init(&h);
	/* of "letmein" */
	home_file(&h, "engine", "[token ci]\nroles = operator\nsha256 = "
		  "1c8bfe8f801d79745c4631d09fff36c82aa37fc4cce4fc946683d7b336b63032\n");
	snprintf(address, sizeof address, "127.0.0.1:%d", port);
	snprintf(host, sizeof host, "Host: localhost:%d\r\n", port);
	pid_t pid = launch_ready((const char *const[]){ "--foreground", "--listen", address, NULL }, &out);
	check_tcp(port, host, "HTTP/1.1 401");
	snprintf(headers, sizeof headers, "%sAuthorization: Bearer wrong\r\n", host);
	check_tcp(port, headers, "HTTP/1.1 401");
	snprintf(headers, sizeof headers, "%sAuthorization: Bearer letmein\r\n", host);
	check_tcp(port, headers, "HTTP/1.1 200");
	check_tcp(port, "Host: evil.example\r\nAuthorization: Bearer letmein\r\n", "HTTP/1.1 421");
	snprintf(headers, sizeof headers, "%sAuthorization: Bearer letmein\r\nOrigin: http://a\r\n", host);
	check_tcp(port, headers, "HTTP/1.1 403");
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	home_release(&h);
}
END_TEST

Suite *suite_daemon(void);
Suite *suite_daemon(void)
{
	Suite *s = suite_create("daemon");
	TCase *t = tcase_create("program");
	tcase_set_timeout(t, PATIENCE_S);
	tcase_add_test(t, help_and_version_are_printed);
	tcase_add_loop_test(t, what_is_wrong_is_said_in_one_line_with_its_status, 0,
			    (int)(sizeof(wrong) / sizeof(*wrong)));
	tcase_add_test(t, a_wrong_configuration_is_status_6);
	tcase_add_test(t, it_serves_until_it_is_told_to_stop);
	tcase_add_test(t, a_second_one_on_the_same_state_is_refused);
	tcase_add_test(t, after_a_kill_it_starts_again_on_its_stale_socket);
	tcase_add_test(t, in_the_background_the_command_returns_when_orders_are_taken);
	tcase_add_test(t, who_waits_on_a_descriptor_is_told);
	tcase_add_test(t, over_tcp_a_token_and_our_own_name_are_needed);
	suite_add_tcase(s, t);
	return s;
}
