/* The Temporal backend against a real server (tests/temporal, started here): every
 * fixture in its lane, in detail, approved and rejected each way, cancelled, reset;
 * and the server stopped and started under the board. Run by make check-temporal. */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/ear.h"
#include "backend/temporal.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/when.h"
#include "lib/unit.h"

enum { START_MS = 120000, WAIT_MS = 60000 };

/* One board: its backend, and what it was told, by workflow id. */
struct board {
	struct ear ear;
	struct backend_sink sink;
	struct map status, run;		/* workflow id to status word, to newest run id */
	struct run_detail detail;
	struct str words;		/* of the last detail */
};

static struct loop *loop;
static struct board board, other;
static pid_t server;
static char port[16], url[64], database[64], fixture[4096];

/* ---- the server ---- */

static void choose_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	void *any = &a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, any, len), 0);
	ck_assert_int_eq(getsockname(fd, any, &len), 0);
	snprintf(port, sizeof port, "%d", ntohs(a.sin_port));
	snprintf(url, sizeof url, "http://127.0.0.1:%s", port);
	close(fd);
}

static void wait_for_ready(int fd)
{
	struct str said = { 0 };
	char bytes[512];
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ck_assert_msg(poll(&p, 1, START_MS) == 1, "the server does not start");
		ssize_t n = read(fd, bytes, sizeof bytes);
		ck_assert_msg(n > 0, "the server ended: %s", str_text(&said));
		str_add_bytes(&said, bytes, (size_t)n);
		if (view_find(view_of_str(&said), VIEW("ready "), 0) != SIZE_MAX)
			break;
	}
	str_release(&said);
}

static void start_server(const char *runs)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	server = fork();
	if (!server) {
		dup2(ends[1], STDOUT_FILENO);
		execl(fixture, "temporal-fixture", "-http", port, "-db", database, runs, NULL);
		_exit(127);
	}
	close(ends[1]);
	wait_for_ready(ends[0]);
	close(ends[0]);
}

static void stop_server(void)
{
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
}

/* ---- the board ---- */

static void keep(struct map *m, struct view key, struct view value)
{
	mem_free(map_put(m, key, mem_bytes(value.ptr, value.len)));
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct board *b = arg;
	for (size_t i = 0; i < n; i++) {
		keep(&b->status, runs[i].short_id, view_of(run_status_name(runs[i].status)));
		keep(&b->run, runs[i].short_id, runs[i].id);
	}
	b->ear.sink.runs(&b->ear, runs, n);
}

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	struct board *b = arg;
	str_clear(&b->words);
	str_addf(&b->words, "%s %.2f %.*s", run_status_name(d->run.status),
		 (double)d->run.progress, (int)d->run.error.message.len, d->run.error.message.ptr);
	for (size_t i = 0; i < d->n_tasks; i++) {
		const struct task_facts *f = &d->tasks[i];
		str_addf(&b->words, " | %.*s %s %d %.*s", (int)f->id.len, f->id.ptr,
			 task_status_name(f->status), f->attempt, (int)f->error.message.len,
			 f->error.message.ptr);
		str_addf(&b->words, " %zu causes%s", f->error.n_causes,
			 f->error.stack.len ? ", stack" : "");
	}
	b->ear.sink.detail(&b->ear, t, d);
}

#define PASS(name, parameters, arguments) \
	static void pass_##name parameters { struct board *b = arg; b->ear.sink.name arguments; }

PASS(identity, (void *arg, unsigned a, const struct backend_identity *i), (&b->ear, a, i))
PASS(condition, (void *arg, enum condition c, const char *s, int64_t f), (&b->ear, c, s, f))
PASS(snapshot_begin, (void *arg, struct view f), (&b->ear, f))
PASS(gone, (void *arg, struct view id), (&b->ear, id))
PASS(progress, (void *arg, const struct run_facts *r), (&b->ear, r))
PASS(snapshot_end, (void *arg, bool complete), (&b->ear, complete))
PASS(lane_counts, (void *arg, const int64_t *c, const bool *l), (&b->ear, c, l))
PASS(page, (void *arg, ticket_id t, const struct run_facts *r, size_t n, struct view c),
     (&b->ear, t, r, n, c))
PASS(history, (void *arg, ticket_id t, struct view r, const struct history_facts *h, size_t n,
	       struct view c), (&b->ear, t, r, h, n, c))
PASS(catalog, (void *arg, ticket_id t, enum catalog_kind k, struct view j, struct view c),
     (&b->ear, t, k, j, c))
