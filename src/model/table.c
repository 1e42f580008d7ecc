/* Catalogues as tables. */
#include "model/table.h"

#include "model/board_layout.h"
#include "model/model.h"

const char *table_title(enum catalog_kind kind)
{
	static const char *const titles[] = {
		[CATALOG_WORKFLOWS] = "Workflows", [CATALOG_SCHEDULES] = "Schedules",
		[CATALOG_QUEUES] = "Queues", [CATALOG_WORKERS] = "Workers",
		[CATALOG_STATS] = "Statistics", [CATALOG_AUDIT] = "Audit",
		[CATALOG_INBOX] = "Inbox", [CATALOG_ANSWER] = "Answer",
		[CATALOG_SPACES] = "Namespaces", [CATALOG_THROUGHPUT] = "Throughput",
	};

	return titles[kind];
}

size_t table_len(const struct table_state *s)
{
	return s->n_columns > 0 ? s->cells.len / (size_t)s->n_columns : 0;
}

void table_release(struct table_state *s)
{
	arena_release(&s->arena);
	vec_release(&s->cells);
	throughput_release(&s->throughput);
	str_release(&s->trouble);
}

static void clear(struct model *m, enum catalog_kind kind)
{
	struct table_state *s = &m->table;

	arena_clear(&s->arena);
	vec_clear(&s->cells);
	str_clear(&s->trouble);
	s->kind = kind;
	s->n_columns = 0;
	s->rows = (struct rows){ 0 };
	s->more = false;
	s->armed = VERBS;
	s->order = 0;
	throughput_clear(&s->throughput);
	s->request = model_request(m);
}

void table_open_of(struct model *m, enum catalog_kind kind, uint16_t context, struct effects *fx)
{
	clear(m, kind);
	m->table.context = context;
	effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG, .request = m->table.request,
					 .context = context, .catalog = kind });
	if (kind == CATALOG_STATS)
		throughput_ask(m, &m->table.throughput, context, fx);
	screen_push(m, SCREEN_TABLE, fx);
}

void table_open(struct model *m, enum catalog_kind kind, struct effects *fx)
{
	struct run_brief run;
	struct focus focus;
	bool known = model_focus(m, &focus) && store_brief(m->store, focus.key, &run);

	table_open_of(m, kind, known ? run.context : 0, fx);
}

void table_ask(struct model *m, struct run_key key, enum verb verb, struct view name,
	       struct view args, struct effects *fx)
{
	clear(m, CATALOG_ANSWER);
	effects_add(fx, (struct effect){ .kind = EFFECT_ASK, .request = m->table.request,
					 .key = key,
					 .order = { .verb = verb, .name = name, .value = args } });
	screen_push(m, SCREEN_TABLE, fx);
}

static void take(struct table_state *s, const struct msg_catalog *c)
{
	size_t cells;

	if (s->n_columns == 0) {
		while (c->columns && c->columns[s->n_columns] && s->n_columns < TABLE_COLUMNS_MAX) {
			s->columns[s->n_columns] =
				arena_text(&s->arena, view_of(c->columns[s->n_columns]));
			s->n_columns++;
		}
	}
	s->more = c->more;
	cells = c->len * (size_t)s->n_columns;
	for (size_t i = 0; c->rows && i < cells; i++)
		vec_push(&s->cells, arena_view(&s->arena, c->rows[i]));
}

/* ---- orders of a schedule: a letter, then y ---- */

static struct view schedule_in_focus(const struct table_state *s)
{
	if (s->kind != CATALOG_SCHEDULES || s->rows.at >= table_len(s))
		return VIEW("");
	return s->cells.items[s->rows.at * (size_t)s->n_columns];
}

static const char *schedule_words(enum verb v)
{
	return v == VERB_START ? "trigger" : verb_name(v);
}

static void arm(struct model *m, enum verb verb, struct view id)
{
	m->table.armed = verb;
	if (model_is_read_only(m, m->table.context))
		m->table.armed = VERBS, model_notice(m, "This context is read-only.");
	else
		model_notice(m, "%s %.*s? y does it.", schedule_words(verb), (int)id.len, id.ptr);
}

static void give(struct model *m, struct view id, struct effects *fx)
{
	struct table_state *s = &m->table;

	s->order = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_SCHEDULE, .request = s->order,
					 .context = s->context, .order = { .verb = s->armed }, .text = id });
	model_notice(m, "%s %.*s: sent.", schedule_words(s->armed), (int)id.len, id.ptr);
}

static const struct {
	char letter;
	enum verb verb;
} letters[] = { { 'p', VERB_PAUSE }, { 'o', VERB_RESUME }, { 't', VERB_START } };

bool table_hint(const struct table_state *s, size_t i, char *letter, const char **words)
{
	if (schedule_in_focus(s).len == 0 || i >= sizeof letters / sizeof *letters)
		return false;
	*letter = letters[i].letter;
	*words = schedule_words(letters[i].verb);
	return true;
}

static bool table_key(struct model *m, struct key key, struct effects *fx)
{
	struct table_state *s = &m->table;
	struct view id = schedule_in_focus(s);
	enum verb was = s->armed;

	s->armed = VERBS;
	if (id.len == 0 || key.mods != 0)
		return false;
	if (was != VERBS && key.code == 'y') {
		s->armed = was;
		give(m, id, fx);
		s->armed = VERBS;
		return true;
	}
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		if (key.code == (uint32_t)letters[i].letter) {
			arm(m, letters[i].verb, id);
			return true;
		}
	}
	return false;
}

static void read_again(struct model *m, struct effects *fx)
{
	struct table_state *s = &m->table;
	struct rows rows = s->rows;

	clear(m, s->kind);
	s->rows = rows;
	effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG, .request = s->request,
					 .context = s->context, .catalog = s->kind });
}

static void ordered(struct model *m, const struct msg *msg, struct effects *fx)
{
	m->table.order = 0;
	if (msg->done.outcome != OUTCOME_OK)
		model_warn(m, "Not done: %.*s", (int)msg->done.text.len, msg->done.text.ptr);
	else
		model_notice(m, "Done.");
	read_again(m, fx);
}

static void table_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct table_state *s = &m->table;

	if (s->order && msg->request == s->order && msg->kind == MSG_DONE)
		ordered(m, msg, fx);
	throughput_arrive(&s->throughput, msg);
	if (s->request == 0 || msg->request != s->request)
		return;
	if (msg->kind == MSG_CATALOG) {
		take(s, &msg->catalog);
	} else if (msg->kind == MSG_DONE) {
		s->request = 0;
		if (msg->done.outcome != OUTCOME_OK)
			str_add(&s->trouble, msg->done.text);
	}
}

static bool table_act(struct model *m, enum action a, struct effects *fx)
{
	const struct table_state *s = &m->table;

	if (a == ACTION_OPEN && s->kind == CATALOG_SPACES && s->rows.at < table_len(s)) {
		spaces_go(m, s->context, s->cells.items[s->rows.at * (size_t)s->n_columns], fx);
		return true;
	}
	return rows_move(&m->table.rows, a, table_len(&m->table), board_layout_body(m).rows - 2 - s->more);
}

const struct screen screen_table = {
	.name = "table",
	.title = "Table",
	.scopes = { { SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.key = table_key,
	.act = table_act,
	.arrive = table_arrive,
};
