/* The engine is killed at every commit of a run with parallel steps, a retry and
 * an approval; another takes up what is left. The end is always the same. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine_world.h"
#include "lib/unit.h"

static const char workflow[] =
	"params:\n  book: {type: string, required: true}\n"
	"env: {BOOK: \"${{ params.book }}\"}\n"
	"steps:\n"
	"  - id: left\n    needs: []\n"
	"    run: echo \"left $RUNBOARD_ATTEMPT\" >> \"$BOOK\"; echo out of left; echo n=1 > $RUNBOARD_OUTPUT\n"
	"  - id: right\n    needs: []\n"
	"    run: echo \"right $RUNBOARD_ATTEMPT\" >> \"$BOOK\"; sleep 0.05; echo out of right >&2\n"
	"  - id: flaky\n    needs: []\n    retry: {attempts: 2, delay: 20ms}\n"
	"    run: echo \"flaky $RUNBOARD_ATTEMPT\" >> \"$BOOK\"; echo try; test $RUNBOARD_ATTEMPT = 2\n"
	"  - id: review\n    needs: [left, right, flaky]\n    approve: {prompt: Ship?}\n"
	"  - id: ship\n    run: echo \"ship $RUNBOARD_ATTEMPT\" >> \"$BOOK\"; echo shipped $RESULT_left_n\n";

static void on_reply(void *arg, const struct engine_reply *reply)
{
	struct world *w = arg;
	w->status = reply->status;
	str_clear(&w->body);
	str_add(&w->body, reply->body);
}

static void order(struct world *w, const struct engine_order *o)
{
	w->status = 0;
	engine_submit(w->engine, o, on_reply, w);
	while (!w->status)
		loop_turn(w->loop, -1);
}

static void start(struct world *w, struct str *id)
{
	struct str params = {0};
	str_addf(&params, "{\"book\":\"%s/book\"}", str_text(&w->folder));
	const struct engine_order o = {
		.verb = VERB_START, .workflow = VIEW("sweep"), .params = view_of_str(&params),
		.caller = { .by = VIEW("alice") }, .key = VIEW("start"), .route = VIEW("r"),
	};
	order(w, &o);
	world_get(w, "id", id);
	str_release(&params);
}

static void approve(struct world *w, const char *id)
{
	struct str text = {0};
	int64_t version = 0;
	world_get(w, "waiting.version", &text);
	number_parse(view_of_str(&text), 1, 1000, &version);
	const struct engine_order o = {
		.verb = VERB_APPROVE, .run = view_of(id), .task = VIEW("review"),
		.caller = { .by = VIEW("alice") }, .has_version = true, .version = version,
		.key = VIEW("approve"), .route = VIEW("r"),
	};
	order(w, &o);
	str_release(&text);
}

/* Drives the run from wherever it is to its end; its object stands in w->body. */
static void drive(struct world *w)
{
	struct str id = {0}, text = {0};
	start(w, &id);
	for (;;) {
		world_show(w, str_text(&id));
		if (str_eq(world_get(w, "status", &text), "waiting"))
			approve(w, str_text(&id));
		world_show(w, str_text(&id));
		if (!str_eq(world_get(w, "ended_at", &text), "null"))
			break;
		loop_turn(w->loop, -1);
	}
	str_release(&id);
	str_release(&text);
}

static void add_log(struct world *w, const char *task, int attempt, struct str *out)
{
	struct str id = {0};
	enum engine_log_state state;
	world_get(w, "id", &id);
	const struct engine_log_query q = { .run = view_of_str(&id), .task = view_of(task),
					    .attempt = attempt };
	str_addf(out, "[%s %d] ", task, attempt);
	engine_log(w->engine, &q, out, &state, NULL);
	str_release(&id);
}

static int by_text(const void *a, const void *b)
{
	return view_cmp(*(const struct view *)a, *(const struct view *)b);
}

