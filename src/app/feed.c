/* Facts in: what backends report is written to the store, each change told to the
 * model before the next one; answers go to the requests they belong to. */
#include "app/feed.h"

#include "app/logs.h"
#include "app/perform.h"
#include "app/rows.h"
#include "app/saves.h"
#include "base/when.h"
#include "wire/catalog.h"

static void told(void *arg, const struct change *change)
{
	struct app *a = arg;
	if (change->kind == CHANGE_NONE)
		return;
	struct msg msg = { .kind = MSG_CHANGE, .key = change->key, .change = *change };
	app_send(a, &msg);
}

static void on_identity(void *arg, unsigned abilities, const struct backend_identity *id)
{
	struct source *s = arg;
	struct msg msg = { .kind = MSG_IDENTITY, .context = s->number };
	msg.identity = (struct msg_identity){
		.name = view_of(s->context->name),
		.space = id->space,
		.user = id->user,
		.roles = id->roles,
		.engine = id->engine,
		.read_only = id->read_only,
		.can_start = abilities & BACKEND_CAN_START,
		.can_history = abilities & BACKEND_CAN_HISTORY,
		.can_log = abilities & BACKEND_CAN_LOG,
		.can_preview = abilities & BACKEND_CAN_PREVIEW,
		.can_space = abilities & BACKEND_CAN_SPACE,
		.can_follow = abilities & BACKEND_CAN_FOLLOW,
		.off = id->off,
		.clock_offset_ms = id->clock_offset_ms,
	};
	app_send(s->app, &msg);
}

static void on_condition(void *arg, enum condition c, const char *sentence, int64_t fresh_ms)
{
	struct source *s = arg;
	struct msg msg = { .kind = MSG_CONDITION, .context = s->number };
	msg.condition = (struct msg_condition){ c, view_of(sentence), fresh_ms };
	app_send(s->app, &msg);
	source_condition(s, c);
}

static void on_snapshot_begin(void *arg, struct view filter)
{
	struct source *s = arg;
	store_snapshot_begin(s->app->store, s->number);
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct source *s = arg;
	for (size_t i = 0; i < n; i++) {
		struct change change = store_upsert(s->app->store, &runs[i]);
		told(s->app, &change);
	}
}

static void on_gone(void *arg, struct view id)
{
	struct source *s = arg;
	struct run_key key = store_key(s->app->store, s->number, id);
	if (!run_key_is_set(key))
		return;
	struct change change = store_remove(s->app->store, key);
	told(s->app, &change);
}

static void on_progress(void *arg, const struct run_facts *run)
{
	struct source *s = arg;
	struct change change = store_progress(s->app->store, run);
	told(s->app, &change);
}

static void on_snapshot_end(void *arg, bool complete)
{
	struct source *s = arg;
	if (!complete) {
		store_snapshot_abort(s->app->store, s->number);
		return;
	}
	struct store_scope scope = { .context = s->number, .filter = s->scope, .ended = s->ended };
	const struct view name = view_of(s->context->name);
	scope.env = filter_env_of(when_now_ms(), &name);
	store_snapshot_end(s->app->store, &scope, told, s->app);
	s->snapshot_seen = true;
	s->app->dirty = true;
	app_send(s->app, &(struct msg){ .kind = MSG_COMPLETE, .context = s->number });
}

static void on_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
	struct source *s = arg;
	struct msg msg = { .kind = MSG_COUNTS, .context = s->number };
	msg.counts = (struct msg_counts){ counts, at_least };
	app_send(s->app, &msg);
}

static void on_page(void *arg, ticket_id t, const struct run_facts *runs, size_t n,
		    struct view next_cursor)
{
	struct source *s = arg;
	const struct pending *p = pending_find(s->app, s->number, t);
	struct msg msg = { .kind = MSG_PAGE, .context = s->number, .request = p ? p->request : 0 };
	msg.page.begins = true;
	app_send(s->app, &msg);
	on_runs(arg, runs, n);
	msg.page.begins = false;
	msg.page.next = next_cursor;
	app_send(s->app, &msg);
}

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	struct source *s = arg;
	const struct pending *p = pending_find(s->app, s->number, t);
	if (!p)
		return;
	struct msg msg = { .kind = MSG_DETAIL, .context = s->number, .request = p->request,
			   .key = p->key, .detail = d };
	/* It may have left the board meanwhile. */
	if (run_key_is_set(store_key(s->app->store, s->number, d->run.id)))
		on_runs(s, &d->run, 1);
	app_send(s->app, &msg);
}

