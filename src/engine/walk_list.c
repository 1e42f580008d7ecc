/* The runs of one condition as a list of numbers: one stream for each of its values,
 * each along an index, that can leap ahead. */
#include "engine/walk_inside.h"

bool walk_list_init(struct walk_list *l, struct db *db, const struct walk_condition *c,
		    bool ascending, struct err *err)
{
	*l = (struct walk_list){ .ascending = ascending };
	for (size_t i = 0; i < c->values.len; i++) {
		struct walk_stream s = { .value = &c->values.items[i] };
		s.st = db_prepare(db, walk_numbers[c->source][ascending], err);
		if (!s.st)
			return false;
		vec_push(&l->streams, s);
	}
	return true;
}

static bool is_before(const struct walk_list *l, int64_t a, int64_t b)
{
	return l->ascending ? a < b : a > b;
}

static void step(struct walk_stream *s)
{
	s->over = db_step(s->st, NULL) != DB_ROW;
	s->at = s->over ? 0 : db_int(s->st, 0);
}

/* A word is bound as ?2 and ?3, anything else as ?2 alone. */
static void leap(struct walk_stream *s, int64_t target)
{
	db_reset(s->st);
	db_bind_int(s->st, 1, target);
	if (s->value->name.len) {
		db_bind_text(s->st, 2, s->value->name);
		db_bind_text(s->st, 3, s->value->value);
	} else {
		db_bind_text(s->st, 2, s->value->value);
	}
	s->begun = true;
	step(s);
}

/* The next one often is the one: a leap costs more than a step. */
static void advance(const struct walk_list *l, struct walk_stream *s, int64_t target)
{
	if (s->begun && !s->over && is_before(l, s->at, target))
		step(s);
	if (!s->begun || (!s->over && is_before(l, s->at, target)))
		leap(s, target);
}

bool walk_list_seek(struct walk_list *l, int64_t target, int64_t *num)
{
	bool found = false;
	for (size_t i = 0; i < l->streams.len; i++) {
		struct walk_stream *s = &l->streams.items[i];
		advance(l, s, target);
		if (s->over || (found && !is_before(l, s->at, *num)))
			continue;
		*num = s->at;
		found = true;
	}
	return found;
}

void walk_list_release(struct walk_list *l)
{
	for (size_t i = 0; i < l->streams.len; i++)
		db_finish(l->streams.items[i].st);
	vec_release(&l->streams);
}
