/* The journal's reading. */
#include "base/mem.h"
#include "engine/journal.h"
#include "engine/journal_inside.h"

static void each(struct db_stmt *st, journal_row_fn *fn, void *arg)
{
	while (db_step(st, NULL) == DB_ROW && fn(arg, st))
		;
	db_reset(st);
}

/* What was sealed, opened into the arena; all else as it stands. */
static bool unseal(const struct journal *j, struct view *data, struct arena *arena, struct err *err)
{
	static const char head[] = "{\"v\":1,\"sealed\":\"";
	size_t from = sizeof head - 1;
	struct str plain = {0};
	if (!view_starts(*data, head) || data->len < from + 2)
		return true;
	struct view sealed = view_cut(*data, from, data->len - from - 2);
	bool good = crypto_open(j->key, sealed, &plain);
	*data = arena_view(arena, view_of_str(&plain));
	str_release(&plain);
	return good || err_set(err, ERR_PARSE, "journal: a fact with secrets cannot be read: the key "
					       "is another");
}

bool journal_read_event(struct journal *j, struct db_stmt *row, struct arena *arena,
			struct event *out, struct err *err)
{
	enum event_kind kind;
	struct view data = db_text(row, 3);
	if (!event_parse_name(db_text(row, 2), &kind))
		return err_set(err, ERR_PARSE, "journal: a fact of an unknown kind");
	if (!unseal(j, &data, arena, err) || !event_decode(data, kind, arena, out, err))
		return false;
	out->seq = db_int(row, 0);
	out->at_ms = db_int(row, 1);
	return true;
}

struct loading {
	struct journal *j;
	struct machine *m;
	struct arena arena;
	struct err *err;
	bool bad;
};

static bool load_event(void *arg, struct db_stmt *row)
{
	struct loading *l = arg;
	struct event e;
	arena_clear(&l->arena);
	l->bad = !journal_read_event(l->j, row, &l->arena, &e, l->err);
	if (!l->bad)
		machine_fold(l->m, &e);
	return !l->bad;
}

struct machine *journal_load(struct journal *j, int64_t num, struct err *err)
{
	struct loading l = { .j = j, .m = machine_new(), .err = err };
	journal_history(j, num, load_event, &l);
	arena_release(&l.arena);
	if (!l.bad && !l.m->id.len)
		l.bad = !err_set(err, ERR_NOT_FOUND, "there is no such run");
	if (!l.bad)
		return l.m;
	machine_free(l.m);
	return NULL;
}

int64_t journal_find(struct journal *j, struct view id)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT num FROM runs WHERE id = ?");
	db_bind_text(st, 1, id);
	int64_t num = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	return num;
}

void journal_open_runs(struct journal *j, journal_row_fn *fn, void *arg)
{
	each(db_stmt(j->db, "SELECT num, seq FROM runs WHERE open = 1 ORDER BY num"), fn, arg);
}

bool journal_has_files(struct journal *j, int64_t num)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT run FROM files WHERE run = ?");
	db_bind_int(st, 1, num);
	bool has = db_step(st, NULL) == DB_ROW;
	db_reset(st);
	return has;
}

int64_t journal_last_end(struct journal *j)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT max(ended) FROM runs");
	int64_t ended_ms = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	return ended_ms;
}

void journal_history(struct journal *j, int64_t num, journal_row_fn *fn, void *arg)
{
	struct db_stmt *st = db_stmt(
		j->db, "SELECT seq, at, kind, data FROM events WHERE run = ? ORDER BY seq");
	db_bind_int(st, 1, num);
	each(st, fn, arg);
}

bool journal_source(struct journal *j, struct view hash, struct str *out)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT source FROM definitions WHERE hash = ?");
	db_bind_text(st, 1, hash);
	bool found = db_step(st, NULL) == DB_ROW;
	if (found)
		str_add(out, db_text(st, 0));
	db_reset(st);
	return found;
}

/* The oldest number from which a reader can go on without a gap. */
static int64_t oldest_reach(struct journal *j)
{
	struct db_stmt *st = db_stmt(j->db, "SELECT min(seq) FROM changes");
	int64_t oldest = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	/* Nothing was pruned as long as the first fact's change may be there. */
	return j->seq <= JOURNAL_CHANGES_KEPT ? 0 : oldest;
}

bool journal_changes(struct journal *j, int64_t after, journal_row_fn *fn, void *arg)
{
	if (after < 0 || after > j->committed || after < oldest_reach(j))
		return false;
	struct db_stmt *st = db_stmt(
		j->db, "SELECT c.seq, c.id, c.frame, p.frame, c.previous > 0 AND p.seq IS NULL"
		       " FROM changes c LEFT JOIN changes p ON p.seq = c.previous"
		       " WHERE c.seq > ? ORDER BY c.seq");
	db_bind_int(st, 1, after);
	each(st, fn, arg);
	return true;
}

/* An answer that was kept, whatever its request was. */
struct kept {
	struct view body, answer;
	int status;
	int64_t version;
};

/* Given in this turn, or waiting for room on the disk. */
static bool answered_in_batch(const struct journal *j, const struct journal_answer *question,
			      struct kept *out)
{
	for (size_t i = j->batch.len; i-- > 0;) {
		const struct journal_write *w = &j->batch.items[i];
		if (w->sql != journal_insert_answer ||
		    !view_eq(w->values[0].text, question->caller) ||
		    !view_eq(w->values[1].text, question->route) ||
		    !view_eq(w->values[2].text, question->key))
			continue;
		*out = (struct kept){ w->values[3].text, w->values[6].text,
				      (int)w->values[4].number, w->values[5].number };
		return true;
	}
	return false;
}

static void give_answer(const struct journal_answer *question, const struct kept *kept,
			struct journal_answer *out, struct str *text)
{
	*out = *question;
	out->status = view_eq(kept->body, question->body) ? kept->status : 0;
	out->version = kept->version;
	str_add(text, kept->answer);
	out->answer = view_of_str(text);
}

bool journal_answered(struct journal *j, const struct journal_answer *question,
		      struct journal_answer *out, struct str *text)
{
	struct kept kept;
	if (answered_in_batch(j, question, &kept)) {
		give_answer(question, &kept, out, text);
		return true;
	}
	struct db_stmt *st = db_stmt(j->db, "SELECT body, status, version, answer FROM answers"
					    " WHERE caller = ? AND route = ? AND key = ?");
	db_bind_text(st, 1, question->caller);
	db_bind_text(st, 2, question->route);
	db_bind_text(st, 3, question->key);
	bool found = db_step(st, NULL) == DB_ROW;
	if (found) {
		kept = (struct kept){ db_text(st, 0), db_text(st, 3), (int)db_int(st, 1),
				      db_int(st, 2) };
		give_answer(question, &kept, out, text);
	}
	db_reset(st);
	return found;
}

void journal_read_audit(struct journal *j, journal_row_fn *fn, void *arg)
{
	each(db_stmt(j->db, "SELECT at, who, what, why FROM audit ORDER BY num DESC LIMIT 500"),
	     fn, arg);
}
