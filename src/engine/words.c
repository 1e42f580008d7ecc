/* What a run is found by, and what a filter asks for, in the same words. */
#include "engine/words.h"

#include "base/arena.h"
#include "base/jtext.h"
#include "core/status.h"

static void add_folded(struct str *out, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		char c = v.ptr[i];
		str_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
}

struct telling {
	word_fn *fn;
	void *arg;
	struct str name, value;
};

static void tell(struct telling *t, const char *kind, struct view name, struct view value)
{
	if (value.len > WORD_MAX)
		return;
	str_clear(&t->name);
	str_clear(&t->value);
	str_add_text(&t->name, kind);
	add_folded(&t->name, name);
	add_folded(&t->value, value);
	t->fn(t->arg, view_of_str(&t->name), view_of_str(&t->value));
}

static void telling_release(struct telling *t)
{
	str_release(&t->name);
	str_release(&t->value);
}

static bool is_list(struct view value)
{
	return value.len && (value.ptr[0] == '[' || value.ptr[0] == '{');
}

/* A string without its quotes, all else as JSON says it; lists are no words. */
static void tell_param(struct telling *t, const struct pair *param)
{
	struct arena arena = {0};
	struct view value = view_trim(param->value);
	struct jtext text = jtext_of(value);
	if (jtext_peek(&text) == JTEXT_STRING)
		value = jtext_string(&text, &arena);
	else if (is_list(value))
		value.len = WORD_MAX + 1;
	tell(t, "param.", param->name, value);
	arena_release(&arena);
}

void words_of_run(const struct run_facts *run, word_fn *fn, void *arg)
{
	struct telling t = { .fn = fn, .arg = arg };
	const struct view none = {0};
	tell(&t, "trigger", none, view_of(trigger_name(run->trigger)));
	if (run->trigger_by.len)
		tell(&t, "by", none, run->trigger_by);
	for (size_t i = 0; i < run->labels.len; i++)
		tell(&t, "label.", run->labels.items[i].name, run->labels.items[i].value);
	for (size_t i = 0; i < run->params.len; i++)
		tell_param(&t, &run->params.items[i]);
	telling_release(&t);
}

static void tell_triggers(struct telling *t, uint32_t set)
{
	for (int i = 0; i < TRIGGER_KINDS; i++) {
		if (set >> i & 1)
			tell(t, "trigger", (struct view){0},
			     view_of(trigger_name((enum trigger_kind)i)));
	}
}

/* A string may look like a list: then it is no word either, to be sure. */
static bool are_words(const struct filter_node *n)
{
	for (size_t i = 0; i < n->n_values; i++) {
		struct view v = n->values[i];
		if (n->globs[i] || !v.len || v.len > WORD_MAX ||
		    (n->field == FILTER_PARAM && is_list(v)))
			return false;
	}
	return n->n_values > 0;
}

bool words_of_node(const struct filter_node *n, word_fn *fn, void *arg)
{
	static const char *const kinds[FILTER_FIELDS] = {
		[FILTER_BY] = "by", [FILTER_LABEL] = "label.", [FILTER_PARAM] = "param.",
	};
	struct telling t = { .fn = fn, .arg = arg };
	if (n->kind != FILTER_FIELD)
		return false;
	if (n->field == FILTER_TRIGGER) {
		tell_triggers(&t, n->set);
	} else if (kinds[n->field] && are_words(n)) {
		for (size_t i = 0; i < n->n_values; i++)
			tell(&t, kinds[n->field], n->name, n->values[i]);
	} else {
		return false;
	}
	telling_release(&t);
	return true;
}
