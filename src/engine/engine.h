/* The engine as the API sees it: orders in, replies after they are committed,
 * facts out as JSON of INTERFACES.md. Knows no HTTP but its status numbers. All
 * callbacks come from the loop, never from inside a call of this interface. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "core/status.h"
#include "engine/keeping.h"
#include "io/loop.h"

struct engine;
struct engine_watch;
struct notice_spec;

struct engine_queue {
	const char *name;
	int slots;
};

struct engine_config {
	const char *state;			/* the state folder (0700), made if missing */
	const char *const *workflows;		/* folders of *.yaml and *.yml */
	size_t n_workflows;
	int slots;				/* of the default queue; 0: two for each CPU */
	const struct engine_queue *queues;	/* the others (or it again) */
	size_t n_queues;
	const char *supervisor;			/* path of runboard-step; NULL: path_program */
	const char *secrets;			/* folder of the secrets; or NULL */
	const char *secret_command;		/* gives what is in no file; or NULL */
	int64_t secret_timeout_ms;		/* of it; 0: 10 s */
	const struct notice_spec *notices;	/* of all workflows; borrowed, see engine_configure */
	size_t n_notices;
	int64_t log_max;			/* octets kept of each stream of an attempt; 0: 1 GiB */
	int64_t run_log_max;			/* and of all logs of a run; 0: 16 GiB */
	const char *socket;			/* where steps reach this engine; or NULL */
	int retry_ms;				/* of a batch that found the disk full; 0: 1 s */
};

/* Opens the journal, loads the workflows, folds the open runs, adopts what still
 * runs. Fails where another engine has the state folder. */
struct engine *engine_new(const struct engine_config *config, struct loop *loop, struct err *err);
/* Commits what is open. Attempts go on under their supervisors. */
void engine_free(struct engine *e);

/* ---- orders ---------------------------------------------------------------- */

/* Who asks, as access has found out. Permission by role was checked before; the
 * engine itself checks the roles of gates, not_own, and `admin` for advance. */
struct engine_caller {
	struct view by;			/* "alice"; shown and kept */
	const struct view *roles;
	size_t n_roles;
	bool admin;
	bool may_advance;		/* though no administrator */
	uint32_t denied;		/* bit 1u << enum verb: what his rights do not let him do */
};

/* Whose eyes a list is for: what is of a workflow that he may not see is as if it were
 * not there. NULL, or sees NULL: all. A run's row says what he may do with it: `own`
 * (NULL: whatever anybody may) appends it so, or is false: it is as it stands. `starts`
 * (NULL: yes): whether he may begin runs of a workflow. */
struct engine_viewer {
	bool (*sees)(const void *arg, struct view workflow);
	bool (*own)(const void *arg, struct view frame, struct str *out);
	bool (*starts)(const void *arg, struct view workflow);
	const void *arg;
};

static inline bool engine_sees(const struct engine_viewer *viewer, struct view workflow)
{
	return !viewer || !viewer->sees || viewer->sees(viewer->arg, workflow);
}

struct engine_order {
	enum verb verb;
	struct engine_caller caller;
	struct view workflow;		/* start */
	struct view schedule;		/* pause, resume: this schedule and no run; start: as it
					 * would by itself */
	struct view run, task;
	struct view comment;		/* or the reason */
	struct view value;		/* answer: JSON text */
	struct view edit;		/* retry: JSON object {run, args, env, params}, or empty */
	struct view params;		/* start, rerun: JSON object, or empty */
	bool debug, dry_run;
	int priority;
	int64_t delay_ms;
	int64_t firing_ms;		/* start: the schedule's firing that this is; 0: by hand */
	enum trigger_kind trigger;	/* start */
	struct view trigger_source;
	bool has_version;		/* by body or If-Match */
	bool if_match;			/* then a mismatch is 412, else 409 */
	int64_t version;
	int attempt;			/* 0: not named */
	/* Idempotency: the same key of the same caller on the same route gets the
	 * first answer again; with another body 422. Empty key: none. */
	struct view key, route, body;
	struct view other_key;		/* by which it is known as well; or empty */
};

/* What became of it: an HTTP status and its JSON body (a run, a task with its
 * run's id, or {"error":...}). Borrowed until the callback returns. */
struct engine_reply {
	int status;
	struct view body;
	int64_t version;		/* for the ETag; -1: none */
	bool replayed;			/* by its key */
};

typedef void engine_reply_fn(void *arg, const struct engine_reply *reply);

/* Everything is copied. Exactly one reply, after the commit; none after
 * engine_free. `arg` must live until then. */
void engine_submit(struct engine *e, const struct engine_order *order, engine_reply_fn *reply,
		   void *arg);
/* A question of a running attempt to the operators. Asked again with the same key
 * it is the same question: so its asker finds out what was answered, also over a
 * restart. */
struct engine_ask {
	struct engine_caller caller;
	struct view run, task;
	int attempt;
	struct view key, prompt;
	struct view schema;		/* JSON object; empty: a text */
};

/* As engine_submit: 200 {"state":"answered","value":...}, 202 {"state":"waiting"},
 * or an error; 409 where this attempt does not run (any more). */
