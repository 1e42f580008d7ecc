/* The model: made from its setup, changed by messages. What a message means to a
 * screen stands with that screen. */
#include "model/model.h"

#include "base/mem.h"
#include "model/board_marks.h"
#include "model/everywhere.h"

enum { NOTICE_MS = 6000, WORK_BUDGET = 4000 };

static void set_text(struct str *s, struct view v)
{
	str_clear(s);
	str_add(s, v);
}

static void setup_contexts(struct model *m, const struct model_setup *setup)
{
	for (size_t i = 0; setup->contexts && setup->contexts[i] && i < CONTEXTS_MAX; i++) {
		struct context *c = &m->contexts[i];

		set_text(&c->name, view_of(setup->contexts[i]));
		c->read_only = setup->context_read_only && setup->context_read_only[i];
		c->can_start = c->can_history = c->can_log = true;
		m->context_names[i] = view_of_str(&c->name);
		m->n_contexts = i + 1;
	}
}

struct model *model_new(const struct model_setup *setup)
{
	struct model *m = mem_zero(sizeof *m);
	struct effects none = { 0 };

	m->store = setup->store;
	m->cards = board_new(setup->store);
	m->rows = setup->rows;
	m->cols = setup->cols;
	m->now_ms = setup->now_ms;
	m->read_only = setup->read_only;
	keymap_init(&m->keymap);
	setup_contexts(m, setup);
	set_text(&m->theme, setup->theme);
	for (size_t i = 0; setup->themes && setup->themes[i]; i++) {
		struct str s = { 0 };

		str_add_text(&s, setup->themes[i]);
		vec_push(&m->themes, s);
	}
	m->stack[0] = SCREEN_BOARD;
	m->depth = 1;
	board_state_init(m);
	logpane_init(&m->detail.log);
	for (size_t i = 0; setup->past_filters && setup->past_filters[i]; i++) {
		struct str s = { 0 };

		str_add_text(&s, setup->past_filters[i]);
		vec_push(&m->board.past, s);
	}
	for (size_t i = 0; setup->shown && setup->shown[i]; i++) {
		struct str s = { 0 };

		str_add_text(&s, setup->shown[i]);
		vec_push(&m->shown, s);
	}
	m->board.past_at = m->board.past.len;
	board_set_filter(m, setup->filter, &none);
	effects_release(&none);
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n_contexts; i++) {
		struct context *c = &m->contexts[i];

		str_release(&c->name);
		str_release(&c->user);
		str_release(&c->roles);
		str_release(&c->engine);
		str_release(&c->sentence);
		str_release(&c->space);
		for (int v = 0; v < VERBS; v++)
			str_release(&c->off[v]);
	}
	for (size_t i = 0; i < m->themes.len; i++)
		str_release(&m->themes.items[i]);
	vec_release(&m->themes);
	for (size_t i = 0; i < m->shown.len; i++)
		str_release(&m->shown.items[i]);
	vec_release(&m->shown);
	screens_release(m);
	orders_release(&m->orders);
	spaces_release(&m->spaces);
	commands_release(&m->commands);
	saved_release(&m->saved);
	compare_release(&m->compare);
	board_free(m->cards);
	keymap_release(&m->keymap);
	str_release(&m->theme);
	str_release(&m->notice.text);
	mem_free(m);
}

static void arrive_condition(struct model *m, const struct msg *msg)
{
	struct context *c = &m->contexts[msg->context];

	if (msg->context >= m->n_contexts)
		return;
	c->condition = msg->condition.condition;
	if (c->condition != CONDITION_LIVE)
		c->failed_request = 0;
	c->fresh_ms = msg->condition.fresh_ms;
	set_text(&c->sentence, msg->condition.sentence);
}

