/* Approvals to updates, signals, results (temporal_mapping.h). */
#include "backend/temporal_mapping.h"

#include "base/jscan.h"
#include "base/jtext.h"
#include "base/mem.h"
#include "base/when.h"

enum { ARGS_MAX = 16 };

static const struct {
	const char *word;
	enum mapping_way way;
} ways[] = {
	{ "update", MAPPING_UPDATE },
	{ "signal", MAPPING_SIGNAL },
	{ "activity", MAPPING_ACTIVITY },
	{ "auto", MAPPING_AUTO },
};

#define AUTO_ARGS "{\"approved\":${approved},\"comment\":${comment},\"reviewer\":${user}}"

/* ---- templates ---- */

static void add_text_value(struct str *out, struct view v)
{
	jtext_add_quoted(out, v);
}

static void add_decision(struct str *out, const struct mapping_values *v)
{
	add_text_value(out, view_of(verb_name(v->verb)));
}

static void add_now(struct str *out, const struct mapping_values *v)
{
	struct str now = { 0 };
	when_add_rfc3339(&now, v->now_ms);
	add_text_value(out, view_of_str(&now));
	str_release(&now);
}

/* The member of a JSON object, as it stands there; false where there is none. */
static bool member_of(struct view json, struct view name, struct view *out)
{
	size_t at = view_find_byte(json, '{', 0);
	if (at == SIZE_MAX || view_trim(view_cut(json, 0, at)).len)
		return false;
	for (;;) {
		size_t key_end = jscan_value_end(json, at + 1);
		size_t colon = key_end == SIZE_MAX ? SIZE_MAX : view_find_byte(json, ':', key_end);
		size_t end = colon == SIZE_MAX ? SIZE_MAX : jscan_value_end(json, colon + 1);
		if (end == SIZE_MAX)
			return false;
		struct view key = view_trim(view_cut(json, at + 1, key_end - at - 1));
		*out = view_trim(view_cut(json, colon + 1, end - colon - 1));
		if (key.len >= 2 && view_eq(view_cut(key, 1, key.len - 2), name))
			return true;
		at = view_find_byte(json, ',', end);
		if (at == SIZE_MAX)
			return false;
	}
}

/* "prompt", "prompt.request_id", "prompt.a.b"; what is not there is an error: nothing
 * is sent that the workflow did not say. */
static bool add_prompt(struct str *out, struct view path, const struct mapping_values *v,
		       struct err *err)
{
	struct view rest = path, part, at = v->prompt;
	view_split(&rest, '.', &part);
	bool found = at.len > 0;
	while (found && rest.len && view_split(&rest, '.', &part))
		found = member_of(at, part, &at);
	if (!found && !v->sample)
		return err_set(err, ERR_CONFIG, "its prompt has no %.*s", (int)path.len, path.ptr);
	str_add(out, found ? at : VIEW("null"));
	return true;
}

static bool is_prompt(struct view name)
{
	return view_is(name, "prompt") || view_starts(name, "prompt.");
}

static bool is_comment(struct view name)
{
	return view_is(name, "comment");
}

static bool has_placeholder(const struct mapping *m, bool (*is)(struct view name))
{
	size_t at = 0;
	struct view text = view_of(m->args ? m->args : "");
	while ((at = view_find(text, VIEW("${"), at)) != SIZE_MAX) {
		at += 2;
		size_t close = view_find_byte(text, '}', at);
		if (close != SIZE_MAX && is(view_cut(text, at, close - at)))
			return true;
	}
	return false;
}

bool mapping_needs_prompt(const struct mapping *m)
{
	return has_placeholder(m, is_prompt);
}

bool mapping_sends_comment(const struct mapping *m)
{
	return m->way == MAPPING_AUTO || has_placeholder(m, is_comment);
}

