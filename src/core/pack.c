/* Runs packed and unpacked by one table. Each member is a tag (its row), then a
 * number (LEB128, zigzag) or a length and bytes. */
#include "core/pack.h"

#include <assert.h>
#include <string.h>

enum pack_kind { KIND_VIEW, KIND_INT64, KIND_INT, KIND_U16, KIND_U32, KIND_REAL, KIND_BOOL,
		 KIND_PAIRS, KIND_VOTES, KIND_WHY };

#define ROW(part, kind, member) { part, kind, offsetof(struct run_facts, member) }

static const struct row {
	enum pack_part part;
	enum pack_kind kind;
	size_t offset;
} rows[] = {
	ROW(PACK_COMMON, KIND_VIEW, workflow),	/* first: see unpack_workflow */
	ROW(PACK_COMMON, KIND_VIEW, title),
	ROW(PACK_COMMON, KIND_INT, trigger),
	ROW(PACK_COMMON, KIND_VIEW, trigger_by),
	ROW(PACK_COMMON, KIND_VIEW, trigger_source),
	ROW(PACK_COMMON, KIND_VIEW, queue),
	ROW(PACK_COMMON, KIND_VIEW, environment),
	ROW(PACK_COMMON, KIND_PAIRS, labels),
	ROW(PACK_COMMON, KIND_U16, tasks_total),
	ROW(PACK_COMMON, KIND_BOOL, debug),
	ROW(PACK_STATE, KIND_VIEW, raw_status),
	ROW(PACK_STATE, KIND_VIEW, worker),
	ROW(PACK_STATE, KIND_U32, actions.allowed),
	ROW(PACK_STATE, KIND_U32, actions.known),
	ROW(PACK_STATE, KIND_WHY, actions.why),
	ROW(PACK_STATE, KIND_BOOL, estimated),
	ROW(PACK_STATE, KIND_BOOL, recovered),
	ROW(PACK_STATE, KIND_VIEW, pending_reason),
	ROW(PACK_OWN, KIND_INT64, waiting.since_ms),	/* these four: see unpack_times */
	ROW(PACK_OWN, KIND_INT64, waiting.deadline_ms),
	ROW(PACK_OWN, KIND_INT64, planned_ms),
	ROW(PACK_OWN, KIND_INT64, expected_ms),
	ROW(PACK_OWN, KIND_VIEW, id),
	ROW(PACK_OWN, KIND_VIEW, short_id),
	ROW(PACK_OWN, KIND_VIEW, parent),
	ROW(PACK_OWN, KIND_VIEW, link),
	ROW(PACK_OWN, KIND_PAIRS, params),
	ROW(PACK_OWN, KIND_VIEW, current_task),
	ROW(PACK_OWN, KIND_INT, current_status),
	ROW(PACK_OWN, KIND_INT, current_attempt),
	ROW(PACK_OWN, KIND_INT, retries),
	ROW(PACK_OWN, KIND_REAL, progress),
	ROW(PACK_OWN, KIND_U16, tasks_done),
	ROW(PACK_OWN, KIND_INT, waiting.kind),
	ROW(PACK_OWN, KIND_VIEW, waiting.task),
	ROW(PACK_OWN, KIND_VIEW, waiting.prompt),
	ROW(PACK_OWN, KIND_VIEW, waiting.schema),
	ROW(PACK_OWN, KIND_VIEW, waiting.roles),
	ROW(PACK_OWN, KIND_INT, waiting.required),
	ROW(PACK_OWN, KIND_VOTES, waiting.given),
	ROW(PACK_OWN, KIND_INT64, waiting.version),
	ROW(PACK_OWN, KIND_INT, waiting.attempt),
	ROW(PACK_OWN, KIND_INT, n_gates),
	ROW(PACK_OWN, KIND_VIEW, pending_detail),
	ROW(PACK_OWN, KIND_INT64, pending_since_ms),
	ROW(PACK_OWN, KIND_VIEW, cancel_by),
	ROW(PACK_OWN, KIND_VIEW, cancel_reason),
	ROW(PACK_OWN, KIND_INT64, cancel_at_ms),
	ROW(PACK_OWN, KIND_VIEW, error.type),
	ROW(PACK_OWN, KIND_VIEW, error.message),
	ROW(PACK_OWN, KIND_VIEW, error.task),
	ROW(PACK_OWN, KIND_INT64, version),
};
enum { ROWS = sizeof rows / sizeof *rows };
static_assert(sizeof(enum trigger_kind) == sizeof(int), "enums are read as int");

