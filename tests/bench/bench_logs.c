/* The engine's log of one attempt at 1 GB: first and last page, a line by its number, a
 * search that finds nothing; how long the longest slice takes, which nobody else gets the
 * loop for, in time of the processor. */
#include "bench/bench_logs.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "bench/bench.h"
#include "engine/log_index.h"
#include "engine/log_lines.h"

enum { BLOCK_LINES = 20000, RECORD = 64 << 10, ROUNDS = 50, PAGE = 500 };

static void must(bool good, const char *why)
{
	if (good)
		return;
	fprintf(stderr, "bench_logs: %s\n", why);
	exit(1);
}

/* Nothing else that runs on the machine counts. */
static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double resident_mib(void)
{
	struct str text = {0};
	struct view rest, word;
	int64_t pages = 0;
	file_read("/proc/self/statm", 4096, &text, NULL);
	rest = view_of_str(&text);
	if (view_split(&rest, ' ', &word) && view_split(&rest, ' ', &word))
		number_parse(word, 0, INT64_MAX, &pages);
	str_release(&text);
	return (double)(pages * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

static void write_log(const char *folder, int64_t size)
{
	struct str block = {0}, order = {0}, path = {0};
	for (int i = 0; i < BLOCK_LINES; i++)
		str_addf(&block, "2026-11-28T12:00:00.000Z INFO worker[%05d]: request %07d took 12 ms, "
				 "all is well in the house of logs\n", i % 997, i);
	str_addf(&path, "%s/runs/r/t/1", folder);
	must(file_make_folders(str_text(&path), 0700, NULL), "no folder");
	str_add_text(&path, "/stdout");
	FILE *out = fopen(str_text(&path), "w");
	must(out != NULL, "cannot write");
	int64_t written = 0;
	for (; written < size; written += (int64_t)block.len)
		must(fwrite(block.ptr, block.len, 1, out) == 1, "cannot write");
	must(fclose(out) == 0, "cannot write");
	for (int64_t left = written; left > 0; left -= RECORD) {
		unsigned char record[16] = { [8] = 1 };
		int64_t n = left < RECORD ? left : RECORD;
		for (int i = 0; i < 4; i++)
			record[12 + i] = (unsigned char)(n >> 8 * i);
		str_add_bytes(&order, record, sizeof record);
	}
	str_shorten(&path, path.len - strlen("stdout"));
	str_add_text(&path, "order");
	must(file_replace(str_text(&path), view_of_str(&order), 0600, NULL), "cannot write");
	str_release(&block);
	str_release(&order);
	str_release(&path);
}

static void report_page(const char *name, const struct log_file *f, bool last)
{
	double ms[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		struct log_page page = {0};
		struct log_place place = {0};
		struct log_wish wish = { .streams = 7, .most = last ? 0 : PAGE, .ended = true };
		double begin = cpu_ms();
		if (last) {
			place = log_end(f);
			log_go_back(f, &place, &(struct log_span){ PAGE, 1 << 20, 7 });
		}
		log_read_lines(f, place, &wish, &page);
		ms[i] = cpu_ms() - begin;
		must(page.lines.len >= PAGE, "a page is short");
		log_page_release(&page);
	}
	bench_report(name, bench_percentile(ms, ROUNDS, 50), "ms", 6);
}

static void keep_longest(double *longest, double begin)
{
	double took = cpu_ms() - begin;
	*longest = took > *longest ? took : *longest;
}

static void report_lines(const struct log_file *f)
{
	struct log_index ix = {0};
	struct log_mark mark;
	int64_t skip;
	double begin = cpu_ms(), longest = 0;
	const struct log_seek beyond = { INT64_MAX / 4, 7, true };
	enum log_found found;
	do {
		double slice = cpu_ms();
		found = log_index_find(&ix, f, &beyond, &mark, &skip);
		keep_longest(&longest, slice);
	} while (found == LOG_NOT_YET);
	bench_report("log 1 GB: all line numbers", (cpu_ms() - begin) / 1e3, "s", 0.5);
	bench_report("log 1 GB: longest slice of that", longest, "ms", 5);
	bench_report("log 1 GB: marks kept", (double)(ix.marks.len * sizeof *ix.marks.items) / 1024,
		     "KiB", 0);
	log_index_release(&ix);
}

static void report_search(const char *name, const struct log_file *f, const struct log_wish *wish)
{
	struct log_place place = {0};
	struct str what = {0};
	double begin = cpu_ms(), longest = 0;
	for (bool more = true; more;) {
		struct log_page page = {0};
		double slice = cpu_ms();
		log_read_lines(f, place, wish, &page);
		keep_longest(&longest, slice);
		place = page.place;
		more = page.more;
		log_page_release(&page);
	}
	bench_report(name, (cpu_ms() - begin) / 1e3, "s", wish->search.len ? 0.6 : 0);
	str_addf(&what, "%s: longest slice", name);
	bench_report(str_text(&what), longest, "ms", 5);
	str_release(&what);
}

void bench_logs(int64_t size)
{
	char folder[] = "/tmp/runboard-bench-log-XXXXXX";
	struct attempt_name name = { VIEW("r"), VIEW("t"), 1 };
	struct log_file f;
	must(mkdtemp(folder) != NULL, "no folder");
	write_log(folder, size);
	double before = resident_mib();
	must(log_file_open(&f, folder, &name), "no log");
	report_page("log 1 GB: first page", &f, false);
	report_page("log 1 GB: last page", &f, true);
	report_lines(&f);
	report_search("log 1 GB: search, no hit", &f,
		      &(struct log_wish){ .streams = 7, .most = PAGE, .ended = true,
					  .search = VIEW("nowhere at all") });
	report_search("log 1 GB: errors only", &f,
		      &(struct log_wish){ .streams = 7, .most = PAGE, .ended = true,
					  .level = SEVERITY_ERROR });
	bench_report("log 1 GB: memory for all that", resident_mib() - before, "MiB", 4);
	log_file_close(&f);
	bench_remove_folder(folder);
}
