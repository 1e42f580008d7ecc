/* The event stream and followed logs on a real engine. */
#include "lib/unit.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unit/engine/site.h"

static const char quick[] = "steps: [{id: one, run: echo 1}]\n";
static const char other[] = "steps: [{id: one, run: echo 2}]\n";
static const char gated[] = "steps:\n"
			    "  - {id: build, run: echo built}\n"
			    "  - {id: review, approve: {prompt: Ship it?}}\n";

static struct site w;

static void setup(void)
{
	site_init(&w, "");
	site_workflow(&w, "quick", quick);
	site_workflow(&w, "other", other);
	site_workflow(&w, "gated", gated);
}

static void teardown(void)
{
	site_release(&w);
}

static size_t count(const struct client *c, const char *text)
{
	size_t n = 0;
	for (size_t at = 0; (at = view_find(view_of_str(&c->got), view_of(text), at)) != SIZE_MAX; at++)
		n++;
	return n;
}

/* The last "id: ..." that came. */
static void last_id(const struct client *c, char *id, size_t size)
{
	const char *at = str_text(&c->got), *found = NULL;
	while ((at = strstr(at, "id: ")))
		found = at++;
	ck_assert_ptr_nonnull(found);
	snprintf(id, size, "%.*s", (int)strcspn(found + 4, "\n"), found + 4);
}

/* All frames with an id, in order. */
static void frames(const struct client *c, struct str *out)
{
	const char *at = str_text(&c->got);
	while ((at = strstr(at, "id: "))) {
		const char *end = strstr(at, "\n\n");
		if (!end)
			return;
		str_add_bytes(out, at, (size_t)(end - at));
		str_add_char(out, '\n');
		at = end;
	}
}

START_TEST(a_snapshot_comes_first_and_then_what_changes)
{
	struct client c;
	char id[40], status[80];
	site_start(&w, "quick", NULL, id);
	site_wait_status(&w, id, "completed");
	site_stream(&w, &c, "/v1/events?snapshot=1", "");
	client_wait_frame(&c, "event: snapshot_end");
	ck_assert_uint_eq(count(&c, "event: snapshot_begin"), 1);
	ck_assert_uint_eq(count(&c, "event: run\n"), 1);
	ck_assert_uint_eq(count(&c, "id: "), 1);	/* of snapshot_end only */
	ck_assert_uint_eq(count(&c, "\"completed\":1"), 1);
	site_start(&w, "quick", NULL, id);
	snprintf(status, sizeof status, "\"id\":\"%s\"", id);
	client_wait_text(&c, status);
	site_wait_status(&w, id, "completed");
	client_wait_text(&c, "\"tasks_done\":1");
	client_release(&c);
}
END_TEST

START_TEST(a_stream_without_a_snapshot_begins_with_the_next_change)
{
	struct client c;
	char old[40], new[40];
	site_start(&w, "quick", NULL, old);
	site_wait_status(&w, old, "completed");
	site_stream(&w, &c, "/v1/events", "");
	client_wait_text(&c, "\r\n\r\n");
	site_start(&w, "other", NULL, new);
	client_wait_text(&c, new);
	ck_assert_uint_eq(count(&c, old), 0);
	client_release(&c);
}
END_TEST

START_TEST(a_reader_that_comes_back_gets_the_same_frames_again)
{
	struct client a, b;
	struct str first = { 0 }, again = { 0 };
	char begin[80], header[120], id[40], end[80];
	site_stream(&w, &a, "/v1/events?snapshot=1", "");
	client_wait_frame(&a, "event: snapshot_end");
	last_id(&a, begin, sizeof begin);
	str_clear(&a.got);
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	client_wait_frame(&a, "\"status\":\"waiting\"");
	last_id(&a, end, sizeof end);
	snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", begin);
	site_stream(&w, &b, "/v1/events?snapshot=1", header);
	client_wait_frame(&b, end);
	frames(&a, &first);
	frames(&b, &again);
	ck_assert(first.len > 0);
	ck_assert_str_eq(str_text(&first), str_text(&again));
	ck_assert_uint_eq(count(&b, "snapshot"), 0);
	str_release(&first);
	str_release(&again);
	client_release(&a);
	client_release(&b);
}
END_TEST

