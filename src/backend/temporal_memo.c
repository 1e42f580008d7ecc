/* Memos that lists have sealed: read by the codec server, many runs in one question, for
 * those that are seen or that the filter needs; kept by run and version. The list never
 * waits for it: a run is told as it came, and again when its memo was read.
 *
 *   a row with a sealed memo -> noted, told sealed -> its turn in a batch -> told again
 *
 * A codec server that is away is asked later and later. Where a batch fails, the next ones
 * are half as long, for it may be too much or too slow for it; what it refuses, down to the
 * one that it cannot read, which has to wait for the others and after some tries stays
 * sealed. */
#include "backend/temporal_inside.h"

#include "backend/temporal_codec.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"

enum { MEMOS_MAX = 8000, BATCH_MAX = 500, BATCH_BYTES = 512 << 10, REFUSALS_MAX = 8 };

struct temporal_memo {
	char *id;
	uint64_t version;	/* of what is sealed */
	char *row;		/* JSON of the run's newest row, until its memo was read */
	struct json_doc *read;	/* its fields; NULL: not yet */
	uint64_t snapshot;	/* that named it last */
	int refusals;		/* by the codec server, of it alone */
};

static struct temporal_memo *memo_of(struct temporal *t, struct view id)
{
	return map_get(&t->memos.runs, id);
}

static void memo_free(struct temporal_memo *m)
{
	mem_free(m->id);
	mem_free(m->row);
	json_free(m->read);
	mem_free(m);
}

static void want(struct temporal *t)
{
	struct temporal_memos *all = &t->memos;
	if (all->timer && !all->decoding && !loop_timer_is_set(all->timer))
		loop_timer_set(all->timer, 0);
}

/* ---- what lists say ---- */

static bool is_sealed(const struct json *fields)
{
	for (const struct json *i = json_first(fields); i; i = json_next(i)) {
		if (temporal_codec_needs(i))
			return true;
	}
	return false;
}

static struct temporal_memo *learn(struct temporal *t, struct view id)
{
	struct temporal_memo *m = memo_of(t, id);
	if (m || t->memos.runs.len >= MEMOS_MAX)
		return m;
	m = mem_zero(sizeof *m);
	m->id = mem_bytes(id.ptr, id.len);
	map_put(&t->memos.runs, id, m);
	return m;
}

static void note_version(struct temporal_memo *m, uint64_t version)
{
	if (m->version == version)
		return;
	json_free(m->read);
	m->read = NULL;
	m->refusals = 0;
	m->version = version;
}

const struct json *temporal_memo_read(struct temporal *t, const struct json *info)
{
	const struct json *fields = json_get(json_get(info, "memo"), "fields");
	struct view id = json_get_text(json_get(info, "execution"), "runId");
	struct str text = { 0 };
	struct temporal_memo *m;
	if (!t->codec.http || !id.len || !is_sealed(fields) || (m = learn(t, id)) == NULL)
		return NULL;
	json_print(fields, &text);
	note_version(m, view_hash(view_of_str(&text)));
	str_clear(&text);
	m->snapshot = t->watch.snapshots;
	if (!m->read) {
		json_print(info, &text);
		mem_free(m->row);
		m->row = str_steal(&text);
		want(t);
	}
	str_release(&text);
	return m->read ? json_root(m->read) : NULL;
}

void temporal_memo_drop(struct temporal *t, struct view id)
{
	struct temporal_memo *m = map_remove(&t->memos.runs, id);
	if (m)
		memo_free(m);
}

/* ---- a batch ---- */

struct temporal_memo_asked {
	char *id;
	uint64_t version;
};

static void forget_batch(struct temporal_memos *all)
{
	for (size_t i = 0; i < all->batch.len; i++)
		mem_free(all->batch.items[i].id);
	vec_clear(&all->batch);
}

static void add(struct temporal_memos *all, const struct temporal_memo *m, struct str *body)
{
	const struct temporal_memo_asked asked = { mem_text(m->id), m->version };
	if (all->batch.len)
		str_add_char(body, ',');
	str_add_text(body, m->row);
	vec_push(&all->batch, asked);
}

static bool has_room(const struct temporal_memos *all, size_t most, const struct str *body)
{
	return all->batch.len < most && body->len < BATCH_BYTES;
}

typedef bool due_fn(const struct temporal_memo *m);

static bool is_new(const struct temporal_memo *m)
{
	return m && m->row && !m->read && !m->refusals;
}

static bool is_refused(const struct temporal_memo *m)
{
	return m && m->row && !m->read && m->refusals && m->refusals < REFUSALS_MAX;
}

/* Of all runs where the filter needs it, or nobody has said which are seen. */
static void choose(struct temporal *t, due_fn *is_due, size_t most, struct str *body)
{
	struct temporal_memos *all = &t->memos;
	const struct temporal_view *seen = &t->look.view;
	size_t at = 0;
	struct view id;
	void *m;
	if (seen->told && t->watch.exact) {
		for (size_t i = 0; i < seen->runs.len && has_room(all, most, body); i++) {
			if (is_due(m = memo_of(t, view_of(seen->runs.items[i]))))
				add(all, m, body);
		}
		return;
	}
	while (has_room(all, most, body) && map_next(&all->runs, &at, &id, &m)) {
		if (is_due(m))
			add(all, m, body);
	}
}

static bool facts_of(struct temporal *t, const struct json *row, const struct json *memo,
		     struct arena *arena, struct run_facts *out)
{
	struct temporal_rules rules;
	temporal_rules(t, &rules);
	rules.memo = memo;
	return temporal_run(row, &rules, arena, out) && temporal_complete(t, out);
}

