/* The rules of backend.h, on every backend, under every fault of the server. The
 * stub server lives on the same loop: an operation that waited for it would never
 * come back (rule 1). */
#include <stdlib.h>
#include <unistd.h>

#include "backend/local.h"
#include "backend/replay.h"
#include "backend/trace.h"
#include "rig.h"

#define RUN_A "{\"id\":\"a\",\"short\":\"a\",\"workflow\":\"w\",\"status\":\"running\",\"seq\":1}"
#define RUN_B "{\"id\":\"b\",\"short\":\"b\",\"workflow\":\"w\",\"status\":\"failed\",\"seq\":2}"

static const char snapshot[] =
	"event: snapshot_begin\ndata: {\"filter\":\"\",\"ended\":5}\n\n"
	"event: run\ndata: " RUN_A "\n\n"
	"event: run\ndata: " RUN_B "\n\n"
	"event: snapshot_end\nid: e-2\ndata: {\"complete\":true,\"counts\":{\"running\":1,\"failed\":1}}\n\n";

static const char info[] = "{\"user\":\"alice\",\"roles\":[\"approver\"],\"version\":\"0.1.0\","
			   "\"engine\":\"runboardd 0.1.0\",\"time\":\"2026-11-20T03:00:00.000Z\"}";
static const char lines[] = "{\"lines\":[{\"at\":null,\"stream\":\"stdout\",\"text\":\"hello\","
			    "\"partial\":false}],\"next\":\"c1\",\"prev\":\"\",\"state\":\"eof\"}";
static const char follow_lines[] =
	"event: lines\ndata: {\"lines\":[{\"at\":null,\"stream\":\"stdout\",\"text\":\"hello\","
	"\"partial\":false}],\"next\":\"c1\",\"prev\":\"\",\"state\":\"following\"}\n\n"
	"event: eof\ndata: {}\n\n";

static const struct rig_fault faults[] = {
	{ "nobody listens", .down = true },
	{ "no answer", .reply = { .fault = STUB_SILENT } },
	{ "closed without an answer", .reply = { .fault = STUB_CLOSE } },
	{ "401", .reply = { .status = 401, .body = "{\"error\":{\"code\":\"unauthorized\","
						   "\"message\":\"who are you\"}}" } },
	{ "429", .reply = { .status = 429, .headers = "Retry-After: 0\r\n" } },
	{ "500", .reply = { .status = 500, .body = "<html>oops" } },
	{ "503", .reply = { .status = 503, .body = "{\"error\":{\"code\":\"disk_full\","
						   "\"message\":\"no room\"}}" } },
	{ "half a character", .reply = { .body = "{\"id\":\"\xc3" } },
	{ "not JSON", .reply = { .body = "not json at all" } },
	{ "cut in the body", .reply = { .fault = STUB_CUT, .at = 9 }, .garbled = true },
	{ "stalled in the body", .reply = { .fault = STUB_STALL, .at = 9 }, .garbled = true },
	{ "one byte at a time", .reply = { .fault = STUB_DRIBBLE }, .garbled = true },
};

enum { FAULTS = sizeof faults / sizeof *faults };

static const struct {
	const char *method, *target, *body;
	bool stream;
} routes[] = {
	{ "GET", "/v1/", "{\"workflows\":[]}" },
	{ "GET", "/v1/info", info },
	{ "GET", "/v1/runs", "{\"runs\":[" RUN_A "," RUN_B "],\"next_cursor\":null}" },
	{ "GET", "/v1/runs/a", RUN_A },
	{ "GET", "/v1/runs/a/history", "{\"history\":[{\"seq\":1,\"kind\":\"started\"}]}" },
	{ "GET", "/v1/runs/a/tasks/t/log", lines },
	{ "GET", "/v1/runs/a/tasks/t/log?format=lines&follow=1", follow_lines, true },
	{ "GET", "/v1/events", snapshot, true },
	{ "POST", "/v1/", "{\"id\":\"c\",\"status\":\"pending\"}" },
};

