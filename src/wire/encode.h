/* Facts to the API's JSON objects (INTERFACES.md "A run", "A task"): what the
 * command line prints with --json, for every backend alike. */
#ifndef WIRE_ENCODE_H
#define WIRE_ENCODE_H

#include "core/run.h"
#include "wire/jsonw.h"

/* One object; key as jsonw_object. Unknown values are null. */
void encode_run(struct jsonw *w, const char *key, const struct run_facts *r);
void encode_task(struct jsonw *w, const char *key, const struct task_facts *t);
/* A run with its tasks, gates, children and result. */
void encode_detail(struct jsonw *w, const char *key, const struct run_detail *d);
void encode_gate(struct jsonw *w, const char *key, const struct gate_facts *g);
/* Only what changes while it runs, as members of the object that is open: progress,
 * tasks_done, tasks_total, current. */
void encode_run_progress(struct jsonw *w, const struct run_facts *r);
/* The member "progress": ten thousandths of 1; null below 0, which is unknown. */
void encode_progress(struct jsonw *w, float share);
void encode_history(struct jsonw *w, const char *key, const struct history_facts *h);

#endif
