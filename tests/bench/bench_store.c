/* How fast and how small: runs decoded, stored, put on a board, filtered. A table
 * for people, then one JSON line a measure for machines. */
#include <malloc.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "core/board.h"
#include "wire/encode.h"
#include "wire/json.h"
#include "wire/proto.h"
#include "wire/sse.h"

enum { WORKFLOWS = 40, MEASURES_MAX = 32 };

struct measure {
	char name[64], unit[16];
	double value;
};

struct bench {
	struct measure measures[MEASURES_MAX];
	size_t n;
};

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(struct bench *b, const char *name, size_t runs, double value, const char *unit)
{
	struct measure *m = &b->measures[b->n++];
	snprintf(m->name, sizeof m->name, "%s, %zu runs", name, runs);
	snprintf(m->unit, sizeof m->unit, "%s", unit);
	m->value = value;
}

static double resident_mb(void)
{
	long pages = 0, resident = 0;
	malloc_trim(0);
	FILE *f = fopen("/proc/self/statm", "r");
	if (f && fscanf(f, "%ld %ld", &pages, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

/* A typical run: nine of ten have ended, one in fifty failed with a message. */
struct sample {
	char id[37], name[16], value[24];
	struct pair labels[2], params[2];
	struct run_facts run;
};

static enum run_status sample_status(size_t n)
{
	if (n % 50 == 7)
		return RUN_FAILED;
	return n % 10 ? RUN_COMPLETED : n % 30 ? RUN_RUNNING : RUN_PENDING;
}

static void fill(struct sample *s, size_t n)
{
	static const struct view why[VERBS] = { [VERB_CANCEL] = VIEW("the run has ended") };
	unsigned mixed = (unsigned)n * 2654435761u;
	snprintf(s->id, sizeof s->id, "0193a1b2-%04x-7%03x-8a6b-%08x%04x", (unsigned)(n >> 12) & 0xffff,
		 (unsigned)n & 0xfff, mixed, (unsigned)n & 0xffff);
	snprintf(s->name, sizeof s->name, "workflow-%zu", n % WORKFLOWS);
	snprintf(s->value, sizeof s->value, "\"order-%zu\"", n);
	s->labels[0] = (struct pair){ VIEW("team"), VIEW("payments") };
	s->labels[1] = (struct pair){ VIEW("environment"), VIEW("prod") };
	s->params[0] = (struct pair){ VIEW("order"), view_of(s->value) };
	s->params[1] = (struct pair){ VIEW("dry_run"), VIEW("false") };
	enum run_status status = sample_status(n);
	bool open = run_status_is_open(status);
	s->run = (struct run_facts){
		.id = view_of(s->id), .short_id = { s->id + 24, 6 }, .workflow = view_of(s->name),
		.title = VIEW("Take an order through payment and delivery"), .status = status,
		.trigger = TRIGGER_MANUAL, .trigger_by = VIEW("alice"), .queue = VIEW("default"),
		.worker = n % 2 ? VIEW("local/1") : VIEW("local/2"), .labels = { s->labels, 2 },
		.params = { s->params, 2 }, .tasks_done = 5, .tasks_total = 5,
		.progress = open ? 0.4f : 1.0f, .current_task = open ? VIEW("charge") : VIEW(""),
		.created_ms = 1795000000000 + (int64_t)n * 10,
		.started_ms = status == RUN_PENDING ? 0 : 1795000000500 + (int64_t)n * 10,
		.ended_ms = open ? 0 : 1795000009000 + (int64_t)n * 10,
		.version = 8, .seq = (int64_t)n + 1,
		.actions = { .allowed = 1u << VERB_RERUN, .known = 1u << VERB_RERUN | 1u << VERB_CANCEL,
			     .why = why },
	};
	if (status == RUN_FAILED)
		s->run.error = (struct error_facts){ .message = VIEW("card declined: exit status 7"),
						     .task = VIEW("charge") };
}

static void make_list(struct str *list, size_t runs)
{
	struct jsonw w;
	struct sample s;
	jsonw_init(&w, list);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "runs");
	for (size_t n = 0; n < runs; n++) {
		fill(&s, n);
		encode_run(&w, NULL, &s.run);
	}
	jsonw_end_array(&w);
	jsonw_null(&w, "next_cursor");
	jsonw_end_object(&w);
}

static bool take_run(void *arg, struct run_facts *run)
{
	store_upsert(arg, run);
	return true;
}

static void bench_decode(struct bench *b, size_t runs)
{
	struct str list = { .max = SIZE_MAX / 2 };
	struct arena arena = { 0 };
	struct store *s = store_new();
	make_list(&list, runs);
	double from = seconds();
	if (!proto_runs(view_of_str(&list), &arena, take_run, s, NULL, NULL))
		BUG("the list cannot be read");
	double took = seconds() - from;
	add(b, "list into the store", runs, (double)list.len / 1e6 / took, "MB/s");
	add(b, "list into the store", runs, (double)runs / took, "runs/s");
	from = seconds();
	struct json_doc *d = json_parse(view_of_str(&list), SIZE_MAX / 4, NULL);
	took = seconds() - from;
	add(b, "same list as one tree (checked cJSON)", runs, (double)list.len / 1e6 / took, "MB/s");
	json_free(d);
	store_free(s);
	arena_release(&arena);
	str_release(&list);
}

static void bench_filter(struct bench *b, struct board *board, const char *text, size_t runs)
{
	struct filter *f = filter_parse(view_of(text), NULL, NULL);
	struct filter_env env = { .now_ms = 1795000100000 };
	double from = seconds();
	board_set(board, &(struct board_view){ f, env, BOARD_SORT_TIME, BOARD_WAITING_PINNED });
	while (board_work(board, 4096))
		;
	char name[48];
	snprintf(name, sizeof name, "board by filter [%s]", text);
	add(b, name, runs, (seconds() - from) * 1e9 / (double)runs, "ns/run");
	filter_free(f);
}

static void bench_change(struct bench *b, struct store *s, struct board *board, size_t runs)
{
	enum { CHANGES = 100000 };
	struct sample sample;
	double from = seconds();
	for (size_t i = 0; i < CHANGES; i++) {
		size_t n = i * 7919 % runs;
		fill(&sample, n);
		sample.run.seq += (int64_t)(runs + i);
		sample.run.status = i % 2 ? RUN_RUNNING : RUN_COMPLETED;
		sample.run.ended_ms = i % 2 ? 0 : sample.run.created_ms + 99;
		struct change c = store_upsert(s, &sample.run);
		board_apply(board, &c);
		board_at(board, LANE_RUNNING, 5);
	}
	add(b, "change of a run, on the board too", runs, CHANGES / (seconds() - from), "changes/s");
}

static void bench_store(struct bench *b, size_t runs)
{
	struct sample sample;
	double before = resident_mb();
	struct store *s = store_new();
	double from = seconds();
	for (size_t n = 0; n < runs; n++) {
		fill(&sample, n);
		store_upsert(s, &sample.run);
	}
	add(b, "new run into the store", runs, (double)runs / (seconds() - from), "runs/s");
	add(b, "store, counted", runs, (double)store_bytes(s) / (double)runs, "bytes/run");
	add(b, "store, resident", runs, (resident_mb() - before) * 1e6 / (double)runs, "bytes/run");
	struct board *board = board_new(s);
	from = seconds();
	while (board_work(board, 4096))
		;
	add(b, "board made", runs, (seconds() - from) * 1e9 / (double)runs, "ns/run");
	add(b, "store and board, resident", runs, resident_mb() - before, "MB");
	bench_filter(b, board, "workflow:workflow-7", runs);
	bench_filter(b, board, "declined", runs);
	bench_filter(b, board, "", runs);
	bench_change(b, s, board, runs);
	board_free(board);
	store_free(s);
}

/* A run event as the stream carries it, all the way into store and board. */
struct stream {
	struct store *store;
	struct board *board;
	struct arena arena;
	size_t events;
};

static void on_event(void *arg, const struct sse_event *event)
{
	struct stream *s = arg;
	struct run_facts run;
	if (proto_event_parse(event->name) != PROTO_EVENT_RUN ||
	    !proto_run(event->data, &s->arena, &run, NULL))
		return;
	struct change change = store_upsert(s->store, &run);
	board_apply(s->board, &change);
	arena_clear(&s->arena);
	s->events++;
}

static void make_stream(struct str *text, size_t runs)
{
	struct sample sample;
	for (size_t n = 0; n < runs; n++) {
		struct jsonw w;
		fill(&sample, n);
		str_addf(text, "event: run\nid: abc-%zu\ndata: ", n);
		jsonw_init(&w, text);
		encode_run(&w, NULL, &sample.run);
		str_add_text(text, "\n\n");
	}
}

static void bench_stream(struct bench *b, size_t runs)
{
	struct str text = { .max = SIZE_MAX / 2 };
	struct stream s = { .store = store_new() };
	struct sse sse;
	s.board = board_new(s.store);
	make_stream(&text, runs);
	sse_init(&sse, on_event, &s);
	double from = seconds();
	for (size_t at = 0; at < text.len; at += 16384)
		if (!sse_feed(&sse, view_cut(view_of_str(&text), at, 16384), NULL))
			BUG("the stream cannot be read");
	double took = seconds() - from;
	if (s.events != runs)
		BUG("events of the stream were lost");
	add(b, "event stream into store and board", runs, (double)runs / took, "events/s");
	sse_release(&sse);
	board_free(s.board);
	store_free(s.store);
	arena_release(&s.arena);
	str_release(&text);
}

static void print(const struct bench *b)
{
	for (size_t i = 0; i < b->n; i++)
		printf("%-64s %14.1f %s\n", b->measures[i].name, b->measures[i].value,
		       b->measures[i].unit);
	for (size_t i = 0; i < b->n; i++)
		printf("{\"measure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", b->measures[i].name,
		       b->measures[i].value, b->measures[i].unit);
}

int main(void)
{
	struct bench b = { .n = 0 };
	bench_store(&b, 100000);
	bench_store(&b, 1000000);
	bench_decode(&b, 100000);
	bench_stream(&b, 100000);
	print(&b);
	return 0;
}