static void on_history(void *arg, ticket_id t, struct view run, const struct history_facts *h,
		       size_t n, struct view next_cursor)
{
	struct source *s = arg;
	const struct pending *p = pending_find(s->app, s->number, t);
	if (!p)
		return;
	struct msg msg = { .kind = MSG_HISTORY, .context = s->number, .request = p->request,
			   .key = p->key, .history = { h, n, next_cursor } };
	app_send(s->app, &msg);
}

static void on_catalog(void *arg, ticket_id t, enum catalog_kind kind, struct view json,
		       struct view next_cursor)
{
	struct source *s = arg;
	const struct pending *p = pending_find(s->app, s->number, t);
	if (!p)
		return;
	struct arena arena = {0};
	struct msg msg = { .kind = MSG_CATALOG, .context = s->number, .request = p->request };
	struct workflow_facts *workflows = NULL;
	msg.catalog.kind = kind;
	msg.catalog.more = next_cursor.len > 0;
	if (kind == CATALOG_WORKFLOWS) {
		catalog_workflows(json, &arena, &workflows, &msg.catalog.len, NULL);
		msg.catalog.workflows = workflows;
	} else {
		rows_read(kind, json, &arena, &msg.catalog);
	}
	app_send(s->app, &msg);
	arena_release(&arena);
}

static void on_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state, struct view next_cursor, struct view prev_cursor)
{
	struct source *s = arg;
	struct msg_log log = { .lines = lines, .len = n, .state = state };
	app_log_lines(s->app, s->number, t, &log, next_cursor, prev_cursor);
}

/* What was known of the context is of the old namespace, and its watch has ended. */
static void went_over(struct source *s)
{
	s->snapshot_seen = false;
	s->moved = true;
	store_drop(s->app->store, s->number, told, s->app);
}

static void on_done(void *arg, ticket_id t, enum outcome outcome, struct view follow_key,
		    const char *text)
{
	struct source *s = arg;
	if (app_log_done(s->app, s->number, t, outcome, text) ||
	    app_save_done(s->app, s->number, t, outcome, text))
		return;
	const struct pending *p = pending_find(s->app, s->number, t);
	if (!p)
		return;
	struct msg msg = { .kind = MSG_DONE, .context = s->number, .request = p->request,
			   .key = p->key };
	msg.done = (struct msg_done){
		.outcome = outcome,
		.follow_id = follow_key,
		.text = view_of(text),
	};
	if (follow_key.len)
		msg.done.follow = store_key(s->app->store, s->number, follow_key);
	if (s->app->quit && p->kind == PENDING_ORDER && outcome != OUTCOME_OK)
		str_addf(&s->app->last_words, "%san order was not done: %s",
			 s->app->last_words.len ? "\n" : "", text);
	bool over = p->kind == PENDING_SPACE && outcome == OUTCOME_OK;
	pending_drop(s->app, s->number, t);
	if (over)
		went_over(s);
	app_send(s->app, &msg);
	if (over)
		source_watch(s);
}

void feed_init(struct source *s)
{
	s->sink = (struct backend_sink){
		.arg = s,
		.identity = on_identity,
		.condition = on_condition,
		.snapshot_begin = on_snapshot_begin,
		.runs = on_runs,
		.gone = on_gone,
		.progress = on_progress,
		.snapshot_end = on_snapshot_end,
		.lane_counts = on_lane_counts,
		.page = on_page,
		.detail = on_detail,
		.history = on_history,
		.catalog = on_catalog,
		.log = on_log,
		.done = on_done,
	};
}
