/* GET /v1/events (doc/protocols.md 2). A reader is a cursor into the journal: it is
 * sent what comes behind the cursor when its peer can take some, so a stalled
 * peer costs nothing. Only what is not journalled (progress) is put into its
 * buffer at once, and dropped while that is full. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/api.h"
#include "engine/own.h"
#include "engine/route.h"
#include "wire/jsonw.h"
#include "wire/proto.h"

enum {
	BUFFER_ENOUGH = 64 << 10,	/* no more is put in than this and one frame */
	SNAPSHOT_SLICE = 4,
	SLICE_MS = 5,
	ENDED_MAX = 1000000,
};

enum phase { PHASE_SNAPSHOT, PHASE_LIVE, PHASE_ENDED };

struct reader {
	struct events *events;
	struct exchange *x;
	size_t index;
	enum phase phase;
	struct filter *filter;
	const struct caller *caller;
	const struct route *route;
	struct engine_viewer viewer;	/* his */
	bool details;			/* of the one run: its tasks, too */
	struct str filter_text, run;	/* run: only this one; empty: all */
	int ended;			/* -1: all */
	struct engine_snapshot *snapshot;
	int64_t until_ms;		/* of the monotonic clock: so long a slice may last */
	struct watch *again;		/* the next slice, when others had their turn */
	int64_t cursor;			/* of the last change sent */
	struct str out;
	size_t sent;			/* of out */
};

struct events {
	struct api *api;
	VEC(struct reader *) readers;
	struct own_rows *own;
	struct arena arena;		/* for one frame */
};

/* ---- frames ----------------------------------------------------------------------- */

static void add_frame(struct reader *r, const char *name, int64_t seq, struct view data)
{
	if (seq >= 0)
		str_addf(&r->out, "id: %s-%" PRId64 "\n",
			 engine_epoch(r->events->api->with.engine), seq);
	str_addf(&r->out, "event: %s\ndata: ", name);
	str_add(&r->out, data);
	str_add_text(&r->out, "\n\n");
}

static void add_snapshot_begin(struct reader *r)
{
	struct str data = { 0 };
	struct jsonw w;
	jsonw_init(&w, &data);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "filter", view_of_str(&r->filter_text));
	if (r->ended >= 0)
		jsonw_int(&w, "ended", r->ended);
	jsonw_end_object(&w);
	add_frame(r, "snapshot_begin", -1, view_of_str(&data));
	str_release(&data);
}

static void add_snapshot_end(struct reader *r)
{
	const int64_t *counts = engine_snapshot_counts(r->snapshot);
	struct str data = { 0 };
	struct jsonw w;
	bool whole = true;	/* of the scope that snapshot_begin named; never sent in part */
	jsonw_init(&w, &data);
	jsonw_object(&w, NULL);
	jsonw_bool(&w, "complete", whole);
	jsonw_object(&w, "counts");
	for (int lane = 0; lane < LANES; lane++)
		if (!engine_snapshot_cut(r->snapshot) || !lane_has_ended((enum lane)lane))
			jsonw_int(&w, lane_name((enum lane)lane), counts[lane]);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
	add_frame(r, "snapshot_end", r->cursor, view_of_str(&data));
	str_release(&data);
}

static void add_word(struct reader *r, const char *event, const char *key, struct view value)
{
	struct str data = { 0 };
	struct jsonw w;
	jsonw_init(&w, &data);
	jsonw_object(&w, NULL);
	jsonw_text(&w, key, value);
	jsonw_end_object(&w);
	add_frame(r, event, -1, view_of_str(&data));
	str_release(&data);
}

static void add_gone(struct reader *r, const struct engine_change *c)
{
	struct str data = { 0 };
	struct jsonw w;
	jsonw_init(&w, &data);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", c->id);
	jsonw_end_object(&w);
	add_frame(r, "gone", c->seq, view_of_str(&data));
	str_release(&data);
}

/* ---- what a reader wants ------------------------------------------------------------ */

