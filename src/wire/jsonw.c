/* Writes JSON text; knows commas, escapes and depth, nothing of what it writes. */
#include "wire/jsonw.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

#include "base/jtext.h"
#include "base/mem.h"
#include "base/when.h"

enum { DEPTH_MAX = 63 };

void jsonw_add_quoted(struct str *out, struct view value)
{
	jtext_add_quoted(out, value);
}

void jsonw_init(struct jsonw *w, struct str *out)
{
	*w = (struct jsonw){ .out = out };
}

static void start_value(struct jsonw *w)
{
	uint64_t bit = UINT64_C(1) << w->depth;
	if (w->depth && (w->started & bit))
		str_add_char(w->out, ',');
	w->started |= bit;
}

static void start(struct jsonw *w, const char *key)
{
	if (key)
		jsonw_key(w, view_of(key));
	if (w->keyed)
		w->keyed = false;
	else
		start_value(w);
}

void jsonw_key(struct jsonw *w, struct view key)
{
	start_value(w);
	jsonw_add_quoted(w->out, key);
	str_add_char(w->out, ':');
	w->keyed = true;
}

static void open_level(struct jsonw *w, const char *key, char bracket)
{
	start(w, key);
	if (w->depth == DEPTH_MAX)
		BUG("JSON is written too deep");
	w->depth++;
	w->started &= ~(UINT64_C(1) << w->depth);
	str_add_char(w->out, bracket);
}

static void close_level(struct jsonw *w, char bracket)
{
	if (!w->depth || w->keyed)
		BUG("JSON is closed that was not open");
	w->depth--;
	str_add_char(w->out, bracket);
}

void jsonw_object(struct jsonw *w, const char *key)
{
	open_level(w, key, '{');
}

void jsonw_array(struct jsonw *w, const char *key)
{
	open_level(w, key, '[');
}

void jsonw_end_object(struct jsonw *w)
{
	close_level(w, '}');
}

void jsonw_end_array(struct jsonw *w)
{
	close_level(w, ']');
}

void jsonw_text(struct jsonw *w, const char *key, struct view value)
{
	start(w, key);
	jsonw_add_quoted(w->out, value);
}

void jsonw_string(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_text(w, key, view_of(value));
	else
		jsonw_null(w, key);
}

void jsonw_int(struct jsonw *w, const char *key, int64_t value)
{
	start(w, key);
	str_addf(w->out, "%" PRId64, value);
}

/* The shortest of two forms that reads back as the same number. */
void jsonw_real(struct jsonw *w, const char *key, double value)
{
	if (!isfinite(value)) {
		jsonw_null(w, key);
		return;
	}
	start(w, key);
	char text[40];
	snprintf(text, sizeof text, "%.15g", value);
	double back = 0;
	if (!number_parse_real(view_of(text), &back) || back < value || back > value)
		snprintf(text, sizeof text, "%.17g", value);
	str_add_text(w->out, text);
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	start(w, key);
	str_add_text(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	start(w, key);
	str_add_text(w->out, "null");
}

void jsonw_time(struct jsonw *w, const char *key, int64_t at_ms)
{
	if (!at_ms) {
		jsonw_null(w, key);
		return;
	}
	start(w, key);
	str_add_char(w->out, '"');
	when_add_rfc3339(w->out, at_ms);
	str_add_char(w->out, '"');
}

void jsonw_raw(struct jsonw *w, const char *key, struct view json)
{
	start(w, key);
	str_add(w->out, json.len ? json : VIEW("null"));
}