/* What the steps did, in any order: each line is one execution. */
static void add_book(struct world *w, struct str *out)
{
	struct str path = {0}, book = {0};
	struct view lines[64], rest;
	size_t n = 0;
	str_addf(&path, "%s/book", str_text(&w->folder));
	file_read(str_text(&path), 4096, &book, NULL);
	rest = view_of_str(&book);
	while (n < 64 && view_split(&rest, '\n', &lines[n]))
		n += lines[n].len > 0;
	qsort(lines, n, sizeof *lines, by_text);
	for (size_t i = 0; i < n; i++) {
		str_add(out, lines[i]);
		str_add_char(out, '\n');
	}
	str_release(&path);
	str_release(&book);
}

/* All that counts of the end, as text. */
static void tell(struct world *w, struct str *out)
{
	static const char *const paths[] = {
		"status", "tasks_done", "tasks.0.status", "tasks.0.attempt", "tasks.0.result",
		"tasks.1.status", "tasks.1.attempt", "tasks.2.status", "tasks.2.attempt",
		"tasks.3.status", "tasks.3.gate.given.0.by", "tasks.4.status", "tasks.4.attempt",
	};
	struct str text = {0};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		str_addf(out, "%s=%s\n", paths[i], world_get(w, paths[i], &text));
	add_log(w, "left", 1, out);
	add_log(w, "right", 1, out);
	add_log(w, "flaky", 1, out);
	add_log(w, "flaky", 2, out);
	add_log(w, "ship", 1, out);
	add_book(w, out);
	str_release(&text);
}

/* One life of the engine, in a process of its own. variable NULL: undisturbed. */
static int live(struct world *w, const char *variable, int commit, const char *told)
{
	fflush(NULL);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid) {
		int status;
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		return status;
	}
	struct str number = {0}, end = {0};
	str_addf(&number, "%d", commit);
	if (variable)
		setenv(variable, str_text(&number), 1);
	world_open_at(w);
	drive(w);
	tell(w, &end);
	file_replace(told, view_of_str(&end), 0600, NULL);
	world_leave(w);
	str_release(&end);
	str_release(&number);
	_exit(0);
}

/* A run that is disturbed once (or not at all), to its end. False where the run was
 * over before the commit came. */
static bool sweep(const char *variable, int commit, struct str *end)
{
	struct world w;
	struct str told = {0};
	world_prepare(&w);
	world_workflow(&w, "sweep", workflow);
	str_addf(&told, "%s/told", str_text(&w.folder));
	int status = live(&w, variable, commit, str_text(&told));
	bool killed = WIFSIGNALED(status);
	if (killed) {
		ck_assert_int_eq(WTERMSIG(status), SIGKILL);
		status = live(&w, NULL, 0, str_text(&told));
	}
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "status %x after commit %d",
		      (unsigned)status, commit);
	str_clear(end);
	file_read(str_text(&told), 1 << 20, end, NULL);
	world_remove(&w);
	str_release(&told);
	return killed;
}

static void sweep_all(const char *variable)
{
	struct str wanted = {0}, end = {0};
	sweep(NULL, 0, &wanted);
	ck_assert_msg(strstr(str_text(&wanted), "status=completed") != NULL, "%s",
		      str_text(&wanted));
	int commit = 1;
	while (sweep(variable, commit, &end)) {
		ck_assert_msg(view_eq(view_of_str(&end), view_of_str(&wanted)),
			      "killed at commit %d:\n%s\nundisturbed:\n%s", commit, str_text(&end),
			      str_text(&wanted));
		commit++;
	}
	ck_assert_int_gt(commit, 4);	/* what comes while a slow disk writes is one commit */
	str_release(&wanted);
	str_release(&end);
}

START_TEST(killed_after_any_commit_it_ends_the_same)
{
	sweep_all("RUNBOARD_TEST_KILL_AFTER");
}
END_TEST

START_TEST(killed_before_any_commit_it_ends_the_same)
{
	sweep_all("RUNBOARD_TEST_KILL_BEFORE");
}
END_TEST

Suite *suite_kill_sweep(void);

Suite *suite_kill_sweep(void)
{
	Suite *s = suite_create("kill_sweep");
	TCase *t = tcase_create("sweep");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, killed_after_any_commit_it_ends_the_same);
	tcase_add_test(t, killed_before_any_commit_it_ends_the_same);
	suite_add_tcase(s, t);
	return s;
}
