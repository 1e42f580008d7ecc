/* Ten thousand runs (LIVE_RUNS: so many): how soon the board is there, how much it
 * asks for, what it does when the server limits it; and one with six thousand events
 * (LIVE_EVENTS). Figures are printed. */
#include "live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/when.h"
#include "io/http.h"
#include "lib/unit.h"

enum { FRAME_MS = 300, LOOK_MS = 30000, HOGS = 16, BURST = 8, HALVINGS = 3 };

static struct board board;
static int n_runs = 10000, n_events = 6000;

static void turn_for(int64_t ms)
{
	for (int64_t end = when_mono_ms() + ms; when_mono_ms() < end;)
		loop_turn(loop, 50);
}

static int64_t cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Until a first snapshot is whole. What is ours of it: the work, and waiting for our
 * own budget, of which the burst must be enough but for three that follow at once, and for
 * long pages that this server refuses until they are halved often enough. By the clock on
 * the wall it is told only: the server still works off the runs, on the same machine. */
START_TEST(the_board_is_there_at_once)
{
	int64_t end = when_mono_ms() + LIVE_WAIT_MS, cpu = cpu_ms();
	live_calls();
	board_open(&board, ports.count, NULL);
	while (!board.first_ms && when_mono_ms() < end)
		loop_turn(loop, 50);
	cpu = cpu_ms() - cpu;
	struct live_calls calls = live_calls();
	ck_assert_int_ne(board.first_ms, 0);
	int64_t all = board.first_ms - board.opened_ms;
	printf("load: %d runs, first board after %lld ms, of which the server's %lld ms; "
	       "our work %lld ms, %lld + %lld calls\n", n_runs, (long long)all,
	       (long long)calls.busy_ms, (long long)cpu, (long long)calls.visibility,
	       (long long)calls.other);
	ck_assert_int_lt(cpu, FRAME_MS);
	ck_assert_int_le(calls.visibility, BURST + 3 + HALVINGS);
}
END_TEST

START_TEST(every_run_is_counted)
{
	int64_t sum = 0, end = when_mono_ms() + LIVE_WAIT_MS;
	while (sum != n_runs + 1 && when_mono_ms() < end) {
		loop_turn(loop, 50);
		sum = 0;
		for (int i = 0; i < LANES; i++)
			sum += board.counts[i];
	}
	ck_assert_int_eq(sum, n_runs + 1);	/* the long one */
}
END_TEST

START_TEST(it_asks_for_little)
{
	live_calls();
	turn_for(LOOK_MS);
	struct live_calls calls = live_calls();
	int64_t minute = calls.visibility * 60000 / LOOK_MS;
	printf("load: %lld visibility calls a minute (at most %lld within a second), "
	       "%lld others\n", (long long)minute, (long long)calls.peak,
	       (long long)(calls.other * 60000 / LOOK_MS));
	ck_assert_int_gt(calls.visibility, 0);
	ck_assert_int_le(minute, 4 * 60);
	ck_assert_int_le(calls.peak, BURST);
}
END_TEST

/* ---- a very long history ---- */