static bool add_placeholder(struct str *out, struct view name, const struct mapping_values *v)
{
	if (view_is(name, "comment"))
		add_text_value(out, v->comment);
	else if (view_is(name, "user"))
		add_text_value(out, v->user);
	else if (view_is(name, "workflow_id"))
		add_text_value(out, v->workflow_id);
	else if (view_is(name, "run_id"))
		add_text_value(out, v->run_id);
	else if (view_is(name, "approved"))
		str_add_text(out, v->verb == VERB_APPROVE ? "true" : "false");
	else if (view_is(name, "decision"))
		add_decision(out, v);
	else if (view_is(name, "now"))
		add_now(out, v);
	else if (view_is(name, "value"))
		str_add(out, v->value.len ? v->value : VIEW("null"));
	else
		return false;
	return true;
}

static bool add_template(struct str *out, struct view text, const struct mapping_values *v,
			 struct err *err)
{
	size_t at = 0;
	for (;;) {
		size_t open = view_find(text, VIEW("${"), at);
		if (open == SIZE_MAX)
			break;
		size_t close = view_find_byte(text, '}', open);
		str_add(out, view_cut(text, at, open - at));
		if (close == SIZE_MAX)
			return err_set(err, ERR_CONFIG, "a ${ is not closed");
		struct view name = view_cut(text, open + 2, close - open - 2);
		if (is_prompt(name)) {
			if (!add_prompt(out, name, v, err))
				return false;
		} else if (!add_placeholder(out, name, v)) {
			return err_set(err, ERR_CONFIG, "unknown placeholder ${%.*s}",
				       (int)name.len, name.ptr);
		}
		at = close + 1;
	}
	str_add(out, view_cut(text, at, text.len));
	return true;
}

void mapping_args_read(struct view array, struct arena *arena, struct mapping_args *out)
{
	struct view *items = arena_array(arena, ARGS_MAX, sizeof *items);
	struct view element;
	size_t at = 0;
	bool bad = false;
	*out = (struct mapping_args){ items, 0 };
	while (out->len < ARGS_MAX && jscan_next(array, NULL, &at, &element, &bad))
		items[out->len++] = element;
}

bool mapping_fill(const struct mapping *m, const struct mapping_values *v, struct arena *arena,
		  struct mapping_args *out, struct err *err)
{
	struct str text = { 0 };
	*out = (struct mapping_args){ 0 };
	if (!m->args)
		return true;
	bool ok = add_template(&text, view_of(m->args), v, err);
	struct view json = arena_view(arena, view_trim(view_of_str(&text)));
	str_release(&text);
	if (!ok)
		return false;
	if (!jscan_check(json, (struct jscan_limits){ 0 }, NULL, err))
		return err_prefix(err, "the arguments of %s are no JSON", m->name);
	if (m->many) {
		mapping_args_read(json, arena, out);
		return true;
	}
	struct view *one = arena_array(arena, 1, sizeof *one);
	*one = json;
	*out = (struct mapping_args){ one, 1 };
	return true;
}

/* ---- reading ---- */

static bool read_way(struct mapping *m, struct view word)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (view_is(word, ways[i].word)) {
			m->way = ways[i].way;
			return true;
		}
	}
	return false;
}

static bool read_key(struct mapping *m, struct view key)
{
	struct view rest = key, verb;
	view_split(&rest, '.', &verb);
	if (!verb_parse(verb, &m->verb) || !rest.len)
		return false;
	m->type = mem_bytes(rest.ptr, rest.len);
	return m->verb == VERB_APPROVE || m->verb == VERB_REJECT || m->verb == VERB_ANSWER;
}

static bool read_auto(struct mapping *m, struct view args)
{
	args = args.len ? view_trim(args) : VIEW(AUTO_ARGS);
	m->way = MAPPING_AUTO;
	m->name = mem_text("");
	m->args = mem_bytes(args.ptr, args.len);
	return true;
}

