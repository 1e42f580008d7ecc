/* Any bytes as a workflow file: either a workflow that can be walked, or an error
 * whose lines all name the file. */
#include <stdlib.h>

#include "flow/workflow.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_steps(const struct workflow *w)
{
	must(w->n_steps > 0 && w->name.len > 0);
	for (size_t i = 0; i < w->n_steps; i++) {
		const struct step *s = &w->steps[i];
		must(workflow_step(w, s->id) == s);
		for (size_t k = 0; k < s->n_needs; k++)
			must(workflow_step(w, s->needs[k]) != NULL);
		must(s->retry.attempts >= 1);
	}
}

static void check_lines(struct view text)
{
	struct view line = { 0 };
	must(text.len > 0);
	while (view_split(&text, '\n', &line))
		must(view_starts(line, "fuzz.yaml:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct err err = { 0 };
	struct workflow *w = workflow_load(view_bytes(bytes, len), "fuzz.yaml", &err);
	if (w)
		check_steps(w);
	else
		check_lines(view_of(err_text(&err)));
	workflow_free(w);
	err_release(&err);
	return 0;
}
