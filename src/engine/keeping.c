/* The rules by which runs are kept. */
#include "engine/keeping.h"

#include "base/mem.h"
#include "base/when.h"

enum kind { KIND_SPAN, KIND_NUMBER, KIND_OCTETS };

static const struct {
	const char *key;
	enum kind kind;
} limits[KEEPING_LIMITS] = {
	[KEEPING_AGE] = { "age", KIND_SPAN },
	[KEEPING_COUNT] = { "count", KIND_NUMBER },
	[KEEPING_LOGS_AGE] = { "logs_age", KIND_SPAN },
	[KEEPING_LOGS_COUNT] = { "logs_count", KIND_NUMBER },
	[KEEPING_SIZE] = { "size", KIND_OCTETS },
	[KEEPING_AUDIT_AGE] = { "audit_age", KIND_SPAN },
};

static bool read_limit(enum kind kind, struct view value, int64_t *out, const char **why)
{
	static const char *const sentences[] = {
		[KIND_SPAN] = "expected a span such as 90d, or none",
		[KIND_NUMBER] = "expected a number of runs, or none",
		[KIND_OCTETS] = "expected a size such as 10G, or none",
	};
	bool good = true;
	if (view_is(value, "none"))
		*out = KEEPING_NONE;
	else if (kind == KIND_SPAN)
		good = when_parse_span(value, out);
	else if (kind == KIND_NUMBER)
		good = number_parse(value, 0, INT64_MAX / 2, out);
	else
		good = number_parse_octets(value, out);
	if (!good)
		*why = sentences[kind];
	return good;
}

static struct keeping nothing_said(int64_t value)
{
	struct keeping k;
	for (int i = 0; i < KEEPING_LIMITS; i++)
		k.limits[i] = value;
	return k;
}

static struct keeping_rule *rule_of(struct keeping_rules *r, struct view pattern)
{
	for (size_t i = 0; i < r->list.len; i++) {
		if (view_is(pattern, r->list.items[i].pattern))
			return &r->list.items[i];
	}
	struct keeping_rule rule = { mem_bytes(pattern.ptr, pattern.len),
				     nothing_said(KEEPING_UNSAID) };
	vec_push(&r->list, rule);
	return &r->list.items[r->list.len - 1];
}

bool keeping_take(struct keeping_rules *r, struct view pattern, struct view key, struct view value,
		  const char **why)
{
	int i = 0;
	while (i < KEEPING_LIMITS && !view_is(key, limits[i].key))
		i++;
	*why = "retention has age, count, logs_age, logs_count, size and audit_age, nothing else";
	if (i == KEEPING_LIMITS)
		return false;
	*why = "the audit trail is one for all workflows: this stands in [retention]";
	if (i == KEEPING_AUDIT_AGE && pattern.len)
		return false;
	struct keeping_rule *rule = rule_of(r, pattern.len ? pattern : VIEW("*"));
	return read_limit(limits[i].kind, value, &rule->limits.limits[i], why);
}

void keeping_release(struct keeping_rules *r)
{
	for (size_t i = 0; i < r->list.len; i++)
		mem_free(r->list.items[i].pattern);
	vec_release(&r->list);
}

void keeping_replace(struct keeping_rules *to, struct keeping_rules *from)
{
	keeping_release(to);
	*to = *from;
	*from = (struct keeping_rules){0};
}

struct keeping keeping_of(const struct keeping_rules *r, struct view workflow)
{
	struct keeping k = nothing_said(KEEPING_NONE);
	for (size_t i = 0; i < r->list.len; i++) {
		const struct keeping_rule *rule = &r->list.items[i];
		if (!view_glob(view_of(rule->pattern), workflow))
			continue;
		for (int l = 0; l < KEEPING_LIMITS; l++) {
			if (rule->limits.limits[l] != KEEPING_UNSAID)
				k.limits[l] = rule->limits.limits[l];
		}
	}
	return k;
}