static void arrive_identity(struct model *m, const struct msg *msg)
{
	const struct msg_identity *id = &msg->identity;
	struct context *c = &m->contexts[msg->context];

	if (msg->context >= m->n_contexts)
		return;
	set_text(&c->user, id->user);
	set_text(&c->roles, id->roles);
	set_text(&c->engine, id->engine);
	set_text(&c->space, id->space);
	c->read_only = c->read_only || id->read_only;
	c->can_start = id->can_start;
	c->can_history = id->can_history;
	c->can_log = id->can_log;
	c->can_preview = id->can_preview;
	c->can_space = id->can_space;
	c->can_follow = id->can_follow;
	for (int v = 0; v < VERBS; v++)
		set_text(&c->off[v], id->off ? id->off[v] : VIEW(""));
}

/* What comes later is counted by the board itself: the rest stays as it is. */
static void arrive_counts(struct model *m, const struct msg *msg)
{
	int64_t known[LANES] = { 0 };
	struct run_key key;
	struct run_brief run;
	uint32_t at = 0;

	if (msg->context >= m->n_contexts)
		return;
	while (store_next(m->store, &at, &key)) {
		if (store_brief(m->store, key, &run) && run.context == msg->context)
			known[run_status_lane(run.status)]++;
	}
	struct context *c = &m->contexts[msg->context];
	for (int i = 0; i < LANES; i++) {
		int64_t beyond = msg->counts.counts[i] - known[i];
		c->beyond[i] = beyond > 0 ? beyond : 0;
		c->at_least[i] = msg->counts.at_least[i];
	}
}

/* One that was counted apart is on the board now. */
static void take_older(struct model *m, const struct change *change)
{
	struct run_brief run;

	if (!m->paging || change->kind != CHANGE_NEW ||
	    !store_brief(m->store, change->key, &run) || run.context >= m->n_contexts)
		return;
	int64_t *beyond = &m->contexts[run.context].beyond[run_status_lane(run.status)];
	*beyond -= *beyond > 0;
}

static void arrive(struct model *m, const struct msg *msg)
{
	switch (msg->kind) {
	case MSG_RESIZE:
		m->rows = msg->size.rows;
		m->cols = msg->size.cols;
		break;
	case MSG_WORK:
		board_work(m->cards, WORK_BUDGET);
		break;
	case MSG_CONDITION:
		arrive_condition(m, msg);
		break;
	case MSG_IDENTITY:
		arrive_identity(m, msg);
		break;
	case MSG_COUNTS:
		arrive_counts(m, msg);
		break;
	case MSG_NOTICE:
		if (msg->notice.bad)
			model_warn(m, "%.*s", (int)msg->notice.text.len, msg->notice.text.ptr);
		else
			model_notice(m, "%.*s", (int)msg->notice.text.len, msg->notice.text.ptr);
		break;
	case MSG_THEME:
		set_text(&m->theme, msg->theme);
		break;
	case MSG_CHANGE:
		take_older(m, &msg->change);
		break;
	case MSG_PAGE:
		m->paging = msg->page.begins;
		break;
	case MSG_KEY:
	case MSG_TICK:
	case MSG_COMPLETE:
	case MSG_DETAIL:
	case MSG_HISTORY:
	case MSG_LOG:
	case MSG_SEARCHED:
	case MSG_CATALOG:
	case MSG_DONE:
		break;
	}
}

void context_lane_told(struct context *c, int lane)
{
	c->beyond[lane] = 0;
	c->at_least[lane] = false;
}

static size_t not_told(const struct model *m, int lane, bool *more)
{
	int64_t beyond = 0;

	for (size_t i = 0; i < m->n_contexts; i++) {
		beyond += m->contexts[i].beyond[lane];
		*more = *more || m->contexts[i].at_least[lane];
	}
	return (size_t)beyond;
}

size_t model_beyond(const struct model *m, int lane, bool *more)
{
	*more = false;
	if (lane >= LANES || (m->board.filter && !filter_is_empty(m->board.filter)))
		return 0;
	return not_told(m, lane, more);
}

