/* Lists of the API that are no runs; workflows with their parameters. Pure. */
#ifndef WIRE_CATALOG_H
#define WIRE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "core/feed.h"
#include "wire/json.h"

/* A list is parsed up to this size. */
enum { CATALOG_BYTES_MAX = 64 << 20 };

/* The array of rows: the member of that name, or the value itself. NULL: no list. */
const struct json *catalog_rows(const struct json *root, const char *list);
/* {"workflows": [...]} or a bare array. Everything lies in the arena. */
bool catalog_workflows(struct view json, struct arena *arena, struct workflow_facts **items,
		       size_t *n, struct err *err);
/* A parameter schema as the API shows it: an object (or list of objects with
 * "name") of JSON Schema's words, in the order of the form. */
void catalog_params(const struct json *v, struct arena *arena, struct param_schema *out);

#endif
