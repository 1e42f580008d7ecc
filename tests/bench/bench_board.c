/* The real board on a pty with a real engine and 1 000 real runs: start, key to
 * frame, bytes, idle, memory. The machine's noise is in the figures: compare
 * ratios. Goals are those of the project's performance budget. */
#include <signal.h>
#include <unistd.h>

#include "bench/bench.h"
#include "lib/story.h"
#include "lib/unit.h"

enum { RUNS = 1000, STARTS = 20, KEYS = 200, IDLE_MS = 5000, ROWS = 50, COLS = 160 };

static const char workflow[] = "name: bench\n"
			       "steps:\n"
			       "  - {id: one, args: [/bin/true]}\n"
			       "  - {id: two, args: [/bin/true]}\n";

static void make_runs(struct story *s)
{
	struct str script = { 0 };
	int64_t begin = bench_now_us();
	/* Started over one connection each, as a user's loop would; the last one is
	 * waited for. */
	str_addf(&script,
		 "i=0; while [ $i -lt %d ]; do \"$RB\" start bench >/dev/null || exit 1; "
		 "i=$((i + 1)); done; \"$RB\" start bench --wait >/dev/null",
		 RUNS - 1);
	story_runs(s, 0, "/bin/sh", "-c", str_text(&script), NULL);
	bench_report("runs started and finished (2 steps each)",
		     RUNS * 1e6 / (double)(bench_now_us() - begin), "runs/s", 0);
	str_release(&script);
}

static void open_board(struct story *s)
{
	story_open(s, "runboard", "--test-sync", "{sync}", NULL);
}

static void close_board(struct story *s)
{
	vt_key(s->vt, "q");
	vt_wait(s->vt);
	vt_free(s->vt);
	s->vt = NULL;
}

static void bench_start(struct story *s)
{
	double useful[STARTS], bytes = 0;
	for (int i = 0; i < STARTS; i++) {
		int64_t begin = bench_now_us();
		open_board(s);
		vt_see(s->vt, "bench");
		useful[i] = (double)(bench_now_us() - begin) / 1000;
		bytes = (double)vt_raw(s->vt).len;
		vt_settle(s->vt);
		close_board(s);
	}
	bench_report("start to first useful frame, p50", bench_percentile(useful, STARTS, 50), "ms", 8);
	bench_report("start to first useful frame, p95", bench_percentile(useful, STARTS, 95), "ms", 0);
	bench_report("bytes of the first frame", bytes, "bytes", 11000);
}

static void bench_keys(struct story *s)
{
	static const char *const keys[] = { "j", "k" };
	double taken[KEYS], bytes[KEYS];
	vt_keys(s->vt, "3 j j");
	vt_settle(s->vt);
	for (int i = 0; i < KEYS; i++) {
		size_t before = vt_raw(s->vt).len;
		int64_t begin = bench_now_us();
		vt_key(s->vt, keys[i % 2]);
		vt_settle(s->vt);
		taken[i] = (double)(bench_now_us() - begin) / 1000;
		bytes[i] = (double)(vt_raw(s->vt).len - before);
	}
	bench_report("key to settled frame, p50", bench_percentile(taken, KEYS, 50), "ms", 0.5);
	bench_report("key to settled frame, p99", bench_percentile(taken, KEYS, 99), "ms", 2);
	bench_report("bytes for a selection move, p50", bench_percentile(bytes, KEYS, 50), "bytes", 350);
}

static void read_text(const char *path, struct str *out)
{
	FILE *f = fopen(path, "r");
	char buf[8192];
	size_t n = f ? fread(buf, 1, sizeof buf, f) : 0;
	str_clear(out);
	str_add_bytes(out, buf, n);
	if (f)
		fclose(f);
}

/* Clock ticks of CPU that the program has used (fields 14 and 15). */
static double cpu_ms(pid_t pid)
{
	struct str path = { 0 }, text = { 0 };
	unsigned long long ns = 0;
	str_addf(&path, "/proc/%d/schedstat", (int)pid);
	read_text(str_text(&path), &text);
	ns = strtoull(str_text(&text), NULL, 10);
	str_release(&path);
	str_release(&text);
	return (double)ns / 1e6;
}

static double rss_mb(pid_t pid)
{
	struct str path = { 0 }, text = { 0 };
	str_addf(&path, "/proc/%d/status", (int)pid);
	read_text(str_text(&path), &text);
	const char *at = strstr(str_text(&text), "VmRSS:");
	double mb = at ? (double)strtoull(at + 6, NULL, 10) / 1024 : 0;
	str_release(&path);
	str_release(&text);
	return mb;
}

static void bench_idle(struct story *s)
{
	pid_t pid = vt_pid(s->vt);
	size_t before = vt_raw(s->vt).len;
	double cpu = cpu_ms(pid);
	usleep(IDLE_MS * 1000);
	vt_pump(s->vt);
	bench_report("idle: CPU", (cpu_ms(pid) - cpu) * 100 / IDLE_MS, "%", 0.002);
	bench_report("idle: bytes to the terminal",
		     (double)(vt_raw(s->vt).len - before) * 1000 / IDLE_MS, "bytes/s", 0);
	bench_report("memory of the board, 1 000 runs", rss_mb(pid), "MB", 13);
}

static void bench_change(struct story *s)
{
	struct str id = { 0 };
	size_t before = vt_raw(s->vt).len;
	story_runs(s, 0, "runboard", "start", "bench", "--wait", "--json", NULL);
	/* Its short id on the board says that the last frame of it has come; the cursor
	 * stands elsewhere, so that the newcomer must be taken first. */
	vt_settle(s->vt);
	vt_keys(s->vt, ". g");
	const char *at = strstr(str_text(&s->out), "\"short\":\"");
	ck_assert_ptr_nonnull(at);
	str_add_bytes(&id, at + 9, 6);
	vt_see(s->vt, str_text(&id));
	vt_settle(s->vt);
	str_release(&id);
	bench_report("bytes for one run from start to end", (double)(vt_raw(s->vt).len - before),
		     "bytes", 0);
}

START_TEST(figures)
{
	struct story s;
	story_begin(&s, ROWS, COLS);
	story_env(&s, "RB", BUILDDIR "/runboard");
	story_file(&s, "config/runboard/workflows/bench.yaml", workflow);
	make_runs(&s);
	/* Once before, so that the cache is there, as on every day but the first. */
	open_board(&s);
	vt_see(s.vt, "bench");
	vt_settle(s.vt);
	close_board(&s);
	bench_start(&s);
	open_board(&s);
	vt_see(s.vt, "bench");
	vt_settle(s.vt);
	bench_keys(&s);
	bench_change(&s);
	bench_idle(&s);
	story_end(&s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("board");
	TCase *tc = tcase_create("figures");
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, figures);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_MINIMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