void engine_ask(struct engine *e, const struct engine_ask *ask, engine_reply_fn *reply, void *arg);
/* Keeps something refused before it became an order, or any other deed, in the
 * audit trail. */
void engine_audit(struct engine *e, struct view by, struct view what, struct view why);

/* One delivery of a webhook: the body with its signature ("sha256=HEX" of HMAC).
 * timestamp: seconds since 1970, then signed with the body as "TIMESTAMP.BODY". */
struct engine_hook {
	struct view workflow, body, signature, delivery, timestamp;
};

struct engine_answer_to {
	engine_reply_fn *fn;
	void *arg;
};

/* Starts the workflow, with one reply as engine_submit; false and no reply where it
 * is none (ERR_NOT_FOUND), not rightly signed (ERR_REFUSED, kept in the audit
 * trail) or not to be read. The same delivery starts once. */
bool engine_hook(struct engine *e, const struct engine_hook *hook, struct engine_answer_to to,
		 struct err *err);

/* ---- administration ----------------------------------------------------------- */

/* A copy of the journal into a new file while the engine goes on; the reply comes
 * when it is done. False and no reply: ERR_USAGE, ERR_REFUSED (it exists, one is
 * under way), ERR_SYSTEM. */
bool engine_backup(struct engine *e, struct view file, struct engine_answer_to to,
		   struct err *err);

/* A token as it is kept: never itself. */
struct engine_token {
	struct view name, sha256, roles, by;
	int64_t at_ms;
};

typedef void engine_token_fn(void *arg, const struct engine_token *t);

void engine_keep_token(struct engine *e, const struct engine_token *t);
void engine_drop_token(struct engine *e, struct view name);
void engine_each_token(struct engine *e, engine_token_fn *fn, void *arg);
/* A reply of one's own, after the commit of what was asked for before. */
void engine_answer(struct engine *e, int status, const struct str *body,
		   struct engine_answer_to to);

/* ---- facts ----------------------------------------------------------------- */

/* Each appends JSON to out and fails with ERR_NOT_FOUND, ERR_USAGE (bad filter or
 * cursor) or ERR_SYSTEM. */
bool engine_run(struct engine *e, struct view id, const struct engine_caller *caller,
		struct str *out, int64_t *version, struct err *err);
/* One task object; *version is the task's. */
bool engine_task(struct engine *e, struct view run, struct view task,
		 const struct engine_caller *caller, struct str *out, int64_t *version,
		 struct err *err);
bool engine_history(struct engine *e, struct view run, struct str *out, struct err *err);

struct engine_query {
	struct view filter;		/* INTERFACES.md, Filter; empty: all */
	struct view cursor;		/* empty: from the newest */
	struct view sort;		/* empty: newest first */
	int limit;			/* 0: 50; at most 1000 */
	const struct engine_viewer *viewer;
};

/* {"runs":[...],"next_cursor":...}. A page may be short and still have a next
 * cursor: not more than a slice of the history is looked at in one call. */
bool engine_runs(struct engine *e, const struct engine_query *q, struct str *out, struct err *err);

enum engine_table { ENGINE_WORKFLOWS, ENGINE_INBOX, ENGINE_SCHEDULES, ENGINE_QUEUES,
		    ENGINE_WORKERS, ENGINE_AUDIT, ENGINE_TABLES };

/* {"workflows":[...]} and so on. */
bool engine_table(struct engine *e, enum engine_table table, const struct engine_viewer *viewer,
		  struct str *out);
/* Throughput, rates, durations, waiting, use of slots. */
struct engine_stats_query {
	struct view workflow;		/* empty: all */
	int64_t window_ms, bucket_ms;	/* whole hours; 0: a week; what fits */
	const struct engine_viewer *viewer;
};

bool engine_stats(struct engine *e, const struct engine_stats_query *q, struct str *out,
		  struct err *err);
/* Prometheus' text. */
void engine_metrics(struct engine *e, struct str *out);
/* The workflow of a run, of a schedule; false where there is none. */
bool engine_workflow_of_run(struct engine *e, struct view run, struct str *out);
bool engine_workflow_of_schedule(struct engine *e, struct view schedule, struct str *out);
/* One workflow, with schema and graph. */
bool engine_workflow(struct engine *e, struct view name, const struct engine_viewer *viewer,
		     struct str *out, struct err *err);
/* Reads the workflow folders again; a file that does not load keeps its old version
 * and its error is shown in the list. */
void engine_reload(struct engine *e);
/* Of the configuration what may change while it runs: slots, notices, limits of logs, the
 * command of secrets. The notices are borrowed until the next time, or engine_free. */
void engine_configure(struct engine *e, const struct engine_config *config);
/* Why settings that were read again are not in force (told as trouble); NULL: they are. */
void engine_tell_settings(struct engine *e, const char *why);
const char *engine_settings_error(const struct engine *e);	/* or NULL */
/* How long runs are kept from now on; takes the rules. */
void engine_keep(struct engine *e, struct keeping_rules *rules);
/* The clock may have jumped: what is due by it is looked at in the next turn. */
void engine_look_at_clock(struct engine *e);

