/* The journal's writing. */
#include "engine/journal.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/journal_inside.h"
#include "engine/words.h"
#include "wire/proto.h"

enum { PRUNE_EVERY = 1000 };

static const char insert_event[] =
	"INSERT INTO events(seq, run, at, kind, data) VALUES(?, ?, ?, ?, ?)";
static const char upsert_run[] =
	"INSERT INTO runs(num, id, workflow, status, open, created, ended, took, seq, frame)"
	" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	" ON CONFLICT(num) DO UPDATE SET status = excluded.status, open = excluded.open,"
	" ended = excluded.ended, took = excluded.took, seq = excluded.seq,"
	" frame = excluded.frame";
static const char insert_change[] =
	"INSERT OR REPLACE INTO changes(seq, id, previous, frame) VALUES(?, ?, ?, ?)";
static const char insert_word[] = "INSERT OR IGNORE INTO words(name, value, run) VALUES(?, ?, ?)";
const char journal_insert_answer[] =
	"INSERT OR REPLACE INTO answers(caller, route, key, body, status, version, answer, at)"
	" VALUES(?, ?, ?, ?, ?, ?, ?, ?)";
static const char insert_audit[] = "INSERT INTO audit(at, who, what, why) VALUES(?, ?, ?, ?)";

/* ---- open ----------------------------------------------------------------------- */

static int64_t one_number(struct journal *j, const char *sql)
{
	struct db_stmt *st = db_stmt(j->db, sql);
	int64_t n = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	return n;
}

static void read_epoch(struct journal *j)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT value FROM meta WHERE key = 'epoch'");
	if (db_step(st, NULL) == DB_ROW) {
		struct view v = view_cut(db_text(st, 0), 0, sizeof j->epoch - 1);
		memcpy(j->epoch, v.ptr, v.len);
	}
	db_reset(st);
}

/* Tests only: RUNBOARD_TEST_KILL_AFTER=N dies by SIGKILL right after the N-th
 * commit, before anything follows from it; RUNBOARD_TEST_KILL_BEFORE=N before it. */
static void read_kill(struct journal *j)
{
	const char *after = getenv("RUNBOARD_TEST_KILL_AFTER");
	const char *before = getenv("RUNBOARD_TEST_KILL_BEFORE");
	const char *text = after ? after : before;
	if (text && number_parse(view_of(text), 1, INT64_MAX, &j->kill_at))
		j->kill_before = !after;
}

struct journal *journal_open(const char *folder, struct err *err)
{
	struct str path = {0};
	if (access(folder, W_OK)) {
		err_system(err, errno, "the state folder %s cannot be written", folder);
		return NULL;
	}
	struct journal *j = mem_zero(sizeof *j);
	str_addf(&path, "%s/journal.db", folder);
	j->db = db_open(str_text(&path), err);
	str_clear(&path);
	str_addf(&path, "%s/key", folder);
	bool has_key = j->db && crypto_key(str_text(&path), j->key, err);
	str_release(&path);
	if (!has_key || !db_migrate(j->db, journal_migrations, JOURNAL_SCHEMA, err)) {
		journal_close(j);
		return NULL;
	}
	read_epoch(j);
	read_kill(j);
	journal_uses_open(j);
	/* Numbers are never given twice, also where what had the last one was removed. */
	j->seq = one_number(j, "SELECT max((SELECT coalesce(max(seq), 0) FROM sqlite_sequence),"
			       " (SELECT coalesce(max(seq), 0) FROM changes))");
	j->run = one_number(j, "SELECT max((SELECT coalesce(max(num), 0) FROM runs),"
			       " (SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta"
			       " WHERE key = 'last_run'))");
	j->committed = j->seq;
	return j;
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	db_close(j->db);
	vec_release(&j->batch);
	arena_release(&j->arena);
	map_release(&j->definitions);
	crypto_wipe(j->key, sizeof j->key);
	mem_free(j);
}

struct db *journal_db(struct journal *j)
{
	return j->db;
}

const char *journal_epoch(const struct journal *j)
{
	return j->epoch;
}