enum { ROUTES = sizeof routes / sizeof *routes };

static char recording[64];

static void serve_well(void)
{
	for (size_t i = 0; i < ROUTES; i++)
		stub_on(stub, routes[i].method, routes[i].target,
			&(struct stub_reply){ .body = routes[i].body,
					      .stream = routes[i].stream });
}

static void serve_badly(const struct rig_fault *f)
{
	for (size_t i = 0; i < ROUTES; i++) {
		struct stub_reply reply = f->reply;
		if (f->garbled)
			reply.body = routes[i].body;
		reply.stream = routes[i].stream && (f->garbled || !reply.status);
		stub_on(stub, routes[i].method, routes[i].target, &reply);
	}
	if (f->down)
		stub_fall(stub);
}

static struct backend *new_local(const struct backend_sink *sink)
{
	const struct local_config config = {
		.name = "home",
		.socket = stub_path(stub),
		.times = { .heartbeat_ms = 120, .answer_ms = 300, .first_retry_ms = 2,
			   .max_retry_ms = 8 },
	};
	return local_new(loop, sink, 3, &config);
}

static struct backend *new_traced(const struct backend_sink *sink)
{
	struct backend *trace = trace_new(loop, sink, recording, NULL);
	ck_assert_ptr_nonnull(trace);
	trace_wrap(trace, new_local(trace_sink(trace)));
	return trace;
}

static void set_up(void)
{
	rig_set_up();
	guard_file(recording, sizeof recording, "recording");
}

static void tear_down(void)
{
	rig_tear_down();
	unlink(recording);
}

/* ---- all operations at once ---- */

enum { ASKED_MAX = 20 };

struct asked {
	ticket_id watch, followed, tickets[ASKED_MAX];
	size_t n;
};

static void ask(struct asked *a, ticket_id t)
{
	a->tickets[a->n++] = t;
}

static void ask_everything(struct asked *a)
{
	const struct log_query log = { .run = VIEW("a"), .task = VIEW("t"),
				       .streams = LOG_STREAM_BOTH };
	struct log_query follow = log;
	follow.follow = true;
	struct log_query search = log;
	search.search = VIEW("hello");
	search.limit = 1;
	const struct order approve = { .verb = VERB_APPROVE, .run = VIEW("a"), .task = VIEW("t"),
				       .version = 4 };
	const struct order start = { .verb = VERB_START, .workflow = VIEW("w") };
	const struct order terminate = { .verb = VERB_TERMINATE, .run = VIEW("a") };
	ear_probe(&ear);
	a->watch = ear_watch(&ear, "", 5);
	a->followed = ear_follow(&ear, "a");
	ask(a, ear_page(&ear, "status:failed", "", 10));
	ask(a, ear_fetch(&ear, "a", PART_DETAIL));
	ask(a, ear_fetch(&ear, "a", PART_HISTORY));
	for (int kind = CATALOG_WORKFLOWS; kind <= CATALOG_INBOX; kind++)
		ask(a, ear_catalog(&ear, (enum catalog_kind)kind));
	ask(a, ear_log(&ear, &log));
	ask(a, ear_log(&ear, &follow));
	ask(a, ear_order(&ear, &approve));
	ask(a, ear_order(&ear, &start));
	ask(a, ear_order(&ear, &terminate));
	ask(a, ear_log(&ear, &search));
	ask(a, ear_fetch(&ear, "a", PART_DETAIL_MORE));
	ask(a, ear_fetch(&ear, "a", PART_HISTORY_END));
	ask(a, ear_catalog(&ear, CATALOG_THROUGHPUT));
}

/* Followed logs go on by themselves: they are not asked for an end. */
static bool all_done(void *arg)
{
	const struct asked *a = arg;
	for (size_t i = 0; i < a->n; i++) {
		if (i != 11 && !ear_done(&ear, a->tickets[i]))
			return false;
	}
	return true;
}

