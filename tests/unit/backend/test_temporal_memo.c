/* Memos that lists have sealed: the board is there at once, what is seen is read by the
 * codec server in few questions, and told again; also when it is slow, away or refuses. */
#include "temporal_rig.h"

#include "base/mem.h"

/* "Anna", "Ben" */
#define ANNA OPENED("IkFubmEi")
#define BEN OPENED("IkJlbiI=")
#define DONE(id, second, memo)                                                                  \
	"{\"execution\":{\"workflowId\":\"w-" id "\",\"runId\":\"" id "\"},\"type\":{\"name\":\"T\"}," \
	"\"startTime\":\"2026-11-20T03:00:00Z\",\"closeTime\":\"2026-11-20T03:00:" second "Z\","  \
	"\"status\":\"WORKFLOW_EXECUTION_STATUS_COMPLETED\",\"taskQueue\":\"q\","                 \
	"\"memo\":{\"fields\":{\"customer\":" SEALED(memo) "}}}"
#define OPEN_A(key)                                                                             \
	"{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},\"type\":{\"name\":\"T\"},\"taskQueue\":\"q\"," \
	"\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\","  \
	"\"searchAttributes\":{\"indexedFields\":{\"BuildIds\":{}}},\"historyLength\":\"11\","      \
	"\"memo\":{\"fields\":{\"" key "\":" SEALED("c2VhbGVkMQ==") "}}}"
#define LISTED(list) "{\"executions\":[" list "]}"
#define C1 DONE("c1", "07", "c2VhbGVkMQ==")
#define C1_LATER DONE("c1", "07", "c2VhbGVkMw==")
#define C2 DONE("c2", "08", "c2VhbGVkMg==")
#define ENDED_LIST LIST "%28ExecutionStatus%20IN"
#define FAILED_LIST LIST "%28ExecutionStatus%20IN%20%28%27Failed"
#define CLOSED_WORDS "%20%28%27Completed"
#define CLOSED_LIST LIST "%28CloseTime"

static struct stub *codec;
static struct backend_sink sink;
static const char *waiting_memo;
static struct map customers;	/* by run, as told last */

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < runs[i].labels.len; k++) {
			struct view v = runs[i].labels.items[k].value;
			mem_free(map_put(&customers, runs[i].id, mem_bytes(v.ptr, v.len)));
		}
	}
	ear.sink.runs(arg, runs, n);
}

static void serve_ended(const char *rows)
{
	serve("GET", ENDED_LIST, rows);
	serve("GET", CLOSED_LIST, rows);
}

static void set_up(void)
{
	rig_set_up();
	codec = stub_new(loop);
	serve_well();
	serve_ended(LISTED(C1 "," C2));
}

static void tear_down(void)
{
	size_t at = 0;
	struct view id;
	void *value;
	ear_destroy(&ear);
	stub_free(codec);
	while (map_next(&customers, &at, &id, &value))
		mem_free(value);
	map_release(&customers);
	customers = (struct map){ 0 };
	waiting_memo = NULL;
	rig_tear_down();
}

static void see(const char *first, const char *second)
{
	const struct view seen[] = { view_of(first), view_of(second) };
	ear.inside = true;
	backend_in_view(ear.backend, seen, second ? 2 : 1);
	ear.inside = false;
}

static void open_board(const char *filter, int tick_ms)
{
	struct temporal_config config = config_of();
	config.codec_url = "http://localhost";
	config.codec_unix_path = stub_path(codec);
	config.waiting_memo = waiting_memo;
	config.times.tick_ms = tick_ms;
	config.times.gap_ms = 1;
	sink = ear.sink;
	sink.runs = on_runs;
	ear.backend = temporal_new(loop, &sink, 3, &config, NULL);
	ear_watch(&ear, filter, 5);
}

static void answer(const char *body, int times)
{
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = body, .times = times });
}

struct said {
	const char *run, *customer;
};

