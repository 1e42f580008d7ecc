/* Notices: an outbox, and what comes into it. */
#include "engine/notices.h"

#include "base/ident.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/journal_inside.h"
#include "engine/notices_inside.h"
#include "wire/json.h"
#include "wire/proto.h"

/* ---- the outbox -------------------------------------------------------------------- */

void notice_keep(const struct notice *notice)
{
	static const char upsert[] = "INSERT OR REPLACE INTO outbox(num, run, command, data, tries,"
				     " due) VALUES(?, ?, ?, ?, ?, ?)";
	const struct journal_value values[] = {
		journal_number(notice->num), journal_text(view_of(notice->run)),
		journal_text(view_of(notice->command)), journal_text(view_of(notice->data)),
		journal_number(notice->tries), journal_number(notice->due_ms),
	};
	journal_put(notice->all->e->journal, upsert, values, 6);
}

static void notice_free(struct notice *notice)
{
	notice_stop(notice);
	mem_free(notice->run);
	mem_free(notice->command);
	mem_free(notice->data);
	mem_free(notice);
}

void notice_forget(struct notice *notice)
{
	static const char remove[] = "DELETE FROM outbox WHERE num = ?";
	struct notices *n = notice->all;
	const struct journal_value values[] = { journal_number(notice->num) };
	journal_put(n->e->journal, remove, values, 1);
	for (size_t i = 0; i < n->list.len; i++) {
		if (n->list.items[i] != notice)
			continue;
		vec_remove(&n->list, i);
		break;
	}
	notice_free(notice);
}

static char *text_of(struct view v)
{
	return mem_bytes(v.ptr, v.len);
}

static void read_outbox(struct notices *n)
{
	struct db_stmt *st = db_stmt(journal_db(n->e->journal),
				     "SELECT num, run, command, data, tries, due FROM outbox"
				     " ORDER BY num");
	while (db_step(st, NULL) == DB_ROW) {
		struct notice *notice = mem_zero(sizeof *notice);
		notice->all = n;
		notice->num = db_int(st, 0);
		notice->run = text_of(db_text(st, 1));
		notice->command = text_of(db_text(st, 2));
		notice->data = text_of(db_text(st, 3));
		notice->tries = (int)db_int(st, 4);
		notice->due_ms = db_int(st, 5);
		/* The clock may have been set back meanwhile. */
		if (notice->due_ms > when_now_ms() + notice_wait_ms(notice))
			notice->due_ms = when_now_ms() + notice_wait_ms(notice);
		n->last_num = notice->num;
		vec_push(&n->list, notice);
	}
	db_reset(st);
}

static void on_time(void *arg)
{
	notices_send(arg);
}

struct notices *notices_new(struct engine *e)
{
	struct notices *n = mem_zero(sizeof *n);
	n->e = e;
	n->timer = loop_timer(e->loop, on_time, n);
	read_outbox(n);
	return n;
}

void notices_free(struct notices *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->list.len; i++)
		notice_free(n->list.items[i]);
	vec_release(&n->list);
	loop_remove(n->timer);
	mem_free(n);
}

void notices_move(struct notices *n, int64_t by_ms)
{
	for (size_t i = 0; i < n->list.len; i++) {
		n->list.items[i]->due_ms += by_ms;
		notice_keep(n->list.items[i]);
	}
}

/* ---- what is to be told ---------------------------------------------------------------- */

static bool has_word(const struct notice_spec *s, const char *word)
{
	for (size_t i = 0; i < s->n_on; i++) {
		if (view_is(s->on[i], word))
			return true;
	}
	return false;
}

/* Those of the workflow, then the engine's own; NULL behind the last. */
static const struct notice_spec *spec_at(const struct notices *n, const struct live_run *run,
					 size_t i)
{
	if (i < run->w->n_notices)
		return &run->w->notices[i];
	i -= run->w->n_notices;
	return i < n->e->n_notice_specs ? &n->e->notice_specs[i] : NULL;
}

static bool matches(const struct notice_spec *s, struct view frame)
{
	struct run_facts facts;
	struct arena arena = {0};
	struct filter_env env = filter_env_of(when_now_ms(), NULL);
	if (!s->filter.len)
		return true;
	struct filter *filter = filter_parse(s->filter, NULL, NULL);
	bool good = filter && proto_run(frame, &arena, &facts, NULL) &&
		    filter_match(filter, &facts, &env);
	filter_free(filter);
	arena_release(&arena);
	return good;
}

/* The envelope: what is told, and to whom where it is an address. */
static void write_data(struct str *out, const struct notice_spec *s, const char *word,
		       struct view frame)
{
	char id[IDENT_LEN + 1];
	struct jsonw w;
	ident_uuid7(id, when_now_ms());
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	if (s->url.len) {
		jsonw_text(&w, "url", s->url);
		jsonw_text(&w, "secret", s->secret);
	}
	jsonw_string(&w, "delivery", id);
	jsonw_string(&w, "on", word);
	jsonw_raw(&w, "run", frame);
	jsonw_end_object(&w);
}

