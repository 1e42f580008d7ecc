/* A new run. */
#include "engine/birth.h"

#include "base/ident.h"
#include "wire/json.h"

void birth_give(struct birth *b, struct view name, struct view json)
{
	struct pair p = { arena_view(&b->arena, name), arena_view(&b->arena, json) };
	for (size_t i = 0; i < b->given.len; i++) {
		if (view_eq(b->given.items[i].name, p.name)) {
			b->given.items[i] = p;
			return;
		}
	}
	vec_push(&b->given, p);
}

bool birth_give_all(struct birth *b, struct view json, struct err *err)
{
	if (!json.len)
		return true;
	struct json_doc *doc = json_parse(json, 0, err);
	struct str text = {0};
	if (!doc)
		return false;
	for (const struct json *v = json_first(json_root(doc)); v; v = json_next(v)) {
		str_clear(&text);
		json_print(v, &text);
		birth_give(b, json_key(v), view_of_str(&text));
	}
	str_release(&text);
	json_free(doc);
	return true;
}

bool birth_check(struct birth *b, const struct workflow *w, struct err *err)
{
	struct pairs given = { b->given.items, b->given.len };
	if (param_resolve(&w->params, given, &b->arena, &b->params, err))
		return true;
	err->kind = ERR_USAGE;
	return false;
}

void birth_keep_secrets(struct birth *b)
{
	struct str masked = {0};
	for (size_t i = 0; !mask_empty(b->mask) && i < b->params.len; i++) {
		str_clear(&masked);
		mask_text(b->mask, b->params.items[i].value, &masked);
		if (!view_eq(view_of_str(&masked), b->params.items[i].value))
			vec_push(&b->secrets, b->params.items[i].name);
	}
	str_release(&masked);
}

struct machine *birth_machine(const struct birth *b, const struct workflow *w,
			      struct events *facts)
{
	const struct machine_birth birth = {
		.workflow = w,
		.id = b->id,
		.params = b->params,
		.secrets = { b->secrets.items, b->secrets.len },
		.trigger = b->trigger,
		.by = b->by,
		.source = b->source,
		.parent = b->parent,
		.reason = b->reason,
		.priority = b->priority ? b->priority : w->priority,
		.debug = b->debug,
		.now_ms = b->now_ms,
		.start_at_ms = b->start_at_ms,
	};
	struct machine *m = machine_new();
	machine_create(&birth, facts);
	machine_fold(m, &facts->list.items[0]);
	return m;
}

struct live_run *birth_make(struct engine *e, struct birth *b, const struct workflow *w,
			    struct err *err)
{
	const struct workflow *frozen = catalog_freeze(e->catalog, w, err);
	char id[IDENT_LEN + 1];
	if (!frozen)
		return NULL;
	if (!b->id.len) {
		ident_uuid7(id, b->now_ms);
		b->id = view_of(id);
	}
	journal_use(e->journal, view_of(frozen->hash), frozen->source);
	struct machine *m = birth_machine(b, frozen, &e->facts);
	const struct planned *planned = engine_planned(e, b->id);
	struct live_run *run = engine_adopt_run(e, m, journal_new_run(e->journal), frozen);
	run->previous = planned ? planned->seq : 0;
	engine_keep_facts(e, run);
	return run;
}

void birth_release(struct birth *b)
{
	vec_release(&b->given);
	vec_release(&b->secrets);
	arena_release(&b->arena);
}