static void put_number(struct str *s, uint64_t n)
{
	unsigned char bytes[10];
	size_t len = 0;
	do {
		bytes[len++] = (unsigned char)(n & 127) | (n > 127 ? 128 : 0);
		n >>= 7;
	} while (n);
	str_add_bytes(s, bytes, len);
}

static uint64_t zigzag(int64_t n)
{
	return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t n)
{
	return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static void put_view(struct str *s, struct view v)
{
	put_number(s, v.len);
	str_add(s, v);
}

static void put_tag(struct str *s, const struct row *row)
{
	str_add_char(s, (char)(row - rows));
}

static void put_pairs(struct str *s, const struct row *row, const struct pairs *p)
{
	if (!p->len)
		return;
	put_tag(s, row);
	put_number(s, p->len);
	for (size_t i = 0; i < p->len; i++) {
		put_view(s, p->items[i].name);
		put_view(s, p->items[i].value);
	}
}

static void put_votes(struct str *s, const struct row *row, const struct gate_facts *gate)
{
	if (!gate->n_given)
		return;
	put_tag(s, row);
	put_number(s, gate->n_given);
	for (size_t i = 0; i < gate->n_given; i++) {
		const struct vote *v = &gate->given[i];
		put_view(s, v->by);
		put_view(s, v->comment);
		put_number(s, (uint64_t)v->verb);
		put_number(s, zigzag(v->at_ms));
	}
}

/* Reasons that there are; on the way back the empty ones come of themselves. */
static void put_why(struct str *s, const struct row *row, const struct actions_facts *a)
{
	if (!a->why)
		return;
	put_tag(s, row);
	for (int v = 0; v < VERBS; v++) {
		if (!a->why[v].len)
			continue;
		put_number(s, (uint64_t)v + 1);
		put_view(s, a->why[v]);
	}
	put_number(s, 0);
}

/* The number of a row, 0 for rows of another kind. */
static uint64_t number_of(const struct row *row, const void *member)
{
	switch (row->kind) {
	case KIND_INT64:
		return zigzag(*(const int64_t *)member);
	case KIND_INT:
		return zigzag(*(const int *)member);
	case KIND_U16:
		return *(const uint16_t *)member;
	case KIND_U32:
		return *(const uint32_t *)member;
	case KIND_BOOL:
		return *(const bool *)member;
	case KIND_REAL:
	case KIND_VIEW:
	case KIND_PAIRS:
	case KIND_VOTES:
	case KIND_WHY:
		break;
	}
	return 0;
}

/* Turned round: the low bytes of simple fractions are zero. */
static void put_real(struct str *s, const struct row *row, const float *f)
{
	uint32_t bits;
	memcpy(&bits, f, sizeof bits);
	if (!bits)
		return;
	put_tag(s, row);
	put_number(s, __builtin_bswap32(bits));
}

static void put_row(struct str *s, const struct row *row, const struct run_facts *run)
{
	const void *member = (const char *)run + row->offset;
	uint64_t number = number_of(row, member);
	if (row->kind == KIND_PAIRS) {
		put_pairs(s, row, member);
	} else if (row->kind == KIND_VOTES) {
		put_votes(s, row, &run->waiting);
	} else if (row->kind == KIND_WHY) {
		put_why(s, row, &run->actions);
	} else if (row->kind == KIND_REAL) {
		put_real(s, row, member);
	} else if (row->kind == KIND_VIEW && ((const struct view *)member)->len) {
		put_tag(s, row);
		put_view(s, *(const struct view *)member);
	} else if (number) {
		put_tag(s, row);
		put_number(s, number);
	}
}

static bool is_kept(const struct row *row, const struct run_facts *run)
{
	return row->offset != offsetof(struct run_facts, expected_ms) || !run->ended_ms;
}

void pack_run(struct str *s, enum pack_part part, const struct run_facts *run)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].part == part && is_kept(&rows[i], run))
			put_row(s, &rows[i], run);
}

/* The bytes are our own: always whole. */
static uint64_t take_number(struct view *v)
{
	uint64_t n = 0;
	size_t at = 0;
	for (unsigned shift = 0; at < v->len; shift += 7) {
		unsigned char byte = (unsigned char)v->ptr[at++];
		n |= (uint64_t)(byte & 127) << shift;
		if (byte < 128)
			break;
	}
	v->ptr += at;
	v->len -= at;
	return n;
}

