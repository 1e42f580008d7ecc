/* The outbox: what was decided, on its way. */
#include "model/orders.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/model.h"

static const char *const words[] = {
	[ORDER_HELD] = "held",		[ORDER_SENDING] = "sending",
	[ORDER_ACCEPTED] = "accepted",	[ORDER_SEEN] = "done",
	[ORDER_REFUSED] = "refused",	[ORDER_UNKNOWN] = "answer lost, reading back",
	[ORDER_TAKEN_BACK] = "taken back",
};
static_assert(sizeof words / sizeof *words == ORDER_STATES, "every state has its words");

const char *order_words(const struct order_line *l, int64_t now_ms)
{
	if (l->state == ORDER_ACCEPTED && now_ms - l->accepted_ms >= ORDER_LATE_MS)
		return "accepted, not yet seen";
	return words[l->state];
}

static void line_free(struct order_line *l)
{
	str_release(&l->workflow);
	str_release(&l->short_id);
	str_release(&l->task);
	str_release(&l->comment);
	str_release(&l->name);
	str_release(&l->value);
	str_release(&l->edit);
	str_release(&l->params);
	str_release(&l->why);
	str_release(&l->follow_id);
	mem_free(l);
}

void orders_release(struct orders *o)
{
	for (size_t i = 0; i < o->lines.len; i++)
		line_free(o->lines.items[i]);
	vec_release(&o->lines);
}

static bool is_over(const struct order_line *l)
{
	return l->state == ORDER_SEEN || l->state == ORDER_REFUSED || l->state == ORDER_TAKEN_BACK;
}

/* Only what is over may be forgotten. */
static void forget_oldest(struct orders *o)
{
	for (size_t i = 0; i < o->lines.len && o->lines.len >= ORDERS_KEPT; i++) {
		if (!is_over(o->lines.items[i]))
			continue;
		line_free(o->lines.items[i]);
		vec_remove(&o->lines, i);
		return;
	}
}

static void send_line(struct order_line *l, struct effects *fx)
{
	struct effect e = {
		.kind = EFFECT_ORDER, .request = l->request, .context = l->context, .key = l->key,
		.order = {
			.verb = l->verb, .task = view_of_str(&l->task), .attempt = l->attempt,
			.version = l->version, .comment = view_of_str(&l->comment),
			.name = view_of_str(&l->name),
			.value = view_of_str(&l->value), .edit = view_of_str(&l->edit),
			.workflow = view_of_str(&l->workflow),
			.params = view_of_str(&l->params), .debug = l->debug,
		},
	};

	l->state = ORDER_SENDING;
	effects_add(fx, e);
}

uint64_t orders_give(struct model *m, const struct order_wish *w, struct effects *fx)
{
	struct order_line *l = mem_zero(sizeof *l);

	l->request = model_request(m);
	l->verb = w->verb;
	l->key = w->key;
	l->parent = w->parent;
	l->context = w->context;
	str_add(&l->workflow, w->workflow);
	str_add(&l->short_id, w->short_id);
	str_add(&l->task, w->task);
	str_add(&l->comment, w->comment);
	str_add(&l->name, w->name);
	str_add(&l->value, w->value);
	str_add(&l->edit, w->edit);
	str_add(&l->params, w->params);
	l->attempt = w->attempt;
	l->version = w->version;
	l->run_version = w->run_version;
	l->was = w->was;
	l->debug = w->debug;
	l->at_ms = m->now_ms;
	forget_oldest(&m->orders);
	vec_push(&m->orders.lines, l);
	if (verb_is_destructive(l->verb)) {
		l->state = ORDER_HELD;
		l->send_ms = m->now_ms + ORDER_HOLD_MS;
	} else {
		send_line(l, fx);
	}
	return l->request;
}

/* Held, and of the bulk that was given with that key press. */
static bool is_held_of(const struct order_line *l, enum verb verb, int64_t at_ms)
{
	return l->state == ORDER_HELD && l->at_ms == at_ms && l->verb == verb;
}

const struct order_line *orders_youngest_held(const struct orders *o, size_t *n)
{
	const struct order_line *last = NULL;

	*n = 0;
	for (size_t i = o->lines.len; i-- > 0;) {
		const struct order_line *l = o->lines.items[i];

		if (!last && l->state == ORDER_HELD)
			last = l;
		*n += last && is_held_of(l, last->verb, last->at_ms);
	}
	return last;
}