static bool is_live(void *arg)
{
	struct str state = { 0 };
	bool live = ear.condition == CONDITION_LIVE && !ear.snapshot &&
		    str_eq(ear_state(&ear, &state), "a:running b:failed");
	str_release(&state);
	return live;
}

static bool was_told(void *arg)
{
	return ear.calls > 0 && ear_heard(&ear, "condition");
}

static void under_fault(struct backend *b, int i)
{
	struct asked a = { 0 };
	ear.backend = b;
	serve_badly(&faults[i]);
	ask_everything(&a);
	ck_assert_int_eq(ear.calls, 0);
	ck_assert_msg(stub_until_fn(loop, all_done, &a), "%s:\n%s", faults[i].name,
		      str_text(&ear.log));
	ck_assert(stub_until_fn(loop, was_told, NULL));
	/* The server is well again: so is the board, by itself. */
	serve_well();
	if (faults[i].down)
		stub_rise(stub);
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s:\n%s", faults[i].name,
		      str_text(&ear.log));
	ck_assert(!ear_done(&ear, a.watch));
}

static void nothing_after_destroy(void)
{
	ear_probe(&ear);
	ear_fetch(&ear, "a", PART_DETAIL);
	const struct order o = { .verb = VERB_TERMINATE, .run = VIEW("a") };
	ear_order(&ear, &o);
	ear_destroy(&ear);
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 1);
}

START_TEST(the_rules_hold_on_local_under_every_fault)
{
	under_fault(new_local(&ear.sink), _i);
	nothing_after_destroy();
}
END_TEST

START_TEST(the_rules_hold_on_a_traced_backend_under_every_fault)
{
	under_fault(new_traced(&ear.sink), _i);
	nothing_after_destroy();
}
END_TEST

/* ---- replay ---- */

static void open_replay(void)
{
	struct err err = { 0 };
	const struct replay_config config = { .name = "film", .path = recording };
	ear.backend = replay_new(loop, &ear.sink, 5, &config, &err);
	ck_assert_msg(ear.backend != NULL, "%s", err_text(&err));
}

enum { A_GOOD_DAY = -1 };

static void record_under(int fault)
{
	struct asked a = { 0 };
	ear.backend = new_traced(&ear.sink);
	serve_well();
	if (fault >= 0)
		serve_badly(&faults[fault]);
	ask_everything(&a);
	ck_assert(stub_until_fn(loop, all_done, &a));
	serve_well();
	if (fault >= 0 && faults[fault].down)
		stub_rise(stub);
	ck_assert(stub_until_fn(loop, is_live, NULL));
	ear_release(&ear);
	ear_init(&ear);
}

/* A recording of a bad day is played as it was: every ticket ends, and the board
 * ends where that one did. */
START_TEST(the_rules_hold_on_a_replay_of_every_fault)
{
	struct asked a = { 0 };
	record_under(_i);
	open_replay();
	ask_everything(&a);
	ck_assert_int_eq(ear.calls, 0);
	ck_assert_msg(stub_until_fn(loop, all_done, &a), "%s", str_text(&ear.log));
	ck_assert_msg(stub_until_fn(loop, is_live, NULL), "%s", str_text(&ear.log));
	ck_assert_int_eq(ear_ticket(&ear, a.tickets[12])->outcome, OUTCOME_UNSUPPORTED);
	nothing_after_destroy();
}
END_TEST

START_TEST(a_recording_cut_off_anywhere_is_played_as_far_as_it_goes)
{
	struct asked a = { 0 };
	record_under(A_GOOD_DAY);
	ck_assert_int_eq(truncate(recording, 300 * (_i + 1)), 0);
	struct err err = { 0 };
	const struct replay_config config = { .name = "film", .path = recording };
	ear.backend = replay_new(loop, &ear.sink, 5, &config, &err);
	ck_assert_msg(ear.backend != NULL, "%s", err_text(&err));
	ask_everything(&a);
	ck_assert_msg(stub_until_fn(loop, all_done, &a), "%s", str_text(&ear.log));
	nothing_after_destroy();
}
END_TEST

