/* An open run: fetched when it is opened, then followed while it is open where its backend
 * can tell its changes, else fetched again when it changed, at most a few times a second.
 * The cursor is bound to a task's id; until it is moved it stands on the failed task, else
 * the waiting one, the running one, the last. */
#include "model/detail.h"

#include "core/detail_copy.h"
#include "model/board_screen.h"
#include "model/model.h"

enum { FETCH_EVERY_MS = 250 };

const struct task_facts *detail_find_task(const struct run_detail *d, struct view id)
{
	for (size_t i = 0; d && i < d->n_tasks; i++) {
		if (view_eq(d->tasks[i].id, id))
			return &d->tasks[i];
	}
	return NULL;
}

bool detail_follows(const struct task_facts *t, const struct task_facts *other)
{
	for (size_t i = 0; i < other->n_needs && t->item.len == 0 && other->item.len == 0; i++) {
		if (view_eq(other->needs[i], t->step))
			return true;
	}
	return false;
}

const struct task_facts *detail_task(const struct model *m)
{
	return detail_find_task(m->detail.detail, view_of_str(&m->detail.task));
}

size_t detail_task_index(const struct model *m)
{
	const struct task_facts *t = detail_task(m);

	return t ? (size_t)(t - m->detail.detail->tasks) : 0;
}

static void pane_show(struct model *m, struct effects *fx)
{
	const struct pane *p = pane_get(m->detail.pane);

	if (p->show)
		p->show(m, fx);
}

static void pane_hide(struct model *m, struct effects *fx)
{
	const struct pane *p = pane_get(m->detail.pane);

	if (p->hide)
		p->hide(m, fx);
}

static void pane_switch(struct model *m, enum pane_id id, struct effects *fx)
{
	if (m->detail.pane == id)
		return;
	pane_hide(m, fx);
	m->detail.pane = id;
	m->detail.scroll[id].top = 0;
	pane_show(m, fx);
}

/* ---- the cursor ---- */

static int weight(enum task_status s)
{
	static const int weights[TASK_STATUSES] = {
		[TASK_FAILED] = 5, [TASK_ERROR] = 5, [TASK_TIMED_OUT] = 5, [TASK_REJECTED] = 5,
		[TASK_WAITING] = 4, [TASK_RUNNING] = 3, [TASK_RETRYING] = 3,
		[TASK_COMPLETED] = 1,
	};

	return weights[s];
}

static bool is_better(const struct task_facts *t, const struct task_facts *than)
{
	int a = weight(t->status), b = than ? weight(than->status) : -1;

	/* Of several that ended well the last one; of others the first. */
	return a > b || (a == b && a <= 1);
}

static const struct task_facts *task_to_begin_with(const struct run_detail *d)
{
	const struct task_facts *best = NULL;

	for (size_t i = 0; i < d->n_tasks; i++) {
		if (is_better(&d->tasks[i], best))
			best = &d->tasks[i];
	}
	return best;
}

static enum pane_id pane_to_begin_with(const struct task_facts *t)
{
	return t && t->status == TASK_WAITING ? PANE_TASKS : PANE_LOGS;
}

static void reveal(struct model *m)
{
	struct detail_layout l;

	detail_layout_make(m, &l);
	m->detail.top = l.tasks.top;
}

static void select_task(struct model *m, const struct task_facts *t, struct effects *fx)
{
	struct str *id = &m->detail.task;

	if (view_eq(view_of_str(id), t->id))
		return;
	str_clear(id);
	str_add(id, t->id);
	m->detail.attempt = 0;
	m->detail.scroll[m->detail.pane].top = 0;
	reveal(m);
	pane_show(m, fx);
}

static void move_task(struct model *m, long by, struct effects *fx)
{
	const struct run_detail *d = m->detail.detail;
	long at = (long)detail_task_index(m) + by;

	if (!d || d->n_tasks == 0)
		return;
	m->detail.chosen = true;
	at = at < 0 ? 0 : at >= (long)d->n_tasks ? (long)d->n_tasks - 1 : at;
	select_task(m, &d->tasks[at], fx);
}

/* ---- fetching ---- */

static void ask(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	d->dirty = false;
	d->fetched_ms = m->now_ms;
	d->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_DETAIL, .request = d->request,
					 .key = d->key, .more = d->more });
}

static void fetch(struct model *m, struct effects *fx)
{
	m->detail.more = false;
	ask(m, fx);
}

/* The task under the cursor stands for others: they are read, too. */
static bool read_more(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	if (!d->detail || !d->detail->left_out.len ||
	    !view_eq(view_of_str(&d->task), d->detail->left_out))
		return false;
	if (!d->request || !d->more) {
		d->more = true;
		ask(m, fx);
	}
	return true;
}

