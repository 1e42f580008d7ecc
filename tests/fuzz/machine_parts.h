/* What the fuzzer of the state machine is made of: choices out of its input, a
 * workflow from choices, the state as text, the rules that must always hold. */
#ifndef TESTS_FUZZ_MACHINE_PARTS_H
#define TESTS_FUZZ_MACHINE_PARTS_H

#include "base/mem.h"
#include "engine/machine.h"

/* A stream of choices; 0 for ever when it is used up. */
struct choices {
	const uint8_t *bytes;
	size_t len, at;
};

/* From 0 to n - 1. */
unsigned choose(struct choices *c, unsigned n);
bool chance(struct choices *c, unsigned one_in);

/* A workflow file of up to some ten steps of all kinds. */
void machine_dag(struct choices *c, struct str *yaml);
/* All of the state that facts make. */
void machine_tell(const struct machine *m, struct str *out);

/* What held before an input, and is compared with after it. */
struct before {
	struct arena arena;
	struct before_task {
		struct view id;
		enum task_status status;
		int attempt;
		int64_t version;
	} *tasks;
	size_t n_tasks;
	int64_t version;
	bool ended, paused;
};

void before_take(struct before *b, const struct machine *m);
void before_release(struct before *b);
/* Stops the program where a rule is broken by the facts or by the state after. */
void machine_rules(const struct before *b, const struct machine *m, const struct workflow *w,
		   const struct events *facts);

#endif
