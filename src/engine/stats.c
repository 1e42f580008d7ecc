/* Statistics, as they come in. */
#include "engine/stats.h"

#include "base/mem.h"
#include "engine/journal_inside.h"

enum { STEPS = 16, STEP_BITS = 4, ENOUGH = 5 };

struct stats_expected {
	int64_t n;
	int64_t bins[STATS_BINS];
};

/* ---- bins ----------------------------------------------------------------------------- */

/* Small numbers as they are; above, 16 steps for each doubling. */
int stats_bin(int64_t span_ms)
{
	int bits = 0;
	if (span_ms < STEPS)
		return span_ms > 0 ? (int)span_ms : 0;
	for (int64_t rest = span_ms; rest >= 2 * STEPS; rest >>= 1)
		bits++;
	int bin = (bits + 1) * STEPS + (int)(span_ms >> bits) - STEPS;
	return bin < STATS_BINS ? bin : STATS_BINS - 1;
}

int64_t stats_bin_ms(int bin)
{
	if (bin < 2 * STEPS)
		return bin;
	int bits = bin / STEPS - 1;
	int64_t low = (int64_t)(bin % STEPS + STEPS) << bits;
	return low + ((int64_t)1 << bits) / 2;
}

/* ---- rows ------------------------------------------------------------------------------- */

static int64_t hour_of(int64_t at_ms)
{
	return at_ms / STATS_HOUR_MS;
}

static void count_run(struct journal *j, struct view workflow, int64_t at_ms, const char *status)
{
	static const char upsert[] =
		"INSERT INTO stat_runs(workflow, hour, status, n) VALUES(?, ?, ?, 1)"
		" ON CONFLICT DO UPDATE SET n = n + 1";
	const struct journal_value values[] = {
		journal_text(workflow), journal_number(hour_of(at_ms)),
		journal_text(view_of(status)),
	};
	journal_put(j, upsert, values, 3);
}

/* One span of a kind, that ended at a time. */
struct span {
	struct view of;
	const char *kind;
	int64_t at_ms, ms;
};

static void add_span(struct journal *j, const struct span *s)
{
	static const char upsert[] =
		"INSERT INTO stat_spans(workflow, kind, hour, n, sum, min, max)"
		" VALUES(?1, ?2, ?3, 1, ?4, ?4, ?4) ON CONFLICT DO UPDATE SET n = n + 1,"
		" sum = sum + excluded.sum, min = min(min, excluded.min),"
		" max = max(max, excluded.max)";
	const struct journal_value values[] = {
		journal_text(s->of), journal_text(view_of(s->kind)),
		journal_number(hour_of(s->at_ms)), journal_number(s->ms),
	};
	journal_put(j, upsert, values, 4);
}

static void add_bin(struct journal *j, const struct span *s)
{
	static const char upsert[] =
		"INSERT INTO stat_bins(workflow, kind, hour, bin, n) VALUES(?, ?, ?, ?, 1)"
		" ON CONFLICT DO UPDATE SET n = n + 1";
	const struct journal_value values[] = {
		journal_text(s->of), journal_text(view_of(s->kind)),
		journal_number(hour_of(s->at_ms)), journal_number(stats_bin(s->ms)),
	};
	journal_put(j, upsert, values, 4);
}

/* Of all time: what is expected of a run is asked for at every start. */
static void add_ever(struct journal *j, const struct span *s)
{
	static const char upsert[] = "INSERT INTO stat_ever(workflow, bin, n) VALUES(?, ?, 1)"
				     " ON CONFLICT DO UPDATE SET n = n + 1";
	const struct journal_value values[] = {
		journal_text(s->of), journal_number(stats_bin(s->ms)),
	};
	journal_put(j, upsert, values, 2);
}

static int64_t not_negative(int64_t ms)
{
	return ms > 0 ? ms : 0;
}

/* ---- expectations --------------------------------------------------------------------------- */

static struct stats_expected *read_expected(struct stats *s, struct journal *j, struct view workflow)
{
	struct stats_expected *known = mem_zero(sizeof *known);
	struct db_stmt *st = db_stmt(journal_db(j),
				     "SELECT bin, n FROM stat_ever WHERE workflow = ?");
	db_bind_text(st, 1, workflow);
	while (db_step(st, NULL) == DB_ROW) {
		int64_t bin = db_int(st, 0);
		if (bin < 0 || bin >= STATS_BINS)
			continue;
		known->bins[bin] = db_int(st, 1);
		known->n += db_int(st, 1);
	}
	db_reset(st);
	map_put(&s->expected, workflow, known);
	return known;
}

/* In memory from the first question on: what is in the batch and not on disk yet
 * would be missed by a later one. */
static struct stats_expected *expected_of(struct stats *s, struct journal *j, struct view workflow)
{
	struct stats_expected *known = map_get(&s->expected, workflow);
	return known ? known : read_expected(s, j, workflow);
}

/* ---- what happened ------------------------------------------------------------------------ */

void stats_run_started(struct journal *j, const struct machine *m)
{
	count_run(j, m->workflow, m->created_ms, "started");
}

void stats_run_ended(struct stats *s, struct journal *j, const struct machine *m)
{
	int64_t ready = m->start_at_ms > m->created_ms ? m->start_at_ms : m->created_ms;
	struct span wait = { m->workflow, "wait", m->ended_ms, not_negative(m->started_ms - ready) };
	struct span took = { m->workflow, "duration", m->ended_ms,
			     not_negative(m->ended_ms - m->started_ms) };
	count_run(j, m->workflow, m->ended_ms, run_status_name(m->status));
	if (!m->started_ms)
		return;
	add_span(j, &wait);
	add_bin(j, &wait);
	if (m->status != RUN_COMPLETED)
		return;
	struct stats_expected *known = expected_of(s, j, m->workflow);
	known->n++;
	known->bins[stats_bin(took.ms)]++;
	add_span(j, &took);
	add_bin(j, &took);
	add_ever(j, &took);
}

/* Queues stand in the same table, with a colon before their names. */
void stats_slot(struct journal *j, const char *queue, int64_t from_ms, int64_t to_ms)
{
	struct str name = {0};
	str_addf(&name, ":%s", queue);
	const struct span busy = { view_of_str(&name), "busy", to_ms,
				   not_negative(to_ms - from_ms) };
	add_span(j, &busy);
	str_release(&name);
}

int64_t stats_expected(struct stats *s, struct journal *j, struct view workflow)
{
	const struct stats_expected *known = expected_of(s, j, workflow);
	if (known->n < ENOUGH)
		return 0;
	int64_t left = (known->n * 95 + 99) / 100;
	int bin = 0;
	while (bin < STATS_BINS - 1 && (left -= known->bins[bin]) > 0)
		bin++;
	return stats_bin_ms(bin);
}

void stats_release(struct stats *s)
{
	size_t at = 0;
	struct view key;
	void *known;
	while (map_next(&s->expected, &at, &key, &known))
		mem_free(known);
	map_release(&s->expected);
}
