/* Parts of the API's objects that several readers share. Each reads or skips
 * exactly one value into the struct that `field` points at. */
#ifndef WIRE_PROTO_PARTS_H
#define WIRE_PROTO_PARTS_H

#include "core/run.h"
#include "wire/members.h"

void member_gate(struct reader *r, void *field);	/* struct gate_facts */
void member_error(struct reader *r, void *field);	/* struct error_facts */
void member_actions(struct reader *r, void *field);	/* struct actions_facts */
void member_task_status(struct reader *r, void *field);	/* enum task_status */
/* A reader over a copy of the text that lies in the arena. */
struct reader reader_of(struct view json, struct arena *arena);
/* Whether all was read and was good; else an err that names `what`. */
bool reader_done(struct reader *r, bool was_object, const char *what, struct err *err);
/* A run object, `out` cleared first; detail: struct run_detail or NULL. */
bool read_run(struct reader *r, struct run_facts *out);
/* Members `tasks`, `gates`, `children`, `result`, raw `params` of a detail. */
void member_tasks(struct reader *r, void *field);
void member_children(struct reader *r, void *field);

#endif
