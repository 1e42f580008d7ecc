/* Values of expressions as JSON texts. Each function pays for the bytes that it
 * looks at. */
#include "flow/expr_value.h"

#include "base/jtext.h"
#include "base/utf8.h"

static bool spend(struct value_work *w, size_t bytes)
{
	w->left -= 1 + (int64_t)(bytes / 16);
	return w->left >= 0;
}

struct view value_text(struct value_work *w, struct view json)
{
	struct jtext t = jtext_of(json);
	enum jtext_kind kind = jtext_peek(&t);
	spend(w, json.len);
	if (kind == JTEXT_STRING)
		return jtext_string(&t, w->arena);
	return kind == JTEXT_NULL ? (struct view){ 0 } : view_trim(json);
}

static int compare_reals(double a, double b)
{
	return (a > b) - (a < b);
}

/* False unless both are numbers, or texts that look like one. */
static bool compare_numbers(struct view a, struct view b, int *order)
{
	int64_t ia = 0, ib = 0;
	double da = 0, db = 0;
	if (number_parse(a, INT64_MIN, INT64_MAX, &ia) &&
	    number_parse(b, INT64_MIN, INT64_MAX, &ib)) {
		*order = (ia > ib) - (ia < ib);
		return true;
	}
	if (!number_parse_real(a, &da) || !number_parse_real(b, &db))
		return false;
	*order = compare_reals(da, db);
	return true;
}

static bool is_scalar(enum jtext_kind kind)
{
	return kind == JTEXT_STRING || kind == JTEXT_NUMBER || kind == JTEXT_BOOL;
}

static bool equal_scalars(struct value_work *w, struct view a, struct view b)
{
	int order = 0;
	bool texts = jtext_kind_of(a) == JTEXT_STRING && jtext_kind_of(b) == JTEXT_STRING;
	struct view ta = value_text(w, a), tb = value_text(w, b);
	if (view_eq(ta, tb))
		return true;
	return !texts && compare_numbers(ta, tb, &order) && !order;
}

static bool equal_lists(struct value_work *w, struct view a, struct view b)
{
	struct jtext ta = jtext_of(a), tb = jtext_of(b);
	jtext_enter(&ta, JTEXT_ARRAY);
	jtext_enter(&tb, JTEXT_ARRAY);
	for (;;) {
		bool more = jtext_element(&ta);
		if (more != jtext_element(&tb))
			return false;
		if (!more)
			return !ta.bad && !tb.bad;
		if (!value_equal(w, jtext_value(&ta), jtext_value(&tb)))
			return false;
	}
}

static bool equal_objects(struct value_work *w, struct view a, struct view b)
{
	struct jtext t = jtext_of(a);
	struct view key = { 0 };
	if (value_length(w, a) != value_length(w, b))
		return false;
	jtext_enter(&t, JTEXT_OBJECT);
	while (jtext_member(&t, w->arena, &key)) {
		struct view other = value_part(w, b, key);
		if (!other.len || !value_equal(w, jtext_value(&t), other))
			return false;
	}
	return !t.bad;
}

/* Recurses as deep as the values: jtext allows 64 levels. */
bool value_equal(struct value_work *w, struct view a, struct view b)
{
	enum jtext_kind ka = jtext_kind_of(a), kb = jtext_kind_of(b);
	if (!spend(w, a.len + b.len))
		return false;
	if (is_scalar(ka) && is_scalar(kb))
		return equal_scalars(w, a, b);
	if (ka != kb)
		return false;
	if (ka == JTEXT_ARRAY)
		return equal_lists(w, a, b);
	return ka != JTEXT_OBJECT || equal_objects(w, a, b);
}

bool value_order(struct value_work *w, struct view a, struct view b, int *order)
{
	enum jtext_kind ka = jtext_kind_of(a), kb = jtext_kind_of(b);
	bool texts = ka == JTEXT_STRING && kb == JTEXT_STRING;
	bool good = (ka == JTEXT_STRING || ka == JTEXT_NUMBER) &&
		    (kb == JTEXT_STRING || kb == JTEXT_NUMBER);
	if (!good)
		return false;
	struct view ta = value_text(w, a), tb = value_text(w, b);
	if (!texts)
		return compare_numbers(ta, tb, order);
	*order = view_cmp(ta, tb);
	return true;
}

bool value_contains(struct value_work *w, struct view hay, struct view needle)
{
	struct jtext t = jtext_of(hay);
	enum jtext_kind kind = jtext_peek(&t);
	if (kind == JTEXT_STRING)
		return view_find(value_text(w, hay), value_text(w, needle), 0) != SIZE_MAX;
	if (kind == JTEXT_OBJECT)
		return value_part(w, hay, value_text(w, needle)).len > 0;
	if (!jtext_enter(&t, JTEXT_ARRAY))
		return false;
	while (jtext_element(&t) && w->left >= 0)
		if (value_equal(w, jtext_value(&t), needle))
			return true;
	return false;
}

static struct view element(struct view json, struct view part)
{
	struct jtext t = jtext_of(json);
	int64_t index = 0;
	if (!number_parse(part, 0, INT32_MAX, &index) || !jtext_enter(&t, JTEXT_ARRAY))
		return (struct view){ 0 };
	while (jtext_element(&t)) {
		struct view v = jtext_value(&t);
		if (!index--)
			return v;
	}
	return (struct view){ 0 };
}

struct view value_part(struct value_work *w, struct view json, struct view part)
{
	struct jtext t = jtext_of(json);
	struct view key = { 0 };
	if (!spend(w, json.len))
		return (struct view){ 0 };
	if (jtext_peek(&t) == JTEXT_ARRAY)
		return element(json, part);
	if (!jtext_enter(&t, JTEXT_OBJECT))
		return (struct view){ 0 };
	while (jtext_member(&t, w->arena, &key)) {
		struct view v = jtext_value(&t);
		if (view_eq(key, part))
			return v;
	}
	return (struct view){ 0 };
}

static int64_t characters(struct view text)
{
	int64_t n = 0;
	for (size_t at = 0; at < text.len; n++)
		utf8_next(text, &at);
	return n;
}

int64_t value_length(struct value_work *w, struct view json)
{
	struct jtext t = jtext_of(json);
	struct view key = { 0 };
	int64_t n = 0;
	spend(w, json.len);
	switch (jtext_peek(&t)) {
	case JTEXT_NULL:
		return 0;
	case JTEXT_STRING:
		return characters(value_text(w, json));
	case JTEXT_ARRAY:
		for (jtext_enter(&t, JTEXT_ARRAY); jtext_element(&t); n++)
			jtext_value(&t);
		return n;
	case JTEXT_OBJECT:
		for (jtext_enter(&t, JTEXT_OBJECT); jtext_member(&t, w->arena, &key); n++)
			jtext_value(&t);
		return n;
	case JTEXT_NONE:
	case JTEXT_BOOL:
	case JTEXT_NUMBER:
		break;
	}
	return -1;
}
