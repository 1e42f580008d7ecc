/* runboardd under many readers and with a long history. */
#include "bench/bench_serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "bench/bench.h"

enum { READERS = 200, STALLED = 20, LOAD_RUNS = 60, SAMPLES = 40, GULP = 256 << 10,
       SLICES = 20000 };

struct daemon {
	char folder[40];
	char state[64], workflows[64], socket[64], listen[80];
	pid_t pid;
	double ready_ms;
};

static void prepare(struct daemon *d)
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

static void begin(struct daemon *d)
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

static void end(struct daemon *d)
{
	kill(d->pid, SIGTERM);
	waitpid(d->pid, NULL, 0);
}

static void remove_all(const struct daemon *d)
{
	struct str command = { 0 };
	str_addf(&command, "rm -rf '%s'", d->folder);
	if (system(str_text(&command)))
		BUG("a folder cannot be removed");
	str_release(&command);
}

/* "VmHWM:" and such of /proc/PID/status, in KiB. */
static double memory_mib(const struct daemon *d, const char *what)
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

static double cpu_s(const struct daemon *d)
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

static int dial(const struct daemon *d)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", d->socket);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address))
		BUG("runboardd does not listen");
	return fd;
}

static void send_request(int fd, const char *line, const char *body)
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
static double ask(const struct daemon *d, const char *line, const char *body, struct str *out)
{
	static char gulp[GULP];
	int64_t from = bench_now_us();
	int fd = dial(d);
	ssize_t n;
	str_clear(out);
	send_request(fd, line, body);
	while ((n = read(fd, gulp, sizeof gulp)) > 0)
		str_add_bytes(out, gulp, (size_t)n);
	close(fd);
	return (double)(bench_now_us() - from) / 1000;
}

/* The first member of this name that is a text; "" where there is none. */
static void member(const struct str *answer, const char *name, char *out, size_t max)
{
	char wanted[40];
	snprintf(wanted, sizeof wanted, "\"%s\":\"", name);
	const char *at = strstr(str_text(answer), wanted);
	snprintf(out, max, "%.*s", at ? (int)strcspn(at + strlen(wanted), "\"") : 0,
		 at ? at + strlen(wanted) : "");
}

/* ---- readers of the stream --------------------------------------------------------------- */

struct reader {
	int fd;
	int ended;		/* runs whose end it was sent */
	int64_t frames, octets;
	struct str tail;	/* what no whole line has come of yet */
};

static void take_lines(struct reader *r)
{
	struct view rest = view_of_str(&r->tail);
	size_t newline;
	while ((newline = view_find_byte(rest, '\n', 0)) != SIZE_MAX) {
		struct view line = view_cut(rest, 0, newline);
		r->frames += view_starts(line, "id: ");
		r->ended += view_starts(line, "data: {") &&
			    view_find(line, VIEW("\"status\":\"completed\",\"lane\""), 0) != SIZE_MAX;
		rest = view_cut(rest, newline + 1, rest.len);
	}
	struct str left = { 0 };
	str_add(&left, rest);
	str_release(&r->tail);
	r->tail = left;
}

static void take(struct reader *r)
{
	static char gulp[GULP];
	ssize_t n = read(r->fd, gulp, sizeof gulp);
	if (n <= 0)
		BUG("a reader of the stream was dropped");
	r->octets += n;
	str_add_bytes(&r->tail, gulp, (size_t)n);
	take_lines(r);
}

static void follow(const struct daemon *d, struct reader *readers, int n)
{
	for (int i = 0; i < n; i++) {
		readers[i] = (struct reader){ .fd = dial(d) };
		send_request(readers[i].fd, "GET /v1/events?snapshot=1&ended=0", NULL);
	}
}

/* Until everyone who reads has seen the end of all runs. False: nothing came for 30 s. */
static bool read_all(struct reader *readers, int n)
{
	struct pollfd polls[READERS];
	for (;;) {
		bool done = true;
		for (int i = 0; i < n; i++) {
			polls[i] = (struct pollfd){ .fd = readers[i].fd, .events = POLLIN };
			done = done && readers[i].ended >= LOAD_RUNS;
		}
		if (done)
			return true;
		if (poll(polls, (nfds_t)n, 30000) <= 0)
			return false;
		for (int i = 0; i < n; i++)
			if (polls[i].revents)
				take(&readers[i]);
	}
}

