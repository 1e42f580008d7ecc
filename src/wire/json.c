/* The door to cJSON. Nothing reaches it that base/jscan did not pass; integers
 * that a double cannot hold come as quoted digits. cJSON's own look-ups by name
 * fold case and are never used. */
#include "wire/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/jscan.h"
#include "base/mem.h"
#include "base/when.h"
#include "wire/jsonw.h"

/* A struct json is a cJSON seen from outside: only the pointer's type differs. */
struct json_doc {
	cJSON *root;
};

static const cJSON *inner(const struct json *v)
{
	return (const cJSON *)(const void *)v;
}

static const struct json *outer(const cJSON *c)
{
	return (const struct json *)(const void *)c;
}

/* cJSON ignores type bits over 0xff: a string that is an integer of the text. */
enum { BIG_INTEGER = 1 << 12 };

static bool is_big(const cJSON *c)
{
	return c->type & BIG_INTEGER;
}

static void skip_blanks(struct view text, size_t *at)
{
	while (*at < text.len && strchr(" \t\r\n,:", text.ptr[*at]))
		++*at;
}

static void skip_string(struct view text, size_t *at)
{
	for (++*at; *at < text.len && text.ptr[*at] != '"'; ++*at)
		if (text.ptr[*at] == '\\')
			++*at;
	++*at;
}

/* Walks the text, which is known to be good, beside its tree. */
static void mark_big(struct view text, size_t *at, cJSON *node)
{
	skip_blanks(text, at);
	if (*at >= text.len)
		return;
	char c = text.ptr[*at];
	if (c == '"') {
		skip_string(text, at);
		return;
	}
	if (c != '{' && c != '[') {
		while (*at < text.len && !strchr(",]} \t\r\n", text.ptr[*at]))
			++*at;
		if (node->type == cJSON_String)
			node->type |= BIG_INTEGER;
		return;
	}
	++*at;
	for (cJSON *child = node->child; child; child = child->next) {
		skip_blanks(text, at);
		if (c == '{')
			skip_string(text, at);
		mark_big(text, at, child);
	}
	skip_blanks(text, at);
	++*at;
}

struct json_doc *json_parse(struct view text, size_t max, struct err *err)
{
	struct str quoted = { .max = text.len * 2 + 16 };
	struct json_doc *d = NULL;
	if (!jscan_check(text, (struct jscan_limits){ .size = max }, &quoted, err))
		goto out;
	cJSON *root = cJSON_ParseWithLength(str_text(&quoted), quoted.len);
	if (!root) {
		err_set(err, ERR_PARSE, "the JSON text cannot be read");
		goto out;
	}
	d = mem_alloc(sizeof *d);
	d->root = root;
	size_t at = 0;
	if (quoted.len != text.len)
		mark_big(text, &at, root);
out:
	str_release(&quoted);
	return d;
}

void json_free(struct json_doc *d)
{
	if (!d)
		return;
	cJSON_Delete(d->root);
	mem_free(d);
}

const struct json *json_root(const struct json_doc *d)
{
	return d ? outer(d->root) : NULL;
}

enum json_kind json_kind(const struct json *v)
{
	const cJSON *c = inner(v);
	switch (c ? c->type & 0xff : cJSON_NULL) {
	case cJSON_True:
	case cJSON_False:
		return JSON_BOOL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return is_big(c) ? JSON_NUMBER : JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

const struct json *json_get(const struct json *v, const char *key)
{
	if (json_kind(v) != JSON_OBJECT)
		return NULL;
	for (const cJSON *i = inner(v)->child; i; i = i->next)
		if (i->string && str_eq(i->string, key))
			return outer(i);
	return NULL;
}

size_t json_count(const struct json *v)
{
	size_t n = 0;
	for (const struct json *i = json_first(v); i; i = json_next(i))
		n++;
	return n;
}

const struct json *json_first(const struct json *v)
{
	return v ? outer(inner(v)->child) : NULL;
}

const struct json *json_next(const struct json *item)
{
	return item ? outer(inner(item)->next) : NULL;
}

struct view json_key(const struct json *item)
{
	return view_of(item ? inner(item)->string : NULL);
}

static bool has_string(const struct json *v)
{
	return v && (inner(v)->type & 0xff) == cJSON_String;
}

static struct view string_of(const struct json *v)
{
	return view_of(inner(v)->valuestring);
}

struct view json_text(const struct json *v)
{
	return json_kind(v) == JSON_STRING ? string_of(v) : (struct view){ 0 };
}

struct view json_get_text(const struct json *v, const char *key)
{
	return json_text(json_get(v, key));
}

int64_t json_int(const struct json *v, int64_t fallback)
{
	int64_t n = 0;
	if (has_string(v))
		return number_parse(string_of(v), INT64_MIN, INT64_MAX, &n) ? n : fallback;
	if (json_kind(v) != JSON_NUMBER)
		return fallback;
	double d = inner(v)->valuedouble;
	bool whole = d > -9.2e18 && d < 9.2e18 && !(d < floor(d)) && !(d > floor(d));
	return whole ? (int64_t)d : fallback;
}

int64_t json_get_int(const struct json *v, const char *key, int64_t fallback)
{
	return json_int(json_get(v, key), fallback);
}

double json_real(const struct json *v, double fallback)
{
	double d = 0;
	if (has_string(v))
		return number_parse_real(string_of(v), &d) ? d : fallback;
	return json_kind(v) == JSON_NUMBER ? inner(v)->valuedouble : fallback;
}

bool json_true(const struct json *v)
{
	return v && (inner(v)->type & 0xff) == cJSON_True;
}

int64_t json_get_time(const struct json *v, const char *key)
{
	int64_t at = 0;
	return when_parse_rfc3339(json_get_text(v, key), &at) ? at : 0;
}

static void print_value(struct jsonw *w, const struct json *v);

static void print_members(struct jsonw *w, const struct json *v)
{
	for (const struct json *i = json_first(v); i; i = json_next(i)) {
		if (inner(i)->string && json_kind(v) == JSON_OBJECT)
			jsonw_key(w, json_key(i));
		print_value(w, i);
	}
}

static void print_number(struct jsonw *w, const struct json *v)
{
	double d = inner(v)->valuedouble;
	if (has_string(v))
		jsonw_raw(w, NULL, string_of(v));
	else if (fabs(d) < 1e15 && !(d < floor(d)) && !(d > floor(d)))
		jsonw_int(w, NULL, (int64_t)d);
	else
		jsonw_real(w, NULL, d);
}

static void print_value(struct jsonw *w, const struct json *v)
{
	switch (json_kind(v)) {
	case JSON_NULL:
		jsonw_null(w, NULL);
		return;
	case JSON_BOOL:
		jsonw_bool(w, NULL, json_true(v));
		return;
	case JSON_NUMBER:
		print_number(w, v);
		return;
	case JSON_STRING:
		jsonw_text(w, NULL, json_text(v));
		return;
	case JSON_ARRAY:
		jsonw_array(w, NULL);
		print_members(w, v);
		jsonw_end_array(w);
		return;
	case JSON_OBJECT:
		jsonw_object(w, NULL);
		print_members(w, v);
		jsonw_end_object(w);
		return;
	}
}

void json_print(const struct json *v, struct str *out)
{
	struct jsonw w;
	jsonw_init(&w, out);
	print_value(&w, v);
}