static bool is_said(void *arg)
{
	const struct said *s = arg;
	return str_eq(map_get(&customers, view_of(s->run)), s->customer);
}

static void until_said(const char *run, const char *customer)
{
	struct said s = { run, customer };
	const char *now;
	bool said = stub_until_fn(loop, is_said, &s);
	now = map_get(&customers, view_of(run));
	ck_assert_msg(said, "%s is %s, not %s", run, now ? now : "unknown", customer);
}

static void until_both_said(const char *c1, const char *c2)
{
	until_said("c1", c1);
	until_said("c2", c2);
}

#define SEALED_WORDS "<7 bytes, binary/encrypted>"

#define LISTS_END "snapshot_end complete"

/* So many more have come. */
static void until_lists(const char *target, size_t n)
{
	size_t before = stub_count(stub, "GET", target);
	while (stub_count(stub, "GET", target) < before + n)
		loop_turn(loop, 1);
}

static bool asked_of(size_t n, const char *sealed)
{
	const struct stub_request *r = stub_asked(codec, "POST", "/decode", n);
	return r && strstr(r->body, sealed) != NULL;
}

static size_t asked(void)
{
	return stub_count(codec, "POST", "/decode");
}

START_TEST(one_question_reads_what_a_page_has)
{
	answer(PAYLOADS(ANNA "," BEN), 0);
	open_board("", 60000);
	see("c1", "c2");
	until_both_said("Anna", "Ben");
	ck_assert_uint_eq(asked(), 1);
	ck_assert_uint_eq(ear_count(&ear, "runs c1:completed"), 2);
}
END_TEST

START_TEST(only_what_is_seen_is_read)
{
	answer(PAYLOADS(BEN), 0);
	answer(PAYLOADS(ANNA), 1);
	open_board("", 60000);
	see("c1", NULL);
	until_said("c1", "Anna");
	ck_assert_uint_eq(asked(), 1);
	ck_assert(!asked_of(0, "c2VhbGVkMg=="));
	ck_assert_str_eq(map_get(&customers, VIEW("c2")), SEALED_WORDS);
	see("c2", NULL);
	until_said("c2", "Ben");
	ck_assert_uint_eq(asked(), 2);
}
END_TEST

START_TEST(where_nobody_says_what_is_seen_all_is_read)
{
	answer(PAYLOADS(BEN "," BEN), 0);
	open_board("", 60000);
	until_both_said("Ben", "Ben");
	ck_assert_uint_eq(asked(), 1);
}
END_TEST

/* Its list comes again and again. */
START_TEST(what_was_read_is_not_asked_for_again_until_it_changes)
{
	serve_ended(LISTED(C1));
	answer(PAYLOADS(ANNA), 0);
	open_board("", 1);
	see("c1", NULL);
	until_said("c1", "Anna");
	until_lists(CLOSED_LIST, 3);
	ck_assert_uint_eq(asked(), 1);
	ck_assert_uint_eq(ear_count(&ear, "runs c1:completed"), 2);
	answer(PAYLOADS(BEN), 0);
	serve_ended(LISTED(C1_LATER));
	until_said("c1", "Ben");
	ck_assert_uint_eq(asked(), 2);
}
END_TEST

/* What the filter leaves out while it is sealed may be what it wants. */
START_TEST(a_filter_by_it_finds_what_was_sealed)
{
	answer(PAYLOADS(ANNA "," ANNA), 0);
	open_board("label.customer:Anna", 60000);
	see("elsewhere", NULL);
	until_both_said("Anna", "Anna");
	ck_assert_uint_eq(ear_count(&ear, "runs c1:completed"), 1);
}
END_TEST

/* ---- faults ---- */

static const struct rig_fault faults[] = {
	NO_ANSWERS,
	{ "cut in the body", .reply = { .body = PAYLOADS(ANNA), .fault = STUB_CUT, .at = 9 } },
	{ "400", .reply = { .status = 400, .body = "cannot decrypt" } },
	{ "too few", .reply = { .body = PAYLOADS("") } },
	{ "too many", .reply = { .body = PAYLOADS(ANNA "," BEN) } },
	{ "JSON of another kind", .reply = { .body = "[1]" } },
};