PASS(log, (void *arg, ticket_id t, const struct log_line_facts *l, size_t n, enum log_state s,
	   struct view x, struct view y), (&b->ear, t, l, n, s, x, y))
PASS(done, (void *arg, ticket_id t, enum outcome o, struct view f, const char *s),
     (&b->ear, t, o, f, s))

static const struct backend_sink passing = {
	.identity = pass_identity, .condition = pass_condition,
	.snapshot_begin = pass_snapshot_begin, .runs = on_runs, .gone = pass_gone,
	.progress = pass_progress, .snapshot_end = pass_snapshot_end,
	.lane_counts = pass_lane_counts, .page = pass_page, .detail = on_detail,
	.history = pass_history, .catalog = pass_catalog, .log = pass_log, .done = pass_done,
};

#define DECISION "{\"approved\":${approved},\"comment\":${comment},\"reviewer\":${user}}"

static char keys[][32] = { "approve.ApprovalUpdate", "reject.ApprovalUpdate",
			   "approve.ApprovalSignal", "reject.ApprovalSignal",
			   "approve.ApprovalNoArg", "reject.ApprovalNoArg",
			   "approve.ApprovalAsync", "reject.ApprovalAsync" };
static char values[][96] = { "update:decide:" DECISION, "update:decide:" DECISION,
			     "signal:approve:" DECISION, "signal:approve:" DECISION,
			     "signal:approve", "signal:reject",
			     "activity:HumanApproval:\"APPROVED\"", "activity:HumanApproval" };

static void open_board(struct board *b)
{
	static struct setting approvals[8];
	static char memo[] = "waitingFor";
	for (size_t i = 0; i < 8; i++)
		approvals[i] = (struct setting){ keys[i], values[i] };
	const struct temporal_config config = { .name = "live", .url = url, .waiting_memo = memo,
						.approvals = approvals, .n_approvals = 8 };
	ear_init(&b->ear);
	b->sink = passing;
	b->sink.arg = b;
	b->ear.backend = temporal_new(loop, &b->sink, 1, &config, NULL);
	ck_assert_ptr_nonnull(b->ear.backend);
	ear_watch(&b->ear, "", 100);
}

static bool is_in(const struct board *b, const char *id, const char *status)
{
	const char *now = map_get(&b->status, view_of(id));
	return str_eq(now, status);
}

static void until_in(struct board *b, const char *id, const char *status)
{
	int64_t end = when_mono_ms() + WAIT_MS;
	while (!is_in(b, id, status)) {
		const char *now = map_get(&b->status, view_of(id));
		if (when_mono_ms() >= end && getenv("LIVE_STOP"))
			pause();
		ck_assert_msg(when_mono_ms() < end, "%s is %s, not %s; %s", id, now ? now : "unknown",
			      status, str_text(&b->ear.sentence));
		loop_turn(loop, 50);
	}
}

static const char *run_of(struct board *b, const char *id)
{
	const char *run = map_get(&b->run, view_of(id));
	ck_assert_msg(run != NULL, "%s is not known", id);
	return run;
}

static const struct ear_ticket *until_done(struct board *b, ticket_id t)
{
	int64_t end = when_mono_ms() + WAIT_MS;
	while (!ear_done(&b->ear, t)) {
		ck_assert_msg(when_mono_ms() < end, "ticket %d does not end", (int)t);
		loop_turn(loop, 50);
	}
	return ear_ticket(&b->ear, t);
}

static ticket_id send_to(struct board *b, enum verb verb, const char *id, const char *comment)
{
	const struct order o = { .verb = verb, .run = view_of(run_of(b, id)),
				 .comment = view_of(comment), .task = VIEW("gate") };
	return ear_order(&b->ear, &o);
}

static const struct ear_ticket *order(enum verb verb, const char *id, const char *comment)
{
	return until_done(&board, send_to(&board, verb, id, comment));
}

static void order_well(enum verb verb, const char *id)
{
	const struct ear_ticket *t = order(verb, id, "said so");
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s %s: %s", verb_name(verb), id, t->text);
}

static const char *detail_of(const char *id)
{
	const struct ear_ticket *t =
		until_done(&board, ear_fetch(&board.ear, run_of(&board, id), PART_DETAIL));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s: %s", id, t->text);
	return str_text(&board.words);
}

