/* JSON values, read. The door to cJSON, behind base/jscan.h's strict check: no
 * duplicate keys, exact look-ups, typed getters. Neutral, so that another parser
 * can take its place. A value lives as long as its document. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct json_doc;	/* owns */
struct json;		/* one value in it, borrowed */

enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* max: bytes, 0 for 1 MiB. NULL and err on anything malformed. */
struct json_doc *json_parse(struct view text, size_t max, struct err *err);
void json_free(struct json_doc *d);
const struct json *json_root(const struct json_doc *d);

enum json_kind json_kind(const struct json *v);		/* NULL v: JSON_NULL */
/* Exact case. NULL where v is no object or has no such key. */
const struct json *json_get(const struct json *v, const char *key);
size_t json_count(const struct json *v);		/* members or elements */
/* Walk: for (i = json_first(v); i; i = json_next(i)). */
const struct json *json_first(const struct json *v);
const struct json *json_next(const struct json *item);
struct view json_key(const struct json *item);		/* name of a member */

/* Lenient readers, for what may be missing: the fallback where it is not there
 * or of another kind. */
struct view json_text(const struct json *v);		/* a string's bytes, else empty */
struct view json_get_text(const struct json *v, const char *key);
int64_t json_int(const struct json *v, int64_t fallback);	/* also from digits in quotes */
int64_t json_get_int(const struct json *v, const char *key, int64_t fallback);
double json_real(const struct json *v, double fallback);
bool json_true(const struct json *v);
/* RFC 3339 to ms; 0 where missing or wrong. */
int64_t json_get_time(const struct json *v, const char *key);

/* The value as compact JSON text, appended; integers keep their digits. */
void json_print(const struct json *v, struct str *out);

#endif
