/* The board's runs by visibility queries: a snapshot, then a few questions a tick
 * for what has changed, each a lap of a round. Rounds never overlap. */
#include "backend/temporal_inside.h"

#include "backend/temporal_query.h"
#include "base/mem.h"
#include "base/when.h"

static void next_lap(struct temporal *t);

/* ---- what a lap was for ---- */

typedef bool chosen_fn(const struct temporal_known *k);

static bool is_listed_waiting(const struct temporal_known *k)
{
	return k->listed_waiting;
}

static bool is_open(const struct temporal_known *k)
{
	return k->sign && run_status_is_open(k->status);
}

static bool is_pending(const struct temporal_known *k)
{
	return k->sign && (k->status == RUN_PENDING || k->status == RUN_PLANNED);
}

static void forget_names(struct temporal *t)
{
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value))
		((struct temporal_known *)value)->named = false;
}

/* Those that should have been in the list and were not: they are looked at. */
static void look_at_unnamed(struct temporal *t, chosen_fn *chosen)
{
	size_t at = 0;
	struct view id;
	void *value;
	while (map_next(&t->known, &at, &id, &value)) {
		struct temporal_known *k = value;
		if (k->named || !chosen(k))
			continue;
		k->listed_waiting = false;
		k->wants_look = true;
	}
}

static void end_lap(struct temporal *t, enum temporal_lap lap)
{
	static chosen_fn *const chosen[LAPS] = { [LAP_WAITING] = is_listed_waiting,
						 [LAP_OPEN] = is_open,
						 [LAP_PENDING] = is_pending };
	struct temporal_watch *w = &t->watch;
	if (!w->cut && chosen[lap] && w->synced)
		look_at_unnamed(t, chosen[lap]);
	if (lap == LAP_OPEN)
		w->open_cut = w->cut;
	if (lap == LAP_PENDING)
		w->pending_cut = w->cut;
	if (w->cut && (lap == LAP_STARTED || lap == LAP_CLOSED))
		w->missed = true;
	if (lap != LAP_ENDED || !w->in_snapshot)
		return;
	w->in_snapshot = false;
	w->synced = true;
	w->missed = false;
	w->ended_told = 0;
	ticket_id ticket = w->ticket;
	t->base.sink->snapshot_end(t->base.sink->arg, !w->part_unread && !w->open_cut);
	if (!t->dead && w->ticket && w->ticket == ticket)
		temporal_drop_old(t);
	if (!t->dead && w->ticket && w->ticket == ticket && !w->exact)
		temporal_tell_no_counts(t);
	if (!t->dead && w->ticket && w->ticket == ticket)
		temporal_planned_begin(t);
}

/* ---- rows ---- */

static void note_row(struct temporal *t, enum temporal_lap lap, const struct run_facts *run)
{
	struct temporal_watch *w = &t->watch;
	struct temporal_known *k = temporal_learn(t, run);
	k->named = true;
	if (lap == LAP_WAITING && !k->listed_waiting) {
		k->listed_waiting = k->wants_look = true;
		k->gate_ms = k->gate_ms ? k->gate_ms : temporal_server_ms(t);
	}
	if (lap == LAP_PENDING) {
		w->planned += run->status == RUN_PLANNED;
		w->pending += run->status == RUN_PENDING;
	}
	if (run->created_ms > w->started_seen_ms)
		w->started_seen_ms = run->created_ms;
	if (run->ended_ms > w->closed_seen_ms)
		w->closed_seen_ms = run->ended_ms;
}

static void note_told(struct temporal *t, const struct run_facts *run)
{
	struct temporal_watch *w = &t->watch;
	ticket_id ticket = w->ticket;
	struct view id = run->id;
	if (!temporal_tell_row(t, run) || t->dead || w->ticket != ticket)
		return;
	w->page_is_news = true;
	w->ended_told += !run_status_is_open(run->status);
	struct temporal_known *k = temporal_known(t, id);
	if (k)
		k->snapshot = w->snapshots;
}

static void take_row(struct temporal *t, enum temporal_lap lap, const struct json *info)
{
	struct arena arena = { 0 };
	struct run_facts run;
	struct temporal_rules rules;
	temporal_rules(t, &rules);
	rules.memo = temporal_memo_read(t, info);
	if (!temporal_run(info, &rules, &arena, &run)) {
		t->watch.part_unread = true;
	} else {
		note_row(t, lap, &run);
		/* Before a snapshot begins its runs are only noted. */
		bool silent = lap == LAP_WAITING && !t->watch.synced;
		if (!silent && temporal_complete(t, &run))
			note_told(t, &run);
	}
	arena_release(&arena);
}