START_TEST(frames_are_the_same_after_a_restart)
{
	struct client a, b;
	struct str first = { 0 }, again = { 0 };
	char begin[80], header[120], id[40], end[80];
	site_stream(&w, &a, "/v1/events?snapshot=1", "");
	client_wait_frame(&a, "event: snapshot_end");
	last_id(&a, begin, sizeof begin);
	str_clear(&a.got);
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	client_wait_frame(&a, "\"status\":\"waiting\"");
	last_id(&a, end, sizeof end);
	frames(&a, &first);
	client_release(&a);
	site_restart(&w);
	snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", begin);
	site_stream(&w, &b, "/v1/events", header);
	client_wait_frame(&b, end);
	frames(&b, &again);
	ck_assert_str_eq(str_text(&first), str_text(&again));
	str_release(&first);
	str_release(&again);
	client_release(&b);
}
END_TEST

static const char *const foreign[] = { "ffffffffffffffff-1", "nonsense", "-", "1-1",
				       "ffffffffffffffff-99999999999999999999" };

START_TEST(a_foreign_id_gets_a_reset_and_a_snapshot)
{
	struct client c;
	char header[120];
	snprintf(header, sizeof header, "Last-Event-ID: %s\r\n", foreign[_i]);
	site_stream(&w, &c, "/v1/events", header);
	client_wait_frame(&c, "event: snapshot_end");
	const char *reset = strstr(str_text(&c.got), "event: reset");
	ck_assert_ptr_nonnull(reset);
	ck_assert_ptr_nonnull(strstr(reset, "event: snapshot_begin"));
	client_release(&c);
}
END_TEST

START_TEST(an_id_of_the_future_gets_a_reset)
{
	struct client a, b;
	char id[80], header[120];
	site_stream(&w, &a, "/v1/events?snapshot=1", "");
	client_wait_frame(&a, "event: snapshot_end");
	last_id(&a, id, sizeof id);
	snprintf(header, sizeof header, "Last-Event-ID: %s9\r\n", id);
	site_stream(&w, &b, "/v1/events", header);
	client_wait_text(&b, "event: reset");
	client_release(&a);
	client_release(&b);
}
END_TEST

START_TEST(a_filter_shows_what_matches_and_says_what_left)
{
	struct client c;
	char id[40], hidden[40];
	site_stream(&w, &c, "/v1/events?snapshot=1&filter=workflow:gated%20status:running,pending,waiting",
		     "");
	client_wait_frame(&c, "event: snapshot_end");
	site_start(&w, "quick", NULL, hidden);
	site_wait_status(&w, hidden, "completed");
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	client_wait_text(&c, "\"status\":\"waiting\"");
	ck_assert_int_eq(site_post(&w, "{}", "/v1/runs/%s/cancel", id), 202);
	client_wait_text(&c, "event: gone");
	ck_assert_uint_eq(count(&c, "event: gone"), 1);
	ck_assert_uint_eq(count(&c, hidden), 0);
	client_release(&c);
}
END_TEST

START_TEST(a_stream_of_one_run_tells_of_its_tasks)
{
	struct client c;
	char id[40], target[120], elsewhere[40];
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	snprintf(target, sizeof target, "/v1/events?snapshot=1&run=%s", id);
	site_stream(&w, &c, target, "");
	client_wait_frame(&c, "event: snapshot_end");
	ck_assert_uint_eq(count(&c, "event: run\n"), 1);
	site_start(&w, "quick", NULL, elsewhere);
	site_wait_status(&w, elsewhere, "completed");
	ck_assert_uint_eq(count(&c, elsewhere), 0);
	client_release(&c);
}
END_TEST