static void expect_detail(const char *id, const char *words)
{
	const char *detail = detail_of(id);
	ck_assert_msg(strstr(detail, words) != NULL, "%s: '%s' is not in: %s", id, words, detail);
}

/* ---- what must be true, in this order: each goes on where the last one ended ---- */

START_TEST(every_fixture_stands_in_its_lane)
{
	static const char *const lanes[][2] = {
		{ "noworker-1", "pending" },	   { "delayed-1", "planned" },
		{ "timers-1", "running" },	   { "retrying-1", "running" },
		{ "heartbeat-1", "running" },	   { "badcode-1", "running" },
		{ "parent-1", "running" },	   { "parent-1-child-1", "completed" },
		{ "parent-1-child-2", "running" }, { "approval-update-1", "waiting" },
		{ "approval-signal-1", "waiting" }, { "approval-noarg-1", "waiting" },
		{ "approval-async-1", "waiting" }, { "fails-1", "failed" },
		{ "flaky-1", "completed" },	   { "continued-1", "completed" },
	};
	for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++)
		until_in(&board, lanes[i][0], lanes[i][1]);
}
END_TEST

START_TEST(details_say_what_goes_on)
{
	expect_detail("retrying-1", "retrying");
	expect_detail("retrying-1", "nobody at home");
	expect_detail("heartbeat-1", "running 0.30");
	expect_detail("fails-1", "DeclineCard-11 failed 1 card declined 2 causes");
	expect_detail("fails-2", "CrashActivity");
	expect_detail("fails-2", ", stack");
	expect_detail("badcode-1", "this workflow's code is wrong");
	expect_detail("flaky-1", "ChargeCard-5 completed 3");
	expect_detail("timers-1", "timer-");
	expect_detail("approval-update-1", "gate waiting");
}
END_TEST

START_TEST(an_approval_by_update)
{
	const struct ear_ticket *t = order(VERB_REJECT, "approval-update-1", "");
	ck_assert_int_eq(t->outcome, OUTCOME_REFUSED);
	ck_assert_str_eq(t->text, "a rejection needs a comment");
	order_well(VERB_APPROVE, "approval-update-1");
	until_in(&board, "approval-update-1", "completed");
	order_well(VERB_REJECT, "approval-update-2");
	until_in(&board, "approval-update-2", "rejected");
}
END_TEST

START_TEST(approvals_by_signal_and_by_activity)
{
	order_well(VERB_APPROVE, "approval-signal-1");
	order_well(VERB_REJECT, "approval-signal-2");
	order_well(VERB_APPROVE, "approval-noarg-1");
	order_well(VERB_REJECT, "approval-noarg-2");
	order_well(VERB_APPROVE, "approval-async-1");
	order_well(VERB_REJECT, "approval-async-2");
	until_in(&board, "approval-signal-1", "completed");
	until_in(&board, "approval-noarg-1", "completed");
	until_in(&board, "approval-async-1", "completed");
	until_in(&board, "approval-signal-2", "rejected");
	until_in(&board, "approval-async-2", "rejected");
}
END_TEST

START_TEST(of_two_boards_one_approves)
{
	open_board(&other);
	until_in(&other, "approval-update-3", "waiting");
	ticket_id ours = send_to(&board, VERB_APPROVE, "approval-update-3", "a");
	ticket_id theirs = send_to(&other, VERB_APPROVE, "approval-update-3", "b");
	const struct ear_ticket *first = until_done(&board, ours);
	const struct ear_ticket *second = until_done(&other, theirs);
	ck_assert_int_eq((first->outcome == OUTCOME_OK) + (second->outcome == OUTCOME_OK), 1);
	ck_assert_msg((first->outcome == OUTCOME_REFUSED) + (second->outcome == OUTCOME_REFUSED) == 1,
		      "'%s' and '%s'", first->text, second->text);
	until_in(&board, "approval-update-3", "completed");
	until_in(&other, "approval-update-3", "completed");
	ear_destroy(&other.ear);
}
END_TEST

