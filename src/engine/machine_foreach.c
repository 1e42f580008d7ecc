/* A foreach step: its own task stands for all, one task an item does the work, at
 * most `batch` at a time; up to `allow_failures` items may fail. */
#include "engine/machine_inside.h"
#include "engine/scope.h"
#include "wire/json.h"
#include "wire/jsonw.h"

/* ---- expansion ---------------------------------------------------------------------- */

static void add_item(struct jsonw *w, const struct machine_task *t, const struct step *s,
		     const struct json *item, int index)
{
	struct str id = {0}, value = {0};
	str_addf(&id, "%.*s[%d]", (int)t->id.len, t->id.ptr, index);
	json_print(item, &value);
	jsonw_object(w, NULL);
	jsonw_text(w, "id", view_of_str(&id));
	jsonw_text(w, "step", t->step);
	jsonw_text(w, "queue", s->queue);
	jsonw_string(w, "kind", step_kind_word(s->kind));
	jsonw_raw(w, "item", view_of_str(&value));
	jsonw_int(w, "index", index);
	jsonw_int(w, "attempts", s->retry.attempts);
	if (s->batch > 0)
		jsonw_int(w, "batch", s->batch);
	if (t->is_finally)
		jsonw_bool(w, "finally", t->is_finally);
	jsonw_end_object(w);
	str_release(&id);
	str_release(&value);
}

static void expand(struct turn *turn, const struct machine_task *t, const struct step *s,
		   const struct json *list)
{
	struct str spec = {0};
	struct jsonw w;
	int index = 0;
	jsonw_init(&w, &spec);
	jsonw_array(&w, NULL);
	for (const struct json *v = json_first(list); v; v = json_next(v))
		add_item(&w, t, s, v, index++);
	jsonw_end_array(&w);
	struct event e = event_make(EVENT_TASKS_EXPANDED, t->id);
	e.spec = view_of_str(&spec);
	turn_emit(turn, &e);
	str_release(&spec);
}

bool task_expand(struct turn *turn, const struct machine_task *t, const struct step *s,
		 struct err *err)
{
	struct str text = {0}, json = {0};
	struct view v = s->foreach;
	/* A bare expression means its value. */
	if (view_find(v, VIEW("${{"), 0) == SIZE_MAX) {
		str_addf(&text, "${{ %.*s }}", (int)v.len, v.ptr);
		v = view_of_str(&text);
	}
	bool ok = scope_value(turn->m, t, v, &json, err);
	struct json_doc *doc = ok ? json_parse(view_of_str(&json), STR_DEFAULT_MAX, err) : NULL;
	ok = doc && json_kind(json_root(doc)) == JSON_ARRAY;
	if (ok)
		expand(turn, t, s, json_root(doc));
	else if (doc)
		err_set(err, ERR_USAGE, "foreach: %.*s is no list", (int)s->foreach.len,
			s->foreach.ptr);
	json_free(doc);
	str_release(&text);
	str_release(&json);
	return ok;
}

/* ---- going on ------------------------------------------------------------------------- */

struct tally {
	int pending, active, failed, all;
	const struct machine_task *next;	/* the first that is pending */
};

static bool is_item_of(const struct machine_task *item, const struct machine_task *t)
{
	return item->item_index >= 0 && view_eq(item->step, t->step);
}

bool task_awaits_turn(const struct machine *m, const struct machine_task *t)
{
	int busy = 0;
	if (t->item_index < 0 || !t->batch)
		return false;
	for (size_t i = 0; busy < t->batch && i < m->n_tasks; i++) {
		const struct machine_task *item = &m->tasks[i];
		busy += item->item_index >= 0 && view_eq(item->step, t->step) &&
			(item->status == TASK_QUEUED || item->status == TASK_RUNNING ||
			 item->status == TASK_WAITING);
	}
	return busy >= t->batch;
}

static struct tally count_items(const struct machine *m, const struct machine_task *t)
{
	struct tally n = {0};
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *item = &m->tasks[i];
		if (!is_item_of(item, t))
			continue;
		n.all++;
		n.failed += task_went_wrong(item);
		n.pending += item->status == TASK_PENDING;
		n.active += item->status != TASK_PENDING && task_status_is_open(item->status);
		if (item->status == TASK_PENDING && !n.next)
			n.next = item;
	}
	return n;
}

static void gather_results(const struct machine *m, const struct machine_task *t, struct str *out)
{
	struct jsonw w;
	jsonw_init(&w, out);
	jsonw_array(&w, NULL);
	for (size_t i = 0; i < m->n_tasks; i++) {
		if (is_item_of(&m->tasks[i], t))
			jsonw_raw(&w, NULL, m->tasks[i].result);
	}
	jsonw_end_array(&w);
}

static void finish(struct turn *turn, const struct machine_task *t, const struct tally *n,
		   bool failed)
{
	struct str results = {0}, words = {0};
	struct event e = event_make(EVENT_TASK_ENDED, t->id);
	gather_results(turn->m, t, &results);
	e.result = view_of_str(&results);
	e.satisfied = !failed;
	e.task_status = failed ? TASK_FAILED : TASK_COMPLETED;
	if (failed) {
		str_addf(&words, "%d of %d items failed", n->failed, n->all);
		e.error_type = VIEW("foreach");
		e.error = view_of_str(&words);
		task_fail(turn, &e);
	} else {
		turn_emit(turn, &e);
	}
	str_release(&results);
	str_release(&words);
}

static bool drop_item(struct turn *turn, const struct machine_task *item)
{
	struct event e = event_make(EVENT_TASK_ENDED, item->id);
	e.task_status = TASK_SKIPPED;
	e.reason = VIEW("too many items failed");
	turn_emit(turn, &e);
	return true;
}

static bool begin_item(struct turn *turn, const struct machine_task *item)
{
	struct event e = event_make(EVENT_TASK_QUEUED, item->id);
	turn_emit(turn, &e);
	return true;
}

bool task_foreach_moves(struct turn *turn, const struct machine_task *t)
{
	const struct step *s = workflow_step(turn->w, t->step);
	struct tally n = count_items(turn->m, t);
	bool failed = n.failed > (s ? s->allow_failures : 0);
	if (n.next && failed)
		return drop_item(turn, n.next);
	if (n.next && !turn->m->paused && (!s || s->batch <= 0 || n.active < s->batch))
		return begin_item(turn, n.next);
	if (n.pending || n.active)
		return false;
	finish(turn, t, &n, failed);
	return true;
}