START_TEST(ended_runs_are_as_many_as_were_asked_for)
{
	struct client c;
	char id[40];
	for (int i = 0; i < 4; i++) {
		site_start(&w, "quick", NULL, id);
		site_wait_status(&w, id, "completed");
	}
	site_start(&w, "gated", NULL, id);
	site_wait_status(&w, id, "waiting");
	site_stream(&w, &c, "/v1/events?snapshot=1&ended=2", "");
	client_wait_frame(&c, "event: snapshot_end");
	ck_assert_uint_eq(count(&c, "event: run\n"), 3);
	/* How many there are more is not said to be none. */
	ck_assert_uint_eq(count(&c, "\"counts\":"), 1);
	ck_assert_uint_eq(count(&c, "\"completed\":2"), 0);
	client_release(&c);
	site_stream(&w, &c, "/v1/events?snapshot=1&ended=4", "");
	client_wait_text(&c, "\"completed\":4");
	client_release(&c);
}
END_TEST

START_TEST(two_hundred_readers_hear_of_all_and_stalled_ones_stop_nobody)
{
	enum { READERS = 200, STALLED = 20, RUNS = 30 };
	static struct client c[READERS];
	char id[40];
	for (int i = 0; i < READERS; i++) {
		site_stream(&w, &c[i], "/v1/events?snapshot=1", "");
		if (i >= STALLED)
			continue;
		client_wait_text(&c[i], "\r\n\r\n");
		loop_fd_change(c[i].watch, 0);
	}
	for (int i = 0; i < RUNS; i++)
		site_start(&w, "quick", NULL, id);
	site_wait_status(&w, id, "completed");
	for (int i = STALLED; i < READERS; i++)
		client_wait_text(&c[i], id);
	for (int i = 0; i < READERS; i++)
		client_release(&c[i]);
}
END_TEST

/* ---- logs ------------------------------------------------------------------------------ */

START_TEST(a_followed_log_comes_as_it_is_written_and_ends)
{
	struct client octets, lines;
	struct str path = { 0 }, yaml = { 0 };
	char id[40], target[160];
	str_addf(&path, "%s/go", w.folder);
	str_addf(&yaml, "steps: [{id: talk, run: 'echo first; read x <%s; echo second'}]\n",
		 str_text(&path));
	ck_assert_int_eq(mkfifo(str_text(&path), 0600), 0);
	site_workflow(&w, "talk", str_text(&yaml));
	site_start(&w, "talk", NULL, id);
	site_wait_status(&w, id, "running");
	snprintf(target, sizeof target, "/v1/runs/%s/tasks/talk/log?stream=stdout&follow=1", id);
	site_stream(&w, &octets, target, "");
	snprintf(target, sizeof target, "/v1/runs/%s/tasks/talk/log?format=lines&follow=1", id);
	site_stream(&w, &lines, target, "");
	client_wait_text(&octets, "first\n");
	client_wait_text(&lines, "event: lines\ndata: ");
	ck_assert_uint_eq(count(&octets, "second"), 0);
	int fd = open(str_text(&path), O_WRONLY);
	ck_assert(file_write_all(fd, VIEW("\n"), NULL));
	close(fd);
	client_wait_end(&octets);
	client_wait_end(&lines);
	ck_assert_uint_eq(count(&octets, "second\n"), 1);
	ck_assert_uint_eq(count(&octets, "first\n"), 1);
	ck_assert_uint_eq(count(&lines, "\"second\""), 1);
	ck_assert_uint_eq(count(&lines, "\"first\""), 1);
	ck_assert_uint_eq(count(&lines, "event: eof"), 1);
	client_release(&octets);
	client_release(&lines);
	str_release(&path);
	str_release(&yaml);
}
END_TEST

