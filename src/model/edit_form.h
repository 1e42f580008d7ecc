/* The fields of edit and retry: the command of a step's last attempt, its environment,
 * the run's parameters, each with what it was; and the JSON of what was changed. */
#ifndef MODEL_EDIT_FORM_H
#define MODEL_EDIT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/vec.h"
#include "core/param.h"
#include "core/run.h"
#include "model/lineedit.h"

/* In the order of the form. */
enum edit_kind {
	EDIT_RUN,		/* a command for the shell */
	EDIT_ARGS,		/* a command without one: its arguments */
	EDIT_ENV,		/* NAME=VALUE */
	EDIT_PARAM,
	EDIT_KINDS
};

enum { EDIT_FIELDS_MAX = 256 };

struct edit_field {
	enum edit_kind kind;
	struct param param;	/* name and type; an environment line that is new has no name */
	struct lineedit line;
	struct str was;
	struct str error;
};

struct edit_form {
	struct arena arena;	/* of the names */
	VEC(struct edit_field) fields;
};

void edit_form_release(struct edit_form *f);
void edit_form_clear(struct edit_form *f);
/* A field for everything that can be edited, and an empty line of the environment. */
void edit_form_fill(struct edit_form *f, const struct run_detail *d, const struct task_facts *t);
bool edit_field_is_changed(const struct edit_field *f);
size_t edit_form_changes(const struct edit_form *f);
/* After typing in a field: there is always one empty line of the environment. */
void edit_form_grow(struct edit_form *f, size_t at);
/* {run, args, env, params} with what was changed and nothing else. False: a field is
 * wrong, which it says; *bad is the first. */
bool edit_form_write(struct edit_form *f, struct str *json, size_t *bad);

#endif
