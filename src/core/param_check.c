/* One JSON value against the schema of its parameter. Messages never show the
 * value: it may be a secret. */
#include "core/param.h"

#include <math.h>

#include "base/jtext.h"
#include "base/regex.h"
#include "base/utf8.h"

static bool refuse(struct err *err, const char *words)
{
	return err_set(err, ERR_USAGE, "%s", words);
}

static bool is_whole(struct view json)
{
	int64_t n = 0;
	double d = 0;
	if (number_parse(json, INT64_MIN, INT64_MAX, &n))
		return true;
	return number_parse_real(json, &d) && fabs(d) < 9e15 && !(d < floor(d)) && !(d > floor(d));
}

static bool is_of_type(enum param_type type, struct view json)
{
	enum jtext_kind kind = jtext_kind_of(json);
	switch (type) {
	case PARAM_STRING:
		return kind == JTEXT_STRING;
	case PARAM_INTEGER:
		return kind == JTEXT_NUMBER && is_whole(json);
	case PARAM_NUMBER:
		return kind == JTEXT_NUMBER;
	case PARAM_BOOLEAN:
		return kind == JTEXT_BOOL;
	case PARAM_ARRAY:
		return kind == JTEXT_ARRAY;
	case PARAM_OBJECT:
		return kind == JTEXT_OBJECT;
	}
	return false;
}

static const char *type_words(enum param_type type)
{
	static const char *const words[] = {
		[PARAM_STRING] = "a text", [PARAM_INTEGER] = "a whole number",
		[PARAM_NUMBER] = "a number", [PARAM_BOOLEAN] = "true or false",
		[PARAM_ARRAY] = "a list", [PARAM_OBJECT] = "a JSON object",
	};
	return words[type];
}

static bool same_text(struct view a, struct view b)
{
	struct arena arena = { 0 };
	struct jtext ta = jtext_of(a), tb = jtext_of(b);
	bool same = view_eq(jtext_string(&ta, &arena), jtext_string(&tb, &arena));
	arena_release(&arena);
	return same;
}

static bool same_value(struct view a, struct view b)
{
	enum jtext_kind kind = jtext_kind_of(a);
	double x = 0, y = 0;
	if (kind != jtext_kind_of(b))
		return false;
	if (kind == JTEXT_STRING)
		return same_text(a, b);
	if (kind == JTEXT_NUMBER && number_parse_real(a, &x) && number_parse_real(b, &y))
		return view_eq(a, b) || (fabs(x) < 9e15 && !(x < y) && !(x > y));
	return view_eq(a, b);
}

static bool check_choice(const struct param *p, struct view json, struct err *err)
{
	if (!p->n_choices)
		return true;
	struct str words = { 0 };
	for (size_t i = 0; i < p->n_choices; i++) {
		if (same_value(p->choices[i], json)) {
			str_release(&words);
			return true;
		}
		str_add_text(&words, i ? ", " : "must be one of ");
		param_show(p, p->choices[i], &words);
	}
	refuse(err, str_text(&words));
	str_release(&words);
	return false;
}

static bool check_range(const struct param *p, struct view json, struct err *err)
{
	double d = 0;
	if (p->type != PARAM_INTEGER && p->type != PARAM_NUMBER)
		return true;
	if (!number_parse_real(json, &d) || !isfinite(d))
		return refuse(err, "is too large a number");
	if (p->has_minimum && d < p->minimum)
		return err_set(err, ERR_USAGE, "must be at least %.15g", p->minimum);
	if (p->has_maximum && d > p->maximum)
		return err_set(err, ERR_USAGE, "must be at most %.15g", p->maximum);
	return true;
}

static int64_t count_codes(struct view text)
{
	int64_t n = 0;
	for (size_t at = 0; at < text.len; n++)
		utf8_next(text, &at);
	return n;
}

static bool check_count(const struct param *p, int64_t n, const char *what, struct err *err)
{
	if (p->min_length >= 0 && n < p->min_length)
		return err_set(err, ERR_USAGE, "must have at least %lld %s",
			       (long long)p->min_length, what);
	if (p->max_length >= 0 && n > p->max_length)
		return err_set(err, ERR_USAGE, "must have at most %lld %s",
			       (long long)p->max_length, what);
	return true;
}

static bool check_pattern(const struct param *p, struct view text, struct err *err)
{
	if (!p->pattern.len)
		return true;
	struct regex *r = regex_new(p->pattern, REGEX_CASE_EXACT, err);
	if (!r)
		return err_prefix(err, "the pattern of the schema");
	bool fits = regex_match(r, text);
	regex_free(r);
	return fits || err_set(err, ERR_USAGE, "must match the pattern %.*s",
			       (int)p->pattern.len, p->pattern.ptr);
}

static bool check_text(const struct param *p, struct view json, struct err *err)
{
	struct arena arena = { 0 };
	struct jtext t = jtext_of(json);
	struct view text = jtext_string(&t, &arena);
	bool good = check_count(p, count_codes(text), "characters", err) &&
		    check_pattern(p, text, err);
	arena_release(&arena);
	return good;
}

static bool check_list(const struct param *p, struct view json, struct err *err)
{
	struct jtext t = jtext_of(json);
	int64_t n = 0;
	jtext_enter(&t, JTEXT_ARRAY);
	while (jtext_element(&t)) {
		n++;
		if (!is_of_type(p->items, jtext_value(&t)))
			return err_set(err, ERR_USAGE, "item %lld must be %s", (long long)n,
				       type_words(p->items));
	}
	return check_count(p, n, "items", err);
}

bool param_check(const struct param *p, struct view json, struct err *err)
{
	json = view_trim(json);
	if (!jtext_is_value(json))
		return refuse(err, "is no JSON value");
	if (!is_of_type(p->type, json))
		return err_set(err, ERR_USAGE, "must be %s", type_words(p->type));
	if (!check_choice(p, json, err))
		return false;
	if (p->type == PARAM_STRING)
		return check_text(p, json, err);
	if (p->type == PARAM_ARRAY)
		return check_list(p, json, err);
	return check_range(p, json, err);
}
