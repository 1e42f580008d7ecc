/* What an order would act on: names, versions and whether it is possible now, as
 * they were shown to the operator. */
#ifndef MODEL_TARGET_H
#define MODEL_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/run.h"
#include "model/orders.h"
#include "model/screen.h"

struct target {
	struct run_key key, parent;
	uint16_t context;
	struct str workflow, short_id;
	struct str task;		/* empty: the run itself */
	struct str prompt;		/* of the gate */
	struct str why;			/* why not, where it is not allowed */
	bool allowed;
	bool absent;		/* its backend does not have the verb at all */
	bool unsettled;		/* its task or version is known from the detail only */
	int attempt;
	int64_t version, run_version;
	enum run_status was;
};

/* What verb would act on at the focus. detail: of that run, or NULL. *out need not
 * be initialised; release it. */
void target_make(const struct model *m, enum verb verb, const struct focus *focus,
		 const struct run_detail *detail, struct target *out);
void target_release(struct target *t);
/* "deploy a1c003", and "review, attempt 2"; nothing where it is an order on a run. */
void target_add_run(const struct target *t, struct str *s);
void target_add_step(const struct target *t, struct str *s);
/* Says in words what changed since the target was made; false: nothing did. */
bool target_changed(const struct model *m, enum verb verb, const struct target *t,
		    const struct run_detail *detail, struct str *what);
void target_wish(const struct target *t, enum verb verb, struct order_wish *out);

#endif