size_t model_runs(const struct model *m, bool *more)
{
	size_t n = store_count(m->store);

	*more = false;
	for (int lane = 0; lane < LANES; lane++)
		n += not_told(m, lane, more);
	return n;
}

void model_update(struct model *m, const struct msg *msg, struct effects *fx)
{
	if (msg->now_ms > m->now_ms)
		m->now_ms = msg->now_ms;
	if (m->notice.until_ms && m->now_ms >= m->notice.until_ms)
		m->notice.until_ms = 0;
	if (msg->kind == MSG_KEY) {
		m->notice.until_ms = 0;
		everywhere_key(m, msg->pressed, fx);
		orders_arrive(m, msg, fx);
		board_marks_look(m, msg);
		return;
	}
	arrive(m, msg);
	orders_arrive(m, msg, fx);
	spaces_arrive(m, msg, fx);
	for (int i = 0; i < m->depth; i++) {
		const struct screen *s = screen_get(m->stack[i]);

		if (s->arrive)
			s->arrive(m, msg, fx);
	}
	board_marks_look(m, msg);
}

static void sooner(int64_t *due, int64_t at)
{
	if (at > 0 && (*due == 0 || at < *due))
		*due = at;
}

int64_t model_due_ms(const struct model *m)
{
	int64_t due = 0;

	for (int i = 0; i < m->depth; i++) {
		const struct screen *s = screen_get(m->stack[i]);

		if (s->due)
			sooner(&due, s->due(m));
	}
	sooner(&due, orders_due(m));
	sooner(&due, m->notice.until_ms);
	for (size_t i = 0; i < m->n_contexts; i++) {
		if (m->contexts[i].condition != CONDITION_LIVE)
			sooner(&due, m->now_ms + 1000);
	}
	return due > 0 && due < m->now_ms ? m->now_ms : due;
}

bool model_is_busy(const struct model *m)
{
	const struct board *boards[] = { m->cards, m->inbox.cards, m->runs.cards };

	for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
		if (boards[i] && board_is_busy(boards[i]))
			return true;
	}
	return false;
}

__attribute__((format(printf, 3, 0)))
static void say(struct model *m, bool bad, const char *format, va_list args)
{
	str_clear(&m->notice.text);
	str_addv(&m->notice.text, format, args);
	m->notice.bad = bad;
	m->notice.until_ms = m->now_ms + NOTICE_MS;
}

void model_notice(struct model *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(m, false, format, args);
	va_end(args);
}

void model_warn(struct model *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(m, true, format, args);
	va_end(args);
}

uint64_t model_request(struct model *m)
{
	return ++m->last_request;
}

bool model_focus(const struct model *m, struct focus *out)
{
	*out = (struct focus){ 0 };
	for (int i = m->depth; i-- > 0;) {
		const struct screen *s = screen_get(m->stack[i]);

		if (s->focus)
			return s->focus(m, out);
		if (!s->overlay)
			return false;
	}
	return false;
}

bool model_is_read_only(const struct model *m, uint16_t context)
{
	return m->read_only || (context < m->n_contexts && m->contexts[context].read_only);
}

const struct context *model_worst(const struct model *m)
{
	static const int badness[] = {
		[CONDITION_LIVE] = 0, [CONDITION_CONNECTING] = 1,
		[CONDITION_STALE] = 2, [CONDITION_DOWN] = 3,
	};
	const struct context *worst = m->n_contexts > 0 ? &m->contexts[0] : NULL;

	for (size_t i = 1; i < m->n_contexts; i++) {
		if (badness[m->contexts[i].condition] > badness[worst->condition])
			worst = &m->contexts[i];
	}
	return worst;
}

void model_add_run_name(const struct model *m, struct run_key key, struct str *out)
{
	struct arena arena = { 0 };
	struct run_facts run;

	if (store_facts(m->store, key, &run, &arena)) {
		str_add(out, run.workflow);
		str_add_char(out, ' ');
		str_add(out, run.short_id.len > 0 ? run.short_id : run.id);
	}
	arena_release(&arena);
}
