/* A run's row as one reader may act on it. Only what the row itself says is asked:
 * whose run it is, what its gate wants. */
#include "engine/own.h"

#include "base/jtext.h"
#include "base/mem.h"
#include "engine/machine.h"

enum { ROWS_KEPT = 256 };

/* ---- rights ------------------------------------------------------------------------- */

static bool may(const struct caller *c, enum capability what, struct view workflow)
{
	return workflow.len ? caller_can_on(c, what, workflow) : caller_can(c, what);
}

/* The orders for which the caller has no right. */
static uint32_t denied_to(const struct caller *c, struct view workflow)
{
	static const struct {
		enum capability needs;
		uint32_t verbs;
	} orders[] = {
		{ CAN_APPROVE_STEP, 1U << VERB_APPROVE | 1U << VERB_REJECT | 1U << VERB_ANSWER },
		{ CAN_RETRY_STEP, 1U << VERB_RETRY | 1U << VERB_SKIP },
		{ CAN_EDIT_STEP, 1U << VERB_EDIT },
		{ CAN_CANCEL_RUN, 1U << VERB_CANCEL | 1U << VERB_PAUSE | 1U << VERB_RESUME },
		{ CAN_RUN_WORKFLOW, 1U << VERB_RERUN },
		{ CAN_FORCE_ADVANCE, 1U << VERB_ADVANCE },
	};
	uint32_t denied = 0;
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		if (!may(c, orders[i].needs, workflow))
			denied |= orders[i].verbs;
	return denied;
}

struct engine_caller own_caller(const struct caller *c, struct view workflow, struct view *roles)
{
	return (struct engine_caller){
		.by = view_of(c->name),
		.roles = roles,
		.n_roles = caller_roles(c, workflow, roles),
		.admin = may(c, CAN_ADMIN, workflow),
		.may_advance = may(c, CAN_FORCE_ADVANCE, workflow),
		.denied = denied_to(c, workflow),
	};
}

/* ---- what a row says ------------------------------------------------------------------ */

struct row {
	struct view workflow, by, actions;	/* actions: as it stands in the frame */
	struct views roles;			/* of the gate that waits */
	bool not_own;
};

static void read_roles(struct jtext *t, struct arena *arena, struct row *r)
{
	if (!jtext_enter(t, JTEXT_ARRAY)) {
		jtext_value(t);
		return;
	}
	size_t n = 0;
	for (struct jtext ahead = *t; jtext_element(&ahead); n++)
		jtext_value(&ahead);
	struct view *roles = arena_array(arena, n, sizeof *roles);
	r->roles.items = roles;
	while (jtext_element(t)) {
		struct view role = jtext_string(t, arena);
		if (r->roles.len < n)
			roles[r->roles.len++] = role;
	}
}

static void read_gate(struct jtext *t, struct arena *arena, struct row *r)
{
	struct view key;
	if (!jtext_enter(t, JTEXT_OBJECT)) {
		jtext_value(t);
		return;
	}
	while (jtext_member(t, arena, &key)) {
		if (view_is(key, "roles"))
			read_roles(t, arena, r);
		else if (view_is(key, "not_own"))
			r->not_own = jtext_true(t);
		else
			jtext_value(t);
	}
}

static void read_trigger(struct jtext *t, struct arena *arena, struct row *r)
{
	struct view key;
	if (!jtext_enter(t, JTEXT_OBJECT)) {
		jtext_value(t);
		return;
	}
	while (jtext_member(t, arena, &key)) {
		if (view_is(key, "by"))
			r->by = jtext_string(t, arena);
		else
			jtext_value(t);
	}
}

static void read_row(struct view frame, struct arena *arena, struct row *r)
{
	struct jtext t = jtext_of(frame);
	struct view key;
	*r = (struct row){ 0 };
	if (!jtext_enter(&t, JTEXT_OBJECT))
		return;
	while (jtext_member(&t, arena, &key)) {
		if (view_is(key, "workflow"))
			r->workflow = jtext_string(&t, arena);
		else if (view_is(key, "trigger"))
			read_trigger(&t, arena, r);
		else if (view_is(key, "waiting"))
			read_gate(&t, arena, r);
		else if (view_is(key, "actions"))
			r->actions = jtext_value(&t);
		else
			jtext_value(&t);
	}
}

/* ---- what is made of it ----------------------------------------------------------------- */

static struct machine_order order_of(const struct engine_caller *c)
{
	return (struct machine_order){ .by = c->by, .roles = c->roles, .n_roles = c->n_roles,
				       .admin = c->admin, .may_advance = c->may_advance,
				       .denied = c->denied };
}

static const char *gate_bar(const struct row *r, const struct machine_order *who)
{
	return machine_gate_bars(&r->roles, r->not_own && view_eq(r->by, who->by), who);
}

/* Why this verb, which others have, is not for him; NULL: it is. */
static const char *bar_of(const struct row *r, enum verb v, const struct machine_order *who)
{
	bool of_gate = v == VERB_APPROVE || v == VERB_REJECT || v == VERB_ANSWER;
	const char *why = of_gate ? gate_bar(r, who) : NULL;
	return why ? why : machine_rights_bar(v, who);
}

