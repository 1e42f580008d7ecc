/* Lists of the API that are no runs, read into facts. Lenient: a word that is
 * missing or unknown gets a fallback. */
#include "wire/catalog.h"

static struct view text_of(const struct json *v, struct arena *arena, const char *key)
{
	return arena_view(arena, json_get_text(v, key));
}

/* A value as JSON text in the arena; empty where there is none. */
static struct view printed(const struct json *v, struct arena *arena)
{
	if (!v || json_kind(v) == JSON_NULL)
		return VIEW("");
	struct str s = {0};
	json_print(v, &s);
	struct view out = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return out;
}

static void read_choices(const struct json *list, struct arena *arena, struct param *p)
{
	struct view *items = arena_array(arena, json_count(list) + 1, sizeof *items);
	for (const struct json *i = json_first(list); i; i = json_next(i))
		items[p->n_choices++] = printed(i, arena);
	p->choices = items;
}

static int64_t length_of(const struct json *v, const char *chars, const char *items)
{
	return json_get_int(v, chars, json_get_int(v, items, -1));
}

static void read_param(const struct json *v, struct arena *arena, struct param *p)
{
	const struct json *minimum = json_get(v, "minimum"), *maximum = json_get(v, "maximum");
	p->title = text_of(v, arena, "title");
	p->description = text_of(v, arena, "description");
	p->type = PARAM_STRING;
	param_type_parse(json_get_text(v, "type"), &p->type);
	p->items = PARAM_STRING;
	param_type_parse(json_get_text(json_get(v, "items"), "type"), &p->items);
	p->required = json_true(json_get(v, "required"));
	p->secret = json_true(json_get(v, "secret"));
	p->fallback = printed(json_get(v, "default"), arena);
	if (json_get(v, "enum"))
		read_choices(json_get(v, "enum"), arena, p);
	p->has_minimum = minimum && json_kind(minimum) == JSON_NUMBER;
	p->has_maximum = maximum && json_kind(maximum) == JSON_NUMBER;
	p->minimum = json_real(minimum, 0);
	p->maximum = json_real(maximum, 0);
	p->min_length = length_of(v, "minLength", "minItems");
	p->max_length = length_of(v, "maxLength", "maxItems");
	p->pattern = text_of(v, arena, "pattern");
}

void catalog_params(const struct json *v, struct arena *arena, struct param_schema *out)
{
	struct param *items = arena_array(arena, json_count(v) + 1, sizeof *items);
	size_t n = 0;
	for (const struct json *i = json_first(v); i; i = json_next(i)) {
		struct param *p = &items[n++];
		p->name = json_kind(v) == JSON_OBJECT ? arena_view(arena, json_key(i)) :
							text_of(i, arena, "name");
		read_param(i, arena, p);
	}
	*out = (struct param_schema){ items, n };
}

static void read_workflow(const struct json *v, struct arena *arena, struct workflow_facts *w)
{
	const struct json *open = json_get(v, "open_runs");
	const struct json *start = json_get(json_get(v, "actions"), "start");
	w->name = text_of(v, arena, "name");
	w->title = text_of(v, arena, "title");
	w->description = text_of(v, arena, "description");
	w->queue = text_of(v, arena, "queue");
	w->error = text_of(v, arena, "error");
	w->warning = text_of(v, arena, "warning");
	catalog_params(json_get(v, "params"), arena, &w->params);
	for (const struct json *i = json_first(open); i; i = json_next(i))
		w->open_runs += json_int(i, 0);
	if (!json_first(open))
		w->open_runs = json_int(open, 0);
	w->may_start = !start || json_kind(start) != JSON_STRING;
	w->why_not = arena_view(arena, json_text(start));
}

const struct json *catalog_rows(const struct json *root, const char *list)
{
	const struct json *rows = json_kind(root) == JSON_ARRAY ? root : json_get(root, list);
	return rows && json_kind(rows) == JSON_ARRAY ? rows : NULL;
}

bool catalog_workflows(struct view json, struct arena *arena, struct workflow_facts **items,
		       size_t *n, struct err *err)
{
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, err);
	if (!doc)
		return false;
	const struct json *list = catalog_rows(json_root(doc), "workflows");
	*items = arena_array(arena, json_count(list) + 1, sizeof **items);
	*n = 0;
	for (const struct json *i = json_first(list); i; i = json_next(i))
		read_workflow(i, arena, &(*items)[(*n)++]);
	json_free(doc);
	return true;
}
