/* runboardd as a program under measure. */
#include "bench/bench_daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "bench/bench.h"

enum { GULP = 256 << 10 };

void daemon_prepare(struct daemon *d)
{
	static const char workflow[] = "labels: {team: web}\nparams: {env: {type: string, default: prod}}\n"
				       "steps:\n  - {id: a, args: [/bin/true]}\n"
				       "  - {id: b, args: [/bin/true]}\n  - {id: c, args: [/bin/true]}\n";
	static const char single[] = "steps:\n  - {id: a, args: [/bin/true]}\n";
	struct str path = { 0 };
	*d = (struct daemon){ .folder = "/tmp/runboard-serve-XXXXXX" };
	if (!mkdtemp(d->folder))
		BUG("no folder");
	snprintf(d->state, sizeof d->state, "%s/state", d->folder);
	snprintf(d->workflows, sizeof d->workflows, "%s/workflows", d->folder);
	snprintf(d->socket, sizeof d->socket, "%s/s", d->folder);
	snprintf(d->listen, sizeof d->listen, "unix:%s", d->socket);
	mkdir(d->workflows, 0700);
	str_addf(&path, "%s/bench.yaml", d->workflows);
	file_replace(str_text(&path), view_of(workflow), 0600, NULL);
	str_clear(&path);
	str_addf(&path, "%s/single.yaml", d->workflows);
	file_replace(str_text(&path), view_of(single), 0600, NULL);
	str_release(&path);
}

void daemon_begin(struct daemon *d)
{
	int ends[2];
	char number[16], line[8];
	int64_t from = bench_now_us();
	if (pipe(ends))
		BUG("no pipe");
	snprintf(number, sizeof number, "%d", ends[1]);
	d->pid = fork();
	if (!d->pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(98);
		setenv("XDG_CONFIG_HOME", d->folder, 1);
		execl(BUILDDIR "/runboardd", "runboardd", "--foreground", "--state", d->state,
		      "--workflows", d->workflows, "--listen", d->listen, "--ready-fd", number, NULL);
		_exit(99);
	}
	close(ends[1]);
	if (read(ends[0], line, sizeof line) != 6)
		BUG("runboardd does not start");
	close(ends[0]);
	d->ready_ms = (double)(bench_now_us() - from) / 1000;
}

void daemon_end(struct daemon *d)
{
	kill(d->pid, SIGTERM);
	waitpid(d->pid, NULL, 0);
}

void daemon_remove_all(const struct daemon *d)
{
	bench_remove_folder(d->folder);
}

/* "VmHWM:" and such of /proc/PID/status, in KiB. */
double daemon_memory_mib(const struct daemon *d, const char *what)
{
	struct str path = { 0 }, text = { 0 };
	str_addf(&path, "/proc/%d/status", (int)d->pid);
	file_read(str_text(&path), 64 << 10, &text, NULL);
	const char *at = strstr(str_text(&text), what);
	double mib = at ? strtod(at + strlen(what), NULL) / 1024 : 0;
	str_release(&path);
	str_release(&text);
	return mib;
}

double daemon_cpu_s(const struct daemon *d)
{
	struct str path = { 0 }, text = { 0 };
	str_addf(&path, "/proc/%d/stat", (int)d->pid);
	file_read(str_text(&path), 4096, &text, NULL);
	const char *at = strrchr(str_text(&text), ')');
	double ticks = 0;
	for (int word = 0; at && word < 13; word++) {
		at = strchr(at + 1, ' ');
		if (at && word >= 11)
			ticks += strtod(at, NULL);
	}
	str_release(&path);
	str_release(&text);
	return ticks / (double)sysconf(_SC_CLK_TCK);
}

/* ---- requests ------------------------------------------------------------------------ */

int daemon_dial(const struct daemon *d)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", d->socket);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address))
		BUG("runboardd does not listen");
	return fd;
}

void daemon_send_request(int fd, const char *line, const char *body)
{
	struct str text = { 0 };
	str_addf(&text, "%s HTTP/1.1\r\nHost: localhost\r\n", line);
	if (body)
		str_addf(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
	str_addf(&text, "\r\n%s", body ? body : "");
	file_write_all(fd, view_of_str(&text), NULL);
	str_release(&text);
}

/* The whole answer; how long it took in ms. */
double daemon_ask(const struct daemon *d, const char *line, const char *body, struct str *out)
{
	static char gulp[GULP];
	int64_t from = bench_now_us();
	int fd = daemon_dial(d);
	ssize_t n;
	str_clear(out);
	daemon_send_request(fd, line, body);
	while ((n = read(fd, gulp, sizeof gulp)) > 0)
		str_add_bytes(out, gulp, (size_t)n);
	close(fd);
	return (double)(bench_now_us() - from) / 1000;
}

/* The first member of this name that is a text; "" where there is none. */
void daemon_member(const struct str *answer, const char *name, char *out, size_t max)
{
	char wanted[40];
	snprintf(wanted, sizeof wanted, "\"%s\":\"", name);
	const char *at = strstr(str_text(answer), wanted);
	snprintf(out, max, "%.*s", at ? (int)strcspn(at + strlen(wanted), "\"") : 0,
		 at ? at + strlen(wanted) : "");
}