/* What was told sealed is told again. */
static void tell(struct temporal *t, struct temporal_memo *m)
{
	struct arena arena = { 0 };
	struct run_facts sealed, read;
	struct json_doc *row = json_parse(view_of(m->row), TEMPORAL_BODY_MAX, NULL);
	mem_free(m->row);
	m->row = NULL;
	if (row && facts_of(t, json_root(row), NULL, &arena, &sealed) &&
	    facts_of(t, json_root(row), json_root(m->read), &arena, &read)) {
		/* Sealed, the filter may have left it out of the snapshot that named it. */
		temporal_known(t, read.id)->snapshot = m->snapshot;
		temporal_tell_read(t, &sealed, &read);
	}
	json_free(row);
	arena_release(&arena);
}

static struct json_doc *fields_of(const struct json *row)
{
	struct str text = { 0 };
	json_print(json_get(json_get(row, "memo"), "fields"), &text);
	struct json_doc *doc = json_parse(view_of_str(&text), TEMPORAL_BODY_MAX, NULL);
	str_release(&text);
	return doc;
}

/* The sink may do anything meanwhile: also end the watch, and the batch with it. */
static void take(struct temporal *t, const struct json *rows)
{
	const struct json *row = json_first(rows);
	ticket_id ticket = t->watch.ticket;
	for (size_t i = 0; row && i < t->memos.batch.len; i++, row = json_next(row)) {
		const struct temporal_memo_asked *asked = &t->memos.batch.items[i];
		struct temporal_memo *m = memo_of(t, view_of(asked->id));
		if (!m || !m->row || m->version != asked->version)
			continue;
		m->read = fields_of(row);
		if (m->read)
			tell(t, m);
		if (t->dead || t->watch.ticket != ticket)
			return;
	}
}

/* When to ask again. */
static int64_t fail(struct temporal *t)
{
	struct temporal_memos *all = &t->memos;
	size_t n = all->batch.len;
	struct temporal_memo *m = n == 1 ? memo_of(t, view_of(all->batch.items[0].id)) : NULL;
	uint32_t random;
	all->most = n > 1 ? n / 2 : all->most;
	if (t->codec.refused && n > 1)
		return t->times.gap_ms;
	if (t->codec.refused && m)
		m->refusals++;
	ident_random(&random, sizeof random);
	return backoff_next(&all->backoff, when_mono_ms(), random);
}

static void on_read(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct temporal_memos *all = &t->memos;
	struct json_doc *doc =
		t->codec.sealed ? NULL : json_parse(a->body, TEMPORAL_BODY_MAX, NULL);
	int64_t wait = 0;
	if (doc) {
		all->backoff.failures = 0;
		all->most = all->most * 2 < BATCH_MAX ? all->most * 2 : BATCH_MAX;
		take(t, json_get(json_root(doc), "executions"));
	} else {
		wait = fail(t);
	}
	json_free(doc);
	forget_batch(all);
	if (all->timer && !all->decoding)
		loop_timer_set(all->timer, wait);
}

static void read_next(void *arg)
{
	struct temporal *t = arg;
	struct temporal_memos *all = &t->memos;
	struct str body = { 0 };
	if (all->decoding || !t->codec.http || !t->watch.ticket)
		return;
	str_add_text(&body, "{\"executions\":[");
	choose(t, is_new, all->most, &body);
	if (!all->batch.len)
		choose(t, is_refused, 1, &body);
	str_add_text(&body, "]}");
	const struct http_answer rows = { .status = 200, .body = view_of_str(&body), .sent = true };
	const struct temporal_sealed sealed = { t, &all->decoding, on_read, t };
	temporal_enter(t);
	if (all->batch.len && !temporal_decode(&sealed, &rows))
		forget_batch(all);
	temporal_leave(t);
	str_release(&body);
}

/* ---- the whole ---- */

void temporal_memos_init(struct temporal *t)
{
	t->memos.timer = loop_timer(t->base.loop, read_next, t);
	t->memos.most = BATCH_MAX;
	t->memos.backoff = (struct backoff){ .first_ms = t->times.first_retry_ms,
					     .max_ms = t->times.max_retry_ms };
}

void temporal_memos_want(struct temporal *t)
{
	if (t->memos.runs.len)
		want(t);
}

void temporal_memos_forget(struct temporal *t)
{
	struct temporal_memos *all = &t->memos;
	size_t at = 0;
	struct view id;
	void *m;
	temporal_decoding_free(all->decoding);
	all->decoding = NULL;
	while (map_next(&all->runs, &at, &id, &m))
		memo_free(m);
	map_release(&all->runs);
	all->runs = (struct map){ 0 };
	forget_batch(all);
	all->backoff.failures = 0;
	all->most = BATCH_MAX;
	if (all->timer)
		loop_timer_stop(all->timer);
}

/* Those that the filter leaves out are known to nobody else; what was refused is tried
 * again. */
void temporal_memos_drop_old(struct temporal *t)
{
	struct str ids = { 0 };
	size_t at = 0;
	struct view id, rest;
	void *value;
	while (map_next(&t->memos.runs, &at, &id, &value)) {
		struct temporal_memo *m = value;
		m->refusals = 0;
		if (m->snapshot == t->watch.snapshots || temporal_known(t, id))
			continue;
		str_add(&ids, id);
		str_add_char(&ids, '\n');
	}
	rest = view_of_str(&ids);
	while (view_split(&rest, '\n', &id)) {
		if (id.len)
			temporal_memo_drop(t, id);
	}
	str_release(&ids);
}

void temporal_memos_release(struct temporal *t)
{
	temporal_memos_forget(t);
	vec_release(&t->memos.batch);
	loop_remove(t->memos.timer);
	t->memos.timer = NULL;
}
