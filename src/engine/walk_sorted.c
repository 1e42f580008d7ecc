/* Runs in another order than that of their birth: along the index of that order, or
 * along those of the statuses or workflows that are asked for, merged. */
#include "base/mem.h"
#include "core/status.h"
#include "engine/walk_inside.h"

struct branch {
	struct db_stmt *parts[WALK_PARTS];
	enum walk_part part;
	struct walk_place at;
	bool over;
};

struct walk_merge {
	struct walk_order order;
	struct walk_place from;
	VEC(struct branch *) branches;
	struct branch *given;		/* whose place was given last: it must go on */
};

static bool is_text(const struct walk_merge *m)
{
	return m->order.sort == WALK_WORKFLOW || m->order.sort == WALK_STATUS;
}

/* Ties first, then the rest. */
static bool step(struct branch *b)
{
	while (!b->over) {
		if (db_step(b->parts[b->part], NULL) == DB_ROW)
			return true;
		b->over = b->part == WALK_REST;
		b->part = WALK_REST;
	}
	return false;
}

static void go_on(const struct walk_merge *m, struct branch *b)
{
	if (!step(b))
		return;
	struct db_stmt *st = b->parts[b->part];
	b->at.num = db_int(st, 0);
	str_clear(&b->at.text);
	if (is_text(m))
		str_add(&b->at.text, db_text(st, 1));
	else
		b->at.key = db_int(st, 1);
}

static void bind(const struct walk_merge *m, struct branch *b, struct view value)
{
	for (int part = 0; part < WALK_PARTS; part++) {
		struct db_stmt *st = b->parts[part];
		if (is_text(m))
			db_bind_text(st, 1, view_of_str(&m->from.text));
		else
			db_bind_int(st, 1, m->from.key);
		if (part == WALK_TIE)
			db_bind_int(st, 2, m->from.num);
		if (value.len)
			db_bind_text(st, 3, value);
	}
}

static bool add_branch(struct walk_merge *m, struct db *db, enum walk_scope scope,
		       struct view value, struct err *err)
{
	struct branch *b = mem_zero(sizeof *b);
	vec_push(&m->branches, b);
	for (int part = 0; part < WALK_PARTS; part++) {
		const char *sql = walk_sorted[m->order.sort][scope][part][m->order.ascending];
		b->parts[part] = db_prepare(db, sql, err);
		if (!b->parts[part])
			return false;
	}
	bind(m, b, value);
	go_on(m, b);
	return true;
}

/* The first condition that has an index in this order; or all runs. */
static const struct walk_condition *narrowest(const struct walk_merge *m,
					      const struct walk_asked *a, enum walk_scope *scope)
{
	static const enum walk_scope scopes[WALK_SOURCES] = {
		[WALK_BY_STATUS] = WALK_OF_STATUS, [WALK_BY_WORKFLOW] = WALK_OF_WORKFLOW,
	};
	for (size_t i = 0; i < a->conditions.len; i++) {
		*scope = scopes[a->conditions.items[i].source];
		if (*scope != WALK_ALL && walk_sorted[m->order.sort][*scope][WALK_REST][0])
			return &a->conditions.items[i];
	}
	*scope = WALK_ALL;
	return NULL;
}

struct walk_merge *walk_merge_new(struct db *db, const struct walk_asked *a,
				  struct walk_order order, const struct walk_place *from,
				  struct err *err)
{
	struct walk_merge *m = mem_zero(sizeof *m);
	enum walk_scope scope;
	m->order = order;
	m->from = (struct walk_place){ .num = from->num, .key = from->key };
	str_add(&m->from.text, view_of_str(&from->text));
	const struct walk_condition *c = narrowest(m, a, &scope);
	bool good = c || add_branch(m, db, scope, (struct view){0}, err);
	for (size_t i = 0; good && c && i < c->values.len; i++)
		good = add_branch(m, db, scope, c->values.items[i].value, err);
	if (good)
		return m;
	walk_merge_free(m);
	return NULL;
}

static int compare(const struct walk_merge *m, const struct walk_place *a,
		   const struct walk_place *b)
{
	int order = is_text(m) ? view_cmp(view_of_str(&a->text), view_of_str(&b->text)) :
				 (a->key > b->key) - (a->key < b->key);
	if (!order)
		order = (a->num > b->num) - (a->num < b->num);
	return m->order.ascending ? order : -order;
}

bool walk_merge_next(struct walk_merge *m, struct walk_place *place)
{
	struct branch *first = NULL;
	if (m->given)
		go_on(m, m->given);
	for (size_t i = 0; i < m->branches.len; i++) {
		struct branch *b = m->branches.items[i];
		if (!b->over && (!first || compare(m, &b->at, &first->at) < 0))
			first = b;
	}
	m->given = first;
	if (!first)
		return false;
	place->num = first->at.num;
	place->key = first->at.key;
	str_clear(&place->text);
	str_add(&place->text, view_of_str(&first->at.text));
	return true;
}

void walk_merge_free(struct walk_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->branches.len; i++) {
		for (int part = 0; part < WALK_PARTS; part++)
			db_finish(m->branches.items[i]->parts[part]);
		str_release(&m->branches.items[i]->at.text);
		mem_free(m->branches.items[i]);
	}
	vec_release(&m->branches);
	str_release(&m->from.text);
	mem_free(m);
}
