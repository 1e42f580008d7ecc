/* Notices: an outbox of commands. */
#include "engine/notices.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/journal_inside.h"
#include "io/spawn.h"
#include "wire/json.h"
#include "wire/proto.h"

enum { AT_ONCE = 4, TRIES = 5, FIRST_WAIT_MS = 10000, PATIENCE_MS = 60000 };

/* One row of the outbox. */
struct notice {
	struct notices *all;
	int64_t num, due_ms;
	int tries;
	char *run, *command, *data;	/* data: JSON {"on", "run"} */
	struct watch *child, *late;	/* while it is being sent */
	pid_t pid;
	bool sending;
};

struct notices {
	struct engine *e;
	VEC(struct notice *) list;
	struct watch *timer;
	int64_t last_num;
	int sending;
};

/* ---- the outbox -------------------------------------------------------------------- */

static void keep(struct notices *n, const struct notice *notice)
{
	static const char upsert[] = "INSERT OR REPLACE INTO outbox(num, run, command, data, tries,"
				     " due) VALUES(?, ?, ?, ?, ?, ?)";
	const struct journal_value values[] = {
		journal_number(notice->num), journal_text(view_of(notice->run)),
		journal_text(view_of(notice->command)), journal_text(view_of(notice->data)),
		journal_number(notice->tries), journal_number(notice->due_ms),
	};
	journal_put(n->e->journal, upsert, values, 6);
}

static void forget(struct notices *n, struct notice *notice)
{
	static const char remove[] = "DELETE FROM outbox WHERE num = ?";
	const struct journal_value values[] = { journal_number(notice->num) };
	journal_put(n->e->journal, remove, values, 1);
}

static void notice_free(struct notice *notice)
{
	loop_remove(notice->child);
	loop_remove(notice->late);
	mem_free(notice->run);
	mem_free(notice->command);
	mem_free(notice->data);
	mem_free(notice);
}

static void drop(struct notices *n, struct notice *notice)
{
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
	for (size_t i = 0; i < n->list.len; i++) {
		if (n->list.items[i]->sending)
			kill(-n->list.items[i]->pid, SIGKILL);
		notice_free(n->list.items[i]);
	}
	vec_release(&n->list);
	loop_remove(n->timer);
	mem_free(n);
}

/* ---- what is to be told ---------------------------------------------------------------- */

static bool wants(const struct notice_spec *s, const char *word)
{
	for (size_t i = 0; i < s->n_on; i++) {
		if (view_is(s->on[i], word))
			return true;
	}
	return false;
}

static bool matches(const struct notice_spec *s, struct view frame)
{
	struct run_facts facts;
	struct arena arena = {0};
	struct filter_env env = { .now_ms = when_now_ms() };
	if (!s->filter.len)
		return true;
	struct filter *filter = filter_parse(s->filter, NULL, NULL);
	bool good = filter && proto_run(frame, &arena, &facts, NULL) &&
		    filter_match(filter, &facts, &env);
	filter_free(filter);
	arena_release(&arena);
	return good;
}

static void put_out(struct notices *n, const struct live_run *run, const struct notice_spec *s,
		    const char *word)
{
	struct str frame = {0}, data = {0};
	struct jsonw w;
	engine_frame(n->e, run->m, &frame);
	if (s->command.len && matches(s, view_of_str(&frame))) {
		struct notice *notice = mem_zero(sizeof *notice);
		jsonw_init(&w, &data);
		jsonw_object(&w, NULL);
		jsonw_string(&w, "on", word);
		jsonw_raw(&w, "run", view_of_str(&frame));
		jsonw_end_object(&w);
		notice->all = n;
		notice->num = ++n->last_num;
		notice->run = text_of(run->m->id);
		notice->command = text_of(s->command);
		notice->data = str_steal(&data);
		notice->due_ms = when_now_ms();
		keep(n, notice);
		vec_push(&n->list, notice);
	}
	str_release(&frame);
	str_release(&data);
}

static void tell(struct notices *n, const struct live_run *run, const char *word)
{
	for (size_t i = 0; i < run->w->n_notices; i++) {
		const struct notice_spec *s = &run->w->notices[i];
		if (wants(s, word) ||
		    (run->m->ended && str_eq(word, run_status_name(run->m->status)) &&
		     wants(s, "ended")))
			put_out(n, run, s, word);
	}
}

/* ---- longer than most -------------------------------------------------------------------- */

static void on_long(void *arg)
{
	struct live_run *run = arg;
	if (!run->m->ended)
		tell(run->engine->notices, run, "long_running");
}

