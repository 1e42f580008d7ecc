/* A filter's tree matched on the facts of one run. */
#include "core/filter.h"

#include "base/ident.h"
#include "base/jtext.h"
#include "core/filter_parts.h"

typedef bool text_test_fn(const struct filter_node *n, struct view text);

static bool has_word(const struct filter_node *n, struct view text)
{
	return text.len >= n->text.len && view_find_fold(text, n->text, 0) != SIZE_MAX;
}

static bool has_regex(const struct filter_node *n, struct view text)
{
	return text.len && regex_match(n->regex, text);
}

static bool any_pair(const struct filter_node *n, const struct pairs *pairs, text_test_fn *test)
{
	for (size_t i = 0; i < pairs->len; i++)
		if (test(n, pairs->items[i].value) || test(n, pairs->items[i].name))
			return true;
	return false;
}

/* The text of a card, part by part: a word never spans two parts. */
static bool card_has(const struct filter_node *n, const struct run_facts *r, text_test_fn *test)
{
	const struct view parts[] = {
		r->workflow, r->title, r->short_id, r->id, r->current_task, r->trigger_by,
		r->error.message, r->waiting.prompt, r->queue, r->worker,
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (test(n, parts[i]))
			return true;
	return any_pair(n, &r->labels, test) || any_pair(n, &r->params, test);
}

/* Whole value against the field's list. */
static bool is_listed(const struct filter_node *n, struct view text)
{
	for (size_t i = 0; i < n->n_values; i++)
		if (n->globs[i] ? filter_glob(n->values[i], text) : filter_same(n->values[i], text))
			return true;
	return false;
}

static const struct pair *pair_of(const struct filter_node *n, const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->len; i++)
		if (filter_same(pairs->items[i].name, n->name))
			return &pairs->items[i];
	return NULL;
}

static bool label_matches(const struct filter_node *n, const struct run_facts *r)
{
	const struct pair *label = pair_of(n, &r->labels);
	return label && is_listed(n, label->value);
}

/* Strings are compared without their quotes, all else as JSON text. */
static bool param_matches(const struct filter_node *n, const struct run_facts *r)
{
	const struct pair *param = pair_of(n, &r->params);
	if (!param)
		return false;
	struct jtext t = jtext_of(param->value);
	if (jtext_peek(&t) != JTEXT_STRING)
		return is_listed(n, view_trim(param->value));
	struct arena arena = { 0 };
	bool found = is_listed(n, jtext_string(&t, &arena));
	arena_release(&arena);
	return found;
}

static bool task_matches(const struct filter_node *n, const struct run_facts *r)
{
	return (r->current_task.len && is_listed(n, r->current_task)) ||
	       (r->waiting.task.len && is_listed(n, r->waiting.task)) ||
	       (r->error.task.len && is_listed(n, r->error.task));
}

/* A short id may be typed longer than the card shows it. */
static bool id_matches(const struct filter_node *n, const struct run_facts *r)
{
	char random[20];
	if (is_listed(n, r->id) || (r->short_id.len && is_listed(n, r->short_id)))
		return true;
	if (!ident_is_uuid(r->id))
		return false;
	ident_random_part(r->id, random);
	struct view part = view_of(random);
	for (size_t i = 0; i < n->n_values; i++)
		if (n->values[i].len >= IDENT_SHORT_MIN &&
		    filter_same(n->values[i], view_cut(part, 0, n->values[i].len)))
			return true;
	return false;
}

static bool backend_matches(const struct filter_node *n, const struct run_facts *r,
			    const struct filter_env *env)
{
	if (env && env->own)
		return is_listed(n, *env->own);
	if (env && r->context < env->n_contexts)
		return is_listed(n, env->contexts[r->context]);
	struct str number = { 0 };
	str_addf(&number, "%u", (unsigned)r->context);
	bool found = is_listed(n, view_of_str(&number));
	str_release(&number);
	return found;
}

static bool in_set(uint32_t set, unsigned i)
{
	return i < 32 && (set >> i & 1);
}

static bool field_matches(const struct filter_node *n, const struct run_facts *r,
			  const struct filter_env *env)
{
	switch (n->field) {
	case FILTER_STATUS:
		return in_set(n->set, r->status);
	case FILTER_LANE:
		return in_set(n->set, run_status_lane(r->status));
	case FILTER_TRIGGER:
		return in_set(n->set, r->trigger);
	case FILTER_WORKFLOW:
		return is_listed(n, r->workflow);
	case FILTER_BY:
		return is_listed(n, r->trigger_by);
	case FILTER_QUEUE:
		return is_listed(n, r->queue);
	case FILTER_WORKER:
		return is_listed(n, r->worker);
	case FILTER_LABEL:
		return label_matches(n, r);
	case FILTER_PARAM:
		return param_matches(n, r);
	case FILTER_TASK:
		return task_matches(n, r);
	case FILTER_ID:
		return id_matches(n, r);
	case FILTER_BACKEND:
		return backend_matches(n, r, env);
	case FILTER_CREATED:
	case FILTER_DURATION:
	case FILTER_WAIT:
	case FILTER_RETRIES:
	case FILTER_FIELDS:
		break;
	}
	return false;
}