static bool take_page(struct temporal *t, enum temporal_lap lap, struct view body)
{
	struct json_doc *doc = json_parse(body, TEMPORAL_BODY_MAX, NULL);
	const struct json *list = doc ? json_get(json_root(doc), "executions") : NULL;
	if (!doc || json_kind(json_root(doc)) != JSON_OBJECT) {
		json_free(doc);
		return false;
	}
	ticket_id ticket = t->watch.ticket;
	t->watch.page_is_news = false;
	for (const struct json *i = json_first(list); i && t->watch.ticket == ticket; i = json_next(i)) {
		t->watch.rows++;
		take_row(t, lap, i);
	}
	str_clear(&t->watch.token);
	if (!t->dead)
		str_add(&t->watch.token, json_get_text(json_root(doc), "nextPageToken"));
	json_free(doc);
	return true;
}

/* ---- rounds ---- */

static void broken(struct temporal *t, const struct http_answer *a)
{
	struct temporal_watch *w = &t->watch;
	if (w->in_snapshot) {
		w->in_snapshot = false;
		t->base.sink->snapshot_end(t->base.sink->arg, false);
	}
	w->synced = false;
	if (!t->dead)
		temporal_link_lost(t, a);
}

/* The query itself is refused: asking again is of no use. */
static void refused(struct temporal *t, const struct http_answer *a)
{
	struct str words = { 0 };
	ticket_id ticket = t->watch.ticket;
	temporal_add_words(&words, t, a);
	if (t->watch.in_snapshot)
		t->base.sink->snapshot_end(t->base.sink->arg, false);
	temporal_watch_stop(t);
	t->base.sink->done(t->base.sink->arg, ticket, OUTCOME_REFUSED, VIEW(""), str_text(&words));
	str_release(&words);
}

/* The at-th of the plan, from its first page on. */
static void begin_list(struct temporal_watch *w, size_t at)
{
	w->at = at;
	w->rows = 0;
	w->pages = 0;
	str_clear(&w->token);
}

static void lap_failed(struct temporal *t, enum temporal_lap lap, const struct http_answer *a)
{
	if (a->status == 400 && lap == LAP_WAITING && !t->waiting_given) {
		mem_free(t->waiting);
		t->waiting = NULL;
		begin_list(&t->watch, t->watch.at + 1);
		next_lap(t);
	} else if (a->status == 400) {
		refused(t, a);
	} else {
		broken(t, a);
	}
}

static bool take(struct temporal *t, enum temporal_lap lap, struct view body)
{
	if (lap == LAP_PENDING_COUNT)
		return temporal_take_pending(t, body);
	return lap == LAP_COUNT ? temporal_take_counts(t, body) : take_page(t, lap, body);
}

static void on_lap(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct temporal_watch *w = &t->watch;
	enum temporal_lap lap = w->plan[w->at];
	w->call = NULL;
	if (!temporal_ok(a)) {
		lap_failed(t, lap, a);
		return;
	}
	ticket_id ticket = w->ticket;
	if (!take(t, lap, a->body)) {
		struct err err = { 0 };
		err_set(&err, ERR_PARSE, "Temporal's list cannot be read");
		broken(t, &(struct http_answer){ .sent = true, .err = &err, .header = a->header });
		err_release(&err);
		return;
	}
	if (t->dead || w->ticket != ticket || w->call)
		return;	/* the sink has stopped or changed the watch */
	bool more = w->token.len > 0 && !temporal_lap_counts(lap);
	bool is_delta = lap == LAP_STARTED || lap == LAP_CLOSED;
	if (more && is_delta && !w->page_is_news)
		more = false;	/* newest first: what follows is known, too */
	if (more && ++w->pages < TEMPORAL_LAP_PAGES && w->rows < temporal_lap_rows(w, lap)) {
		next_lap(t);
		return;
	}
	w->cut = more && lap != LAP_ENDED && lap != LAP_FAILED && lap != LAP_CANCELLED;
	if (lap == LAP_ENDED)
		w->ended_more = more;
	end_lap(t, lap);
	if (t->dead || w->ticket != ticket || w->call)
		return;
	begin_list(w, w->at + 1);
	next_lap(t);
}

static void begin_lap(struct temporal *t, enum temporal_lap lap)
{
	struct temporal_watch *w = &t->watch;
	w->cut = false;
	forget_names(t);
	if (lap == LAP_PENDING) {
		w->pending = w->planned = 0;
		w->pending_counted = false;
	}
	if (lap == LAP_OPEN && !w->synced && !w->in_snapshot) {
		w->snapshots++;
		w->in_snapshot = true;
		w->part_unread = false;
		t->base.sink->snapshot_begin(t->base.sink->arg, view_of_str(&w->text));
	}
}

static void ask_lap(struct temporal *t, enum temporal_lap lap)
{
	struct temporal_watch *w = &t->watch;
	struct str target = { 0 }, query = { 0 }, part = { 0 };
	size_t rows = 0;
	w->exact = temporal_query(w->filter, temporal_server_ms(t), &part);
	temporal_query_and(&query, view_of_str(&part));
	str_clear(&part);
	temporal_lap_query(&part, t, lap);
	temporal_query_and(&query, view_of_str(&part));
	if (lap == LAP_COUNT)
		str_add_text(&query, " GROUP BY ExecutionStatus");
	temporal_add_space(&target, t);
	str_add_text(&target, temporal_lap_counts(lap) ? "/workflow-count" : "/workflows");
	temporal_add_query(&target, "query", view_trim(view_of_str(&query)));
	if (!temporal_lap_counts(lap))
		rows = temporal_lap_page(w, lap);
	temporal_add_query(&target, "nextPageToken", view_of_str(&w->token));
	const struct temporal_ask ask = { .target = &target, .listed = true, .rows = rows,
					  .heard = on_lap, .arg = t };
	w->call = temporal_ask(t, &ask);
	str_release(&query);
	str_release(&part);
}