static void fetch_if_due(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	if (d->dirty && d->request == 0 && m->now_ms >= d->fetched_ms + FETCH_EVERY_MS)
		fetch(m, fx);
}

static void unfollow(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	if (d->follow)
		effects_add(fx, (struct effect){ .kind = EFFECT_UNFOLLOW, .request = d->follow });
	d->follow = 0;
}

/* After each fetch: a run that ended may go on, and after a bad end the next fetch paces
 * the next attempt. */
static void follow(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;
	const struct run_facts *run = &d->detail->run;

	if (d->follow || run->context >= m->n_contexts ||
	    !m->contexts[run->context].can_follow || !run_status_is_open(run->status))
		return;
	d->follow = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_FOLLOW, .request = d->follow,
					 .key = d->key });
}

/* What follows tells it, too, and a moment later it is known whether it did. */
static void note_change(struct model *m)
{
	struct detail_state *d = &m->detail;

	if (d->follow && !d->dirty)
		d->fetched_ms = m->now_ms;
	d->dirty = true;
}

static void take_detail(struct model *m, const struct run_detail *detail, struct effects *fx)
{
	struct detail_state *d = &m->detail;
	bool first = d->detail == NULL;
	const struct task_facts *t;

	arena_clear(&d->arena);
	d->detail = detail_copy(&d->arena, detail);
	t = task_to_begin_with(d->detail);
	if (first && !d->pane_chosen)
		d->pane = pane_to_begin_with(t);
	follow(m, fx);
	if (t && (!d->chosen || !detail_task(m))) {
		str_clear(&d->task);
		str_add(&d->task, t->id);
	}
	reveal(m);
	pane_show(m, fx);
}

static void show_run(struct model *m, struct run_key key, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	if (screen_is_open(m, SCREEN_DETAIL))
		pane_hide(m, fx);
	unfollow(m, fx);
	d->key = key;
	d->detail = NULL;
	arena_clear(&d->arena);
	str_clear(&d->task);
	d->top = 0;
	d->attempt = 0;
	d->chosen = d->in_pane = d->pane_chosen = false;
	d->pane = PANE_LOGS;
	for (int i = 0; i < PANES; i++)
		d->scroll[i].top = 0;
	fetch(m, fx);
}

void detail_open(struct model *m, struct run_key key, struct effects *fx)
{
	m->detail.n_above = 0;
	show_run(m, key, fx);
	if (screen_top(m) != SCREEN_DETAIL)
		screen_push(m, SCREEN_DETAIL, fx);
}

/* ---- the screen ---- */

static void detail_enter(struct model *m, struct effects *fx)
{
	if (!run_key_is_set(m->detail.key))
		detail_open(m, board_selected(m), fx);
}

static void detail_close(struct model *m, struct effects *fx)
{
	pane_hide(m, fx);
	unfollow(m, fx);
	m->detail.key = (struct run_key){ 0 };
}

/* The run that the task under the cursor began, if it began one. */
static bool open_child(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;
	const struct task_facts *t = detail_task(m);
	struct run_key child, parent = d->key;

	if (!t || t->child.len == 0 || d->n_above == DETAIL_DEPTH)
		return false;
	child = store_key(m->store, d->detail->run.context, t->child);
	if (!run_key_is_set(child)) {
		model_notice(m, "The run %.*s is not on this board.", (int)t->child.len,
			     t->child.ptr);
		return true;
	}
	d->above[d->n_above++] = parent;
	show_run(m, child, fx);
	return true;
}

static bool open_parent(struct model *m, struct effects *fx)
{
	struct detail_state *d = &m->detail;

	while (d->n_above > 0) {
		struct run_key parent = d->above[--d->n_above];

		if (!store_has(m->store, parent))
			continue;
		show_run(m, parent, fx);
		return true;
	}
	return false;
}

static bool act_list(struct model *m, enum action a, struct effects *fx)
{
	struct detail_layout l;
	long page, far = 1L << 30;

	detail_layout_make(m, &l);
	page = l.list.rows > 1 ? l.list.rows - 1 : 1;
	if (a == ACTION_UP || a == ACTION_DOWN)
		move_task(m, a == ACTION_UP ? -1 : 1, fx);
	else if (a == ACTION_PAGE_UP || a == ACTION_PAGE_DOWN)
		move_task(m, a == ACTION_PAGE_UP ? -page : page, fx);
	else if (a == ACTION_TOP || a == ACTION_BOTTOM)
		move_task(m, a == ACTION_TOP ? -far : far, fx);
	else if (a == ACTION_OPEN && (read_more(m, fx) || open_child(m, fx)))
		return true;
	else if (a == ACTION_OPEN || a == ACTION_RIGHT)
		m->detail.in_pane = true;
	else
		return false;
	return true;
}

