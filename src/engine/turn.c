/* The end of a loop turn: what was decided is committed at one stroke; then, and
 * only then, replies are given, watchers are told, and in the next turn, when these are
 * on their way, commands go out. */
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "wire/encode.h"
#include "wire/jsonw.h"

enum { RETRY_MS = 1000, LOG_PAGES = 500, LOG_PAGES_MOST = 8000, QUIET_MS = 10 };

/* ---- before ----------------------------------------------------------------------- */

static void seal_run(struct engine *e, struct live_run *run)
{
	struct str frame = {0};
	engine_frame(e, run->m, &frame);
	const struct journal_run row = {
		.num = run->num, .m = run->m, .frame = view_of_str(&frame),
		.previous = run->previous,
	};
	journal_run(e->journal, &row);
	run->previous = run->m->seq;
	run->dirty = false;
	str_release(&frame);
}

void engine_seal(struct engine *e)
{
	for (size_t i = 0; i < e->runs.len; i++) {
		if (e->runs.items[i]->dirty)
			seal_run(e, e->runs.items[i]);
	}
}

/* ---- after ------------------------------------------------------------------------- */

static void stop(struct engine *e, const struct pending_effect *p)
{
	const struct attempt_name name = { p->run->m->id, p->task, p->attempt };
	const struct machine_task *t = machine_task(p->run->m, p->task);
	if (t && t->kind == STEP_WORKFLOW)
		engine_stop_child(e, p->run, p->task);
	else
		engine_stop_attempt(e, &name);
}

/* What was committed in a turn before: whoever gave the orders has had an answer
 * meanwhile. Effects may bring further ones. */
static void perform(struct engine *e)
{
	size_t n = e->due;
	e->due = 0;
	for (size_t i = 0; i < n; i++) {
		const struct pending_effect effect = e->effects.items[i], *p = &effect;
		switch (p->kind) {
		case EFFECT_LAUNCH:
			engine_launch(e, p->run, p->task, p->attempt);
			break;
		case EFFECT_STOP:
			stop(e, p);
			break;
		case EFFECT_KINDS:
			BUG("no such effect");
		}
	}
	for (size_t i = n; i < e->effects.len; i++)
		e->effects.items[i - n] = e->effects.items[i];
	e->effects.len -= n;
}

static void send_reply(struct pending_reply *p)
{
	const struct engine_reply reply = {
		.status = p->status, .body = view_of_str(&p->body), .version = p->version,
		.replayed = p->replayed,
	};
	p->fn(p->arg, &reply);
	str_release(&p->body);
}

enum whom { WHOM_ALL, WHOM_UNCOMMITTED };

/* While the batch waits, those that need no commit are answered. */
static void send_replies(struct engine *e, enum whom whom)
{
	size_t kept = 0, n = e->replies.len;
	for (size_t i = 0; i < n; i++) {
		struct pending_reply p = e->replies.items[i];
		if (whom == WHOM_UNCOMMITTED && !p.now)
			e->replies.items[kept++] = p;
		else
			send_reply(&p);
	}
	/* What was asked for meanwhile stands behind. */
	for (size_t i = n; i < e->replies.len; i++)
		e->replies.items[kept++] = e->replies.items[i];
	e->replies.len = kept;
}

static void forget_watchers(struct engine *e)
{
	for (size_t i = e->watchers.len; i-- > 0;) {
		if (!e->watchers.items[i]->gone)
			continue;
		mem_free(e->watchers.items[i]);
		vec_remove(&e->watchers, i);
	}
}

static void tell_changes(struct engine *e)
{
	int64_t seq = journal_seq(e->journal);
	if (seq == e->told_seq)
		return;
	e->told_seq = seq;
	for (size_t i = 0; i < e->watchers.len; i++) {
		struct engine_watch *w = e->watchers.items[i];
		if (!w->gone && w->hooks.changed)
			w->hooks.changed(w->arg, seq);
	}
	forget_watchers(e);
}

void engine_tell_trouble(struct engine *e)
{
	for (size_t i = 0; i < e->watchers.len; i++) {
		struct engine_watch *w = e->watchers.items[i];
		if (!w->gone && w->hooks.trouble)
			w->hooks.trouble(w->arg);
	}
}

static void set_trouble(struct engine *e, const char *text)
{
	bool same = text ? e->trouble && str_eq(e->trouble, text) : !e->trouble;
	e->busy = text != NULL;
	if (same)
		return;
	mem_free(e->trouble);
	e->trouble = text ? mem_text(text) : NULL;
	engine_tell_trouble(e);
}