/* ---- destroyed and cancelled from inside ---- */

static const char *const calls[] = { "identity", "condition", "snapshot_begin", "runs",
				     "snapshot_end", "lane_counts", "page", "detail", "history",
				     "catalog", "log", "done" };

enum { CALLS = sizeof calls / sizeof *calls };

static bool is_destroyed(void *arg)
{
	return ear.destroyed;
}

START_TEST(a_backend_may_be_destroyed_from_inside_any_call)
{
	struct asked a = { 0 };
	serve_well();
	ear.backend = new_traced(&ear.sink);
	ear.destroy_in = calls[_i];
	ask_everything(&a);
	ck_assert_msg(stub_until_fn(loop, is_destroyed, NULL), "%s", str_text(&ear.log));
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 1);
}
END_TEST

START_TEST(a_replay_may_be_destroyed_from_inside_any_call)
{
	struct asked a = { 0 };
	record_under(A_GOOD_DAY);
	open_replay();
	ear.destroy_in = calls[_i];
	ask_everything(&a);
	ck_assert_msg(stub_until_fn(loop, is_destroyed, NULL), "%s", str_text(&ear.log));
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 1);
}
END_TEST

/* The index of the ticket of each kind of answer in ask_everything. */
START_TEST(a_ticket_cancelled_in_its_own_answer_has_no_end)
{
	static const struct {
		const char *call;
		size_t ticket;
	} own[] = { { "page", 0 }, { "detail", 1 }, { "history", 2 }, { "log", 10 } };
	struct asked a = { 0 };
	serve_well();
	ear.backend = new_local(&ear.sink);
	ask_everything(&a);
	ear.cancel_in = own[_i].call;
	ear.cancel = a.tickets[own[_i].ticket];
	if (_i == 3)
		ear_cancel(&ear, a.tickets[11]);
	ck_assert(stub_until_fn(loop, is_live, NULL));
	while (backend_pending(ear.backend))
		loop_turn(loop, 10);
	ck_assert_ptr_null(ear.cancel_in);
	ck_assert_int_eq(ear_done(&ear, ear.cancel), 0);
}
END_TEST

START_TEST(cancelled_tickets_are_never_heard_of_again)
{
	struct asked a = { 0 };
	serve_well();
	ear.backend = new_local(&ear.sink);
	ask_everything(&a);
	for (size_t i = 0; i < a.n; i++)
		ear_cancel(&ear, a.tickets[i]);
	ear_cancel(&ear, a.watch);
	ear_cancel(&ear, a.followed);
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 1);
	ck_assert(!ear_heard(&ear, "done"));
	ck_assert(!ear_heard(&ear, "snapshot_begin"));
	ck_assert_uint_eq(backend_pending(ear.backend), 0);
}
END_TEST

Suite *suite_rules(void);

Suite *suite_rules(void)
{
	Suite *s = suite_create("rules");
	TCase *c = tcase_create("rules");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, the_rules_hold_on_local_under_every_fault, 0, FAULTS);
	tcase_add_loop_test(c, the_rules_hold_on_a_traced_backend_under_every_fault, 0, FAULTS);
	tcase_add_loop_test(c, the_rules_hold_on_a_replay_of_every_fault, 0, FAULTS);
	tcase_add_loop_test(c, a_recording_cut_off_anywhere_is_played_as_far_as_it_goes, 0, 5);
	tcase_add_loop_test(c, a_backend_may_be_destroyed_from_inside_any_call, 0, CALLS);
	tcase_add_loop_test(c, a_replay_may_be_destroyed_from_inside_any_call, 0, CALLS);
	tcase_add_loop_test(c, a_ticket_cancelled_in_its_own_answer_has_no_end, 0, 4);
	tcase_add_test(c, cancelled_tickets_are_never_heard_of_again);
	suite_add_tcase(s, c);
	return s;
}
