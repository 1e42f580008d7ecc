/* A filter's tree, read for what indexes can tell. Only what must hold in any case
 * counts: the parts of its outermost "and". */
#include "base/ident.h"
#include "core/status.h"
#include "engine/walk_inside.h"
#include "engine/words.h"

static struct walk_condition *condition(struct walk_asked *a, enum walk_source source)
{
	struct walk_condition c = { .source = source };
	vec_push(&a->conditions, c);
	return &a->conditions.items[a->conditions.len - 1];
}

struct asking {
	struct walk_asked *a;
	struct walk_condition *c;
};

static void add_value(struct asking *q, struct view name, struct view value)
{
	struct walk_value v = { arena_view(&q->a->arena, name), arena_view(&q->a->arena, value) };
	vec_push(&q->c->values, v);
}

static void ask_status(struct walk_asked *a, const struct filter_node *n)
{
	struct asking q = { a, condition(a, WALK_BY_STATUS) };
	for (int s = 0; s < RUN_STATUSES; s++) {
		int bit = n->field == FILTER_STATUS ? s : (int)run_status_lane((enum run_status)s);
		if (n->set >> bit & 1)
			add_value(&q, (struct view){0}, view_of(run_status_name((enum run_status)s)));
	}
}

static bool has_glob(const struct filter_node *n)
{
	for (size_t i = 0; i < n->n_values; i++) {
		if (n->globs[i])
			return true;
	}
	return false;
}

static struct view folded(struct walk_asked *a, struct view v)
{
	struct str text = {0};
	for (size_t i = 0; i < v.len; i++) {
		char c = v.ptr[i];
		str_add_char(&text, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	v = arena_view(&a->arena, view_of_str(&text));
	str_release(&text);
	return v;
}

/* Names of workflows have small letters only. */
static void ask_workflow(struct walk_asked *a, const struct filter_node *n)
{
	if (has_glob(n))
		return;
	struct asking q = { a, condition(a, WALK_BY_WORKFLOW) };
	for (size_t i = 0; i < n->n_values; i++)
		add_value(&q, (struct view){0}, folded(a, n->values[i]));
}

/* JSON writes such a text as it is, wherever it stands. */
static void ask_text(struct walk_asked *a, struct view text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return;
	}
	if (text.len)
		vec_push(&a->texts, arena_view(&a->arena, text));
}

/* By what all of them are found: whole ids, or short ones, which may be longer than
 * they are shown. */
static bool id_source(const struct filter_node *n, enum walk_source *source)
{
	size_t whole = 0, brief = 0;
	for (size_t i = 0; i < n->n_values; i++) {
		bool is_whole = ident_is_uuid(n->values[i]);
		whole += is_whole;
		brief += !is_whole && n->values[i].len >= IDENT_SHORT_MIN;
	}
	*source = whole ? WALK_BY_ID : WALK_BY_SHORT;
	return !has_glob(n) && n->n_values && (whole == n->n_values || brief == n->n_values);
}

static void ask_id(struct walk_asked *a, const struct filter_node *n)
{
	enum walk_source source;
	if (!id_source(n, &source)) {
		/* Whichever id it is that begins so: it stands in the frame. */
		if (n->n_values == 1)
			ask_text(a, view_cut(n->values[0], 0, view_find_byte(n->values[0], '*', 0)));
		return;
	}
	struct asking q = { a, condition(a, source) };
	size_t len = source == WALK_BY_SHORT ? IDENT_SHORT_MIN : IDENT_LEN;
	for (size_t i = 0; i < n->n_values; i++)
		add_value(&q, (struct view){0}, folded(a, view_cut(n->values[i], 0, len)));
}

static void add_word(void *arg, struct view name, struct view value)
{
	add_value(arg, name, value);
}

static void ask_words(struct walk_asked *a, const struct filter_node *n)
{
	struct asking q = { a, condition(a, WALK_BY_WORD) };
	if (!words_of_node(n, add_word, &q))
		a->conditions.len--;
}

static void ask_date(struct walk_asked *a, const struct filter_node *n, int64_t now_ms)
{
	int64_t at_ms = n->relative ? now_ms - n->number : n->number;
	bool from = n->op == FILTER_GT || n->op == FILTER_GE || n->op == FILTER_EQ;
	bool until = n->op == FILTER_LT || n->op == FILTER_LE || n->op == FILTER_EQ;
	if (from && at_ms > a->since_ms)
		a->since_ms = at_ms;
	if (until && (!a->until_ms || at_ms < a->until_ms))
		a->until_ms = at_ms > 0 ? at_ms : 1;
}

static void ask_field(struct walk_asked *a, const struct filter_node *n)
{
	if (n->field == FILTER_STATUS || n->field == FILTER_LANE)
		ask_status(a, n);
	else if (n->field == FILTER_WORKFLOW)
		ask_workflow(a, n);
	else if (n->field == FILTER_ID)
		ask_id(a, n);
	else
		ask_words(a, n);
}

static void ask_node(struct walk_asked *a, const struct filter_node *n, int64_t now_ms)
{
	if (n->kind == FILTER_AND) {
		for (size_t i = 0; i < n->n_children; i++)
			ask_node(a, &n->children[i], now_ms);
	} else if (n->kind == FILTER_FIELD) {
		ask_field(a, n);
	} else if (n->kind == FILTER_COMPARE && n->field == FILTER_CREATED) {
		ask_date(a, n, now_ms);
	} else if (n->kind == FILTER_WORD) {
		ask_text(a, n->text);
	}
}

void walk_ask(struct walk_asked *a, const struct filter *filter, int64_t now_ms)
{
	*a = (struct walk_asked){0};
	if (!filter_is_empty(filter))
		ask_node(a, filter_root(filter), now_ms);
}

void walk_asked_release(struct walk_asked *a)
{
	for (size_t i = 0; i < a->conditions.len; i++)
		vec_release(&a->conditions.items[i].values);
	vec_release(&a->conditions);
	vec_release(&a->texts);
	arena_release(&a->arena);
}