static bool frame_matches(struct reader *r, struct view frame)
{
	struct run_facts facts;
	if (!frame.len)
		return false;
	if (filter_is_empty(r->filter) && !r->viewer.sees)
		return true;
	arena_clear(&r->events->arena);
	struct filter_env env = filter_env_of(when_now_ms(), NULL);
	return proto_run(frame, &r->events->arena, &facts, NULL) &&
	       engine_sees(&r->viewer, facts.workflow) &&
	       filter_match(r->filter, &facts, &env);
}

/* Of a workflow that the reader may not see. */
static bool is_hidden(struct reader *r, struct view frame)
{
	struct run_facts facts;
	if (!r->viewer.sees || !frame.len)
		return false;
	arena_clear(&r->events->arena);
	return !proto_run(frame, &r->events->arena, &facts, NULL) ||
	       !engine_sees(&r->viewer, facts.workflow);
}

static bool in_scope(const struct reader *r, struct view run)
{
	return !r->run.len || view_eq(run, view_of_str(&r->run));
}

/* What is looked at may all be passed over: the clock ends it, for others to come in
 * between. */
static bool slice_is_over(const struct reader *r)
{
	return when_mono_ms() >= r->until_ms;
}

static bool on_change(void *arg, const struct engine_change *c)
{
	struct reader *r = arg;
	r->cursor = c->seq;
	if (!in_scope(r, c->id))
		return true;
	if (frame_matches(r, c->frame))
		add_frame(r, "run", c->seq,
			  own_rows_get(r->events->own, r->caller, c->seq, c->frame));
	else if (c->before_pruned ? !is_hidden(r, c->frame) : frame_matches(r, c->before))
		add_gone(r, c);
	return r->out.len < BUFFER_ENOUGH && !slice_is_over(r);
}

static bool on_snapshot_run(void *arg, const struct engine_change *c)
{
	struct reader *r = arg;
	add_frame(r, "run", -1, c->frame);
	return r->out.len < BUFFER_ENOUGH;
}

/* ---- filling and sending ------------------------------------------------------------ */

static bool begin_snapshot(struct reader *r, struct err *err)
{
	engine_snapshot_free(r->snapshot);
	r->snapshot = engine_snapshot_new(r->events->api->with.engine, &(struct engine_scope){
		.filter = view_of_str(&r->filter_text), .ended = r->ended, .viewer = r->viewer,
	}, err);
	if (!r->snapshot)
		return false;
	r->cursor = engine_snapshot_seq(r->snapshot);
	r->phase = PHASE_SNAPSHOT;
	add_snapshot_begin(r);
	return true;
}

static void reset(struct reader *r, const char *reason)
{
	add_word(r, "reset", "reason", view_of(reason));
	if (!begin_snapshot(r, NULL))
		r->phase = PHASE_ENDED;
}

static void wake(void *arg)
{
	struct reader *r = arg;
	exchange_wake(r->x);
}

static void fill_snapshot(struct reader *r)
{
	bool more = true;
	while (more && r->out.len < BUFFER_ENOUGH && !slice_is_over(r))
		more = engine_snapshot_next(r->snapshot, SNAPSHOT_SLICE, on_snapshot_run, r);
	if (more)
		return;
	add_snapshot_end(r);
	engine_snapshot_free(r->snapshot);
	r->snapshot = NULL;
	r->phase = PHASE_LIVE;
}

static void fill_live(struct reader *r)
{
	struct engine *engine = r->events->api->with.engine;
	while (!r->out.len && r->cursor < engine_seq(engine) && !slice_is_over(r)) {
		int64_t before = r->cursor;
		if (!engine_changes(engine, r->cursor, on_change, r)) {
			reset(r, "the changes since then are no longer kept");
			return;
		}
		if (r->cursor == before)
			r->cursor = engine_seq(engine);	/* numbers that changed no run */
	}
}

static void fill(struct reader *r)
{
	str_clear(&r->out);
	r->sent = 0;
	r->until_ms = when_mono_ms() + SLICE_MS;
	if (r->phase == PHASE_SNAPSHOT)
		fill_snapshot(r);
	if (!r->out.len && r->phase == PHASE_LIVE)
		fill_live(r);
	if (!r->out.len && slice_is_over(r))
		loop_timer_set(r->again, 0);
}

