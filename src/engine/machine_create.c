/* The first fact of a run: its tasks and all else that fold needs of the
 * workflow, so that it never reads the definition again. */
#include "engine/machine_inside.h"
#include "flow/template.h"
#include "wire/jsonw.h"

static void add_text(struct jsonw *w, const char *key, struct view v)
{
	if (v.len)
		jsonw_text(w, key, v);
}

/* What titles and labels see of a run that is about to be: its parameters (not the
 * secret ones) and its id. */
struct naming {
	const struct machine_birth *birth;
	struct arena arena;
};

static bool is_secret(const struct machine_birth *b, struct view name)
{
	const struct param *p = param_find(&b->workflow->params, name);
	for (size_t i = 0; i < b->secrets.len; i++)
		if (view_eq(b->secrets.items[i], name))
			return true;
	return p && p->secret;
}

static struct view named_param(const struct machine_birth *b, struct view name)
{
	if (is_secret(b, name))
		return VIEW("\"***\"");
	for (size_t i = 0; i < b->params.len; i++)
		if (view_eq(b->params.items[i].name, name))
			return b->params.items[i].value;
	return (struct view){0};
}

static bool look_up(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	struct naming *n = arg;
	*used = 2;
	if (path->len < 2)
		return false;
	if (view_is(path->parts[0], "params"))
		*json = named_param(n->birth, path->parts[1]);
	if (view_is(path->parts[0], "run") && view_is(path->parts[1], "id")) {
		struct str id = {0};
		jsonw_add_quoted(&id, n->birth->id);
		*json = arena_view(&n->arena, view_of_str(&id));
		str_release(&id);
	}
	return json->len > 0;
}

/* A text with its ${{ }} filled; as it stands where that cannot be done. */
static struct view filled(struct naming *n, struct view text)
{
	const struct expr_scope scope = { look_up, n };
	struct str out = {0};
	struct view v = text;
	if (template_has(text) && template_fill(text, &scope, &out, NULL))
		v = arena_view(&n->arena, view_of_str(&out));
	str_release(&out);
	return v;
}

static void add_task(struct jsonw *w, const struct step *s, struct naming *n)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "id", s->id);
	jsonw_text(w, "step", s->id);
	add_text(w, "title", filled(n, s->title));
	add_text(w, "queue", s->queue);
	jsonw_string(w, "kind", step_kind_word(s->kind));
	jsonw_array(w, "needs");
	for (size_t i = 0; i < s->n_needs; i++)
		jsonw_text(w, NULL, s->needs[i]);
	jsonw_end_array(w);
	if (s->is_finally)
		jsonw_bool(w, "finally", s->is_finally);
	if (s->only_on_error)
		jsonw_bool(w, "only_on_error", s->only_on_error);
	if (s->retry.attempts > 1)
		jsonw_int(w, "attempts", s->retry.attempts);
	jsonw_end_object(w);
}

static void add_labels(struct jsonw *w, const struct pairs *labels, struct naming *n)
{
	jsonw_object(w, "labels");
	for (size_t i = 0; i < labels->len; i++) {
		jsonw_key(w, labels->items[i].name);
		jsonw_text(w, NULL, filled(n, labels->items[i].value));
	}
	jsonw_end_object(w);
}

static void add_params(struct jsonw *w, const struct pairs *params)
{
	jsonw_object(w, "params");
	for (size_t i = 0; i < params->len; i++) {
		jsonw_key(w, params->items[i].name);
		jsonw_raw(w, NULL, params->items[i].value);
	}
	jsonw_end_object(w);
}

static void add_secrets(struct jsonw *w, const struct machine_birth *b)
{
	const struct param_schema *schema = &b->workflow->params;
	jsonw_array(w, "secret_params");
	for (size_t i = 0; i < schema->len; i++) {
		if (schema->items[i].secret)
			jsonw_text(w, NULL, schema->items[i].name);
	}
	for (size_t i = 0; i < b->secrets.len; i++)
		jsonw_text(w, NULL, b->secrets.items[i]);
	jsonw_end_array(w);
}

static void add_head(struct jsonw *w, const struct machine_birth *b, struct naming *n)
{
	jsonw_text(w, "id", b->id);
	jsonw_text(w, "workflow", b->workflow->name);
	add_text(w, "title", filled(n, b->workflow->title));
	jsonw_string(w, "hash", b->workflow->hash);
	jsonw_string(w, "trigger", trigger_name(b->trigger));
	add_text(w, "source", b->source);
	add_text(w, "parent", b->parent);
	add_text(w, "queue", b->workflow->queue);
	if (b->priority)
		jsonw_int(w, "priority", b->priority);
	if (b->debug)
		jsonw_bool(w, "debug", b->debug);
	if (b->start_at_ms)
		jsonw_int(w, "start_at", b->start_at_ms);
}

void machine_create(const struct machine_birth *birth, struct events *out)
{
	struct naming naming = { .birth = birth };
	struct str spec = {0};
	struct jsonw w;
	jsonw_init(&w, &spec);
	jsonw_object(&w, NULL);
	add_head(&w, birth, &naming);
	add_labels(&w, &birth->workflow->labels, &naming);
	add_params(&w, &birth->params);
	add_secrets(&w, birth);
	jsonw_array(&w, "tasks");
	for (size_t i = 0; i < birth->workflow->n_steps; i++)
		add_task(&w, &birth->workflow->steps[i], &naming);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	struct event e = event_make(EVENT_RUN_CREATED, (struct view){0});
	e.at_ms = birth->now_ms;
	e.by = birth->by;
	e.reason = birth->reason;
	e.spec = view_of_str(&spec);
	events_push(out, &e);
	str_release(&spec);
	arena_release(&naming.arena);
}