static bool act_tabs(struct model *m, enum action a, struct effects *fx)
{
	struct detail_state *d = &m->detail;
	int number = action_number(a);

	if (number > 0 && number <= PANES) {
		pane_switch(m, (enum pane_id)(number - 1), fx);
		d->in_pane = number > 1;
		d->pane_chosen = true;
	} else if (a == ACTION_NEXT_PANE || a == ACTION_PREV_PANE) {
		d->in_pane = !d->in_pane;
	} else {
		return false;
	}
	reveal(m);
	return true;
}

static bool detail_act(struct model *m, enum action a, struct effects *fx)
{
	const struct pane *p = pane_get(m->detail.pane);

	if (m->detail.in_pane && p->act && p->act(m, a, fx))
		return true;
	if (act_tabs(m, a, fx))
		return true;
	if (m->detail.in_pane && (a == ACTION_BACK || a == ACTION_LEFT)) {
		m->detail.in_pane = false;
		return true;
	}
	if (a == ACTION_BACK && open_parent(m, fx))
		return true;
	if (!m->detail.in_pane && act_list(m, a, fx))
		return true;
	/* The pane's search and its file, also from the list. */
	return (a == ACTION_FILTER || a == ACTION_SAVE) && p->act && p->act(m, a, fx);
}

static struct lineedit *detail_field(struct model *m)
{
	const struct pane *p = pane_get(m->detail.pane);

	return p->field ? p->field(m) : NULL;
}

static void detail_typed(struct model *m, struct effects *fx)
{
	const struct pane *p = pane_get(m->detail.pane);

	if (p->typed)
		p->typed(m, fx);
}

static void detail_arrive(struct model *m, const struct msg *msg, struct effects *fx)
{
	struct detail_state *d = &m->detail;
	const struct pane *p = pane_get(d->pane);

	if (msg->kind == MSG_DETAIL && msg->request == d->request) {
		d->request = 0;
		take_detail(m, msg->detail, fx);
	} else if (msg->kind == MSG_DETAIL && d->follow && msg->request == d->follow) {
		d->dirty = false;
		take_detail(m, msg->detail, fx);
	} else if (msg->kind == MSG_DONE && d->follow && msg->request == d->follow) {
		d->follow = 0;
		d->dirty = d->dirty || msg->done.outcome != OUTCOME_OK;
	} else if (msg->kind == MSG_DONE && msg->request == d->request) {
		d->request = 0;
		if (msg->done.outcome != OUTCOME_OK)
			model_warn(m, "The run could not be read: %.*s",
				   (int)msg->done.text.len, msg->done.text.ptr);
	} else if (msg->kind == MSG_CHANGE && run_key_eq(msg->change.key, d->key)) {
		note_change(m);
	}
	fetch_if_due(m, fx);
	if (p->arrive)
		p->arrive(m, msg, fx);
}

static bool detail_focus(const struct model *m, struct focus *out)
{
	out->key = m->detail.key;
	out->task = view_of_str(&m->detail.task);
	return run_key_is_set(out->key);
}

static int64_t detail_due(const struct model *m)
{
	const struct detail_state *d = &m->detail;
	const struct pane *p = pane_get(d->pane);
	int64_t due = p->due ? p->due(m) : 0, at = 0;

	if (d->dirty && d->request == 0)
		at = d->fetched_ms + FETCH_EVERY_MS;
	else if (d->detail && run_status_is_open(d->detail->run.status))
		at = m->now_ms + 1000;
	return at > 0 && (due == 0 || at < due) ? at : due;
}

static struct scopes detail_scopes(const struct model *m)
{
	static const struct scopes outer = { { SCOPE_DETAIL, SCOPE_RUN, SCOPE_LIST,
					       SCOPE_SCREENS, SCOPE_ANYWHERE, SCOPE_ALWAYS,
					       -1 } };
	const struct scopes *inner = &pane_get(m->detail.pane)->scopes;
	struct scopes chain;
	int n = 0;

	for (int i = 0; m->detail.in_pane && inner->scope[i] >= 0; i++)
		chain.scope[n++] = inner->scope[i];
	for (int i = 0; i < 7; i++)
		chain.scope[n++] = outer.scope[i];
	return chain;
}

const struct screen screen_detail = {
	.name = "detail",
	.title = "Run",
	.scopes_now = detail_scopes,
	.open = detail_enter,
	.close = detail_close,
	.field = detail_field,
	.typed = detail_typed,
	.act = detail_act,
	.arrive = detail_arrive,
	.focus = detail_focus,
	.due = detail_due,
};

void detail_state_release(struct detail_state *d)
{
	arena_release(&d->arena);
	str_release(&d->task);
	logpane_release(&d->log);
	history_state_release(&d->history);
}
