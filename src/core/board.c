/* The board's lanes over the store. A content is one arrangement of all runs: the
 * one that is shown, and beside it the next one while it is being made. */
#include "core/board.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "core/names.h"
#include "core/order.h"

/* What decides about the order inside a lane, lowest first. */
struct place {
	uint32_t rank;		/* pinned groups */
	uint32_t name;		/* number of the workflow's name where sorted by it */
	uint64_t value;
};

enum { NOT_SHOWN = 0xff };

struct content {
	struct filter *filter;		/* own copy, or NULL */
	struct filter_env env;
	enum board_sort sort;
	enum board_waiting waiting;
	struct place *places;		/* by slot */
	uint8_t *lanes;			/* by slot; NOT_SHOWN */
	size_t cap;
	struct order order[BOARD_LANES];
	size_t total;
	const struct names *names;	/* the board's */
};

struct board {
	const struct store *store;
	struct names names;
	struct content *shown, *next;	/* next NULL: nothing to do */
	uint32_t scanned;		/* slots up to this one are in `next` */
	uint64_t turn;
	struct arena arena;		/* scratch */
};

static struct content *content_new(struct board *b, const struct board_view *view)
{
	struct content *c = mem_zero(sizeof *c);
	if (!filter_is_empty(view->filter))
		c->filter = filter_parse(filter_text(view->filter), NULL, NULL);
	c->env = view->env;
	c->sort = view->sort;
	c->waiting = view->waiting;
	c->names = &b->names;
	return c;
}

static void content_free(struct content *c)
{
	if (!c)
		return;
	for (int i = 0; i < BOARD_LANES; i++)
		order_release(&c->order[i]);
	filter_free(c->filter);
	mem_free(c->places);
	mem_free(c->lanes);
	mem_free(c);
}

static void content_room(struct content *c, uint32_t slot)
{
	if (slot < c->cap)
		return;
	size_t cap = (size_t)slot + slot / 2 + 256;
	c->places = mem_grow(c->places, cap * sizeof *c->places);
	c->lanes = mem_grow(c->lanes, cap);
	memset(c->lanes + c->cap, NOT_SHOWN, cap - c->cap);
	c->cap = cap;
}

static int compare_places(const void *arg, uint32_t a, uint32_t b)
{
	const struct content *c = arg;
	const struct place *x = &c->places[a], *y = &c->places[b];
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->name != y->name)
		return names_rank(c->names, x->name) < names_rank(c->names, y->name) ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return a < b ? -1 : a > b;
}

enum { PIN_DEADLINE, PIN_WAITING, PIN_PAUSED, PIN_NONE };

static uint64_t rising(int64_t ms)
{
	return ms > 0 ? (uint64_t)ms : 0;
}

static uint64_t falling(int64_t ms)
{
	return UINT64_MAX - rising(ms);
}

/* What comes next, or what came last. */
static uint64_t value_by_time(const struct run_brief *r)
{
	if (r->status == RUN_PLANNED)
		return rising(r->planned_ms ? r->planned_ms : r->created_ms);
	return falling(r->ended_ms ? r->ended_ms : r->started_ms ? r->started_ms : r->created_ms);
}

/* Among open runs the one that began first is the longest, whatever the time. */
static uint64_t value_by_duration(const struct run_brief *r)
{
	if (r->ended_ms)
		return falling(r->started_ms ? r->ended_ms - r->started_ms : 0);
	return rising(r->started_ms ? r->started_ms : r->created_ms);
}

static uint64_t value_by_urgency(const struct run_brief *r)
{
	if (!run_status_is_open(r->status))
		return value_by_time(r);
	return rising(r->started_ms ? r->started_ms : r->created_ms);
}

static uint64_t value_of(enum board_sort sort, const struct run_brief *r)
{
	switch (sort) {
	case BOARD_SORT_DURATION:
		return value_by_duration(r);
	case BOARD_SORT_URGENCY:
		return value_by_urgency(r);
	case BOARD_SORT_TIME:
	case BOARD_SORT_WORKFLOW:
	case BOARD_SORTS:
		break;
	}
	return value_by_time(r);
}

static struct place place_of(struct board *b, const struct content *c, const struct run_brief *r)
{
	if (r->status == RUN_WAITING && r->deadline_ms)
		return (struct place){ .rank = PIN_DEADLINE, .value = rising(r->deadline_ms) };
	if (r->status == RUN_WAITING)
		return (struct place){ .rank = PIN_WAITING, .value = rising(r->wait_since_ms) };
	struct place p = { .rank = r->status == RUN_PAUSED ? PIN_PAUSED : PIN_NONE,
			   .value = value_of(c->sort, r) };
	if (c->sort == BOARD_SORT_WORKFLOW)
		p.name = names_number(&b->names, r->workflow);
	return p;
}

static int lane_of(const struct content *c, enum run_status status)
{
	if (status == RUN_WAITING && c->waiting == BOARD_WAITING_OWN_LANE)
		return BOARD_WAITING;
	return (int)run_status_lane(status);
}

static bool matches(struct board *b, const struct content *c, struct run_key key)
{
	struct run_facts facts;
	if (!c->filter)
		return true;
	arena_clear(&b->arena);
	return store_facts(b->store, key, &facts, &b->arena) &&
	       filter_match(c->filter, &facts, &c->env);
}