static bool read_value(struct mapping *m, struct view value)
{
	size_t first = view_find_byte(value, ':', 0);
	if (view_is(value, "auto") || view_starts(value, "auto:"))
		return read_auto(m, view_cut(value, 5, value.len));
	if (first == SIZE_MAX || !read_way(m, view_cut(value, 0, first)))
		return false;
	size_t second = view_find_byte(value, ':', first + 1);
	size_t end = second == SIZE_MAX ? value.len : second;
	struct view name = view_trim(view_cut(value, first + 1, end - first - 1));
	m->name = mem_bytes(name.ptr, name.len);
	if (second == SIZE_MAX)
		return name.len > 0;
	struct view args = view_trim(view_cut(value, second + 1, value.len));
	m->many = view_starts(args, "*[");
	args = view_cut(args, m->many, args.len);
	m->args = mem_bytes(args.ptr, args.len);
	return name.len > 0;
}

static void mapping_release(struct mapping *m)
{
	mem_free(m->type);
	mem_free(m->name);
	mem_free(m->args);
}

static bool add_query(struct mappings *m, struct view key, struct view value, struct err *err)
{
	struct view type = key, word, name = view_trim(value);
	view_split(&type, '.', &word);
	if (!type.len || !name.len)
		return err_set(err, ERR_CONFIG, "expected the name of a query");
	struct mapping_query fresh = { mem_bytes(type.ptr, type.len), mem_bytes(name.ptr, name.len) };
	vec_push(&m->queries, fresh);
	return true;
}

bool mapping_add(struct mappings *m, struct view key, struct view value, struct err *err)
{
	if (view_starts(key, "waiting_query."))
		return add_query(m, key, value, err);
	struct mapping fresh = { 0 };
	struct arena arena = { 0 };
	struct mapping_args args;
	const struct mapping_values sample = { .verb = VERB_APPROVE, .now_ms = 1, .sample = true };
	bool ok = read_key(&fresh, key) && read_value(&fresh, view_trim(value));
	if (!ok)
		err_set(err, ERR_CONFIG, "expected update:NAME:JSON, signal:NAME, signal:NAME:JSON, "
					 "activity:TYPE:JSON or auto");
	else
		ok = mapping_fill(&fresh, &sample, &arena, &args, err);
	arena_release(&arena);
	if (ok)
		vec_push(&m->items, fresh);
	else
		mapping_release(&fresh);
	return ok;
}

void mappings_release(struct mappings *m)
{
	for (size_t i = 0; i < m->items.len; i++)
		mapping_release(&m->items.items[i]);
	vec_release(&m->items);
	for (size_t i = 0; i < m->queries.len; i++) {
		mem_free(m->queries.items[i].type);
		mem_free(m->queries.items[i].name);
	}
	vec_release(&m->queries);
}

const char *mapping_query(const struct mappings *m, struct view type)
{
	const char *best = NULL;
	for (size_t i = 0; i < m->queries.len; i++) {
		const struct mapping_query *q = &m->queries.items[i];
		if (view_is(type, q->type))
			return q->name;
		if (!best && view_glob(view_of(q->type), type))
			best = q->name;
	}
	return best;
}

const struct mapping *mapping_find(const struct mappings *m, enum verb verb, struct view type)
{
	const struct mapping *best = NULL;
	for (size_t i = 0; i < m->items.len; i++) {
		const struct mapping *one = &m->items.items[i];
		if (one->verb != verb)
			continue;
		if (view_is(type, one->type))
			return one;
		if (!best && view_glob(view_of(one->type), type))
			best = one;
	}
	return best;
}

bool mapping_has_type(const struct mappings *m, struct view type)
{
	return mapping_find(m, VERB_APPROVE, type) || mapping_find(m, VERB_REJECT, type) ||
	       mapping_find(m, VERB_ANSWER, type);
}

void mapping_describe(const struct mapping *m, struct str *out)
{
	str_addf(out, "%s %s", ways[m->way].word,
		 m->way == MAPPING_AUTO ? "(an update that it offers)" : m->name);
	if (m->args)
		str_addf(out, " %s%s", m->many ? "*" : "", m->args);
}
