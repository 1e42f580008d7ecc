/* The API's objects read into facts. */
#include "lib/unit.h"

#include <string.h>

#include "wire/encode.h"
#include "wire/proto.h"

static struct arena arena;

static void release(void)
{
	arena_release(&arena);
}

static const char full[] =
	"{\"id\":\"0193a1b2-c3d4-7e5f-8a6b-0123456789ab\",\"short\":\"012345\","
	"\"workflow\":\"deploy\",\"title\":\"D\\u00e9ploy \\ud83d\\ude00\",\"status\":\"waiting\","
	"\"lane\":\"running\",\"trigger\":{\"kind\":\"webhook\",\"by\":\"alice\",\"source\":\"gh\"},"
	"\"labels\":{\"team\":\"web\",\"n\":3},\"params\":{\"env\":\"prod\",\"list\":[1,{\"a\":2}]},"
	"\"environment\":\"prod\",\"recovered\":true,\"progress\":0.5,\"tasks_done\":2,"
	"\"tasks_total\":7,\"current\":{\"task\":\"review\",\"status\":\"waiting\",\"attempt\":2},"
	"\"waiting\":{\"task\":\"review\",\"kind\":\"approval\",\"prompt\":\"Ship?\","
	"\"since\":\"2026-11-20T03:00:00.000Z\",\"deadline\":\"2026-11-20T04:00:00Z\",\"required\":2,"
	"\"given\":[{\"by\":\"bob\",\"at\":\"2026-11-20T03:30:00Z\",\"verb\":\"approve\","
	"\"comment\":\"ok\"}],\"roles\":[\"approver\",\"admin\"],\"schema\":null,\"version\":4,"
	"\"attempt\":1},\"gates\":[{\"task\":\"review\"},{\"task\":\"size\",\"kind\":\"question\","
	"\"schema\":{\"type\":\"integer\"}}],\"pending\":{\"reason\":\"slots\",\"detail\":\"4 of 4\","
	"\"since\":\"2026-11-20T02:00:00Z\"},\"cancel_requested\":{\"by\":\"eve\","
	"\"at\":\"2026-11-20T05:00:00Z\",\"reason\":\"late\"},\"error\":{\"type\":\"Exit\","
	"\"message\":\"boom\",\"stack\":\"at x\",\"causes\":[\"inner\",{\"message\":\"core\"}],"
	"\"task\":\"build\"},\"queue\":\"q\",\"worker\":\"w\",\"parent\":\"p\",\"debug\":true,"
	"\"created_at\":\"2026-11-20T01:00:00Z\",\"started_at\":\"2026-11-20T01:00:01.500Z\","
	"\"ended_at\":null,\"version\":12,\"seq\":\"9007199254740993\","
	"\"actions\":{\"approve\":true,\"cancel\":\"it has ended\",\"retry\":false,\"fly\":true},"
	"\"result\":{\"ok\":true},\"later\":[[],{}],"
	"\"tasks\":[{\"id\":\"build\",\"step\":\"build\",\"status\":\"completed\",\"attempt\":2,"
	"\"attempts\":[{\"attempt\":1,\"status\":\"failed\",\"exit_code\":7,\"error\":\"exit 7\"},"
	"{\"attempt\":2,\"status\":\"completed\",\"exit_code\":0,\"error\":null}],\"needs\":[],"
	"\"args\":{\"a\":1},\"result\":{\"r\":2},\"error\":null,\"progress\":1,\"pid\":77,"
	"\"exit_code\":0,\"usage\":{\"cpu_ms\":5,\"max_rss_kb\":6,\"read_bytes\":7,"
	"\"write_bytes\":8},\"version\":3,\"log\":{\"stdout_bytes\":10,\"stderr_bytes\":20}},"
	"{\"id\":\"ship[0]\",\"step\":\"ship\",\"item\":\"alpha\",\"status\":\"waiting\","
	"\"needs\":[\"build\",\"review\"],\"gate\":{\"kind\":\"question\",\"task\":\"ship[0]\"}}],"
	"\"children\":[\"c1\",{\"id\":\"c2\"}]}";

static struct run_facts read_run(const char *json)
{
	struct run_facts run;
	struct err err = { 0 };
	ck_assert_msg(proto_run(view_of(json), &arena, &run, &err), "%s", err_text(&err));
	return run;
}