/* False while the batch waits for room. */
static bool commit(struct engine *e)
{
	struct err err = {0};
	bool done = false;
	switch (journal_commit(e->journal, &err)) {
	case JOURNAL_OK:
	case JOURNAL_EMPTY:
		if (e->busy)
			log_note("the journal can be written again");
		set_trouble(e, NULL);
		done = true;
		break;
	case JOURNAL_FULL:
		if (!e->busy)
			log_error("the journal cannot be written, trying again: %s", err_text(&err));
		set_trouble(e, err_text(&err));
		loop_timer_set(e->retry, e->retry_ms ? e->retry_ms : RETRY_MS);
		break;
	case JOURNAL_FAILED:
		log_error("the journal is broken, stopping: %s", err_text(&err));
		_exit(DB_EXIT);
	}
	err_release(&err);
	return done;
}

/* The log goes to the file in a quiet moment, so that no order waits for it; a long one at
 * once. */
static void tend_log(struct engine *e)
{
	int pages = db_log_pages(journal_db(e->journal));
	if (pages >= LOG_PAGES)
		loop_timer_set(e->quiet, pages < LOG_PAGES_MOST ? QUIET_MS : 0);
}

void engine_end_turn(void *arg)
{
	struct engine *e = arg;
	perform(e);
	if (!e->busy) {
		engine_look_for_jumps(e);
		engine_fire(e);
		engine_schedule(e);
		engine_start_children(e);
		engine_plan(e);
		engine_set_alarm(e);
	}
	engine_tell_parents(e);
	engine_seal(e);
	if (!commit(e)) {
		send_replies(e, WHOM_UNCOMMITTED);
		return;
	}
	tend_log(e);
	e->due = e->effects.len;
	send_replies(e, WHOM_ALL);
	notices_send(e->notices);
	tell_changes(e);
	engine_drop_ended(e);
	/* What a callback has asked for gets a turn of its own. */
	if (journal_has_batch(e->journal) || e->replies.len || e->kick || e->due)
		loop_timer_set(e->retry, 0);
}

/* ---- what is not journalled ------------------------------------------------------------ */

static void tell_run(struct engine *e, const struct live_run *run)
{
	struct facts_source source;
	struct run_facts facts;
	struct arena arena = {0};
	struct str frame = {0};
	struct jsonw w;
	engine_source(e, run->m, &source);
	facts_run(&source, &arena, &facts);
	jsonw_init(&w, &frame);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "id", facts.id);
	jsonw_int(&w, "seq", facts.seq);
	encode_run_progress(&w, &facts);
	jsonw_end_object(&w);
	for (size_t i = 0; i < e->watchers.len; i++) {
		struct engine_watch *watch = e->watchers.items[i];
		if (!watch->gone && watch->hooks.progress)
			watch->hooks.progress(watch->arg, run->m->id, view_of_str(&frame));
	}
	str_release(&frame);
	arena_release(&arena);
}

void engine_tell_task(struct engine *e, const struct attempt_name *name)
{
	struct runner_live live = { .progress = -1 };
	struct str frame = {0};
	struct jsonw w;
	if (!e->watchers.len)
		return;
	runner_live(e->runner, name, &live);
	jsonw_init(&w, &frame);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "run", name->run);
	jsonw_text(&w, "task", name->task);
	jsonw_int(&w, "attempt", name->number);
	jsonw_int(&w, "stdout_bytes", live.stdout_bytes);
	jsonw_int(&w, "stderr_bytes", live.stderr_bytes);
	if (live.progress >= 0)
		encode_progress(&w, live.progress);
	jsonw_end_object(&w);
	for (size_t i = 0; i < e->watchers.len; i++) {
		struct engine_watch *watch = e->watchers.items[i];
		if (!watch->gone && watch->hooks.task)
			watch->hooks.task(watch->arg, name->run, name->task, view_of_str(&frame));
	}
	str_release(&frame);
}

void engine_tell_progress(struct engine *e, const struct attempt_name *name)
{
	const struct live_run *run = engine_live(e, name->run);
	struct runner_live live;
	if (!run || !e->watchers.len)
		return;
	engine_tell_task(e, name);
	if (runner_live(e->runner, name, &live) && live.progress >= 0)
		tell_run(e, run);
}