static ssize_t pull(void *arg, char *buf, size_t max)
{
	struct reader *r = arg;
	if (!caller_can(r->caller, CAN_VIEW_RUNS))
		return STREAM_END;	/* the rights were taken away meanwhile */
	if (r->sent == r->out.len)
		fill(r);
	struct view part = view_cut(view_of_str(&r->out), r->sent, max);
	if (!part.len)
		return r->phase == PHASE_ENDED ? STREAM_END : STREAM_WAIT;
	memcpy(buf, part.ptr, part.len);
	r->sent += part.len;
	return (ssize_t)part.len;
}

static bool has_room(const struct reader *r)
{
	return r->out.len - r->sent < BUFFER_ENOUGH;
}

static void beat(void *arg)
{
	struct reader *r = arg;
	struct str data = { 0 };
	struct jsonw w;
	if (!has_room(r))
		return;
	jsonw_init(&w, &data);
	jsonw_object(&w, NULL);
	jsonw_time(&w, "time", when_now_ms());
	jsonw_string(&w, "trouble", engine_trouble(r->events->api->with.engine));
	jsonw_end_object(&w);
	add_frame(r, "heartbeat", -1, view_of_str(&data));
	str_release(&data);
}

static void reader_free(void *arg)
{
	struct reader *r = arg;
	struct events *e = r->events;
	struct reader *last = e->readers.items[--e->readers.len];
	e->readers.items[r->index] = last;
	last->index = r->index;
	engine_snapshot_free(r->snapshot);
	loop_remove(r->again);
	filter_free(r->filter);
	str_release(&r->filter_text);
	str_release(&r->run);
	str_release(&r->out);
	mem_free(r);
}

static const struct stream_ops stream = {
	.pull = pull,
	.beat = beat,
	.close = reader_free,
};

/* ---- a newcomer ----------------------------------------------------------------------- */

static struct reader *reader_new(struct call *c)
{
	struct events *e = c->api->events;
	struct reader *r = mem_zero(sizeof *r);
	r->events = e;
	r->x = c->x;
	r->index = e->readers.len;
	r->again = loop_timer(c->api->with.loop, wake, r);
	r->caller = c->caller;
	r->route = c->route;
	r->viewer = call_viewer(c);
	vec_push(&e->readers, r);
	return r;
}

/* EPOCH-SEQ of this database and not of its future. */
static bool read_last_id(const struct reader *r, struct view id, int64_t *seq)
{
	struct engine *engine = r->events->api->with.engine;
	struct view epoch;
	return view_split(&id, '-', &epoch) && view_is(epoch, engine_epoch(engine)) &&
	       number_parse(id, 0, engine_seq(engine), seq);
}

static bool never(void *arg, const struct engine_change *c)
{
	(void)arg;
	(void)c;
	return false;
}

static void go_on_from(struct reader *r, struct view id)
{
	if (!read_last_id(r, id, &r->cursor))
		reset(r, "this id is of another database or of its future");
	else if (!engine_changes(r->events->api->with.engine, r->cursor, never, r))
		reset(r, "the changes since then are no longer kept");
}

static bool read_scope(struct call *c, struct reader *r, bool *snapshot)
{
	int64_t ended;
	if (!call_query(c, "filter", &r->filter_text) || !call_query(c, "run", &r->run) ||
	    !call_query_int(c, "ended", (struct call_range){ 0, ENDED_MAX, -1 }, &ended) ||
	    !call_query_flag(c, "snapshot", snapshot))
		return false;
	r->ended = (int)ended;
	if (!r->run.len)
		return true;
	if (!ident_is_uuid(view_of_str(&r->run)) || r->filter_text.len) {
		call_error(c, 400, "bad_request", "run is a run's id, and stands without a filter");
		return false;
	}
	str_addf(&r->filter_text, "id:%s", str_text(&r->run));
	engine_workflow_of_run(c->api->with.engine, view_of_str(&r->run), &c->workflow);
	r->details = call_may(c, CAN_VIEW_DETAILS);
	return true;
}