static double load_with(int readers, int stalled, int64_t *frames, struct daemon *d)
{
	struct reader all[READERS] = { 0 };
	struct str answer = { 0 };
	prepare(d);
	begin(d);
	follow(d, all, readers);
	int64_t from = bench_now_us();
	for (int i = 0; i < LOAD_RUNS; i++)
		ask(d, "POST /v1/workflows/bench/runs", "{}", &answer);
	if (!read_all(all + stalled, readers - stalled))
		BUG("a reader was not sent what others were");
	double seconds = (double)(bench_now_us() - from) / 1e6;
	for (int i = stalled; i < readers; i++) {
		if (all[i].frames != all[stalled].frames)
			BUG("a reader has lost changes");
		*frames += all[i].frames;
	}
	for (int i = 0; i < readers; i++) {
		close(all[i].fd);
		str_release(&all[i].tail);
	}
	str_release(&answer);
	return seconds;
}

void bench_streams(void)
{
	struct daemon d;
	int64_t frames = 0, few = 0;
	double alone = load_with(1, 0, &few, &d);
	double alone_mib = memory_mib(&d, "VmHWM:"), alone_cpu = cpu_s(&d);
	end(&d);
	remove_all(&d);
	double crowd = load_with(READERS, STALLED, &frames, &d);
	bench_report("events to 180 of 200 readers, 20 stalled", (double)frames / crowd, "events/s", 0);
	bench_report("runs with 1 reader", LOAD_RUNS / alone, "runs/s", 0);
	bench_report("runs with 200 readers", LOAD_RUNS / crowd, "runs/s", 0);
	bench_report("engine's processor time, 1 reader", alone_cpu * 1000 / LOAD_RUNS, "ms/run", 0);
	bench_report("engine's processor time, 200 readers", cpu_s(&d) * 1000 / LOAD_RUNS, "ms/run", 0);
	bench_report("engine's memory, 1 reader", alone_mib, "MiB", 0);
	bench_report("engine's memory, 200 readers", memory_mib(&d, "VmHWM:"), "MiB", 64);
	end(&d);
	remove_all(&d);
}

/* ---- launch --------------------------------------------------------------------------------- */

void bench_launch(void)
{
	struct daemon d;
	struct str answer = { 0 };
	double taken[SAMPLES], submit[SAMPLES];
	char id[48], line[96], status[24];
	prepare(&d);
	begin(&d);
	for (int i = 0; i < SAMPLES; i++) {
		int64_t from = bench_now_us();
		submit[i] = ask(&d, "POST /v1/workflows/single/runs", "{}", &answer);
		member(&answer, "id", id, sizeof id);
		snprintf(line, sizeof line, "GET /v1/runs/%s", id);
		do {
			ask(&d, line, NULL, &answer);
			member(&answer, "status", status, sizeof status);
		} while (!str_eq(status, "completed"));
		taken[i] = (double)(bench_now_us() - from) / 1000;
	}
	bench_report("order of a run answered, p50", bench_percentile(submit, SAMPLES, 50), "ms", 0);
	bench_report("order of a run answered, p99", bench_percentile(submit, SAMPLES, 99), "ms", 20);
	bench_report("run of one step, order to end, p50", bench_percentile(taken, SAMPLES, 50), "ms", 0);
	end(&d);
	remove_all(&d);
	str_release(&answer);
}

/* ---- history ----------------------------------------------------------------------------------- */

static void sql(sqlite3 *db, const char *text)
{
	char *why = NULL;
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		BUG(why);
}

/* One real run, copied: other ids and times, every 1 000th failed, every 5 000th with
 * a rare word; what the journal keeps beside each run for finding it is kept too. */
