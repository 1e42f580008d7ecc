/* The start form: a field for each parameter, an error beside it; then, in the same
 * dialog, the run that came of it, live. Running a run again (again.h) is the same
 * form with the run's own values in it. */
#ifndef MODEL_START_H
#define MODEL_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "core/feed.h"
#include "core/run.h"
#include "model/lineedit.h"
#include "model/screen.h"

enum start_stage { START_READING, START_FORM, START_SENDING, START_FOLLOWING, START_REFUSED };

struct start_field {
	struct lineedit line;
	struct str was;			/* as the form was opened */
	struct str error;
};

struct start_state {
	struct arena arena;		/* of the workflow */
	struct workflow_facts workflow;
	uint16_t context;
	VEC(struct start_field) fields;	/* one a parameter */
	size_t at;			/* the field with the focus; fields.len: the buttons */
	size_t top;			/* first field shown */
	bool yes;
	enum start_stage stage;
	struct run_key again;		/* the run that is run again; {0}: a new one */
	struct str again_name;		/* "deploy a1c003" */
	uint64_t catalog_request;	/* START_READING */
	uint64_t order;			/* request of the order */
	struct str why;			/* refused */
	struct str follow_id;
	/* the run that was started */
	struct run_key key;		/* {0} until the board knows it */
	struct arena detail_arena;
	const struct run_detail *detail;	/* START_READING: of the run before */
	uint64_t request;
	bool dirty;
};

extern const struct screen screen_start;

/* Opens the form for a workflow. */
void start_form(struct model *m, uint16_t context, const struct workflow_facts *w,
		struct effects *fx);
/* Empties the state, without a workflow yet. */
void start_reset(struct start_state *s, uint16_t context);
/* Shows the form: a field for each parameter of the workflow with its default or, of
 * a run that is run again, with its value in `given` (a JSON object). */
void start_fill(struct start_state *s, const struct workflow_facts *w, struct view given);
/* A field that was changed since the form was opened. */
bool start_is_changed(const struct start_field *f);
/* A field that is chosen from a few values rather than typed. */
bool start_is_choice(const struct param *p);
void start_release(struct start_state *s);

#endif