/* From a line on: of those that are there, and of those that are still to come. */
START_TEST(a_log_is_followed_from_a_line_on)
{
	static const char *const begins[] = { "line=2", "line=2&limit=1", "line=4" };
	struct client c;
	struct str path = { 0 }, yaml = { 0 };
	char id[40], target[160], cursor[80];
	str_addf(&path, "%s/go", w.folder);
	str_addf(&yaml, "steps: [{id: talk, run: 'echo one; echo two; read x <%s; printf \"three\\nfour\\n\"'}]\n",
		 str_text(&path));
	ck_assert_int_eq(mkfifo(str_text(&path), 0600), 0);
	site_workflow(&w, "talk", str_text(&yaml));
	site_start(&w, "talk", NULL, id);
	site_wait_status(&w, id, "running");
	do
		ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/talk/log?stream=stdout", id), 200);
	while (strcmp(str_text(&w.body), "one\ntwo\n") != 0);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/talk/log?format=lines&stream=stdout&line=4", id), 200);
	ck_assert_str_eq(site_member(&w, "state"), "following");
	snprintf(cursor, sizeof cursor, "%s", site_member(&w, "next"));
	snprintf(target, sizeof target, "/v1/runs/%s/tasks/talk/log?format=lines&stream=stdout&follow=1&%s",
		 id, begins[_i]);
	site_stream(&w, &c, target, "");
	client_wait_text(&c, _i == 2 ? "200 OK" : "\"two\"");
	int fd = open(str_text(&path), O_WRONLY);
	ck_assert(file_write_all(fd, VIEW("\n"), NULL));
	close(fd);
	client_wait_end(&c);
	ck_assert_int_eq(site_get(&w, "/v1/runs/%s/tasks/talk/log?format=lines&stream=stdout&cursor=%s", id,
				  cursor), 200);
	ck_assert_str_eq(site_member(&w, "line"), "4");
	ck_assert_str_eq(site_member(&w, "lines.0.text"), "four");
	ck_assert_uint_eq(count(&c, "\"one\""), 0);
	ck_assert_uint_eq(count(&c, "\"two\""), _i != 2);
	ck_assert_uint_eq(count(&c, "\"three\""), _i != 2);
	ck_assert_uint_eq(count(&c, "\"four\""), 1);
	ck_assert_uint_eq(count(&c, "event: eof"), 1);
	client_release(&c);
	str_release(&path);
	str_release(&yaml);
}
END_TEST

/* ---- rights ------------------------------------------------------------------------------ */

START_TEST(a_viewer_sees_and_may_not_act)
{
	struct site v;
	char settings[80];
	snprintf(settings, sizeof settings, "[user %s]\nroles = viewer\n",
		 getpwuid(geteuid())->pw_name);
	site_init(&v, settings);
	site_workflow(&v, "quick", quick);
	ck_assert_int_eq(site_get(&v, "/v1/runs"), 200);
	ck_assert_int_eq(site_get(&v, "/v1/info"), 200);
	ck_assert_str_eq(site_member(&v, "read_only"), "true");
	ck_assert_int_eq(site_post(&v, "{}", "/v1/workflows/quick/runs"), 403);
	ck_assert_ptr_nonnull(strstr(site_member(&v, "error.message"), "RUN_WORKFLOW"));
	ck_assert_int_eq(site_get(&v, "/v1/audit"), 403);
	site_release(&v);
}
END_TEST

Suite *suite_events(void);
Suite *suite_events(void)
{
	Suite *s = suite_create("events");
	TCase *t = tcase_create("streams"), *rights = tcase_create("rights");
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_snapshot_comes_first_and_then_what_changes);
	tcase_add_test(t, a_stream_without_a_snapshot_begins_with_the_next_change);
	tcase_add_test(t, a_reader_that_comes_back_gets_the_same_frames_again);
	tcase_add_test(t, frames_are_the_same_after_a_restart);
	tcase_add_loop_test(t, a_foreign_id_gets_a_reset_and_a_snapshot, 0,
			    (int)(sizeof(foreign) / sizeof(*foreign)));
	tcase_add_test(t, an_id_of_the_future_gets_a_reset);
	tcase_add_test(t, a_filter_shows_what_matches_and_says_what_left);
	tcase_add_test(t, a_stream_of_one_run_tells_of_its_tasks);
	tcase_add_test(t, ended_runs_are_as_many_as_were_asked_for);
	tcase_add_test(t, two_hundred_readers_hear_of_all_and_stalled_ones_stop_nobody);
	tcase_add_loop_test(t, a_log_is_followed_from_a_line_on, 0, 3);
	tcase_add_test(t, a_followed_log_comes_as_it_is_written_and_ends);
	tcase_add_test(rights, a_viewer_sees_and_may_not_act);
	suite_add_tcase(s, t);
	suite_add_tcase(s, rights);
	return s;
}
