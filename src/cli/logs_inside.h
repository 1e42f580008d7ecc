/* What the two ways of `runboard logs` share: printing lines of several tasks. */
#ifndef CLI_LOGS_INSIDE_H
#define CLI_LOGS_INSIDE_H

#include "base/vec.h"
#include "cli/command.h"

/* The output of one attempt of one task. */
struct logs_part {
	struct logs *logs;
	char *task;
	int attempt;			/* 0: the last */
	bool closed;			/* the attempt had ended when it was opened */
	ticket_id ticket;		/* 0: not open */
	bool done;
	struct str rest;		/* of a line that is not whole yet */
	struct log_line_facts rest_of;	/* whose begin that is; its text is void */
};

struct logs {
	struct cli *cli;
	const char *task_word;		/* or NULL: all tasks */
	struct log_query query;
	int64_t since_ms;
	VEC(struct logs_part *) parts;
	bool prefixed;			/* several tasks: each line says whose it is */
};

/* Whether the task is one of those wanted: by its id, or an item by its step's. */
bool logs_wants(const struct logs *l, const struct task_facts *t);
void logs_print(struct logs_part *p, const struct log_line_facts *lines, size_t n);
/* What stands without a newline at the end. */
void logs_print_rest(struct logs_part *p);
struct logs_part *logs_add_part(struct logs *l, const struct task_facts *t);

/* Prints what comes, of all wanted tasks at once, also of those that begin later and of
 * later attempts, until they are over. */
int logs_follow(struct logs *l);
/* Refuses: the attempt that is asked for was not. */
int logs_no_attempt(const struct logs *l);

#endif