START_TEST(a_run_is_read_with_all_its_members)
{
	struct run_facts r = read_run(full);
	ck_assert(view_is(r.id, "0193a1b2-c3d4-7e5f-8a6b-0123456789ab"));
	ck_assert(view_is(r.short_id, "012345") && view_is(r.workflow, "deploy"));
	ck_assert(view_is(r.title, "D\xc3\xa9ploy \xf0\x9f\x98\x80"));
	ck_assert(r.status == RUN_WAITING && r.trigger == TRIGGER_WEBHOOK);
	ck_assert(view_is(r.trigger_by, "alice") && view_is(r.trigger_source, "gh"));
	ck_assert(r.labels.len == 2 && view_is(r.labels.items[0].value, "web") &&
		  view_is(r.labels.items[1].value, "3"));
	ck_assert(r.params.len == 2 && view_is(r.params.items[0].value, "\"prod\"") &&
		  view_is(r.params.items[1].value, "[1,{\"a\":2}]"));
	ck_assert(r.recovered && r.debug && r.tasks_done == 2 && r.tasks_total == 7);
	ck_assert_int_eq((int)(r.progress * 100), 50);
	ck_assert(view_is(r.current_task, "review") && r.current_status == TASK_WAITING &&
		  r.current_attempt == 2);
	ck_assert(view_is(r.pending_reason, "slots") && r.pending_since_ms != 0);
	ck_assert(view_is(r.cancel_by, "eve") && r.cancel_at_ms != 0);
	ck_assert(view_is(r.error.message, "boom") && view_is(r.error.task, "build"));
	ck_assert_int_eq(r.created_ms, INT64_C(1795136400000));
	ck_assert_int_eq(r.started_ms, INT64_C(1795136401500));
	ck_assert_int_eq(r.ended_ms, 0);
	ck_assert_int_eq(r.version, 12);
	ck_assert_int_eq(r.seq, INT64_C(9007199254740993));
	ck_assert_int_eq(r.n_gates, 2);
}
END_TEST

START_TEST(a_gate_is_read_with_its_votes)
{
	struct gate_facts g = read_run(full).waiting;
	ck_assert(g.kind == GATE_APPROVAL && g.required == 2 && g.version == 4 && g.attempt == 1);
	ck_assert(view_is(g.prompt, "Ship?") && view_is(g.roles, "approver, admin"));
	ck_assert_uint_eq(g.schema.len, 0);
	ck_assert_int_eq(g.since_ms, INT64_C(1795143600000));
	ck_assert_int_eq(g.deadline_ms, INT64_C(1795147200000));
	ck_assert(g.n_given == 1 && g.given[0].verb == VERB_APPROVE &&
		  view_is(g.given[0].comment, "ok"));
}
END_TEST

START_TEST(actions_say_what_is_allowed_and_why_the_rest_is_not)
{
	struct actions_facts a = read_run(full).actions;
	ck_assert_uint_eq(a.allowed, 1u << VERB_APPROVE);
	ck_assert_uint_eq(a.known, 1u << VERB_APPROVE | 1u << VERB_CANCEL | 1u << VERB_RETRY);
	ck_assert(view_is(a.why[VERB_CANCEL], "it has ended"));
}
END_TEST

START_TEST(a_detail_has_tasks_gates_children_and_raw_values)
{
	struct run_detail d;
	ck_assert(proto_detail(view_of(full), &arena, &d, NULL));
	ck_assert(view_is(d.params, "{\"env\":\"prod\",\"list\":[1,{\"a\":2}]}"));
	ck_assert(view_is(d.result, "{\"ok\":true}"));
	ck_assert(d.run.error.n_causes == 2 && view_is(d.run.error.causes[1], "core"));
	ck_assert(view_is(d.run.error.stack, "at x"));
	ck_assert(d.n_gates == 2 && d.gates[1].kind == GATE_QUESTION &&
		  view_is(d.gates[1].schema, "{\"type\":\"integer\"}"));
	ck_assert(d.n_children == 2 && view_is(d.children[0], "c1") && view_is(d.children[1], "c2"));
	ck_assert_uint_eq(d.n_tasks, 2);
	const struct task_facts *t = &d.tasks[0];
	ck_assert(t->status == TASK_COMPLETED && t->attempt == 2 && t->n_attempts == 2);
	ck_assert(t->attempts[0].exit_code == 7 && view_is(t->attempts[0].error, "exit 7"));
	ck_assert(view_is(t->args, "{\"a\":1}") && view_is(t->result, "{\"r\":2}"));
	ck_assert(t->pid == 77 && t->exit_code == 0 && t->usage.write_bytes == 8);
	ck_assert(t->stdout_bytes == 10 && t->stderr_bytes == 20);
	ck_assert(d.tasks[1].n_needs == 2 && view_is(d.tasks[1].needs[1], "review"));
	ck_assert(d.tasks[1].exit_code == -1 && d.tasks[1].progress < 0);
	ck_assert(d.tasks[1].gate.kind == GATE_QUESTION && view_is(d.tasks[1].item, "\"alpha\""));
}
END_TEST

