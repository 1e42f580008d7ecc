/* The codec server that a UI server's settings name, and what it reads for the board. */
#include "temporal_rig.h"

#include "backend/temporal_payload.h"

/* "sealed"; decoded it is the text "Ship 7?" */
#define SEALED_PROMPT SEALED("c2VhbGVk")
#define PROMPT OPENED("IlNoaXAgNz8i")
#define RUN_SEALED "{\"execution\":{\"workflowId\":\"w-a\",\"runId\":\"a\"},\"type\":{\"name\":\"T\"}," \
		   "\"startTime\":\"2026-11-20T03:00:00Z\",\"status\":\"WORKFLOW_EXECUTION_STATUS_RUNNING\"," \
		   "\"taskQueue\":\"q\",\"historyLength\":\"11\",\"memo\":{\"fields\":{\"waitingFor\":" SEALED_PROMPT \
		   "}},\"searchAttributes\":{\"indexedFields\":{\"BuildIds\":{}}}}"
#define SETTINGS(endpoint) "{\"Version\":\"2.50.1\",\"Codec\":{\"Endpoint\":\"" endpoint "\"," \
			   "\"PassAccessToken\":true}}"

static struct stub *codec;

static void set_up(void)
{
	rig_set_up();
	codec = stub_new(loop);
	serve_well();
	serve("GET", SPACE "/workflows/w-a", "{\"workflowExecutionInfo\":" RUN_SEALED "," BUSY "}");
	serve("GET", LIST "%28ExecutionStatus%20%3D", "{\"executions\":[" RUN_SEALED "]}");
	stub_on(codec, "POST", "/", &(struct stub_reply){ .body = PAYLOADS(PROMPT) });
}

static void tear_down(void)
{
	ear_destroy(&ear);
	stub_free(codec);
	rig_tear_down();
}

static void open_sealed(const char *settings)
{
	struct temporal_config config = config_of();
	serve("GET", "/api/v1/settings", settings);
	config.codec_unix_path = stub_path(codec);
	config.waiting_memo = "waitingFor";
	config.token = "ours";
	ear.backend = temporal_new(loop, &ear.sink, 3, &config, NULL);
	ear_watch(&ear, "", 5);
}

static bool is_asked(void *arg)
{
	return stub_count(codec, "POST", "/") > 0 && !backend_pending(ear.backend);
}

static void expect_prompt(const char *words)
{
	until_done(ear_catalog(&ear, CATALOG_INBOX));
	ck_assert_msg(strstr(str_text(&ear.log), words) != NULL, "%s", str_text(&ear.log));
}

START_TEST(a_cards_prompt_is_read_by_the_codec_of_the_settings)
{
	struct str header = { 0 };
	open_sealed(SETTINGS("http://localhost:8081/{namespace}/"));
	ck_assert_msg(stub_until_fn(loop, is_asked, NULL), "%s", str_text(&ear.log));
	turn_a_little();
	expect_prompt("\"prompt\":\"Ship 7?\"");
	const struct stub_request *r = stub_asked(codec, "POST", "/", 0);
	ck_assert_str_eq(r->target, "/default/decode");
	ck_assert_str_eq(stub_header(r, "Authorization", &header), "Bearer ours");
	str_release(&header);
}
END_TEST

/* It is looked at in each tick. */
START_TEST(what_was_read_once_is_not_sent_to_the_codec_again)
{
	open_sealed(SETTINGS("http://localhost:8081"));
	ck_assert(stub_until_fn(loop, is_asked, NULL));
	size_t looks = stub_count(stub, "GET", SPACE "/workflows/w-a");
	while (stub_count(stub, "GET", SPACE "/workflows/w-a") < looks + 2)
		loop_turn(loop, 50);
	turn_a_little();
	ck_assert_uint_eq(stub_count(codec, "POST", "/"), 1);
	expect_prompt("\"prompt\":\"Ship 7?\"");
}
END_TEST

START_TEST(our_token_does_not_go_where_it_could_be_read_on_the_way)
{
	struct str header = { 0 };
	open_sealed(SETTINGS("http://codec.example.org"));
	ck_assert(stub_until_fn(loop, is_asked, NULL));
	ck_assert_ptr_null(stub_header(stub_asked(codec, "POST", "/", 0), "Authorization", &header));
	str_release(&header);
}
END_TEST

static bool is_waiting(void *arg)
{
	struct str state = { 0 };
	bool is = str_eq(ear_state(&ear, &state), "a:waiting b:failed");
	str_release(&state);
	return is;
}

START_TEST(a_prompt_that_nobody_can_read_is_none)
{
	open_sealed("{\"Version\":\"2.50.1\",\"Codec\":{}}");
	ck_assert(stub_until_fn(loop, is_waiting, NULL));
	expect_prompt("\"prompt\":\"waits for approval\"");
}
END_TEST

#define ENCODED(data) "\"message\":\"Encoded failure\",\"encodedAttributes\":" OPENED(data)

/* {"message":"card declined"}, {"message":"no money"} */
START_TEST(the_causes_of_a_failure_are_read_as_its_message_is)
{
	struct arena arena = { 0 };
	struct error_facts error = { 0 };
	struct json_doc *doc = json_parse(
		VIEW("{" ENCODED("eyJtZXNzYWdlIjoiY2FyZCBkZWNsaW5lZCJ9") ",\"cause\":{" ENCODED("eyJtZXNzYWdlIjoibm8gbW9uZXkifQ==") "}}"), 0, NULL);
	ck_assert(temporal_failure(json_root(doc), &arena, &error));
	ck_assert(view_is(error.message, "card declined"));
	ck_assert_uint_eq(error.n_causes, 1);
	ck_assert(view_is(error.causes[0], "no money"));
	json_free(doc);
	arena_release(&arena);
}
END_TEST

Suite *suite_temporal_codec(void);

Suite *suite_temporal_codec(void)
{
	Suite *s = suite_create("temporal_codec");
	TCase *c = tcase_create("temporal_codec");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_cards_prompt_is_read_by_the_codec_of_the_settings);
	tcase_add_test(c, what_was_read_once_is_not_sent_to_the_codec_again);
	tcase_add_test(c, our_token_does_not_go_where_it_could_be_read_on_the_way);
	tcase_add_test(c, a_prompt_that_nobody_can_read_is_none);
	tcase_add_test(c, the_causes_of_a_failure_are_read_as_its_message_is);
	suite_add_tcase(s, c);
	return s;
}
