/* Walks in two ways. In the order of birth: several conditions, each an ordered list
 * of numbers, and the steps leap to the next number that all of them have. In another
 * order: along its index. What comes out is matched whole in the end. */
#include "engine/walk.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/when.h"
#include "core/status.h"
#include "engine/walk_inside.h"
#include "wire/proto.h"

/* The clock may have been set while runs were born: so far dates and numbers may
 * disagree. */
enum { SLACK_MS = 86400000 };

struct walk {
	struct db *db;
	const struct filter *filter;
	struct walk_order order;
	struct walk_asked asked;		/* of the filter */
	struct db_stmt *one;			/* a run by its number */
	VEC(struct walk_list) lists;		/* by number: all must have it */
	struct walk_value any;			/* of the list that has all */
	int64_t target, last;			/* the next that may be one; where it ends */
	struct walk_merge *merge;		/* sorted */
	struct walk_place place;		/* behind which it goes on */
	struct arena arena;
};

/* ---- the order ---------------------------------------------------------------------- */

static const struct {
	const char *word, *other;
	char letter;
} sorts[WALK_SORTS] = {
	[WALK_CREATED] = { "created", "created_at", 'c' },
	[WALK_ENDED] = { "ended", "ended_at", 'e' },
	[WALK_DURATION] = { "duration", NULL, 't' },
	[WALK_WORKFLOW] = { "workflow", NULL, 'w' },
	[WALK_STATUS] = { "status", NULL, 's' },
};

bool walk_order_parse(struct view word, struct walk_order *out)
{
	bool descending = view_starts(word, "-");
	struct view name = view_cut(word, descending, word.len);
	for (int i = 0; i < WALK_SORTS; i++) {
		bool is = view_is(name, sorts[i].word) ||
			  (sorts[i].other && view_is(name, sorts[i].other));
		if (is)
			*out = (struct walk_order){ (enum walk_sort)i, !descending };
		if (is)
			return true;
	}
	*out = (struct walk_order){ WALK_CREATED, .ascending = word.len > 0 };
	return !word.len;
}

static bool by_number(const struct walk *w)
{
	return w->order.sort == WALK_CREATED;
}

static bool by_text(const struct walk *w)
{
	return w->order.sort == WALK_WORKFLOW || w->order.sort == WALK_STATUS;
}

/* ---- cursors ------------------------------------------------------------------------- */

/* Newest first is a number alone; all others name their order. */
static void add_order(const struct walk *w, struct str *out)
{
	if (by_number(w) && !w->order.ascending)
		return;
	str_add_char(out, sorts[w->order.sort].letter);
	str_add_char(out, w->order.ascending ? 'a' : 'd');
}

void walk_cursor(const struct walk *w, struct str *out)
{
	add_order(w, out);
	if (by_number(w)) {
		str_addf(out, "%" PRId64, w->order.ascending ? w->target - 1 : w->target + 1);
		return;
	}
	str_addf(out, "%" PRId64 ".", w->place.num);
	if (by_text(w))
		str_add(out, view_of_str(&w->place.text));
	else
		str_addf(out, "%" PRId64, w->place.key);
}

static bool read_place(struct walk *w, struct view text)
{
	struct view key = text, num;
	if (!view_split(&key, '.', &num) || !number_parse(num, 0, INT64_MAX, &w->place.num))
		return false;
	if (by_number(w))
		return !key.ptr;
	str_clear(&w->place.text);
	str_add(&w->place.text, key);
	return by_text(w) ? key.len > 0 : number_parse(key, INT64_MIN, INT64_MAX, &w->place.key);
}

/* Before all there is: names have small letters only. */
static void begin_before_all(struct walk *w)
{
	w->place.num = w->order.ascending ? 0 : INT64_MAX;
	w->place.key = w->order.ascending ? INT64_MIN : INT64_MAX;
	str_add_text(&w->place.text, w->order.ascending ? "" : "~");
}

static bool read_cursor(struct walk *w, struct view cursor, struct err *err)
{
	struct str head = {0};
	begin_before_all(w);
	if (!cursor.len)
		return true;
	add_order(w, &head);
	bool good = view_starts(cursor, str_text(&head)) &&
		    read_place(w, view_cut(cursor, head.len, cursor.len));
	str_release(&head);
	return good || err_set(err, ERR_USAGE, "cursor: it is none of this list");
}

/* ---- begin ------------------------------------------------------------------------------ */

static int64_t number_at(struct walk *w, const char *sql, int64_t at_ms, int64_t fallback)
{
	struct db_stmt *st = db_stmt(w->db, sql);
	db_bind_int(st, 1, at_ms);
	int64_t num = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : fallback;
	db_reset(st);
	return num;
}

