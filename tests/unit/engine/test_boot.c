/* The journal is checked whole where the machine went down under the engine, and only
 * there. Processes end as they do: by exit, by KILL. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine_inside.h"
#include "engine_world.h"
#include "lib/unit.h"

static const char steps[] = "steps: [{id: one, run: 'true'}]\n";

static struct world w;

static void add_path(struct str *path, const char *name)
{
	str_addf(path, "%s/%s", str_text(&w.state), name);
}

/* A life in a process of its own that runs something and then ends, or is killed. */
static void live(int signum)
{
	struct str id = {0};
	int status;
	pid_t pid = fork();
	if (!pid) {
		world_open_at(&w);
		world_start(&w, "one", "{}", &id);
		world_until(&w, str_text(&id), "completed");
		if (signum)
			kill(getpid(), signum);
		world_leave(&w);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(signum ? WTERMSIG(status) : WEXITSTATUS(status), signum);
}

/* The machine has another boot since. */
static void reboot_machine(void)
{
	struct str path = {0};
	add_path(&path, "boot");
	ck_assert(file_replace(str_text(&path), VIEW("00000000-another\n"), 0600, NULL));
	str_release(&path);
}

static void setup(void)
{
	world_prepare(&w);
	world_workflow(&w, "one", steps);
}

static void teardown(void)
{
	world_remove(&w);
}

/* A page in the middle of the file, of a table that a start does not read. */
static void damage(void)
{
	struct str path = {0};
	char rubbish[4096];
	struct stat st;
	memset(rubbish, 0xa5, sizeof rubbish);
	add_path(&path, "journal.db");
	struct db *db = db_open(str_text(&path), NULL);
	struct db_stmt *st2 = db_prepare(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'audit'",
					 NULL);
	ck_assert_int_eq(db_step(st2, NULL), DB_ROW);
	int64_t page = db_int(st2, 0);
	db_finish(st2);
	db_close(db);
	int fd = open(str_text(&path), O_WRONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_gt(st.st_size, page * 4096);
	ck_assert_int_eq(pwrite(fd, rubbish, sizeof rubbish, (page - 1) * 4096), sizeof rubbish);
	close(fd);
	str_release(&path);
}

static bool opens(struct err *err)
{
	const char *folders[] = { str_text(&w.workflows) };
	const struct engine_config config = {
		.state = str_text(&w.state), .workflows = folders, .n_workflows = 1, .slots = 1,
		.supervisor = BUILDDIR "/runboard-step",
	};
	struct loop *loop = loop_new();
	struct engine *e = engine_new(&config, loop, err);
	bool opened = e != NULL;
	engine_free(e);
	loop_free(loop);
	return opened;
}

START_TEST(a_look_says_what_the_machine_did)
{
	const char *state = str_text(&w.state);
	live(0);
	ck_assert_int_eq(boot_look(state), BOOT_SAME);
	reboot_machine();
	ck_assert_int_eq(boot_look(state), BOOT_LATER);
	live(SIGKILL);
	ck_assert_int_eq(boot_look(state), BOOT_SAME);
	reboot_machine();
	ck_assert_int_eq(boot_look(state), BOOT_CRASHED);
	live(0);
	ck_assert_int_eq(boot_look(state), BOOT_SAME);
}
END_TEST

START_TEST(damage_is_found_after_the_machine_went_down_and_nothing_is_done)
{
	struct err err = {0};
	live(SIGKILL);
	damage();
	reboot_machine();
	ck_assert(!opens(&err));
	ck_assert_msg(strstr(err_text(&err), "journal.db is damaged") != NULL, "%s", err_text(&err));
	err_release(&err);
	/* Nor at the next try. */
	ck_assert(!opens(&err));
	err_release(&err);
}
END_TEST

START_TEST(what_ended_by_itself_is_not_looked_through)
{
	struct err err = {0};
	live(0);
	damage();
	reboot_machine();
	ck_assert_msg(opens(&err), "%s", err_text(&err));
}
END_TEST

Suite *suite_boot(void);

Suite *suite_boot(void)
{
	Suite *s = suite_create("boot");
	TCase *t = tcase_create("crash");
	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_look_says_what_the_machine_did);
	tcase_add_test(t, damage_is_found_after_the_machine_went_down_and_nothing_is_done);
	tcase_add_test(t, what_ended_by_itself_is_not_looked_through);
	suite_add_tcase(s, t);
	return s;
}
