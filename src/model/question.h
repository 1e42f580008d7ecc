/* The schema of a question (JSON Schema's words) and the reading of an answer. */
#ifndef MODEL_QUESTION_H
#define MODEL_QUESTION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/param.h"
#include "core/run.h"

/* What the schema asks for; a plain text where it says nothing. */
void question_param(struct view schema, struct arena *arena, struct param *out);
/* What was typed as JSON for the question that the task asks; *error says why not. */
bool question_read(const struct run_detail *detail, struct view task, struct view typed,
		   struct str *json, struct str *error);
/* "one of: a, b", "integer from 1 to 20", for beside the field. */
void question_add_hint(const struct param *p, struct str *out);

#endif
