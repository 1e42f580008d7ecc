/* The engine's inside, shared by its own files: open runs, what a turn has
 * gathered, what follows its commit. Not for the API. */
#ifndef ENGINE_ENGINE_INSIDE_H
#define ENGINE_ENGINE_INSIDE_H

#include "base/map.h"
#include "base/vec.h"
#include "engine/boot.h"
#include "engine/catalog.h"
#include "engine/engine.h"
#include "engine/facts.h"
#include "engine/folders.h"
#include "engine/journal.h"
#include "engine/machine.h"
#include "engine/notices.h"
#include "engine/planned.h"
#include "engine/queues.h"
#include "engine/retention.h"
#include "engine/runner.h"
#include "engine/stats.h"
#include "engine/triggers.h"
#include "wire/jsonw.h"

/* A run in memory: open, or ended in this turn. */
struct live_run {
	struct engine *engine;
	int64_t num;
	struct machine *m;
	const struct workflow *w;	/* frozen; the catalogue's */
	struct watch *timer;		/* the next thing that is due */
	int64_t previous;		/* number of its last change in the stream */
	bool dirty;			/* has facts that its row does not show yet */
	enum run_status told;		/* the status that notices know of */
	struct watch *long_run;		/* until it takes longer than it should; or NULL */
	int64_t long_ms;		/* what it took when that was told last */
	int running;			/* attempts, as the scheduler counted last */
	int64_t log_octets;		/* kept of its ended attempts; -1: not counted yet */
};

/* A command that waits for the commit of its fact. */
struct pending_effect {
	enum effect_kind kind;
	struct live_run *run;
	struct view task;		/* in the run's state */
	int attempt;
};

struct pending_reply {
	engine_reply_fn *fn;
	void *arg;
	int status;
	int64_t version;
	struct str body;
	bool replayed;
	bool now;			/* needs no commit */
};

/* An attempt that is launched again when the machine can. */
struct postponed {
	char *run, *task;
	int attempt;
};

struct engine_watch {
	struct engine *engine;
	struct engine_watcher hooks;
	void *arg;
	bool gone;
};

struct preparing;

struct engine {
	struct loop *loop;
	char *state;
	char *socket;				/* or NULL */
	char *secrets;				/* folder, or NULL */
	char *secret_command;			/* or NULL */
	int64_t secret_timeout_ms;
	VEC(struct preparing *) preparing;	/* attempts that wait for secrets */
	int64_t log_max, run_log_max;
	struct queues queues;
	int retry_ms;			/* 0: the usual */
	struct journal *journal;
	struct catalog *catalog;
	struct folders *folders;		/* the catalogue's, watched */
	struct runner *runner;
	struct map by_id;			/* run id -> live_run */
	VEC(struct live_run *) runs;		/* in order of birth */
	VEC(struct pending_effect) effects;
	size_t due;				/* so many of them are committed */
	VEC(struct pending_reply) replies;
	VEC(struct engine_watch *) watchers;
	struct triggers triggers;
	VEC(struct planned *) planned;		/* the last to come first */
	bool replan;				/* they may have changed */
	struct stats stats;
	struct notices *notices;
	struct log_indexes *log_indexes;
	struct retention *retention;
	const struct notice_spec *notice_specs;	/* the engine's own; the caller's */
	size_t n_notice_specs;
	struct backup *backup;			/* under way, or NULL */
	VEC(struct postponed) postponed;
	char *starts_trouble;			/* or NULL */
	struct watch *again;			/* of what was postponed */
	struct watch *end_of_turn, *retry;
	struct watch *quiet;			/* nothing was committed for a moment */
	struct watch *alarm;			/* of schedules and delayed starts */
	int64_t alarm_ms;			/* what it is set to */
	int64_t wall_ahead_ms, slept_ms;	/* what the clocks said of each other last */
	bool clocks_known;
	struct events facts;			/* scratch of one step */
	int64_t told_seq;			/* what the watchers know of */
	enum boot boot;				/* what the machine did before this start */
	bool begun;				/* and that we run was noted */
	bool busy;				/* the batch waits for room on the disk */
	char *trouble;
	char *settings_error;			/* or NULL */
	bool kick;				/* something may be schedulable */
};

/* ---- live_run.c: open runs -------------------------------------------------------- */

struct live_run *engine_live(const struct engine *e, struct view id);	/* or NULL */
/* Takes m. */
struct live_run *engine_adopt_run(struct engine *e, struct machine *m, int64_t num,
				  const struct workflow *w);
/* One input: decided, folded, put into the batch, its effects noted. */
void engine_feed(struct engine *e, struct live_run *run, const struct input *in,
		 struct refusal *refusal);
/* The facts gathered in e->facts go into the batch. */
void engine_keep_facts(struct engine *e, struct live_run *run);
/* A run by its id, also an ended one (then in memory again until the turn's end).
 * NULL and err. */