static void multiply(const struct daemon *d, int64_t stored)
{
	struct str path = { 0 }, text = { 0 };
	sqlite3 *db;
	str_addf(&path, "%s/journal.db", d->state);
	if (sqlite3_open(str_text(&path), &db) != SQLITE_OK)
		BUG("the journal cannot be opened");
	sql(db, "PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN");
	str_addf(&text,
		 "CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
		 " WHERE i < %lld) SELECT i, printf('01900000-%%04x-7%%03x-8%%03x-%%012x', i >> 16,"
		 " i & 4095, i %% 4096, i * 7919) AS id, CASE WHEN i %% 1000 = 0 THEN 'failed' ELSE"
		 " 'completed' END AS status FROM c", (long long)stored);
	sql(db, str_text(&text));
	/* The columns are the table's own: a schema that grows is copied too. */
	sql(db, "CREATE TEMP TABLE one AS SELECT * FROM runs LIMIT 1;"
		"CREATE TEMP TABLE many AS SELECT one.*, n.i AS i_, n.id AS id_, n.status AS status_,"
		" one.id AS old_ FROM one, n;"
		"UPDATE many SET num = i_ + 1, id = id_, status = status_,"
		" created = created - 90000000 + i_ * 60, ended = ended - 90000000 + i_ * 60, frame = replace(replace(frame, old_, id_),"
		" '\"status\":\"completed\"', '\"status\":\"' || status_ || '\"');"
		"UPDATE many SET frame = replace(frame, '\"title\":', '\"title\":\"needle\",\"before\":')"
		" WHERE i_ % 5000 = 17;"
		"UPDATE many SET frame = replace(frame, '\"env\":\"prod\"', '\"env\":\"stage\"')"
		" WHERE i_ % 2000 = 7;");
	sqlite3_stmt *st;
	str_clear(&text);
	str_add_text(&text, "INSERT INTO runs SELECT ");
	sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info('runs')", -1, &st, NULL);
	for (int i = 0; sqlite3_step(st) == SQLITE_ROW; i++)
		str_addf(&text, "%s%s", i ? ", " : "", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	str_add_text(&text, " FROM many");
	sql(db, str_text(&text));
	sql(db, "INSERT INTO words SELECT w.name, CASE WHEN w.name = 'param.env' AND n.i % 2000 = 7"
		" THEN 'stage' ELSE w.value END, n.i + 1 FROM words w, n WHERE w.run = 1;"
		"UPDATE files SET bytes = 0");
	sql(db, "INSERT INTO events(run, at, kind, data) SELECT n.i + 1, e.at - n.i * 1000, e.kind, e.data"
		" FROM n, events e WHERE e.run = 1 ORDER BY n.i, e.seq; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(db);
	str_release(&path);
	str_release(&text);
}

static void page(const struct daemon *d, const char *name, const char *line, double goal)
{
	double taken[SAMPLES];
	char label[80];
	struct str answer = { 0 };
	for (int i = 0; i < SAMPLES; i++)
		taken[i] = ask(d, line, NULL, &answer);
	if (!strstr(str_text(&answer), "200 OK"))
		BUG(str_text(&answer));
	snprintf(label, sizeof label, "%s, p50", name);
	bench_report(label, bench_percentile(taken, SAMPLES, 50), "ms", goal);
	str_release(&answer);
}

/* All slices of a search; the longest is what others wait at most. */
static void search(const struct daemon *d, const char *name, const char *filter)
{
	struct str answer = { 0 }, line = { 0 };
	char cursor[48] = "", label[80];
	static double slices[SLICES];
	double longest = 0, sum = 0;
	int found = 0, n = 0;
	do {
		str_clear(&line);
		str_addf(&line, "GET /v1/runs?limit=50&filter=%s%s%s", filter, *cursor ? "&cursor=" : "",
			 cursor);
		double taken = ask(d, str_text(&line), NULL, &answer);
		longest = taken > longest ? taken : longest;
		slices[n] = taken;
		n += n < SLICES - 1;
		sum += taken;
		for (const char *at = str_text(&answer); (at = strstr(at, "\"short\":")); at++)
			found++;
		member(&answer, "next_cursor", cursor, sizeof cursor);
	} while (*cursor);
	snprintf(label, sizeof label, "%s, slice p50", name);
	bench_report(label, bench_percentile(slices, n, 50), "ms", 0);
	snprintf(label, sizeof label, "%s, slice p99", name);
	bench_report(label, bench_percentile(slices, n, 99), "ms", 20);
	snprintf(label, sizeof label, "%s, longest slice", name);
	bench_report(label, longest, "ms", 20);
	snprintf(label, sizeof label, "%s, whole (%d found)", name, found);
	bench_report(label, sum, "ms", 0);
	str_release(&answer);
	str_release(&line);
}

/* The i-th of the copies, from the oldest on. */
static void copied_id(int64_t i, char *out, size_t max)
{
	snprintf(out, max, "01900000-%04llx-7%03llx-8%03llx-%012llx", (unsigned long long)i >> 16,
		 (unsigned long long)i & 4095, (unsigned long long)i % 4096,
		 (unsigned long long)i * 7919);
}

static void write_settings(const struct daemon *d, const char *text)
{
	struct str path = { 0 };
	str_addf(&path, "%s/runboard", d->folder);
	mkdir(str_text(&path), 0700);
	str_add_text(&path, "/engine");
	file_replace(str_text(&path), view_of(text), 0600, NULL);
	str_release(&path);
}

/* So many runs are too many: how fast they go, and what others wait meanwhile. */
static void retain(const struct daemon *d, int64_t stored)
{
	enum { GO = 10000, MOST = 100000 };
	static double taken[MOST];
	struct str answer = { 0 };
	char text[64], id[48], line[96];
	int n = 0;
	snprintf(text, sizeof text, "[retention]\ncount = %lld\n", (long long)stored + 1 - GO);
	copied_id(GO, id, sizeof id);
	snprintf(line, sizeof line, "GET /v1/runs/%s", id);
	write_settings(d, text);
	int64_t from = bench_now_us();
	kill(d->pid, SIGHUP);
	do {
		taken[n] = ask(d, "GET /v1/runs?limit=50", NULL, &answer);
		n += n < MOST - 1;
		ask(d, line, NULL, &answer);
	} while (!strstr(str_text(&answer), "404 Not Found"));
	double seconds = (double)(bench_now_us() - from) / 1e6;
	bench_report("retention, runs removed", GO / seconds, "runs/s", 0);
	bench_report("list page meanwhile, p50", bench_percentile(taken, n, 50), "ms", 10);
	bench_report("list page meanwhile, p99", bench_percentile(taken, n, 99), "ms", 20);
	str_release(&answer);
}

void bench_history(int64_t stored)
{
	struct daemon d;
	struct str answer = { 0 };
	char id[48], status[24], line[96];
	prepare(&d);
	begin(&d);
	ask(&d, "POST /v1/workflows/bench/runs", "{}", &answer);
	member(&answer, "id", id, sizeof id);
	snprintf(line, sizeof line, "GET /v1/runs/%s", id);
	do {
		ask(&d, line, NULL, &answer);
		member(&answer, "status", status, sizeof status);
	} while (!str_eq(status, "completed"));
	end(&d);
	multiply(&d, stored);
	printf("-- %lld runs stored\n", (long long)stored);
	begin(&d);
	bench_report("start-up with a history", d.ready_ms, "ms", 1000);
	page(&d, "list page of 50", "GET /v1/runs?limit=50", 10);
	page(&d, "list page, status:failed", "GET /v1/runs?limit=50&filter=status:failed", 10);
	page(&d, "list page, two of three conditions rare",
	     "GET /v1/runs?limit=50&filter=param.env:stage+label.team:web+workflow:bench", 10);
	page(&d, "list page, status:failed,error since:20h",
	     "GET /v1/runs?limit=50&filter=status:failed,error+since:20h", 10);
	page(&d, "list page, by duration", "GET /v1/runs?limit=50&sort=-duration", 10);
	page(&d, "list page, by end, of one workflow",
	     "GET /v1/runs?limit=50&sort=-ended&filter=workflow:bench", 10);
	page(&d, "one run of the history",
	     "GET /v1/runs/01900000-0000-73e7-83e7-00000078b6a9", 10);
	search(&d, "text search, rare word", "needle");
	page(&d, "statistics", "GET /v1/stats", 10);
	page(&d, "metrics", "GET /metrics", 10);
	retain(&d, stored);
	bench_report("engine's memory with a history", memory_mib(&d, "VmHWM:"), "MiB", 64);
	end(&d);
	remove_all(&d);
	str_release(&answer);
}