enum { FAULTS = sizeof faults / sizeof *faults, BAD = 4 };

START_TEST(the_list_is_there_and_is_read_when_the_codec_answers)
{
	struct stub_reply reply = faults[_i].reply;
	reply.times = BAD;
	serve_ended(LISTED(C1));
	answer(PAYLOADS(ANNA), 0);
	stub_on(codec, "POST", "/decode", &reply);
	open_board("", 60000);
	see("c1", NULL);
	until_line(LISTS_END);
	ck_assert_str_eq(map_get(&customers, VIEW("c1")), SEALED_WORDS);
	until_said("c1", "Anna");
	ck_assert_uint_eq(asked(), BAD + 1);
	ck_assert_str_eq(str_text(&ear.sentence), "live");
}
END_TEST

static bool is_troubled(void *arg)
{
	return strstr(str_text(&ear.sentence), "does not decode") != NULL;
}

START_TEST(a_codec_that_is_away_is_said_and_read_when_it_comes)
{
	serve_ended(LISTED(C1));
	answer(PAYLOADS(ANNA), 0);
	stub_fall(codec);
	open_board("", 60000);
	see("c1", NULL);
	until_line(LISTS_END);
	ck_assert(stub_until_fn(loop, is_troubled, NULL));
	stub_rise(codec);
	until_said("c1", "Anna");
}
END_TEST

/* Its answers are kept: they need it no more. */
START_TEST(what_was_read_before_is_read_also_while_the_codec_is_away)
{
	answer(PAYLOADS(ANNA "," BEN), 0);
	open_board("", 1);
	see("c1", "c2");
	until_both_said("Anna", "Ben");
	stub_fall(codec);
	serve_ended(LISTED(C1_LATER));
	ck_assert(stub_until_fn(loop, is_troubled, NULL));
	until_said("c1", SEALED_WORDS);
	serve_ended(LISTED(C1 "," C2));
	ear_watch(&ear, "", 5);
	until_both_said("Anna", "Ben");
}
END_TEST

/* It says nothing: the list does not wait, nor does what comes later. */
START_TEST(a_slow_codec_holds_nothing_back)
{
	serve_ended(LISTED(C1));
	answer(PAYLOADS(ANNA "," BEN), 0);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .fault = STUB_SILENT, .times = 1 });
	open_board("", 1);
	see("c1", "c2");
	until_line(LISTS_END);
	serve_ended(LISTED(C1 "," C2));
	until_said("c2", SEALED_WORDS);
	ck_assert_uint_eq(asked(), 1);
	stub_fall(codec);
	stub_rise(codec);
	until_both_said("Anna", "Ben");
}
END_TEST

START_TEST(one_that_nobody_can_read_keeps_no_other_sealed)
{
	answer(PAYLOADS(BEN), 1);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .status = 400, .body = "no key", .times = 2 });
	open_board("", 60000);
	see("c1", "c2");
	until_said("c2", "Ben");
	ck_assert(asked_of(0, "c2VhbGVkMQ==") && asked_of(0, "c2VhbGVkMg=="));
	ck_assert(asked_of(1, "c2VhbGVkMQ==") && !asked_of(1, "c2VhbGVkMg=="));
	ck_assert(!asked_of(2, "c2VhbGVkMQ==") && asked_of(2, "c2VhbGVkMg=="));
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .status = 400, .body = "no key" });
	for (size_t before = 0; before != asked();) {
		before = asked();
		for (int i = 0; i < 10; i++)
			turn_a_little();
	}
	ck_assert_uint_le(asked(), 12);
	ck_assert_str_eq(map_get(&customers, VIEW("c1")), SEALED_WORDS);
}
END_TEST