static void next_lap(struct temporal *t)
{
	struct temporal_watch *w = &t->watch;
	ticket_id ticket = w->ticket;
	if (w->at >= w->n_plan) {
		temporal_look_tick(t);
		loop_timer_set(w->timer, t->times.tick_ms);
		return;
	}
	if (!w->pages)
		begin_lap(t, w->plan[w->at]);
	if (!t->dead && w->ticket && w->ticket == ticket && !w->call)
		ask_lap(t, w->plan[w->at]);
}

static void on_tick(void *arg)
{
	struct temporal *t = arg;
	if (t->watch.call || !t->watch.ticket || t->link.state != TEMPORAL_LIVE)
		return;
	temporal_enter(t);
	backoff_well(&t->link.backoff, when_mono_ms());
	temporal_plan_tick(&t->watch, t->waiting != NULL);
	if (temporal_is_due_again(&t->watch)) {
		t->watch.synced = false;
		temporal_plan_snapshot(&t->watch, t->waiting != NULL);
	}
	next_lap(t);
	temporal_leave(t);
}

/* ---- the operation ---- */

void temporal_watch_begin(struct temporal *t)
{
	struct temporal_watch *w = &t->watch;
	temporal_call_cancel(w->call);
	w->call = NULL;
	w->synced = w->in_snapshot = w->counted = w->missed = w->pending_cut = false;
	begin_list(w, 0);
	w->started_seen_ms = w->closed_seen_ms = temporal_server_ms(t);
	struct str unused = { 0 };
	w->exact = temporal_query(w->filter, temporal_server_ms(t), &unused);
	str_release(&unused);
	temporal_plan_snapshot(&t->watch, t->waiting != NULL);
	next_lap(t);
}

static void on_begin(void *arg)
{
	struct temporal *t = arg;
	if (t->dead || !t->watch.ticket || t->watch.call || t->link.state != TEMPORAL_LIVE)
		return;
	temporal_enter(t);
	temporal_watch_begin(t);
	temporal_leave(t);
}

void temporal_watch_init(struct temporal *t)
{
	t->watch.timer = loop_timer(t->base.loop, on_tick, t);
	t->watch.begin = loop_timer(t->base.loop, on_begin, t);
	temporal_memos_init(t);
	t->watch.pending = t->watch.planned = -1;
}

void temporal_watch_stop(struct temporal *t)
{
	struct temporal_watch *w = &t->watch;
	temporal_call_cancel(w->call);
	w->call = NULL;
	loop_timer_stop(w->timer);
	loop_timer_stop(w->begin);
	temporal_look_stop(t);
	temporal_planned_forget(t);
	filter_free(w->filter);
	w->filter = NULL;
	w->ticket = 0;
	w->synced = w->in_snapshot = false;
	temporal_forget_all(t);
}

static ticket_id refuse_filter(struct temporal *t, struct err *err)
{
	ticket_id ticket = backend_ticket(&t->base);
	backend_answer(&t->base, ticket, OUTCOME_REFUSED, err_text(err));
	err_release(err);
	return ticket;
}

ticket_id temporal_watch(struct backend *b, const struct watch_scope *scope)
{
	struct temporal *t = temporal_of(b);
	struct temporal_watch *w = &t->watch;
	struct err err = { 0 };
	struct filter *filter = filter_parse(scope->filter, NULL, &err);
	if (!filter)
		return refuse_filter(t, &err);
	if (w->ticket)
		backend_answer(b, w->ticket, OUTCOME_OK, "another watch took its place");
	temporal_watch_stop(t);
	w->ticket = backend_ticket(b);
	w->filter = filter;
	w->ended = scope->ended;
	str_clear(&w->text);
	str_add(&w->text, scope->filter);
	if (t->link.state == TEMPORAL_LIVE)
		loop_timer_set(w->begin, 0);
	else
		temporal_link_start(t);
	return w->ticket;
}

bool temporal_watch_cancel(struct temporal *t, ticket_id ticket)
{
	if (!ticket || t->watch.ticket != ticket)
		return false;
	temporal_watch_stop(t);
	return true;
}

void temporal_watch_release(struct temporal *t)
{
	temporal_watch_stop(t);
	loop_remove(t->watch.timer);
	loop_remove(t->watch.begin);
	t->watch.timer = t->watch.begin = NULL;
	temporal_planned_release(t);
	temporal_memos_release(t);
	str_release(&t->watch.text);
	str_release(&t->watch.token);
}