bool orders_undo(struct model *m)
{
	size_t n;
	const struct order_line *last = orders_youngest_held(&m->orders, &n);

	if (!last)
		return false;
	if (n > 1)
		model_notice(m, "Taken back: %s %zu runs.", verb_name(last->verb), n);
	else
		model_notice(m, "Taken back: %s %s %s.", verb_name(last->verb),
			     str_text(&last->workflow), str_text(&last->short_id));
	const int64_t at_ms = last->at_ms;
	const enum verb verb = last->verb;

	for (size_t i = 0; i < m->orders.lines.len; i++) {
		struct order_line *l = m->orders.lines.items[i];

		if (is_held_of(l, verb, at_ms)) {
			l->state = ORDER_TAKEN_BACK;
			l->ended_ms = m->now_ms;
		}
	}
	return true;
}

/* ---- parents first ---- */

static int by_key(const void *a, const void *b)
{
	const struct order_line *const *x = a, *const *y = b;
	struct run_key k = (*x)->key, l = (*y)->key;

	if (k.slot != l.slot)
		return k.slot < l.slot ? -1 : 1;
	return k.generation < l.generation ? -1 : k.generation > l.generation;
}

/* Requests ascend. NULL: it is not kept any more. */
static struct order_line *line_of(const struct orders *o, uint64_t request)
{
	size_t lo = 0, hi = o->lines.len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->lines.items[mid]->request < request)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < o->lines.len && o->lines.items[lo]->request == request ? o->lines.items[lo] : NULL;
}

/* The order of the same bulk on the run that started that of l, or NULL. */
static struct order_line *line_of_parent(const struct orders *o, const struct order_line *l)
{
	return l->after ? line_of(o, l->after) : NULL;
}

static bool waits_for(const struct orders *o, const struct order_line *l,
		      const struct order_line *other)
{
	while (l && l != other)
		l = line_of_parent(o, l);
	return l != NULL;
}

void orders_join(struct orders *o, uint64_t since)
{
	VEC(struct order_line *) bulk = { 0 };

	for (size_t i = 0; i < o->lines.len; i++) {
		if (o->lines.items[i]->request > since)
			vec_push(&bulk, o->lines.items[i]);
	}
	if (bulk.len > 0)
		qsort(bulk.items, bulk.len, sizeof *bulk.items, by_key);
	for (size_t i = 0; i < bulk.len; i++) {
		struct order_line *l = bulk.items[i], like = { .key = l->parent }, *key = &like;
		struct order_line **p = run_key_is_set(l->parent) ?
			bsearch(&key, bulk.items, bulk.len, sizeof *bulk.items, by_key) : NULL;

		/* Two that name each other would wait for ever. */
		if (p && !waits_for(o, *p, l))
			l->after = (*p)->request;
	}
	vec_release(&bulk);
}

/* A run whose child is cancelled before it would fail of that, not be cancelled. */
static bool awaits_parent(const struct orders *o, const struct order_line *l)
{
	const struct order_line *p = line_of_parent(o, l);

	return p && (p->state == ORDER_HELD || p->state == ORDER_SENDING);
}

static bool is_held(const struct order_line *l)
{
	return l && l->state == ORDER_HELD;
}

static void send_due(struct model *m, struct effects *fx)
{
	for (size_t i = 0; i < m->orders.lines.len; i++) {
		struct order_line *l = m->orders.lines.items[i];

		if (l->state == ORDER_HELD && l->send_ms <= m->now_ms &&
		    !awaits_parent(&m->orders, l))
			send_line(l, fx);
	}
}

void orders_flush(struct model *m, struct effects *fx)
{
	for (size_t i = 0; i < m->orders.lines.len; i++) {
		struct order_line *l = m->orders.lines.items[i];
		struct order_line *first;

		/* Its held parents from the topmost down, then itself. */
		while (l->state == ORDER_HELD) {
			for (first = l; is_held(line_of_parent(&m->orders, first));)
				first = line_of_parent(&m->orders, first);
			send_line(first, fx);
		}
	}
}

static bool effect_is_seen(const struct order_line *l, const struct run_facts *run)
{
	switch (l->verb) {
	case VERB_CANCEL:
	case VERB_TERMINATE:
		return !run_status_is_open(run->status);
	case VERB_PAUSE:
		return run->status == RUN_PAUSED;
	case VERB_RESUME:
		return run->status != RUN_PAUSED;
	case VERB_APPROVE:
	case VERB_REJECT:
	case VERB_ANSWER:
	case VERB_RETRY:
	case VERB_SKIP:
	case VERB_ADVANCE:
	case VERB_EDIT:
		return run->version > l->run_version || run->status != l->was ||
		       run->waiting.version > l->version;
	case VERB_START:
	case VERB_RERUN:
	case VERB_SIGNAL:
	case VERB_UPDATE:
	case VERB_QUERY:
	case VERB_STACK:
	case VERBS:
		break;
	}
	return false;
}

