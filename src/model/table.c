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
		[CATALOG_INBOX] = "Inbox",
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
	str_release(&s->trouble);
}

void table_open(struct model *m, enum catalog_kind kind, struct effects *fx)
{
	struct table_state *s = &m->table;

	arena_clear(&s->arena);
	vec_clear(&s->cells);
	str_clear(&s->trouble);
	s->kind = kind;
	s->n_columns = 0;
	s->rows = (struct rows){ 0 };
	s->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG, .request = s->request,
					 .catalog = kind });
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
	cells = c->len * (size_t)s->n_columns;
	for (size_t i = 0; c->rows && i < cells; i++)
		vec_push(&s->cells, arena_view(&s->arena, c->rows[i]));
}

static void table_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct table_state *s = &m->table;

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
	return rows_move(&m->table.rows, a, table_len(&m->table), board_layout_body(m).rows - 2);
}

const struct screen screen_table = {
	.name = "table",
	.title = "Table",
	.scopes = { { SCOPE_LIST, SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS, -1 } },
	.act = table_act,
	.arrive = table_arrive,
};