/* False while the journal cannot be written (disk full): orders then wait, the API
 * answers 503. *why: a sentence, borrowed until the next turn. */
bool engine_is_writable(const struct engine *e, const char **why);

/* What operators should know now, as a sentence: the journal cannot be written, steps
 * cannot be started, its settings have errors. NULL: all is well. Borrowed until the next turn. */
const char *engine_trouble(const struct engine *e);

/* ---- the stream ------------------------------------------------------------- */

/* One committed change of one run. before: the run's frame as it was, empty where
 * it is new or no longer kept: a reader whose filter matched `before`, or may have,
 * and does not match `frame`, is sent `gone`. */
struct engine_change {
	int64_t seq;
	struct view id;
	struct view frame;		/* run object; empty: the run was removed */
	struct view before;
	bool before_pruned;		/* there was one */
};

/* Return false to stop the walk. */
typedef bool engine_change_fn(void *arg, const struct engine_change *change);

const char *engine_epoch(const struct engine *e);	/* lower case hex */
int64_t engine_seq(const struct engine *e);		/* of the last committed change */
/* False where `after` lies in the future or was pruned: the reader needs a reset. */
bool engine_changes(struct engine *e, int64_t after, engine_change_fn *fn, void *arg);

/* A snapshot in pages of a fixed sequence: all open runs and the newest `ended`
 * ended ones (-1: all), matching the filter, as frames. The viewer is kept. */
struct engine_scope {
	struct view filter;
	int ended;
	struct engine_viewer viewer;
};

struct engine_snapshot;
struct engine_snapshot *engine_snapshot_new(struct engine *e, const struct engine_scope *scope,
					    struct err *err);
int64_t engine_snapshot_seq(const struct engine_snapshot *s);
/* Up to `limit` frames more; false when there are none left. */
bool engine_snapshot_next(struct engine_snapshot *s, int limit, engine_change_fn *fn, void *arg);
/* Runs seen so far in each lane (LANES numbers). */
const int64_t *engine_snapshot_counts(const struct engine_snapshot *s);
/* More have ended than the scope wanted, or may have: of those it is not known how many. */
bool engine_snapshot_cut(const struct engine_snapshot *s);
void engine_snapshot_free(struct engine_snapshot *s);

/* Told from the loop after each commit with changes, and about what is not
 * journalled. A slot may be NULL. */
struct engine_watcher {
	void (*changed)(void *arg, int64_t seq);
	/* A `progress` frame of the stream. */
	void (*progress)(void *arg, struct view run, struct view frame);
	/* A `task` frame (new output, progress of a task); also wakes followers of logs.
	 * Also called when an attempt has ended. */
	void (*task)(void *arg, struct view run, struct view task, struct view frame);
	/* engine_trouble says something else now. */
	void (*trouble)(void *arg);
};

struct engine_watch *engine_watch(struct engine *e, const struct engine_watcher *watcher, void *arg);
void engine_unwatch(struct engine_watch *w);

/* ---- logs -------------------------------------------------------------------- */

/* Notes: what the supervisor says, as what it cut; lines have them, octets of both not. */
enum { ENGINE_STDOUT = 1, ENGINE_STDERR = 2, ENGINE_NOTES = 4 };
enum engine_log_state { ENGINE_LOG_FOLLOWING, ENGINE_LOG_EOF, ENGINE_LOG_MORE };

struct engine_log_query {
	struct view run, task;
	int attempt;			/* 0: the last */
	unsigned streams;		/* ENGINE_STDOUT | ENGINE_STDERR | ENGINE_NOTES; 0: the two */
	bool lines;			/* JSON lines with times, else octets */
	int64_t offset;			/* octets; < 0: from the end */
	int64_t limit;			/* octets or lines; 0: a default */
	struct view cursor;		/* lines: empty, "end", or from a page */
	bool backward;
	int64_t line;			/* lines: from this one on, from 1; 0: not asked for */
	int64_t tail;			/* lines: so many before the end; 0: not asked for */
	struct view level, search;	/* lines: only those that fit; of a line's own, or of
					 * the one that it continues */
	bool exact;			/* letters of search as they stand, else folded */
};

/* Octets of both streams come in order of arrival. `state` is MORE while there is
 * something behind what was given, FOLLOWING at the end of a running attempt. */
bool engine_log(struct engine *e, const struct engine_log_query *q, struct str *out,
		enum engine_log_state *state, struct err *err);

/* ---- a run as one file ------------------------------------------------------------ */

/* A tar archive: run.json, history.json, workflow.yaml, logs/TASK/ATTEMPT/stdout, stderr
 * and notes. What is secret is masked in all of it. What still runs is in it as it
 * was when its turn came. */
struct engine_export;
struct engine_export *engine_export_new(struct engine *e, struct view id,
					const struct engine_caller *caller, struct err *err);
/* Up to max octets more; 0: that was all. Does not need the engine any more. */
size_t engine_export_read(struct engine_export *x, char *buf, size_t max);
void engine_export_free(struct engine_export *x);

#endif