static void put_out(struct notices *n, const struct live_run *run, const struct notice_spec *s,
		    const char *word)
{
	struct str frame = {0}, data = {0};
	engine_frame(n->e, run->m, &frame);
	if (matches(s, view_of_str(&frame))) {
		struct notice *notice = mem_zero(sizeof *notice);
		write_data(&data, s, word, view_of_str(&frame));
		notice->all = n;
		notice->num = ++n->last_num;
		notice->run = text_of(run->m->id);
		notice->command = text_of(s->url.len ? s->url : s->command);
		notice->data = str_steal(&data);
		notice->due_ms = when_now_ms();
		notice_keep(notice);
		vec_push(&n->list, notice);
	}
	str_release(&frame);
}

/* Without words any change of status is wanted. */
static void tell_status(struct notices *n, const struct live_run *run)
{
	const char *word = run_status_name(run->m->status);
	const struct notice_spec *s;
	for (size_t i = 0; (s = spec_at(n, run, i)); i++) {
		if (!s->n_on || has_word(s, word) || (run->m->ended && has_word(s, "ended")))
			put_out(n, run, s, word);
	}
}

/* ---- longer than most -------------------------------------------------------------------- */

/* After how long it is told; 0: never. */
static int64_t limit_of(const struct notices *n, const struct live_run *run,
			const struct notice_spec *s)
{
	if (!has_word(s, "long_running"))
		return 0;
	return s->after_ms ? s->after_ms :
			     stats_expected(&n->e->stats, n->e->journal, run->m->workflow);
}

/* For the next engine: up to what length of the run it was told. */
static void keep_length(struct notices *n, const struct live_run *run)
{
	static const char upsert[] = "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)";
	struct str key = {0}, value = {0};
	str_addf(&key, "long:%.*s", (int)run->m->id.len, run->m->id.ptr);
	str_addf(&value, "%lld", (long long)run->long_ms);
	const struct journal_value values[] = {
		journal_text(view_of_str(&key)), journal_text(view_of_str(&value)),
	};
	journal_put(n->e->journal, upsert, values, 2);
	str_release(&key);
	str_release(&value);
}

static int64_t kept_length(struct notices *n, const struct live_run *run)
{
	struct db_stmt *st = db_stmt(journal_db(n->e->journal),
				     "SELECT value FROM meta WHERE key = ?");
	struct str key = {0};
	int64_t ms = 0;
	str_addf(&key, "long:%.*s", (int)run->m->id.len, run->m->id.ptr);
	db_bind_text(st, 1, view_of_str(&key));
	if (db_step(st, NULL) != DB_ROW || !number_parse(db_text(st, 0), 0, INT64_MAX, &ms))
		ms = 0;
	db_reset(st);
	str_release(&key);
	return ms;
}

static void watch_length(struct notices *n, struct live_run *run);

static void on_long(void *arg)
{
	struct live_run *run = arg;
	struct notices *n = run->engine->notices;
	const struct notice_spec *s;
	int64_t now = when_now_ms() - run->m->started_ms, before = run->long_ms;
	if (run->m->ended)
		return;
	run->long_ms = now;
	keep_length(n, run);
	for (size_t i = 0; (s = spec_at(n, run, i)); i++) {
		int64_t limit = limit_of(n, run, s);
		if (limit > before && limit <= now)
			put_out(n, run, s, "long_running");
	}
	watch_length(n, run);
}

static void watch_length(struct notices *n, struct live_run *run)
{
	const struct notice_spec *s;
	int64_t now = when_now_ms() - run->m->started_ms, next = 0;
	for (size_t i = 0; (s = spec_at(n, run, i)); i++) {
		int64_t limit = limit_of(n, run, s);
		if (limit > run->long_ms && (!next || limit < next))
			next = limit;
	}
	if (!next) {
		loop_remove(run->long_run);
		run->long_run = NULL;
		return;
	}
	if (!run->long_run)
		run->long_run = loop_timer(n->e->loop, on_long, run);
	loop_timer_set(run->long_run, next > now ? next - now : 0);
}

void notices_look_at(struct notices *n, struct live_run *run)
{
	const struct machine *m = run->m;
	if (!spec_at(n, run, 0)) {
		run->told = m->status;	/* what comes later tells of what comes later */
		return;
	}
	if (!m->ended && m->started_ms && !run->long_run) {
		/* A run that is opened again is not late for what it took before. */
		if (run->told < RUN_STATUSES && !run_status_is_open(run->told))
			run->long_ms = when_now_ms() - m->started_ms;
		watch_length(n, run);
	}
	if (m->status == run->told)
		return;
	run->told = m->status;
	tell_status(n, run);
}

void notices_take_up(struct notices *n, struct live_run *run)
{
	if (!spec_at(n, run, 0) || run->m->ended || !run->m->started_ms)
		return;
	run->long_ms = kept_length(n, run);
	watch_length(n, run);
}

void notices_renew(struct notices *n)
{
	for (size_t i = 0; i < n->e->runs.len; i++) {
		struct live_run *run = n->e->runs.items[i];
		if (!run->m->ended && run->m->started_ms)
			watch_length(n, run);
	}
}