static bool is_shown(const struct content *c, uint32_t slot)
{
	return slot < c->cap && c->lanes[slot] != NOT_SHOWN;
}

static void take_out(struct content *c, uint32_t slot, struct board_change *done)
{
	if (!is_shown(c, slot))
		return;
	done->was = true;
	done->from = c->lanes[slot];
	done->from_index = order_remove(&c->order[done->from], slot, compare_places, c);
	c->lanes[slot] = NOT_SHOWN;
	c->total--;
}

static void put_in(struct content *c, uint32_t slot, int lane, struct board_change *done)
{
	done->is = true;
	done->to = lane;
	done->to_index = order_insert(&c->order[lane], slot, compare_places, c);
	c->lanes[slot] = (uint8_t)lane;
	c->total++;
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->rank == b->rank && a->name == b->name && a->value == b->value;
}

static void place_run(struct board *b, struct content *c, struct run_key key,
		      struct board_change *done)
{
	struct run_brief brief;
	bool shown = store_brief(b->store, key, &brief) && matches(b, c, key);
	content_room(c, key.slot);
	if (!shown) {
		take_out(c, key.slot, done);
		return;
	}
	struct place place = place_of(b, c, &brief);
	int lane = lane_of(c, brief.status);
	if (c->lanes[key.slot] == lane && same_place(&c->places[key.slot], &place)) {
		size_t index = order_find(&c->order[lane], key.slot, compare_places, c);
		*done = (struct board_change){ key, true, true, lane, lane, index, index };
		return;
	}
	take_out(c, key.slot, done);
	c->places[key.slot] = place;
	put_in(c, key.slot, lane, done);
}

struct board *board_new(const struct store *s)
{
	struct board *b = mem_zero(sizeof *b);
	b->store = s;
	b->shown = content_new(b, &(struct board_view){ 0 });
	if (store_count(s))
		board_set(b, &(struct board_view){ 0 });
	return b;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	content_free(b->shown);
	content_free(b->next);
	names_release(&b->names);
	arena_release(&b->arena);
	mem_free(b);
}

struct board_change board_apply(struct board *b, const struct change *change)
{
	struct board_change done = { .key = change->key }, unseen = { 0 };
	if (change->kind == CHANGE_NONE)
		return done;
	place_run(b, b->shown, change->key, &done);
	if (b->next && change->key.slot <= b->scanned)
		place_run(b, b->next, change->key, &unseen);
	return done;
}

void board_set(struct board *b, const struct board_view *view)
{
	content_free(b->next);
	b->next = content_new(b, view);
	b->scanned = 0;
}

void board_set_now(struct board *b, int64_t now_ms)
{
	struct content *c = b->next ? b->next : b->shown;
	c->env.now_ms = now_ms;
	if (b->next || !filter_is_timed(c->filter))
		return;
	board_set(b, &(struct board_view){ c->filter, c->env, c->sort, c->waiting });
}

bool board_work(struct board *b, size_t budget)
{
	struct run_key key;
	struct board_change unseen = { 0 };
	if (!b->next)
		return false;
	while (budget--) {
		if (!store_next(b->store, &b->scanned, &key)) {
			content_free(b->shown);
			b->shown = b->next;
			b->next = NULL;
			b->turn++;
			return false;
		}
		place_run(b, b->next, key, &unseen);
	}
	return true;
}

bool board_is_busy(const struct board *b)
{
	return b->next != NULL;
}

uint64_t board_turn(const struct board *b)
{
	return b->turn;
}

size_t board_count(const struct board *b, int lane)
{
	return b->shown->order[lane].len;
}

size_t board_total(const struct board *b)
{
	return b->shown->total;
}

struct run_key board_at(const struct board *b, int lane, size_t index)
{
	return store_key_at(b->store, order_at(&b->shown->order[lane], index));
}

bool board_find(const struct board *b, struct run_key key, int *lane, size_t *index)
{
	struct content *c = b->shown;
	if (!board_shows(b, key))
		return false;
	*lane = c->lanes[key.slot];
	*index = order_find(&c->order[*lane], key.slot, compare_places, c);
	return true;
}

bool board_shows(const struct board *b, struct run_key key)
{
	return is_shown(b->shown, key.slot) && store_has(b->store, key);
}

static const char *const sort_names[] = {
	[BOARD_SORT_TIME] = "time",
	[BOARD_SORT_DURATION] = "duration",
	[BOARD_SORT_WORKFLOW] = "workflow",
	[BOARD_SORT_URGENCY] = "urgency",
};
static_assert(sizeof sort_names / sizeof *sort_names == BOARD_SORTS, "a name for each order");

const char *board_sort_name(enum board_sort s)
{
	return (int)s < BOARD_SORTS ? sort_names[s] : "unknown";
}

bool board_sort_parse(struct view v, enum board_sort *out)
{
	for (int i = 0; i < BOARD_SORTS; i++) {
		if (!view_is(v, sort_names[i]))
			continue;
		*out = (enum board_sort)i;
		return true;
	}
	return false;
}

const char *board_lane_title(int lane)
{
	return lane == BOARD_WAITING ? "Waiting" : lane_title((enum lane)lane);
}