START_TEST(what_is_written_reads_back_and_is_written_the_same)
{
	struct run_detail d;
	struct str first = { 0 }, second = { 0 };
	struct jsonw w;
	ck_assert(proto_detail(view_of(full), &arena, &d, NULL));
	jsonw_init(&w, &first);
	encode_detail(&w, NULL, &d);
	ck_assert(proto_detail(view_of_str(&first), &arena, &d, NULL));
	jsonw_init(&w, &second);
	encode_detail(&w, NULL, &d);
	ck_assert_str_eq(str_text(&first), str_text(&second));
	str_release(&first);
	str_release(&second);
}
END_TEST

static const struct {
	const char *json;
	enum run_status status;
	const char *raw;
} odd[] = {
	{ "{}", RUN_RUNNING, "" },
	{ "{\"status\":\"completed\"}", RUN_COMPLETED, "" },
	{ "{\"status\":\"exploded\",\"lane\":\"failed\"}", RUN_FAILED, "exploded" },
	{ "{\"lane\":\"nowhere\",\"status\":\"exploded\"}", RUN_RUNNING, "exploded" },
	{ "{\"status\":7,\"id\":[],\"labels\":[1],\"params\":null,\"waiting\":[],\"gates\":{},"
	  "\"error\":3,\"actions\":[],\"progress\":\"x\",\"tasks\":{},\"trigger\":1}",
	  RUN_RUNNING, "" },
	{ "{\"status\":\"failed\",\"error\":\"boom\",\"trigger\":\"schedule\"}", RUN_FAILED, "" },
	{ "{\"gates\":[1,2],\"gates\":[3],\"waiting\":{\"given\":[1,2],\"given\":[{}]}}",
	  RUN_RUNNING, "" },
};

START_TEST(odd_members_get_fallbacks)
{
	struct run_facts r = read_run(odd[_i].json);
	struct run_detail d;
	ck_assert_int_eq(r.status, odd[_i].status);
	ck_assert(view_is(r.raw_status, odd[_i].raw));
	ck_assert(proto_detail(view_of(odd[_i].json), &arena, &d, NULL));
}
END_TEST

START_TEST(what_is_no_object_is_an_error_at_every_cut)
{
	static const char *const bad[] = { "", "null", "[]", "{", "{\"a\"}", "{} x", "{\"a\":1,}",
					   "{\"id\":\"\\q\"}", "{\"seq\":01}", "{\"x\":nul}",
					   "{\"id\":\"a\nb\"}" };
	struct run_facts r;
	struct run_detail d;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!proto_run(view_of(bad[i]), &arena, &r, NULL), "%s", bad[i]);
	for (size_t n = 0; n + 1 < sizeof full; n++) {
		arena_clear(&arena);
		ck_assert(!proto_detail((struct view){ full, n }, &arena, &d, NULL));
	}
}
END_TEST

static bool count_three(void *arg, struct run_facts *run)
{
	struct str *ids = arg;
	str_add(ids, run->id);
	return ids->len < 3;
}

START_TEST(a_list_is_walked_run_by_run)
{
	struct str ids = { 0 };
	struct view next;
	const char *list = "{\"x\":[{}],\"runs\":[{\"id\":\"a\"},{\"id\":\"b\"}],\"next_cursor\":\"N\"}";
	ck_assert(proto_runs(view_of(list), &arena, count_three, &ids, &next, NULL));
	ck_assert_str_eq(str_text(&ids), "ab");
	ck_assert(view_is(next, "N"));
	ck_assert(view_is(proto_next_cursor(view_of(list)), "N"));
	list = "[{\"id\":\"c\"},{\"id\":\"d\"},{\"id\":\"e\"}]";
	ck_assert(proto_runs(view_of(list), &arena, count_three, &ids, &next, NULL));
	ck_assert_str_eq(str_text(&ids), "abc");
	ck_assert_uint_eq(next.len, 0);
	ck_assert(!proto_runs(VIEW("{\"runs\":{}}"), &arena, count_three, &ids, NULL, NULL));
	ck_assert(!proto_runs(VIEW("{\"x\":1}"), &arena, count_three, &ids, NULL, NULL));
	ck_assert(!proto_runs(VIEW("{\"runs\":[{}"), &arena, count_three, &ids, NULL, NULL));
	str_release(&ids);
}
END_TEST