int64_t journal_seq(const struct journal *j)
{
	return j->committed;
}

int64_t journal_new_run(struct journal *j)
{
	return ++j->run;
}

/* ---- the batch ------------------------------------------------------------------- */

static struct journal_value number(int64_t n)
{
	return (struct journal_value){ .number = n };
}

static struct journal_value text(struct view v)
{
	return (struct journal_value){ .is_text = true, .text = v };
}

static void put(struct journal *j, const char *sql, const struct journal_value *values, int n)
{
	struct journal_write w = { .sql = sql, .n = n };
	for (int i = 0; i < n; i++) {
		w.values[i] = values[i];
		w.values[i].text = arena_view(&j->arena, values[i].text);
	}
	vec_push(&j->batch, w);
}

static bool has_secret(const struct mask *mask, const struct str *data)
{
	struct str masked = {0};
	if (mask_empty(mask))
		return false;
	mask_text(mask, view_of_str(data), &masked);
	bool has = !view_eq(view_of_str(&masked), view_of_str(data));
	str_release(&masked);
	return has;
}

static void seal(const struct journal *j, struct str *data)
{
	struct str sealed = {0};
	str_add_text(&sealed, "{\"v\":1,\"sealed\":\"");
	crypto_seal(j->key, view_of_str(data), &sealed);
	str_add_text(&sealed, "\"}");
	str_clear(data);
	str_add(data, view_of_str(&sealed));
	str_release(&sealed);
}

void journal_event(struct journal *j, int64_t run, struct event *event, const struct mask *mask)
{
	struct str data = {0};
	event->seq = ++j->seq;
	event_encode(event, &data);
	if (has_secret(mask, &data))
		seal(j, &data);
	const struct journal_value values[] = {
		number(event->seq), number(run), number(event->at_ms),
		text(view_of(event_name(event->kind))), text(view_of_str(&data)),
	};
	put(j, insert_event, values, 5);
	str_release(&data);
}

void journal_put(struct journal *j, const char *sql, const struct journal_value *values, int n)
{
	put(j, sql, values, n);
}

static void put_change(struct journal *j, const struct journal_run *run)
{
	const struct journal_value values[] = {
		number(run->m->seq), text(run->m->id), number(run->previous), text(run->frame),
	};
	put(j, insert_change, values, 4);
}

struct wording {
	struct journal *j;
	int64_t num;
};

static void put_word(void *arg, struct view name, struct view value)
{
	const struct wording *w = arg;
	const struct journal_value values[] = { text(name), text(value), number(w->num) };
	put(w->j, insert_word, values, 3);
}

/* By what the run is found: as its first frame shows it, so never by a secret. */
static void put_words(struct journal *j, const struct journal_run *run)
{
	struct wording w = { j, run->num };
	struct run_facts facts;
	struct arena arena = {0};
	if (proto_run(run->frame, &arena, &facts, NULL))
		words_of_run(&facts, put_word, &w);
	arena_release(&arena);
}

int64_t journal_next_seq(const struct journal *j)
{
	return j->seq + 1;
}

int64_t journal_change(struct journal *j, const struct journal_change *change)
{
	const struct journal_value values[] = {
		number(++j->seq), text(change->id), number(change->previous), text(change->frame),
	};
	put(j, insert_change, values, 4);
	return j->seq;
}

/* -1 for what has not begun or not ended. */
static int64_t took_ms(const struct machine *m)
{
	int64_t ms = m->ended_ms - m->started_ms;
	if (!m->ended || !m->started_ms)
		return -1;
	return ms > 0 ? ms : 0;
}

void journal_run(struct journal *j, const struct journal_run *run)
{
	const struct machine *m = run->m;
	const struct journal_value values[] = {
		number(run->num), text(m->id), text(m->workflow),
		text(view_of(run_status_name(m->status))), number(!m->ended),
		number(m->created_ms), number(m->ended_ms), number(took_ms(m)), number(m->seq),
		text(run->frame),
	};
	put(j, upsert_run, values, 10);
	put_change(j, run);
	if (!run->previous)
		put_words(j, run);
}