static void check_seen(struct model *m, struct order_line *l)
{
	struct arena arena = { 0 };
	struct run_facts run;

	/* A new run came of it, and stands on the board. */
	if (l->follow_id.len > 0 &&
	    run_key_is_set(store_key(m->store, l->context, view_of_str(&l->follow_id))))
		l->state = ORDER_SEEN;
	else if (store_facts(m->store, l->key, &run, &arena) && effect_is_seen(l, &run))
		l->state = ORDER_SEEN;
	if (l->state == ORDER_SEEN)
		l->ended_ms = m->now_ms;
	arena_release(&arena);
}

/* What refused the order is that its parent's has done the same already. */
static bool went_with_parent(const struct model *m, const struct order_line *l)
{
	const struct order_line *p = line_of_parent(&m->orders, l);

	return l->verb == VERB_CANCEL && p &&
	       (p->state == ORDER_ACCEPTED || p->state == ORDER_SEEN);
}

static void refused(struct model *m, struct order_line *l, const struct msg *msg,
		    struct effects *fx)
{
	l->state = ORDER_REFUSED;
	l->ended_ms = m->now_ms;
	model_warn(m, "Not done: %s %s %s: %.*s", verb_name(l->verb), str_text(&l->workflow),
		   str_text(&l->short_id), (int)msg->done.text.len, msg->done.text.ptr);
	effects_add_kind(fx, EFFECT_BELL);
}

static void done(struct model *m, struct order_line *l, const struct msg *msg,
		 struct effects *fx)
{
	str_clear(&l->why);
	str_add(&l->why, msg->done.text);
	switch (msg->done.outcome) {
	case OUTCOME_OK:
		l->state = ORDER_ACCEPTED;
		l->accepted_ms = m->now_ms;
		str_add(&l->follow_id, msg->done.follow_id);
		check_seen(m, l);
		break;
	case OUTCOME_SEEN:
		l->state = ORDER_SEEN;
		l->ended_ms = m->now_ms;
		break;
	case OUTCOME_UNKNOWN:
		l->state = ORDER_UNKNOWN;
		model_warn(m, "The answer to %s %s was lost; it is being read back.",
			   verb_name(l->verb), str_text(&l->workflow));
		break;
	case OUTCOME_REFUSED:
		if (went_with_parent(m, l)) {
			l->state = ORDER_SEEN;
			l->ended_ms = m->now_ms;
			break;
		}
		refused(m, l, msg, fx);
		break;
	case OUTCOME_NOT_FOUND:
	case OUTCOME_UNSUPPORTED:
	case OUTCOME_UNREACHABLE:
		refused(m, l, msg, fx);
		break;
	}
}

void orders_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	for (size_t i = 0; i < m->orders.lines.len; i++) {
		struct order_line *l = m->orders.lines.items[i];

		if (msg->kind == MSG_DONE && msg->request == l->request)
			done(m, l, msg, fx);
		else if (msg->kind == MSG_CHANGE &&
			 (l->state == ORDER_ACCEPTED || l->state == ORDER_UNKNOWN))
			check_seen(m, l);
	}
	send_due(m, fx);
}

size_t orders_count(const struct orders *o, enum order_state s)
{
	size_t n = 0;

	for (size_t i = 0; i < o->lines.len; i++)
		n += o->lines.items[i]->state == s;
	return n;
}

const struct order_line *orders_next_held(const struct orders *o)
{
	const struct order_line *next = NULL;

	for (size_t i = 0; i < o->lines.len; i++) {
		const struct order_line *l = o->lines.items[i];

		if (l->state == ORDER_HELD && !awaits_parent(o, l) &&
		    (!next || l->send_ms < next->send_ms))
			next = l;
	}
	return next;
}

/* The countdown is shown by the second. */
int64_t orders_due(const struct model *m)
{
	const struct order_line *l = orders_next_held(&m->orders);
	int64_t left = l ? l->send_ms - m->now_ms : 0;

	return l ? m->now_ms + (left > 1000 ? (left - 1) % 1000 + 1 : left > 0 ? left : 0) : 0;
}
