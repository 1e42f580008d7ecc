/* Between the files that read a workflow: nobody else includes this. */
#ifndef FLOW_WORKFLOW_INSIDE_H
#define FLOW_WORKFLOW_INSIDE_H

#include "flow/fields.h"
#include "flow/texts.h"
#include "flow/workflow.h"

/* A step as it was read, with what later checks need. */
struct step_note {
	const struct yaml_node *node;
	const struct yaml_node *needs;	/* NULL: waits for the step before */
};

struct draft {
	struct workflow *w;
	const struct yaml_node *steps, *finally;
	struct step_note *notes;	/* beside w->steps */
	size_t n_steps;			/* of which are no finally steps */
};

field_fn workflow_read_params;		/* struct param_schema at f->at */
/* The words of a schema as one parameter; nothing is said about `required`. */
bool workflow_read_schema(struct loader *l, const struct yaml_node *n, struct param *p);
field_fn workflow_read_on, workflow_read_notify;	/* target: struct workflow */
field_fn workflow_read_approve, workflow_read_ask;	/* target: struct step */

/* Reads d->steps and d->finally into d->w and d->notes. */
void workflow_read_steps(struct loader *l, struct draft *d);
/* needs, cycles, on_error: what steps say of each other. */
void workflow_check_graph(struct loader *l, struct draft *d);

#endif