static long peak_kb(void)
{
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

static void read_part(enum run_part part, const char *what)
{
	int64_t begun = when_mono_ms(), cpu = cpu_ms();
	live_calls();
	const struct ear_ticket *t =
		until_done(&board, ear_fetch(&board.ear, run_of(&board, "long-1"), part));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	begun = when_mono_ms() - begun;
	cpu = cpu_ms() - cpu;
	printf("load: %s of %d events after %lld ms, %lld ms of them work, %lld calls; at most %ld KB\n",
	       what, n_events, (long long)begun, (long long)cpu, (long long)live_calls().other,
	       peak_kb());
}

static bool is_whole(void)
{
	return strstr(str_text(&board.words), "not whole") == NULL;
}

START_TEST(a_very_long_run_opens_soon_and_can_be_read_whole)
{
	size_t steps = 0;
	until_in(&board, "long-1", "pending");	/* nobody takes it */
	read_part(PART_DETAIL_SOON, "the ends");
	ck_assert(!is_whole());
	while (!is_whole() && steps++ < 16)
		read_part(PART_DETAIL_MORE, "more");
	ck_assert(is_whole());
	size_t steps_told = 0, at = 0;
	struct view told = view_of_str(&board.words);
	for (; (at = view_find(told, VIEW("signal_step"), at)) != SIZE_MAX; at++)
		steps_told++;
	ck_assert_uint_eq(steps_told, (size_t)n_events);
}
END_TEST

START_TEST(a_very_long_run_is_followed)
{
	struct order o = { .verb = VERB_SIGNAL, .run = view_of(run_of(&board, "long-1")),
			   .name = VIEW("hello") };
	ticket_id t = ear_follow(&board.ear, run_of(&board, "long-1"));
	turn_for(2000);
	ear_order(&board.ear, &o);
	int64_t begun = when_mono_ms();
	while (!strstr(str_text(&board.words), "signal_hello") && when_mono_ms() < begun + LIVE_WAIT_MS)
		loop_turn(loop, 5);
	printf("load: an event of it is told %lld ms after its order\n",
	       (long long)(when_mono_ms() - begun));
	ck_assert_ptr_nonnull(strstr(str_text(&board.words), "signal_hello"));
	ear_cancel(&board.ear, t);
}
END_TEST

/* ---- others ask for too much ---- */

struct hog {
	struct http *http;
	bool stop;
	int flying;
	int64_t refused;
};

static void ask(struct hog *h);

static void on_answer(void *arg, const struct http_answer *a)
{
	struct hog *h = arg;
	h->flying--;
	h->refused += a->status == 429;
	if (!h->stop)
		ask(h);
}

static void ask(struct hog *h)
{
	const struct http_order order = {
		.method = "GET", .target = "/api/v1/namespaces/default/workflow-count"
	};
	h->flying++;
	http_send(h->http, &order, NULL, on_answer, h);
}

static bool says(const char *words)
{
	return board.ear.condition == CONDITION_LIVE &&
	       strstr(str_text(&board.ear.sentence), words) != NULL;
}

START_TEST(when_the_server_limits_it_it_slows_down_says_so_and_recovers)
{
	char url[64];
	struct hog h = { 0 };
	int64_t end = when_mono_ms() + 2 * LIVE_WAIT_MS;
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ports.http);
	h.http = http_new(loop, &(struct http_config){ .base_url = url });
	for (int i = 0; i < HOGS; i++)
		ask(&h);
	while (!says("the server limits us to") && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_msg(says("the server limits us to"), "%s; %lld refused",
		      str_text(&board.ear.sentence), (long long)h.refused);
	h.stop = true;
	while (h.flying && when_mono_ms() < end)
		loop_turn(loop, 50);
	http_free(h.http);
	while (!str_eq(str_text(&board.ear.sentence), "live") && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_str_eq(str_text(&board.ear.sentence), "live");
}
END_TEST

static void set_number(const char *name, int64_t max, int *out)
{
	const char *wanted = getenv(name);
	int64_t n;
	if (wanted && number_parse(view_of(wanted), 1, max, &n))
		*out = (int)n;
}

static void raise_server(void)
{
	struct str database = { 0 }, http = { 0 }, doors = { 0 }, load = { 0 }, events = { 0 };
	set_number("LIVE_RUNS", 1000000, &n_runs);
	set_number("LIVE_EVENTS", 50000, &n_events);
	live_choose_ports();
	str_addf(&database, "%s/load.db", live_folder);
	str_addf(&http, "%d", ports.http);
	str_addf(&doors, "count=%d", ports.count);
	str_addf(&load, "%d", n_runs);
	str_addf(&events, "%d", n_events);
	const char *const words[] = { "-http", str_text(&http), "-db", str_text(&database),
				      "-doors", str_text(&doors), "-runs=false", "-load",
				      str_text(&load), "-long", str_text(&events), NULL };
	int64_t began = when_mono_ms();
	live_start(words);
	printf("load: %d runs were started in %lld s\n", n_runs,
	       (long long)(when_mono_ms() - began) / 1000);
	str_release(&database);
	str_release(&http);
	str_release(&doors);
	str_release(&load);
	str_release(&events);
}

static void fell_server(void)
{
	board_close(&board);
	live_stop();
}

Suite *suite_live_load(void);

Suite *suite_live_load(void)
{
	Suite *s = suite_create("live_load");
	TCase *c = tcase_create("live_load");
	tcase_set_timeout(c, 900);
	tcase_add_unchecked_fixture(c, raise_server, fell_server);
	tcase_add_test(c, the_board_is_there_at_once);
	tcase_add_test(c, every_run_is_counted);
	tcase_add_test(c, it_asks_for_little);
	tcase_add_test(c, a_very_long_run_opens_soon_and_can_be_read_whole);
	tcase_add_test(c, a_very_long_run_is_followed);
	tcase_add_test(c, when_the_server_limits_it_it_slows_down_says_so_and_recovers);
	suite_add_tcase(s, c);
	return s;
}