static const struct stub_reply too_much[] = {
	{ .status = 413, .body = "too large" },
	{ .status = 504, .body = "took too long" },
	{ .fault = STUB_CLOSE },
};

enum { TOO_MUCH = sizeof too_much / sizeof *too_much };

START_TEST(what_is_too_much_at_once_is_asked_for_in_parts)
{
	struct stub_reply reply = too_much[_i];
	reply.times = 1;
	answer(PAYLOADS(ANNA), 0);
	stub_on(codec, "POST", "/decode", &reply);
	open_board("", 60000);
	see("c1", "c2");
	until_both_said("Anna", "Anna");
	ck_assert_uint_eq(asked(), 3);
}
END_TEST

/* Many servers bear no more than a megabyte. */
START_TEST(long_memos_are_asked_for_in_parts)
{
	enum { LONG = 300000 };
	struct str rows = { 0 };
	char *memo = mem_zero(LONG + 1);
	memset(memo, 'A', LONG);
	str_addf(&rows, LISTED(DONE("c1", "07", "%s") "," DONE("c2", "08", "%s") "," DONE("c3", "09", "%s")),
		 memo, memo, memo);
	serve_ended(str_text(&rows));
	answer(PAYLOADS(ANNA), 0);
	answer(PAYLOADS(ANNA "," ANNA), 1);
	open_board("", 60000);
	until_both_said("Anna", "Anna");
	until_said("c3", "Anna");
	ck_assert_uint_eq(asked(), 2);
	str_release(&rows);
	mem_free(memo);
}
END_TEST

/* ---- what happens meanwhile ---- */

/* Sealed it seems to say so; what describe and the codec server say of it is an empty text. */
START_TEST(a_memo_that_was_cleared_says_no_more_that_it_waits)
{
	size_t waiting;
	serve("GET", LIST "%28ExecutionStatus%20%3D", LISTED(OPEN_A("waitingFor")));
	serve("GET", LIST "%28ExecutionStatus%20%3D%20%27Running%27%20AND", LISTED(""));
	serve_ended(LISTED(""));
	serve("GET", SPACE "/workflows/w-a?", "{\"workflowExecutionInfo\":" OPEN_A("waitingFor")
	      ",\"pendingActivities\":[{\"activityId\":\"5\",\"activityType\":{\"name\":\"Ship\"},\"state\":"
	      "\"PENDING_ACTIVITY_STATE_STARTED\"}]}");
	answer(PAYLOADS(OPENED("IiI=")), 0);
	waiting_memo = "waitingFor";
	open_board("", 1);
	see("elsewhere", NULL);
	until_line("runs a:running");
	waiting = ear_count(&ear, "runs a:waiting");
	see("a", NULL);
	until_lists(LIST, 120);	/* all open ones are listed again */
	ck_assert_uint_eq(ear_count(&ear, "runs a:waiting"), waiting);
}
END_TEST

/* The codec server is faster than the rest of the snapshot that the run is of. */
START_TEST(what_is_read_while_the_snapshot_goes_on_stays)
{
	serve_ended(LISTED(""));
	serve("GET", FAILED_LIST, LISTED(C1));
	stub_on(stub, "GET", ENDED_LIST CLOSED_WORDS, &(struct stub_reply){ .body = "", .stream = true });
	answer(PAYLOADS(ANNA), 0);
	open_board("label.customer:Anna", 60000);
	until_said("c1", "Anna");
	until_held();
	ck_assert(!ear_heard(&ear, LISTS_END));
	push(LISTED(""));
	until_line(LISTS_END);
	turn_a_little();
	ck_assert(!ear_heard(&ear, "gone c1"));
}
END_TEST

