/* Which definitions runs use, counted: each new run is one use, which ends with the run's
 * removal. Runs of earlier schemas are counted from the newest back, in steps; until
 * all are, no definition is without use. Rather is one kept that nobody needs than one
 * removed that a run was made from: a run whose facts cannot be read ends the counting. */
#include "engine/journal_inside.h"
#include "wire/json.h"

enum reading { READ_MARK, READ_FIRST_FACT, READ_OLDER_RUN, READ_UNUSED };

const char *const journal_uses_sql[] = {
	[READ_MARK] = "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'uncounted'",
	[READ_FIRST_FACT] = "SELECT seq, at, kind, data FROM events WHERE run = ? ORDER BY seq LIMIT 1",
	[READ_OLDER_RUN] = "SELECT num FROM runs WHERE num <= ? ORDER BY num DESC LIMIT 1",
	[READ_UNUSED] = "SELECT hash FROM uses WHERE runs <= 0 AND hash > '' LIMIT 1",
	NULL,
};

static const char insert_definition[] =
	"INSERT OR IGNORE INTO definitions(hash, source) VALUES(?, ?)";
static const char add_uses[] = "INSERT INTO uses(hash, runs) VALUES(?, ?)"
			       " ON CONFLICT DO UPDATE SET runs = runs + excluded.runs";
static const char drop_use[] = "UPDATE uses SET runs = runs - 1 WHERE hash = ? AND runs > 0";
static const char move_mark[] = "UPDATE meta SET value = CAST(? AS TEXT) WHERE key = 'uncounted'";
static const char remove_unused[] = "DELETE FROM uses WHERE hash = ? AND runs <= 0";

void journal_uses_open(struct journal *j)
{
	struct db_stmt *st = db_stmt(j->db, journal_uses_sql[READ_MARK]);
	j->uncounted = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
}

/* The definition that the run was made from; empty where it has no facts. False: they
 * cannot be read. */
static bool hash_of(struct journal *j, int64_t num, struct str *hash)
{
	struct arena arena = {0};
	struct event e = {0};
	struct db_stmt *st = db_stmt(j->db, journal_uses_sql[READ_FIRST_FACT]);
	db_bind_int(st, 1, num);
	enum db_result result = db_step(st, NULL);
	bool known = result == DB_ROW ? journal_read_event(j, st, &arena, &e, NULL) :
					result == DB_DONE;
	db_reset(st);
	struct json_doc *doc = known && e.spec.len ? json_parse(e.spec, STR_DEFAULT_MAX, NULL) : NULL;
	str_clear(hash);
	if (doc)
		str_add(hash, json_get_text(json_root(doc), "hash"));
	json_free(doc);
	arena_release(&arena);
	return known && (doc || result == DB_DONE);
}

static void put_uses(struct journal *j, struct view hash, int64_t n)
{
	const struct journal_value values[] = { journal_text(hash), journal_number(n) };
	if (hash.len)
		journal_put(j, add_uses, values, 2);
}

/* A batch is written in the end, or the process ends: what is in it counts as written. */
void journal_use(struct journal *j, struct view hash, struct view source)
{
	const struct journal_value values[] = { journal_text(hash), journal_text(source) };
	if (!map_put(&j->definitions, hash, j))
		journal_put(j, insert_definition, values, 2);
	put_uses(j, hash, 1);
}

void journal_drop_use(struct journal *j, int64_t num)
{
	struct str hash = {0};
	if (num > j->uncounted && hash_of(j, num, &hash)) {
		const struct journal_value values[] = { journal_text(view_of_str(&hash)) };
		journal_put(j, drop_use, values, 1);
	}
	str_release(&hash);
}

bool journal_count_use(struct journal *j)
{
	struct str hash = {0};
	if (!j->uncounted)
		return false;
	struct db_stmt *st = db_stmt(j->db, journal_uses_sql[READ_OLDER_RUN]);
	db_bind_int(st, 1, j->uncounted);
	enum db_result result = db_step(st, NULL);
	int64_t num = result == DB_ROW ? db_int(st, 0) : 0;
	db_reset(st);
	bool known = num ? hash_of(j, num, &hash) : result == DB_DONE;
	if (known) {
		j->uncounted = num ? num - 1 : 0;
		const struct journal_value values[] = { journal_number(j->uncounted) };
		put_uses(j, view_of_str(&hash), 1);
		journal_put(j, move_mark, values, 1);
	}
	str_release(&hash);
	return known;
}

bool journal_unused(struct journal *j, struct str *hash)
{
	if (j->uncounted)
		return false;
	struct db_stmt *st = db_stmt(j->db, journal_uses_sql[READ_UNUSED]);
	bool found = db_step(st, NULL) == DB_ROW;
	str_clear(hash);
	if (found)
		str_add(hash, db_text(st, 0));
	db_reset(st);
	return found;
}

void journal_forget_definition(struct journal *j, struct view hash)
{
	const struct journal_value values[] = { journal_text(hash) };
	journal_put(j, remove_unused, values, 1);
	map_remove(&j->definitions, hash);
}