/* One member of actions; whether it became another. */
static bool write_action(struct view name, struct view value, const struct row *r,
			 const struct machine_order *who, struct str *out)
{
	enum verb v;
	const char *why = NULL;
	if (view_is(value, "true") && verb_parse(name, &v))
		why = bar_of(r, v, who);
	jtext_add_quoted(out, name);
	str_add_char(out, ':');
	if (why)
		jtext_add_quoted(out, view_of(why));
	else
		str_add(out, value);
	return why != NULL;
}

static bool write_row(struct view frame, const struct row *r, const struct engine_caller *c,
		      struct str *out)
{
	const struct machine_order who = order_of(c);
	struct jtext t = jtext_of(r->actions);
	struct view key;
	bool changed = false, first = true;
	if (!r->actions.len || !jtext_enter(&t, JTEXT_OBJECT))
		return false;
	size_t begin = (size_t)(r->actions.ptr - frame.ptr), end = begin + r->actions.len;
	str_add(out, view_cut(frame, 0, begin));
	str_add_char(out, '{');
	for (; jtext_member(&t, NULL, &key); first = false) {
		if (!first)
			str_add_char(out, ',');
		changed |= write_action(key, jtext_value(&t), r, &who, out);
	}
	str_add_char(out, '}');
	str_add(out, view_cut(frame, end, frame.len));
	return changed;
}

/* Nothing of a row can be kept from who may all, but his own run. */
static bool is_free(const struct caller *c, struct view frame)
{
	for (int i = 0; i < CAPABILITIES; i++)
		if (!caller_can_everywhere(c, (enum capability)i))
			return false;
	return view_find(frame, VIEW("\"not_own\":true"), 0) == SIZE_MAX;
}

bool own_row(const void *arg, struct view frame, struct str *out)
{
	const struct caller *c = arg;
	struct arena arena = { 0 };
	struct view roles[ROLES];
	struct row row;
	if (is_free(c, frame))
		return false;
	read_row(frame, &arena, &row);
	struct engine_caller who = own_caller(c, row.workflow, roles);
	bool changed = write_row(frame, &row, &who, out);
	arena_release(&arena);
	return changed;
}

/* ---- many readers ------------------------------------------------------------------------- */

/* Rights that make the same row of a frame. */
struct own_key {
	uint32_t denied;
	const char *gate;		/* its bar, or NULL */
};

struct made {
	struct own_key key;
	bool changed;
	struct str text;
};

struct kept {
	int64_t seq;			/* 0: none */
	struct arena arena;
	struct str frame;		/* the row points into it */
	struct row row;
	VEC(struct made) made;
};

struct own_rows {
	struct kept kept[ROWS_KEPT];
};

struct own_rows *own_rows_new(void)
{
	return mem_zero(sizeof(struct own_rows));
}

static void forget(struct kept *k)
{
	for (size_t i = 0; i < k->made.len; i++)
		str_release(&k->made.items[i].text);
	vec_clear(&k->made);
	str_clear(&k->frame);
	arena_clear(&k->arena);
	k->seq = 0;
}

void own_rows_free(struct own_rows *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < ROWS_KEPT; i++) {
		forget(&o->kept[i]);
		vec_release(&o->kept[i].made);
		str_release(&o->kept[i].frame);
		arena_release(&o->kept[i].arena);
	}
	mem_free(o);
}

static struct kept *kept_of(struct own_rows *o, int64_t seq, struct view frame)
{
	struct kept *k = &o->kept[(uint64_t)seq % ROWS_KEPT];
	if (k->seq != seq || !view_eq(view_of_str(&k->frame), frame)) {
		forget(k);
		str_add(&k->frame, frame);
		read_row(view_of_str(&k->frame), &k->arena, &k->row);
		k->seq = seq;
	}
	return k;
}

static const struct made *made_for(struct kept *k, const struct engine_caller *who)
{
	const struct machine_order order = order_of(who);
	const struct own_key key = { who->denied, gate_bar(&k->row, &order) };
	for (size_t i = 0; i < k->made.len; i++) {
		const struct own_key *other = &k->made.items[i].key;
		if (other->denied == key.denied && other->gate == key.gate)
			return &k->made.items[i];
	}
	struct made m = { .key = key };
	m.changed = write_row(view_of_str(&k->frame), &k->row, who, &m.text);
	vec_push(&k->made, m);
	return &k->made.items[k->made.len - 1];
}

struct view own_rows_get(struct own_rows *o, const struct caller *c, int64_t seq,
			 struct view frame)
{
	struct view roles[ROLES];
	if (is_free(c, frame))
		return frame;
	struct kept *k = kept_of(o, seq, frame);
	struct engine_caller who = own_caller(c, k->row.workflow, roles);
	const struct made *m = made_for(k, &who);
	return m->changed ? view_of_str(&m->text) : frame;
}
