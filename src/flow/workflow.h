/* A workflow file, read and checked: parameters, triggers, steps. Pure. Used by
 * the engine and by `runboard check`. All that it holds lies in its arena and
 * never changes after loading. */
#ifndef FLOW_WORKFLOW_H
#define FLOW_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "core/param.h"
#include "core/run.h"

enum on_error { ON_ERROR_FAIL, ON_ERROR_PAUSE, ON_ERROR_CONTINUE, ON_ERROR_STEP };
enum on_unknown { ON_UNKNOWN_ASK, ON_UNKNOWN_RETRY, ON_UNKNOWN_FAIL };
enum on_timeout { ON_TIMEOUT_REJECT, ON_TIMEOUT_APPROVE, ON_TIMEOUT_FAIL };
enum missed { MISSED_SKIP, MISSED_LATEST, MISSED_ALL };
enum step_kind { STEP_RUN, STEP_ARGS, STEP_APPROVE, STEP_ASK, STEP_WORKFLOW };

struct retry_policy {
	int attempts;			/* 1: no retry */
	int64_t delay_ms, max_delay_ms;	/* 0 max: no cap */
	double factor;
};

struct gate_policy {
	struct view prompt;		/* may hold ${{ }}; never empty for a gate */
	struct view schema;		/* ask: JSON text, has a "type" */
	const struct view *roles;
	size_t n_roles;
	int required;
	bool not_own;
	int64_t timeout_ms;		/* 0: none */
	enum on_timeout on_timeout;
};

struct step {
	struct view id, title;
	enum step_kind kind;
	struct view run;		/* STEP_RUN: shell text */
	const struct view *args;	/* STEP_ARGS; each may hold ${{ }} */
	size_t n_args;
	struct pairs env;		/* values may hold ${{ }} */
	struct view dir;		/* may hold ${{ }} */
	const struct view *needs;	/* resolved: never the implicit form */
	size_t n_needs;
	int64_t timeout_ms;
	int64_t log_max;		/* 0: the workflow's */
	struct retry_policy retry;
	struct gate_policy gate;
	struct view condition;		/* `if`, or empty */
	struct view foreach;		/* expression of a list, or empty */
	int batch, allow_failures;
	enum on_error on_error;
	struct view on_error_step;
	enum on_unknown on_unknown;
	bool only_on_error;
	bool is_finally;
	struct view workflow;		/* STEP_WORKFLOW */
	struct pairs workflow_params;	/* values JSON text, may hold ${{ }} */
	struct view queue;		/* empty: the workflow's */
	int priority;			/* added to the run's */
	int line;
};

struct schedule_spec {
	struct view cron, timezone;
	struct pairs params;		/* values JSON text */
	enum missed missed;
	int line;
};

/* Who is told what: a command or a URL, on the words (statuses of runs, "ended",
 * "long_running"); without words on every change of status that the filter matches. */
struct notice_spec {
	struct view name;		/* of the engine's own ones */
	const struct view *on;
	size_t n_on;
	struct view filter, command, url;
	struct view secret;		/* whose value signs what goes to the URL; or empty */
	int64_t after_ms;		/* a run is long-running then; 0: by experience */
};

bool notice_is_word(struct view word);
bool notice_is_url(struct view url);
/* What does not go together, or NULL. */
const char *notice_wrong(const struct notice_spec *n);

struct workflow {
	struct arena arena;
	struct view name, title, description;
	struct pairs labels, env;
	struct param_schema params;
	struct schedule_spec *schedules;
	size_t n_schedules;
	bool has_webhook;
	struct view webhook_secret_env;
	struct pairs webhook_params;	/* values JSON text, may hold ${{ event.body.x }} */
	const struct notice_spec *notices;
	size_t n_notices;
	struct view queue;		/* "default" where the file names none */
	int priority, concurrency;	/* concurrency 0: no limit */
	int64_t timeout_ms;
	int64_t log_max;		/* octets kept of each stream of a step; 0: not said */
	bool fail_fast;
	const struct view *secrets;
	size_t n_secrets;
	struct view result;		/* JSON text, strings may hold ${{ }}: see
					 * template_fill_json; or empty */
	struct step *steps;		/* steps, then finally; in file order, unique ids */
	size_t n_steps;
	struct view source;		/* the file's text: what is frozen with a run */
	char hash[65];			/* SHA-256 of source, hex: left empty, the engine
					 * fills it in (no cryptography down here) */
};

/* All errors at once, each a line "FILE:LINE:COL: message" in err (ERR_CONFIG);
 * then NULL. `file` gives the default name (without folder and ending). */
struct workflow *workflow_load(struct view text, const char *file, struct err *err);
void workflow_free(struct workflow *w);
const struct step *workflow_step(const struct workflow *w, struct view id);	/* or NULL */
/* The variable in which a step finds a value: prefix, then the name with '_' for
 * all that a shell's variable cannot have ("PARAM_", "dry-run": PARAM_dry_run). */
void workflow_variable(struct str *s, const char *prefix, struct view name);

#endif