static void watch_length(struct notices *n, struct live_run *run)
{
	int64_t expected = stats_expected(&n->e->stats, n->e->journal, run->m->workflow);
	bool wanted = false;
	for (size_t i = 0; i < run->w->n_notices; i++)
		wanted = wanted || wants(&run->w->notices[i], "long_running");
	int64_t left = run->m->started_ms + expected - when_now_ms();
	/* One that was late already before a restart was told then. */
	if (!wanted || !expected || left < 0 || run->long_run)
		return;
	run->long_run = loop_timer(n->e->loop, on_long, run);
	loop_timer_set(run->long_run, left + 1);
}

void notices_look_at(struct notices *n, struct live_run *run)
{
	const struct machine *m = run->m;
	if (!run->w->n_notices)
		return;
	if (!m->ended && m->started_ms)
		watch_length(n, run);
	if (m->status == run->told)
		return;
	run->told = m->status;
	tell(n, run, run_status_name(m->status));
}

/* ---- sending -------------------------------------------------------------------------------- */

static void closed(struct notice *notice, bool good)
{
	struct notices *n = notice->all;
	loop_remove(notice->child);
	loop_remove(notice->late);
	notice->child = notice->late = NULL;
	notice->sending = false;
	n->sending--;
	if (good) {
		forget(n, notice);
		drop(n, notice);
	} else if (++notice->tries >= TRIES) {
		engine_audit(n->e, VIEW("notice"), view_of(notice->command),
			     VIEW("given up after five tries"));
		log_warn("a notice about run %s is given up", notice->run);
		forget(n, notice);
		drop(n, notice);
	} else {
		notice->due_ms = when_now_ms() + ((int64_t)FIRST_WAIT_MS << (notice->tries - 1));
		keep(n, notice);
	}
	loop_timer_set(n->e->retry, 0);
}

static void on_child(void *arg, pid_t pid, int status)
{
	struct notice *notice = arg;
	(void)pid;
	closed(notice, WIFEXITED(status) && !WEXITSTATUS(status));
}

static void on_late(void *arg)
{
	struct notice *notice = arg;
	kill(-notice->pid, SIGKILL);
}

/* What a notice's command sees: little of ours, and what happened. */
struct setting {
	struct str lines[8];
	const char *env[9];
	size_t n;
};

static void set(struct setting *s, const char *name, struct view value)
{
	str_addf(&s->lines[s->n], "%s=", name);
	str_add(&s->lines[s->n], value);
	s->env[s->n] = str_text(&s->lines[s->n]);
	s->n++;
}

static void set_ours(struct setting *s, const char *name)
{
	const char *value = getenv(name);
	if (value)
		set(s, name, view_of(value));
}

static void make_setting(struct setting *s, const struct notice *notice)
{
	struct json_doc *doc = json_parse(view_of(notice->data), STR_DEFAULT_MAX, NULL);
	const struct json *root = doc ? json_root(doc) : NULL;
	const struct json *run = json_get(root, "run");
	set_ours(s, "PATH");
	set_ours(s, "HOME");
	set_ours(s, "LANG");
	set(s, "RUNBOARD_NOTICE", view_of(notice->data));
	set(s, "RUNBOARD_ON", json_get_text(root, "on"));
	set(s, "RUNBOARD_RUN_ID", view_of(notice->run));
	set(s, "RUNBOARD_WORKFLOW", json_get_text(run, "workflow"));
	set(s, "RUNBOARD_STATUS", json_get_text(run, "status"));
	json_free(doc);
}

static void send_one(struct notices *n, struct notice *notice)
{
	struct setting setting = {0};
	struct err err = {0};
	const char *const argv[] = { "/bin/sh", "-c", notice->command, NULL };
	make_setting(&setting, notice);
	const struct spawn spawn = { .program = "/bin/sh", .argv = argv, .env = setting.env,
				     .session = true };
	notice->sending = true;
	n->sending++;
	notice->pid = spawn_start(&spawn, &err);
	if (notice->pid > 0) {
		notice->child = loop_child(n->e->loop, notice->pid, on_child, notice);
		notice->late = loop_timer(n->e->loop, on_late, notice);
		loop_timer_set(notice->late, PATIENCE_MS);
	} else {
		log_warn("a notice cannot be sent: %s", err_text(&err));
		closed(notice, notice->pid > 0);
	}
	for (size_t i = 0; i < setting.n; i++)
		str_release(&setting.lines[i]);
	err_release(&err);
}

void notices_send(struct notices *n)
{
	int64_t now_ms = when_now_ms(), next = 0;
	for (size_t i = 0; i < n->list.len; i++) {
		struct notice *notice = n->list.items[i];
		if (notice->sending)
			continue;
		if (notice->due_ms <= now_ms && n->sending < AT_ONCE) {
			send_one(n, notice);	/* may drop it: from the start again */
			i = SIZE_MAX;
			next = 0;
			continue;
		}
		if (notice->due_ms > now_ms && (!next || notice->due_ms < next))
			next = notice->due_ms;
	}
	if (next)
		loop_timer_set(n->timer, next - now_ms);
}