static struct view take_view(struct view *v)
{
	uint64_t n = take_number(v);
	size_t len = n < v->len ? (size_t)n : v->len;
	struct view out = { v->ptr, len };
	v->ptr += len;
	v->len -= len;
	return out;
}

static void take_pairs(struct view *v, struct pairs *out, struct arena *arena)
{
	size_t n = (size_t)take_number(v);
	struct pair *items = arena_array(arena, n, sizeof *items);
	for (size_t i = 0; i < n; i++) {
		items[i].name = take_view(v);
		items[i].value = take_view(v);
	}
	*out = (struct pairs){ items, n };
}

static void take_votes(struct view *v, struct gate_facts *gate, struct arena *arena)
{
	size_t n = (size_t)take_number(v);
	struct vote *votes = arena_array(arena, n, sizeof *votes);
	for (size_t i = 0; i < n; i++) {
		votes[i].by = take_view(v);
		votes[i].comment = take_view(v);
		votes[i].verb = (enum verb)take_number(v);
		votes[i].at_ms = unzigzag(take_number(v));
	}
	gate->given = votes;
	gate->n_given = n;
}

static void take_why(struct view *v, struct actions_facts *a, struct arena *arena)
{
	struct view *why = arena_array(arena, VERBS, sizeof *why);
	for (uint64_t verb; (verb = take_number(v));)
		why[verb - 1] = take_view(v);
	a->why = why;
}

static void take_row(struct view *v, const struct row *row, struct run_facts *run,
		     struct arena *arena)
{
	void *member = (char *)run + row->offset;
	uint32_t bits;
	switch (row->kind) {
	case KIND_VIEW:
		*(struct view *)member = take_view(v);
		return;
	case KIND_INT64:
		*(int64_t *)member = unzigzag(take_number(v));
		return;
	case KIND_INT:
		*(int *)member = (int)unzigzag(take_number(v));
		return;
	case KIND_U16:
		*(uint16_t *)member = (uint16_t)take_number(v);
		return;
	case KIND_U32:
		*(uint32_t *)member = (uint32_t)take_number(v);
		return;
	case KIND_BOOL:
		*(bool *)member = take_number(v) != 0;
		return;
	case KIND_REAL:
		bits = __builtin_bswap32((uint32_t)take_number(v));
		memcpy(member, &bits, sizeof bits);
		return;
	case KIND_PAIRS:
		take_pairs(v, member, arena);
		return;
	case KIND_VOTES:
		take_votes(v, &run->waiting, arena);
		return;
	case KIND_WHY:
		take_why(v, &run->actions, arena);
		return;
	}
}

void unpack_run(struct view bytes, struct run_facts *run, struct arena *arena)
{
	while (bytes.len) {
		const struct row *row = &rows[(unsigned char)bytes.ptr[0]];
		bytes = view_cut(bytes, 1, bytes.len);
		take_row(&bytes, row, run, arena);
	}
}

struct view unpack_workflow(struct view bytes)
{
	if (!bytes.len || bytes.ptr[0] != 0)
		return (struct view){ 0 };
	bytes = view_cut(bytes, 1, bytes.len);
	return take_view(&bytes);
}

struct pack_times unpack_times(struct view bytes)
{
	static const struct {
		size_t in_run, in_times;
	} times[] = {
		{ offsetof(struct run_facts, waiting.since_ms), offsetof(struct pack_times, since_ms) },
		{ offsetof(struct run_facts, waiting.deadline_ms),
		  offsetof(struct pack_times, deadline_ms) },
		{ offsetof(struct run_facts, planned_ms), offsetof(struct pack_times, planned_ms) },
		{ offsetof(struct run_facts, expected_ms), offsetof(struct pack_times, expected_ms) },
	};
	struct pack_times out = { 0 };
	/* They stand first and in this order. */
	for (size_t i = 0; i < sizeof times / sizeof *times && bytes.len; i++) {
		if (rows[(unsigned char)bytes.ptr[0]].offset != times[i].in_run)
			continue;
		bytes = view_cut(bytes, 1, bytes.len);
		*(int64_t *)((char *)&out + times[i].in_times) = unzigzag(take_number(&bytes));
	}
	return out;
}