static void drop_word(void *arg, struct view name, struct view value)
{
	static const char remove[] = "DELETE FROM words WHERE name = ? AND value = ? AND run = ?";
	const struct wording *w = arg;
	const struct journal_value values[] = { text(name), text(value), number(w->num) };
	put(w->j, remove, values, 3);
}

void journal_remove(struct journal *j, const struct journal_removal *run)
{
	static const char remove_facts[] = "DELETE FROM events WHERE run = ?";
	static const char remove_run[] = "DELETE FROM runs WHERE num = ?";
	static const char keep_number[] = "INSERT OR REPLACE INTO meta(key, value)"
					  " VALUES('last_run', CAST(? AS TEXT))";
	const struct journal_value values[] = { number(run->num) };
	struct wording w = { j, run->num };
	struct run_facts facts;
	struct arena arena = {0};
	if (proto_run(run->frame, &arena, &facts, NULL))
		words_of_run(&facts, drop_word, &w);
	arena_release(&arena);
	journal_drop_use(j, run->num);
	put(j, remove_facts, values, 1);
	put(j, remove_run, values, 1);
	if (run->num == j->run)
		put(j, keep_number, values, 1);
	journal_change(j, &(struct journal_change){ .id = run->id, .previous = run->previous });
}

void journal_answer(struct journal *j, const struct journal_answer *a)
{
	const struct journal_value values[] = {
		text(a->caller), text(a->route), text(a->key), text(a->body),
		number(a->status), number(a->version), text(a->answer), number(a->at_ms),
	};
	put(j, journal_insert_answer, values, 8);
}

void journal_audit(struct journal *j, int64_t at_ms, const struct view words[3])
{
	const struct journal_value values[] = {
		number(at_ms), text(words[0]), text(words[1]), text(words[2]),
	};
	put(j, insert_audit, values, 4);
}

bool journal_has_batch(const struct journal *j)
{
	return j->batch.len > 0;
}

/* ---- commit ---------------------------------------------------------------------- */

static enum db_result write_one(struct journal *j, const struct journal_write *w, struct err *err)
{
	struct db_stmt *st = db_stmt(j->db, w->sql);
	for (int i = 0; i < w->n; i++) {
		if (w->values[i].is_text)
			db_bind_text(st, i + 1, w->values[i].text);
		else
			db_bind_int(st, i + 1, w->values[i].number);
	}
	enum db_result result = db_step(st, err);
	db_reset(st);
	return result;
}

static enum db_result write_all(struct journal *j, struct err *err)
{
	enum db_result result = db_exec(j->db, "BEGIN IMMEDIATE", err);
	for (size_t i = 0; result == DB_DONE && i < j->batch.len; i++)
		result = write_one(j, &j->batch.items[i], err);
	return result == DB_DONE ? db_exec(j->db, "COMMIT", err) : result;
}

static void die_for_test(const struct journal *j, int64_t commit, bool before)
{
	if (j->kill_at == commit && j->kill_before == before)
		kill(getpid(), SIGKILL);
}

/* Old changes go, now and then, in the next batch. */
static void prune(struct journal *j)
{
	static const char prune_changes[] = "DELETE FROM changes WHERE seq < ?";
	if (j->commits % PRUNE_EVERY || j->seq <= JOURNAL_CHANGES_KEPT)
		return;
	const struct journal_value oldest[] = { number(j->seq - JOURNAL_CHANGES_KEPT) };
	put(j, prune_changes, oldest, 1);
}

enum journal_result journal_commit(struct journal *j, struct err *err)
{
	if (!j->batch.len)
		return JOURNAL_EMPTY;
	die_for_test(j, j->commits + 1, true);
	enum db_result result = write_all(j, err);
	if (result != DB_DONE) {
		db_exec(j->db, "ROLLBACK", NULL);
		return result == DB_FULL ? JOURNAL_FULL : JOURNAL_FAILED;
	}
	j->commits++;
	j->committed = j->seq;
	die_for_test(j, j->commits, false);
	vec_clear(&j->batch);
	arena_clear(&j->arena);
	prune(j);
	return JOURNAL_OK;
}