/* What comes is of the memo of before. */
START_TEST(a_memo_that_changed_meanwhile_is_asked_for_anew)
{
	serve_ended(LISTED(C1));
	answer(PAYLOADS(BEN), 0);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .body = "", .stream = true, .times = 1 });
	open_board("", 1);
	see("c1", NULL);
	ck_assert(stub_until_fn(loop, is_held, codec));
	serve_ended(LISTED(C1_LATER));
	until_lists(CLOSED_LIST, 3);
	stub_push(codec, PAYLOADS(ANNA));
	stub_end_streams(codec, true);
	until_said("c1", "Ben");
	ck_assert_uint_eq(asked(), 2);
	ck_assert_uint_eq(ear_count(&ear, "runs c1:completed"), 2);
}
END_TEST

START_TEST(a_run_that_is_gone_meanwhile_is_not_told_again)
{
	serve("GET", LIST "%28ExecutionStatus%20%3D", LISTED(OPEN_A("customer")));
	serve_ended(LISTED(""));
	stub_on(stub, "GET", SPACE "/workflows/w-a", &(struct stub_reply){ .status = 404, .body = "{}" });
	answer(PAYLOADS(ANNA), 0);
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .fault = STUB_SILENT, .times = 1 });
	open_board("", 60000);
	see("a", NULL);
	until_line("gone a");
	size_t told = ear_count(&ear, "runs a");
	stub_fall(codec);
	stub_rise(codec);
	turn_a_little();
	turn_a_little();
	ck_assert_uint_eq(ear_count(&ear, "runs a"), told);
}
END_TEST

static bool is_told_twice(void *arg)
{
	return ear_count(&ear, "runs c1") == 2;
}

START_TEST(the_watch_may_end_in_what_it_tells)
{
	serve_ended(LISTED(C1 "," C2));
	stub_on(codec, "POST", "/decode", &(struct stub_reply){ .fault = STUB_SILENT, .times = 1 });
	open_board("", 60000);
	ticket_id watch = ear.backend->last_ticket;
	see("c1", "c2");
	until_line(LISTS_END);
	answer(PAYLOADS(ANNA), 0);
	if (_i)
		ear.destroy_in = "runs c1";
	ear.cancel_in = "runs c1";
	ear.cancel = watch;
	stub_fall(codec);
	stub_rise(codec);
	ck_assert(stub_until_fn(loop, is_told_twice, NULL));
	turn_a_little();
	ck_assert_str_eq(map_get(&customers, VIEW("c2")), SEALED_WORDS);
}
END_TEST

Suite *suite_temporal_memo(void);

Suite *suite_temporal_memo(void)
{
	Suite *s = suite_create("temporal_memo");
	TCase *c = tcase_create("temporal_memo");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, one_question_reads_what_a_page_has);
	tcase_add_test(c, only_what_is_seen_is_read);
	tcase_add_test(c, where_nobody_says_what_is_seen_all_is_read);
	tcase_add_test(c, what_was_read_is_not_asked_for_again_until_it_changes);
	tcase_add_test(c, a_filter_by_it_finds_what_was_sealed);
	tcase_add_test(c, a_memo_that_was_cleared_says_no_more_that_it_waits);
	tcase_add_test(c, what_is_read_while_the_snapshot_goes_on_stays);
	tcase_add_loop_test(c, the_list_is_there_and_is_read_when_the_codec_answers, 0, FAULTS);
	tcase_add_test(c, a_codec_that_is_away_is_said_and_read_when_it_comes);
	tcase_add_test(c, what_was_read_before_is_read_also_while_the_codec_is_away);
	tcase_add_test(c, a_slow_codec_holds_nothing_back);
	tcase_add_test(c, one_that_nobody_can_read_keeps_no_other_sealed);
	tcase_add_loop_test(c, what_is_too_much_at_once_is_asked_for_in_parts, 0, TOO_MUCH);
	tcase_add_test(c, long_memos_are_asked_for_in_parts);
	tcase_add_test(c, a_memo_that_changed_meanwhile_is_asked_for_anew);
	tcase_add_test(c, a_run_that_is_gone_meanwhile_is_not_told_again);
	tcase_add_loop_test(c, the_watch_may_end_in_what_it_tells, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
