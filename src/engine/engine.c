/* The engine: opened, taken up where it was left, closed. */
#include "engine/engine.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/log_index.h"

enum { ORDER_ENGINE = 100 };

struct opening {
	struct engine *e;
	VEC(int64_t) nums;
};

static bool note_run(void *arg, struct db_stmt *row)
{
	struct opening *o = arg;
	vec_push(&o->nums, db_int(row, 0));
	return true;
}

/* A run whose facts or definition cannot be read stays as it is, and is told. */
static void take_up(struct engine *e, int64_t num)
{
	struct err err = {0};
	struct machine *m = journal_load(e->journal, num, &err);
	const struct workflow *w =
		m ? catalog_frozen(e->catalog, e->journal, m, &err) : NULL;
	if (w) {
		struct live_run *run = engine_adopt_run(e, m, num, w);
		notices_take_up(e->notices, run);
		engine_look_back(run);
	} else {
		log_error("run %lld cannot be taken up: %s", (long long)num, err_text(&err));
		machine_free(m);
	}
	err_release(&err);
}

static void take_up_all(struct engine *e)
{
	struct opening o = { .e = e };
	journal_open_runs(e->journal, note_run, &o);
	for (size_t i = 0; i < o.nums.len; i++)
		take_up(e, o.nums.items[i]);
	vec_release(&o.nums);
}

/* The turn that this timer makes is all that is wanted. */
static void on_retry(void *arg)
{
}

static void on_quiet(void *arg)
{
	struct engine *e = arg;
	if (!db_checkpoint(journal_db(e->journal)))
		log_warn("the journal's log cannot be taken to its file yet");
}

static void on_alarm(void *arg)
{
	struct engine *e = arg;
	e->alarm_ms = 0;
	e->kick = true;
}

static void on_folders(void *arg)
{
	engine_read_catalog(arg);
}

static bool find_supervisor(const char *given, struct str *path, struct err *err)
{
	if (given)
		return str_add_text(path, given);
	return path_program(path, "runboard-step", err);
}

/* What a machine that went down under us has of the file is looked at, all of it; else
 * it is trusted: that takes long where there is much. */
static bool check_journal(struct engine *e, struct err *err)
{
	int64_t from_ms = when_mono_ms();
	e->boot = boot_look(e->state);
	if (e->boot != BOOT_CRASHED)
		return true;
	log_note("the machine went down while the engine ran: the journal is checked");
	if (!db_check(journal_db(e->journal), err))
		return err_prefix(err, "%s/journal.db is damaged: put a backup in its place, or move "
				       "it away to begin anew", e->state);
	log_note("the journal is whole (%lld ms)", (long long)(when_mono_ms() - from_ms));
	return true;
}

static bool open_all(struct engine *e, const struct engine_config *config, struct err *err)
{
	struct str supervisor = {0};
	bool ok = file_own_folder(config->state, err) &&
		  find_supervisor(config->supervisor, &supervisor, err);
	if (ok)
		e->journal = journal_open(config->state, err);
	ok = e->journal && check_journal(e, err);
	if (ok)
		e->runner = engine_make_runner(e, str_text(&supervisor));
	str_release(&supervisor);
	return ok;
}

static void watch_loop(struct engine *e)
{
	e->end_of_turn = loop_end_of_turn(e->loop, ORDER_ENGINE, engine_end_turn, e);
	e->retry = loop_timer(e->loop, on_retry, e);
	e->quiet = loop_timer(e->loop, on_quiet, e);
	e->alarm = loop_alarm(e->loop, on_alarm, e);
	e->again = loop_timer(e->loop, engine_launch_postponed, e);
	loop_timer_set(e->retry, 0);
}

struct engine *engine_new(const struct engine_config *config, struct loop *loop, struct err *err)
{
	struct engine *e = mem_zero(sizeof *e);
	e->loop = loop;
	e->state = mem_text(config->state);
	e->secrets = config->secrets ? mem_text(config->secrets) : NULL;
	e->socket = config->socket ? mem_text(config->socket) : NULL;
	engine_take_settings(e, config);
	e->retry_ms = config->retry_ms;
	e->catalog = catalog_new(config->workflows, config->n_workflows);
	e->kick = true;
	e->log_indexes = log_indexes_new();
	if (!open_all(e, config, err)) {
		engine_free(e);
		return NULL;
	}
	watch_loop(e);
	e->folders = folders_watch(loop, config->workflows, config->n_workflows, on_folders, e);
	e->notices = notices_new(e);
	e->retention = retention_new(e);
	engine_look_for_jumps(e);
	take_up_all(e);
	engine_recall_planned(e);
	engine_read_catalog(e);
	engine_adopt_attempts(e);
	boot_begin(e->state);
	e->begun = true;
	e->told_seq = journal_seq(e->journal);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	if (e->journal) {
		engine_seal(e);
		journal_commit(e->journal, NULL);
	}
	if (e->begun)
		boot_end(e->state);
	engine_backup_stop(e);
	folders_free(e->folders);
	engine_stop_preparing(e);
	notices_free(e->notices);
	log_indexes_free(e->log_indexes);
	retention_free(e->retention);
	loop_remove(e->end_of_turn);
	loop_remove(e->retry);
	loop_remove(e->quiet);
	loop_remove(e->alarm);
	loop_remove(e->again);
	runner_free(e->runner);
	engine_free_runs(e);
	engine_free_planned(e);
	engine_free_postponed(e);
	for (size_t i = 0; i < e->replies.len; i++)
		str_release(&e->replies.items[i].body);
	for (size_t i = 0; i < e->watchers.len; i++)
		mem_free(e->watchers.items[i]);
	vec_release(&e->replies);
	vec_release(&e->preparing);
	vec_release(&e->watchers);
	vec_release(&e->effects);
	events_release(&e->facts);
	catalog_free(e->catalog);
	journal_close(e->journal);
	queues_release(&e->queues);
	triggers_release(&e->triggers);
	stats_release(&e->stats);
	mem_free(e->trouble);
	mem_free(e->settings_error);
	mem_free(e->state);
	mem_free(e->socket);
	mem_free(e->secrets);
	mem_free(e->secret_command);
	mem_free(e);
}

void engine_reload(struct engine *e)
{
	engine_read_catalog(e);
}

void engine_keep(struct engine *e, struct keeping_rules *rules)
{
	retention_take(e->retention, rules);
}

void engine_look_at_clock(struct engine *e)
{
	e->kick = true;
	for (size_t i = 0; i < e->runs.len; i++)
		engine_arm_run(e->runs.items[i]);
	loop_timer_set(e->retry, 0);
}

bool engine_is_writable(const struct engine *e, const char **why)
{
	*why = e->trouble;
	return !e->busy;
}

const char *engine_trouble(const struct engine *e)
{
	return e->trouble ? e->trouble : e->starts_trouble ? e->starts_trouble : e->settings_error;
}

struct engine_watch *engine_watch(struct engine *e, const struct engine_watcher *watcher, void *arg)
{
	struct engine_watch *w = mem_zero(sizeof *w);
	w->engine = e;
	w->hooks = *watcher;
	w->arg = arg;
	vec_push(&e->watchers, w);
	return w;
}

/* Freed when nobody walks the watchers any more. */
void engine_unwatch(struct engine_watch *w)
{
	if (w)
		w->gone = true;
}