static bool prepare(struct call *c, struct reader *r)
{
	bool snapshot;
	struct view last_id;
	struct err err = { 0 };
	if (!read_scope(c, r, &snapshot))
		return false;
	r->filter = filter_parse(view_of_str(&r->filter_text), NULL, &err);
	bool good = r->filter != NULL;
	if (good && front_header(exchange_head(c->x), "Last-Event-ID", &last_id) && last_id.len) {
		r->phase = PHASE_LIVE;
		go_on_from(r, last_id);
	} else if (good && snapshot) {
		good = begin_snapshot(r, &err);
	} else if (good) {
		r->phase = PHASE_LIVE;
		r->cursor = engine_seq(c->api->with.engine);
	}
	if (!good)
		call_failed(c, &err);
	err_release(&err);
	return good;
}

void api_events(struct call *c)
{
	struct reader *r = reader_new(c);
	if (!prepare(c, r)) {
		reader_free(r);
		return;
	}
	if (engine_trouble(c->api->with.engine))
		beat(r);
	exchange_stream(c->x, "text/event-stream", &stream, r);
}

/* ---- what the engine tells ---------------------------------------------------------------- */

void events_changed(struct events *e)
{
	for (size_t i = 0; i < e->readers.len; i++)
		exchange_wake(e->readers.items[i]->x);
}

/* The run as it is now, read once for all filters of this frame. */
static bool run_now(struct events *e, struct view id, struct str *json)
{
	int64_t version;
	struct engine_caller nobody = { 0 };
	return json->len || engine_run(e->api->with.engine, id, &nobody, json, &version, NULL);
}

void events_progress(struct events *e, struct view run, struct view frame)
{
	struct str json = { 0 };
	for (size_t i = 0; i < e->readers.len; i++) {
		struct reader *r = e->readers.items[i];
		if (r->phase != PHASE_LIVE || !in_scope(r, run) || !has_room(r))
			continue;
		if (((!r->run.len && !filter_is_empty(r->filter)) || r->viewer.sees) &&
		    (!run_now(e, run, &json) || !frame_matches(r, view_of_str(&json))))
			continue;
		add_frame(r, "progress", -1, frame);
		exchange_wake(r->x);
	}
	str_release(&json);
}

/* Readers are not left to wait for the next heartbeat. */
void events_trouble(struct events *e)
{
	for (size_t i = 0; i < e->readers.len; i++) {
		beat(e->readers.items[i]);
		exchange_wake(e->readers.items[i]->x);
	}
}

/* Who sees other runs now, or may, begins anew with those. */
static void renew(struct api *api, struct reader *r)
{
	struct call c = { .api = api, .caller = r->caller, .route = r->route };
	r->viewer = call_viewer(&c);
	engine_workflow_of_run(api->with.engine, view_of_str(&r->run), &c.workflow);
	r->details = r->run.len && call_may(&c, CAN_VIEW_DETAILS);
	str_release(&c.workflow);
	if (r->phase != PHASE_ENDED)
		reset(r, "the engine's settings were read again");
	exchange_wake(r->x);
}

void api_renew(struct api *api)
{
	for (size_t i = 0; i < api->events->readers.len; i++)
		renew(api, api->events->readers.items[i]);
}

void events_task(struct events *e, struct view run, struct view frame)
{
	for (size_t i = 0; i < e->readers.len; i++) {
		struct reader *r = e->readers.items[i];
		if (!r->run.len || !r->details || !in_scope(r, run) || !has_room(r))
			continue;
		add_frame(r, "task", -1, frame);
		exchange_wake(r->x);
	}
}

struct events *events_new(struct api *api)
{
	struct events *e = mem_zero(sizeof *e);
	e->api = api;
	e->own = own_rows_new();
	return e;
}

void events_free(struct events *e)
{
	if (!e)
		return;
	vec_release(&e->readers);
	own_rows_free(e->own);
	arena_release(&e->arena);
	mem_free(e);
}
