/* Many readers of the event stream, some of which do not read. */
#include <poll.h>
#include <unistd.h>

#include "base/mem.h"
#include "bench/bench.h"
#include "bench/bench_daemon.h"
#include "bench/bench_serve.h"

enum { READERS = 200, STALLED = 20, LOAD_RUNS = 60, GULP = 256 << 10 };

/* Of a chunked answer; its data has no \r, so lines that end in one are framing. */
enum reading { READ_HEAD, READ_SIZE, READ_DATA };

struct reader {
	int fd;
	enum reading reading;
	int ended;		/* runs whose end it was sent */
	int64_t frames, octets;
	struct str tail;	/* what no whole line has come of yet */
	struct str part;	/* of a line that goes on in the next chunk */
};

static void take_data(struct reader *r, struct view line)
{
	str_add(&r->part, line);
	struct view whole = view_of_str(&r->part);
	r->frames += view_starts(whole, "id: ");
	r->ended += view_starts(whole, "data: {") &&
		    view_find(whole, VIEW("\"status\":\"completed\",\"lane\""), 0) != SIZE_MAX;
	str_clear(&r->part);
}

static void take_line(struct reader *r, struct view line)
{
	bool framing = line.len && line.ptr[line.len - 1] == '\r';
	if (r->reading == READ_DATA && !framing)
		take_data(r, line);
	else if (r->reading == READ_DATA)
		str_add(&r->part, view_cut(line, 0, line.len - 1));
	if (r->reading == READ_HEAD)
		r->reading = line.len == 1 ? READ_SIZE : READ_HEAD;
	else if (framing)
		r->reading = r->reading == READ_SIZE ? READ_DATA : READ_SIZE;
}

static void take_lines(struct reader *r)
{
	struct view rest = view_of_str(&r->tail);
	size_t newline;
	while ((newline = view_find_byte(rest, '\n', 0)) != SIZE_MAX) {
		take_line(r, view_cut(rest, 0, newline));
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
		readers[i] = (struct reader){ .fd = daemon_dial(d) };
		daemon_send_request(readers[i].fd, "GET /v1/events?snapshot=1&ended=0", NULL);
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
	daemon_prepare(d);
	daemon_begin(d);
	follow(d, all, readers);
	int64_t from = bench_now_us();
	for (int i = 0; i < LOAD_RUNS; i++)
		daemon_ask(d, "POST /v1/workflows/bench/runs", "{}", &answer);
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
		str_release(&all[i].part);
	}
	str_release(&answer);
	return seconds;
}

void bench_streams(void)
{
	struct daemon d;
	int64_t frames = 0, few = 0;
	double alone = load_with(1, 0, &few, &d);
	double alone_mib = daemon_memory_mib(&d, "VmHWM:"), alone_cpu = daemon_cpu_s(&d);
	daemon_end(&d);
	daemon_remove_all(&d);
	double crowd = load_with(READERS, STALLED, &frames, &d);
	bench_report("events to 180 of 200 readers, 20 stalled", (double)frames / crowd, "events/s", 0);
	bench_report("runs with 1 reader", LOAD_RUNS / alone, "runs/s", 0);
	bench_report("runs with 200 readers", LOAD_RUNS / crowd, "runs/s", 0);
	bench_report("engine's processor time, 1 reader", alone_cpu * 1000 / LOAD_RUNS, "ms/run", 0);
	bench_report("engine's processor time, 200 readers", daemon_cpu_s(&d) * 1000 / LOAD_RUNS, "ms/run", 0);
	bench_report("engine's memory, 1 reader", alone_mib, "MiB", 0);
	bench_report("engine's memory, 200 readers", daemon_memory_mib(&d, "VmHWM:"), "MiB", 64);
	daemon_end(&d);
	daemon_remove_all(&d);
}