struct live_run *engine_wake(struct engine *e, struct view id, struct err *err);
/* Its timer stands at what is due next, by the clock as it is now. */
void engine_arm_run(struct live_run *run);
/* Drops from memory what has ended. */
void engine_drop_ended(struct engine *e);
void engine_free_runs(struct engine *e);
/* The run object, as in lists and in the stream. */
void engine_frame(struct engine *e, const struct machine *m, struct str *out);
void engine_source(struct engine *e, const struct machine *m, struct facts_source *out);
/* Whether who asks may see the run of this frame. */
bool engine_sees_frame(const struct engine_viewer *viewer, struct view frame);

/* ---- schedule.c: slots, admission --------------------------------------------------- */

void engine_schedule(struct engine *e);
/* Brings the counts of e->queues up to date. */
void engine_count_queues(struct engine *e);
struct queue *engine_queue_of(struct engine *e, const struct machine *m,
			      const struct machine_task *t);
int engine_admitted_runs(const struct engine *e, struct view workflow);

/* ---- pending.c --------------------------------------------------------------------------- */

/* Fills in pending_* of a run that has not begun, or of which no step is at work. */
void engine_why_pending(struct engine *e, const struct machine *m, struct facts_source *out);

/* ---- admin.c ------------------------------------------------------------------------------ */

/* A backup that is not done is given up. */
void engine_backup_stop(struct engine *e);

/* ---- firing.c: what starts by itself -------------------------------------------------- */

/* Reads the workflow folders again, and what they say of schedules. */
void engine_read_catalog(struct engine *e);
/* Starts what is due by the clock. */
void engine_fire(struct engine *e);
/* "nightly 2026-06-01T01:00:00.000Z": what a run's trigger says of its firing. */
void firing_source(const char *schedule, int64_t at_ms, struct str *out);
/* Sets the alarm to what is due next. */
void engine_set_alarm(struct engine *e);
/* Appends the rows of the list. */
void engine_schedule_rows(struct engine *e, const struct engine_viewer *viewer, struct jsonw *w);
void engine_schedule_row(struct jsonw *w, const struct trigger *t);

/* ---- clock.c: a wall clock that jumps ------------------------------------------------------ */

/* It is told; what waits for an instant waits anew, what waits for a span as long as
 * before. Called before any decision that looks at the clock. */
void engine_look_for_jumps(struct engine *e);
/* The same for a run that is taken up. */
void engine_look_back(struct live_run *run);

/* ---- launch.c: attempts ----------------------------------------------------------------- */

/* When its secrets are there; how it goes is told by the runner. */
void engine_launch(struct engine *e, struct live_run *run, struct view task, int attempt);
void engine_stop_attempt(struct engine *e, const struct attempt_name *name);
/* An adopted attempt: its secrets are to be masked as before. */
void engine_hide_again(struct engine *e, struct live_run *run, const struct attempt_name *name);
void engine_stop_preparing(struct engine *e);
struct runner *engine_make_runner(struct engine *e, const char *supervisor);

/* ---- adopt.c, log_limit.c ------------------------------------------------------------------ */

/* Adopts the attempts of all open runs after a restart. */
void engine_adopt_attempts(struct engine *e);
/* Octets that may be kept of each stream of an attempt to come. */
int64_t engine_log_limit(const struct engine *e, struct live_run *run, const struct step *s);
/* An attempt has ended: what it left counts. */
void engine_count_log(const struct engine *e, struct live_run *run,
		      const struct attempt_name *name);

/* ---- postponed.c: what could not be started for want of something -------------------- */

void engine_postpone(struct engine *e, const struct attempt_name *name, const char *why);
void engine_launch_postponed(void *engine);
/* `what`: "why" becomes the trouble, until something is started or has ended. */
void engine_starts_badly(struct engine *e, const char *what, const char *why);
/* Something was started, or has ended as it should. */
void engine_starts_well(struct engine *e);
void engine_free_postponed(struct engine *e);

/* ---- children.c: sub-workflows ------------------------------------------------------------ */

/* Queued ones get their run. */
void engine_start_children(struct engine *e);
/* What has ended in this turn is told to its parent. */
void engine_tell_parents(struct engine *e);
void engine_stop_child(struct engine *e, const struct live_run *run, struct view task);
/* After a restart: t waits for a child. */
void engine_adopt_child(struct engine *e, struct live_run *run, const struct machine_task *t);

/* ---- hook.c: webhooks ------------------------------------------------------------------------ */

/* Of the engine's environment; NULL where it does not have it. */
const char *engine_hook_secret(const struct workflow *w);

/* ---- turn.c: commit and what follows -------------------------------------------------- */

void engine_end_turn(void *arg);
/* Rows and changes of the runs that have new facts go into the batch. */
void engine_seal(struct engine *e);
/* configure.c: what engine_configure takes, without looking at what runs. */
void engine_take_settings(struct engine *e, const struct engine_config *config);
/* What engine_trouble says is another now. */
void engine_tell_trouble(struct engine *e);
void engine_tell_task(struct engine *e, const struct attempt_name *name);
void engine_tell_progress(struct engine *e, const struct attempt_name *name);

#endif
