/* What an order acts on: the run, and the task with the attempt and version that
 * stand there now, so that a decision names what was looked at. */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "cli/session.h"

struct cli_target {
	struct str run, task;
	int attempt;
	int64_t version;		/* the task's, or the run's without a task */
	struct str schema;		/* of the task's question, JSON */
	struct str workflow, status;	/* for words to the operator */
	struct str parent;		/* id of the run that started it; empty: none */
	enum run_status run_status;
};

/* Reads the run. task_word NULL: the task the verb fits (the only one that allows
 * it); several are ERR_USAGE with their names. A verb on a run leaves task empty. */
bool cli_target_find(struct session *s, struct cli_target *t, const char *run_word, const char *task_word,
		 enum verb verb, struct err *err);
void cli_target_release(struct cli_target *t);

#endif