START_TEST(runs_are_cancelled_terminated_reset_and_run_again)
{
	char old[64];
	order_well(VERB_CANCEL, "timers-2");
	until_in(&board, "timers-2", "cancelled");
	order_well(VERB_TERMINATE, "timers-3");
	until_in(&board, "timers-3", "cancelled");
	snprintf(old, sizeof old, "%s", run_of(&board, "fails-1"));
	order_well(VERB_RETRY, "fails-1");
	int64_t until = when_mono_ms() + WAIT_MS;
	while (str_eq(run_of(&board, "fails-1"), old) && when_mono_ms() < until)
		loop_turn(loop, 50);
	ck_assert_str_ne(run_of(&board, "fails-1"), old);
	until_in(&board, "fails-1", "failed");
	const struct ear_ticket *t = order(VERB_RERUN, "flaky-1", "");
	ck_assert_int_eq(t->outcome, OUTCOME_OK);
	ck_assert_str_ne(t->follow_key, "");
	ck_assert_str_ne(t->follow_key, run_of(&board, "flaky-1"));
}
END_TEST

START_TEST(a_run_is_started_and_followed)
{
	const struct order o = { .verb = VERB_START, .workflow = VIEW("Quick"),
				 .params = VIEW("{\"input\":\"7\",\"workflow_id\":\"started-1\"}") };
	const struct ear_ticket *t = until_done(&board, ear_order(&board.ear, &o));
	ck_assert_msg(t->outcome == OUTCOME_OK, "%s", t->text);
	until_in(&board, "started-1", "completed");
	ck_assert_str_eq(run_of(&board, "started-1"), t->follow_key);
}
END_TEST

START_TEST(catalogues_are_read)
{
	for (int kind = CATALOG_WORKFLOWS; kind <= CATALOG_INBOX; kind++) {
		const struct ear_ticket *t =
			until_done(&board, ear_catalog(&board.ear, (enum catalog_kind)kind));
		bool none = kind == CATALOG_STATS || kind == CATALOG_AUDIT;
		ck_assert_int_eq(t->outcome, none ? OUTCOME_UNSUPPORTED : OUTCOME_OK);
	}
	ck_assert(ear_heard(&board.ear, "catalog 1 {\"schedules\":[{\"id\":\"nightly\""));
	ck_assert(ear_heard(&board.ear, "catalog 3 {\"workers\":[{") ||
		  ear_heard(&board.ear, "catalog 3 {\"workers\":[]"));
}
END_TEST

START_TEST(the_server_may_stop_and_start_under_the_board)
{
	struct str before = { 0 }, after = { 0 };
	int64_t end = when_mono_ms() + 2 * WAIT_MS;
	until_in(&board, "big-1", "completed");
	str_add_text(&before, ear_state(&board.ear, &after));
	stop_server();
	while (board.ear.condition == CONDITION_LIVE && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_int_ne(board.ear.condition, CONDITION_LIVE);
	start_server("-runs=false");
	str_clear(&board.ear.log);
	while (!ear_heard(&board.ear, "snapshot_end complete") && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_int_eq(board.ear.condition, CONDITION_LIVE);
	/* Nothing doubled, nothing lost. */
	while (!str_eq(ear_state(&board.ear, &after), str_text(&before)) && when_mono_ms() < end)
		loop_turn(loop, 50);
	ck_assert_str_eq(str_text(&after), str_text(&before));
	str_release(&before);
	str_release(&after);
}
END_TEST

static void raise_server(void)
{
	loop = loop_new();
	choose_port();
	start_server("-runs=true");
	open_board(&board);
}

static void fell_server(void)
{
	stop_server();
}

static Suite *suite_live(void)
{
	Suite *s = suite_create("live");
	TCase *c = tcase_create("live");
	tcase_set_timeout(c, 600);
	tcase_add_unchecked_fixture(c, raise_server, fell_server);
	tcase_add_test(c, every_fixture_stands_in_its_lane);
	tcase_add_test(c, details_say_what_goes_on);
	tcase_add_test(c, an_approval_by_update);
	tcase_add_test(c, approvals_by_signal_and_by_activity);
	tcase_add_test(c, of_two_boards_one_approves);
	tcase_add_test(c, runs_are_cancelled_terminated_reset_and_run_again);
	tcase_add_test(c, a_run_is_started_and_followed);
	tcase_add_test(c, catalogues_are_read);
	tcase_add_test(c, the_server_may_stop_and_start_under_the_board);
	suite_add_tcase(s, c);
	return s;
}

int main(int argc, char **argv)
{
	static unit_suite_fn *const suites[] = { suite_live, NULL };
	if (argc != 3)
		return 2;
	setenv("CK_FORK", "no", 1);	/* one board through all of it */
	signal(SIGPIPE, SIG_IGN);
	snprintf(fixture, sizeof fixture, "%s", argv[1]);
	snprintf(database, sizeof database, "%s", argv[2]);
	return unit_main("live", suites);
}