START_TEST(history_and_lines_are_read)
{
	struct proto_history h;
	struct proto_lines l;
	ck_assert(proto_history(VIEW("{\"history\":[{\"seq\":3,\"at\":\"2026-11-20T03:00:00Z\","
				     "\"kind\":\"decision\",\"by\":\"bob\",\"task\":\"t\","
				     "\"text\":\"approved\",\"comment\":\"ok\",\"attempt\":2},{}],"
				     "\"next_cursor\":null}"), &arena, &h, NULL));
	ck_assert(h.len == 2 && h.items[0].seq == 3 && view_is(h.items[0].by, "bob"));
	ck_assert(h.items[0].attempt == 2 && h.next_cursor.len == 0);
	ck_assert(proto_lines(VIEW("{\"lines\":[{\"at\":\"2026-11-20T03:00:00Z\",\"stream\":"
				   "\"stderr\",\"text\":\"a\\tb\",\"partial\":true},{\"stream\":1}],"
				   "\"next\":\"n\",\"prev\":\"p\",\"state\":\"following\"}"),
			      &arena, &l, NULL));
	ck_assert(l.len == 2 && l.items[0].stream == LOG_STREAM_STDERR && l.items[0].partial);
	ck_assert(view_is(l.items[0].text, "a\tb") && l.items[1].stream == LOG_STREAM_STDOUT);
	ck_assert(view_is(l.next, "n") && view_is(l.prev, "p") && l.state == LOG_FOLLOWING);
}
END_TEST

START_TEST(errors_and_information_are_read)
{
	struct proto_error e;
	struct proto_info info;
	proto_error(VIEW("{\"error\":{\"code\":\"conflict\",\"message\":\"alice approved\","
			 "\"detail\":{\"by\":\"alice\"}}}"), 409, &arena, &e);
	ck_assert(view_is(e.code, "conflict") && view_is(e.message, "alice approved"));
	ck_assert(view_is(e.detail, "{\"by\":\"alice\"}"));
	proto_error(VIEW("<html>502</html>"), 502, &arena, &e);
	ck_assert(view_is(e.message, "the server answered 502") && !e.code.len);
	ck_assert(proto_info(VIEW("{\"user\":\"alice\",\"roles\":[\"admin\"],\"version\":\"0.1\","
				  "\"capabilities\":[\"log\"],\"time\":\"2026-11-20T03:00:00Z\"}"),
			     &arena, &info, NULL));
	ck_assert(view_is(info.user, "alice") && view_is(info.roles, "admin"));
	ck_assert(info.n_capabilities == 1 && info.time_ms == INT64_C(1795143600000));
}
END_TEST

START_TEST(frames_of_the_stream_are_read)
{
	struct proto_frame f;
	struct proto_task t;
	struct run_facts run;
	for (int i = 1; i < PROTO_EVENTS; i++) {
		enum proto_event e = (enum proto_event)i;
		ck_assert_int_eq(proto_event_parse(view_of(proto_event_name(e))), e);
	}
	ck_assert_int_eq(proto_event_parse(VIEW("other")), PROTO_EVENT_UNKNOWN);
	ck_assert_int_eq(proto_event_parse(VIEW("")), PROTO_EVENT_UNKNOWN);
	ck_assert(proto_frame(VIEW("{\"complete\":true,\"counts\":{\"pending\":4,\"odd\":1}}"), &arena,
			      &f, NULL));
	ck_assert(f.complete && f.counts[LANE_PENDING] == 4 && f.counts[LANE_FAILED] == -1);
	ck_assert(f.ended == -1);
	ck_assert(proto_frame(VIEW("{\"id\":\"x\",\"reason\":\"old\",\"ended\":200}"), &arena, &f, NULL));
	ck_assert(view_is(f.id, "x") && view_is(f.reason, "old") && f.ended == 200);
	ck_assert(proto_progress(VIEW("{\"id\":\"x\",\"seq\":7,\"progress\":0.25,\"tasks_done\":1}"),
				 &arena, &run, NULL));
	ck_assert(run.seq == 7 && run.tasks_done == 1);
	ck_assert(proto_task(VIEW("{\"run\":\"r\",\"task\":\"t\",\"attempt\":2,\"stdout_bytes\":5}"),
			     &arena, &t, NULL));
	ck_assert(t.attempt == 2 && t.stdout_bytes == 5 && t.progress < 0);
}
END_TEST

unit_suite_fn suite_proto;

Suite *suite_proto(void)
{
	Suite *s = suite_create("proto");
	TCase *c = tcase_create("proto");
	tcase_add_checked_fixture(c, NULL, release);
	tcase_add_test(c, a_run_is_read_with_all_its_members);
	tcase_add_test(c, a_gate_is_read_with_its_votes);
	tcase_add_test(c, actions_say_what_is_allowed_and_why_the_rest_is_not);
	tcase_add_test(c, a_detail_has_tasks_gates_children_and_raw_values);
	tcase_add_test(c, what_is_written_reads_back_and_is_written_the_same);
	tcase_add_loop_test(c, odd_members_get_fallbacks, 0, sizeof odd / sizeof *odd);
	tcase_add_test(c, what_is_no_object_is_an_error_at_every_cut);
	tcase_add_test(c, a_list_is_walked_run_by_run);
	tcase_add_test(c, history_and_lines_are_read);
	tcase_add_test(c, errors_and_information_are_read);
	tcase_add_test(c, frames_of_the_stream_are_read);
	suite_add_tcase(s, c);
	return s;
}
