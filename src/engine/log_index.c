/* A sparse index of lines. */
#include "engine/log_index.h"

#include "base/mem.h"
#include "base/when.h"

enum { EVERY = 1 << 20, PIECE = 1 << 20, SLICE_MS = 3, INDEXES = 4 };

static int64_t lines_of(const struct log_mark *m, unsigned streams)
{
	int64_t n = 0;
	for (int i = 0; i < LOG_FILES; i++)
		n += streams >> i & 1 ? m->lines[i] : 0;
	return n;
}

/* ---- reading on ------------------------------------------------------------------- */

static void count(struct log_mark *m, int stream, struct view text)
{
	int64_t at = m->place.at[stream];
	size_t end = 0;
	for (size_t i = 0; (i = view_find_byte(text, '\n', i)) != SIZE_MAX; end = ++i)
		m->lines[stream]++;
	if (end)
		m->place.line[stream] = at + (int64_t)end;
}

/* A piece of one record, or its rest. */
static void read_piece(struct log_index *ix, const struct log_file *f,
		       const struct log_record *r, struct str *text)
{
	struct log_place *p = &ix->seen.place;
	int64_t left = r->length - (r->is_rest ? 0 : p->inside);
	int64_t n = left < PIECE ? left : PIECE;
	if (r->stream >= 0 && n > 0) {
		str_clear(text);
		log_read(f, r->stream, p->at[r->stream], n, text);
		count(&ix->seen, r->stream, view_of_str(text));
		p->at[r->stream] += n;
		ix->since += n;
	}
	if (r->is_rest)
		return;
	p->inside += n;
	if (r->stream < 0 || p->inside >= r->length) {
		p->record++;
		p->inside = 0;
	}
}

static void mark(struct log_index *ix)
{
	if (ix->since < EVERY)
		return;
	vec_push(&ix->marks, ix->seen);
	ix->since = 0;
}

/* The last mark in front of the line. */
static struct log_mark mark_before(const struct log_index *ix, const struct log_seek *seek)
{
	size_t from = 0, to = ix->marks.len;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (lines_of(&ix->marks.items[middle], seek->streams) < seek->line)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? ix->marks.items[from - 1] : (struct log_mark){0};
}

enum log_found log_index_find(struct log_index *ix, const struct log_file *f,
			      const struct log_seek *seek, struct log_mark *out, int64_t *skip)
{
	int64_t until_ms = when_mono_ms() + SLICE_MS;
	struct str text = {0};
	struct log_record r;
	enum log_found found = LOG_FOUND;
	while (found == LOG_FOUND && lines_of(&ix->seen, seek->streams) < seek->line) {
		if (!log_record_at(f, &ix->seen.place, seek->ended, &r))
			found = LOG_BEYOND;
		else if (when_mono_ms() >= until_ms)
			found = LOG_NOT_YET;
		else
			read_piece(ix, f, &r, &text);
		mark(ix);
	}
	*out = mark_before(ix, seek);
	*skip = seek->line - 1 - lines_of(out, seek->streams);
	str_release(&text);
	return found;
}

void log_index_release(struct log_index *ix)
{
	vec_release(&ix->marks);
}

/* ---- the last ones ------------------------------------------------------------------- */

struct kept {
	struct str key;
	struct log_index index;
	int64_t used;
};

struct log_indexes {
	struct kept kept[INDEXES];
	int64_t uses;
};

struct log_indexes *log_indexes_new(void)
{
	return mem_zero(sizeof(struct log_indexes));
}

static void forget(struct kept *k)
{
	log_index_release(&k->index);
	str_release(&k->key);
	*k = (struct kept){0};
}

void log_indexes_free(struct log_indexes *all)
{
	for (int i = 0; all && i < INDEXES; i++)
		forget(&all->kept[i]);
	mem_free(all);
}

struct log_index *log_indexes_of(struct log_indexes *all, const struct attempt_name *name)
{
	struct kept *oldest = &all->kept[0];
	struct str key = {0};
	attempt_path(&key, "", name);
	for (int i = 0; i < INDEXES; i++) {
		struct kept *k = &all->kept[i];
		bool same = k->key.len && view_eq(view_of_str(&k->key), view_of_str(&key));
		if (same || k->used < oldest->used)
			oldest = k;
		if (same)
			break;
	}
	if (!oldest->key.len || !view_eq(view_of_str(&oldest->key), view_of_str(&key))) {
		forget(oldest);
		str_add(&oldest->key, view_of_str(&key));
	}
	oldest->used = ++all->uses;
	str_release(&key);
	return &oldest->index;
}