/* -1: has none. */
static int64_t duration_of(const struct run_facts *r, int64_t now_ms)
{
	int64_t end = r->ended_ms ? r->ended_ms : now_ms;
	return r->started_ms && end >= r->started_ms ? end - r->started_ms : -1;
}

/* At a gate, or in the queue. */
static int64_t wait_of(const struct run_facts *r, int64_t now_ms)
{
	int64_t since = 0;
	if (r->status == RUN_WAITING)
		since = r->waiting.since_ms;
	else if (r->status == RUN_PENDING)
		since = r->pending_since_ms ? r->pending_since_ms : r->created_ms;
	return since && now_ms >= since ? now_ms - since : -1;
}

static bool compare(enum filter_op op, int64_t a, int64_t b)
{
	switch (op) {
	case FILTER_GT:
		return a > b;
	case FILTER_GE:
		return a >= b;
	case FILTER_LT:
		return a < b;
	case FILTER_LE:
		return a <= b;
	case FILTER_EQ:
		return a == b;
	}
	return false;
}

static bool number_matches(const struct filter_node *n, const struct run_facts *r, int64_t now_ms)
{
	int64_t value = -1, limit = n->number;
	if (n->relative && !now_ms)
		return false;
	if (n->field == FILTER_CREATED) {
		value = r->created_ms ? r->created_ms : -1;
		limit = n->relative ? now_ms - n->number : n->number;
	} else if (n->field == FILTER_DURATION) {
		value = duration_of(r, now_ms);
	} else if (n->field == FILTER_WAIT) {
		value = wait_of(r, now_ms);
	} else if (n->field == FILTER_RETRIES) {
		value = r->current_attempt - 1 > r->retries ? r->current_attempt - 1 : r->retries;
	}
	return value >= 0 && compare(n->op, value, limit);
}

static bool any_child(const struct filter_node *n, const struct run_facts *r,
		      const struct filter_env *env)
{
	for (size_t i = 0; i < n->n_children; i++)
		if (filter_node_match(&n->children[i], r, env))
			return true;
	return false;
}

static bool all_children(const struct filter_node *n, const struct run_facts *r,
			 const struct filter_env *env)
{
	for (size_t i = 0; i < n->n_children; i++)
		if (!filter_node_match(&n->children[i], r, env))
			return false;
	return true;
}

bool filter_node_match(const struct filter_node *n, const struct run_facts *run,
		       const struct filter_env *env)
{
	switch (n->kind) {
	case FILTER_AND:
		return all_children(n, run, env);
	case FILTER_OR:
		return any_child(n, run, env);
	case FILTER_NOT:
		return !any_child(n, run, env);
	case FILTER_WORD:
		return card_has(n, run, has_word);
	case FILTER_REGEX:
		return card_has(n, run, has_regex);
	case FILTER_FIELD:
		return field_matches(n, run, env);
	case FILTER_COMPARE:
		return number_matches(n, run, env ? env->now_ms : 0);
	}
	return false;
}

struct filter_env filter_env_of(int64_t now_ms, const struct view *name)
{
	static const struct view local = { "local", 5 };
	return (struct filter_env){ .now_ms = now_ms, .own = name ? name : &local };
}

/* What stands between *from and this term, and the term. */
static void add_term(const struct filter *f, const struct filter_node *n, struct view name,
		     size_t *from, struct str *out)
{
	for (size_t i = 0; i < n->n_children; i++)
		add_term(f, &n->children[i], name, from, out);
	if (n->kind != FILTER_FIELD || n->field != FILTER_BACKEND)
		return;
	str_add(out, view_cut(filter_text(f), *from, n->column - *from));
	str_add_text(out, is_listed(n, name) ? "backend:*" : "backend:-");
	*from = n->end;
}

void filter_add_settled(const struct filter *f, struct view name, struct str *out)
{
	size_t from = 0;
	add_term(f, filter_root(f), name, &from, out);
	str_add(out, view_cut(filter_text(f), from, SIZE_MAX));
}

bool filter_match(const struct filter *f, const struct run_facts *run,
		  const struct filter_env *env)
{
	return filter_is_empty(f) || filter_node_match(filter_root(f), run, env);
}