/* From where to where numbers may fit, by the cursor and by the dates asked for. */
static void set_range(struct walk *w)
{
	int64_t least = 1, most = INT64_MAX - 1;
	if (w->asked.since_ms)
		least = number_at(w, walk_first_since, w->asked.since_ms - SLACK_MS, INT64_MAX);
	if (w->asked.until_ms)
		most = number_at(w, walk_last_until, w->asked.until_ms + SLACK_MS, 0);
	if (w->order.ascending)
		least = w->place.num + 1 > least ? w->place.num + 1 : least;
	else
		most = w->place.num - 1 < most ? w->place.num - 1 : most;
	w->target = w->order.ascending ? least : most;
	w->last = w->order.ascending ? most : least;
}

static bool add_list(struct walk *w, const struct walk_condition *c, struct err *err)
{
	struct walk_list list;
	bool good = walk_list_init(&list, w->db, c, w->order.ascending, err);
	vec_push(&w->lists, list);
	return good;
}

static bool begin(struct walk *w, struct err *err)
{
	const struct walk_condition all = { .source = WALK_BY_NUM, .values = { &w->any, 1, 1 } };
	bool good = true;
	if (!by_number(w)) {
		w->merge = walk_merge_new(w->db, &w->asked, w->order, &w->place, err);
		return w->merge != NULL;
	}
	set_range(w);
	for (size_t i = 0; good && i < w->asked.conditions.len; i++)
		good = add_list(w, &w->asked.conditions.items[i], err);
	return good && (w->lists.len || add_list(w, &all, err));
}

struct walk *walk_new(struct journal *j, const struct filter *filter, struct walk_order order,
		      struct view cursor, struct err *err)
{
	static const char one[] = "SELECT num, seq, id, open, frame FROM runs WHERE num = ?";
	struct walk *w = mem_zero(sizeof *w);
	w->db = journal_db(j);
	w->filter = filter;
	w->order = order;
	walk_ask(&w->asked, filter, when_now_ms());
	if (read_cursor(w, cursor, err) && (w->one = db_prepare(w->db, one, err)) && begin(w, err))
		return w;
	walk_free(w);
	return NULL;
}

void walk_free(struct walk *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->lists.len; i++)
		walk_list_release(&w->lists.items[i]);
	vec_release(&w->lists);
	walk_merge_free(w->merge);
	db_finish(w->one);
	walk_asked_release(&w->asked);
	str_release(&w->place.text);
	arena_release(&w->arena);
	mem_free(w);
}

/* ---- one step ------------------------------------------------------------------------------ */

static bool has_texts(const struct walk *w, struct view frame)
{
	for (size_t i = 0; i < w->asked.texts.len; i++) {
		if (view_find_fold(frame, w->asked.texts.items[i], 0) == SIZE_MAX)
			return false;
	}
	return true;
}

static bool fits(struct walk *w, struct view frame)
{
	struct run_facts facts;
	struct filter_env env = filter_env_of(when_now_ms(), NULL);
	if (filter_is_empty(w->filter))
		return true;
	arena_clear(&w->arena);
	return has_texts(w, frame) && proto_run(frame, &w->arena, &facts, NULL) &&
	       filter_match(w->filter, &facts, &env);
}

static enum walk_step look_at(struct walk *w, int64_t num, struct walk_row *row)
{
	db_reset(w->one);
	db_bind_int(w->one, 1, num);
	if (db_step(w->one, NULL) != DB_ROW)
		return WALK_PASSED;
	*row = (struct walk_row){ .num = num, .seq = db_int(w->one, 1), .id = db_text(w->one, 2),
				  .open = db_int(w->one, 3) != 0, .frame = db_text(w->one, 4) };
	return fits(w, row->frame) ? WALK_FIT : WALK_PASSED;
}

static bool is_past_end(const struct walk *w, int64_t num)
{
	return w->order.ascending ? num > w->last : num < w->last;
}

static enum walk_step leap(struct walk *w, struct walk_row *row)
{
	int64_t num = w->target;
	for (size_t i = 0; i < w->lists.len; i++) {
		if (is_past_end(w, w->target) ||
		    !walk_list_seek(&w->lists.items[i], w->target, &num) || is_past_end(w, num))
			return WALK_OVER;
		if (num != w->target && i > 0) {
			w->target = num;
			return WALK_PASSED;
		}
		w->target = num;
	}
	w->target += w->order.ascending ? 1 : -1;
	return look_at(w, num, row);
}

enum walk_step walk_next(struct walk *w, struct walk_row *row)
{
	if (by_number(w))
		return leap(w, row);
	if (!walk_merge_next(w->merge, &w->place))
		return WALK_OVER;
	return look_at(w, w->place.num, row);
}
