/* All runs: records, their parts, what a write changed. Ids are looked up in
 * store_index.c, snapshots are in store_sweep.c. */
#include "core/store.h"

#include <string.h>

#include "base/ident.h"
#include "base/mem.h"
#include "core/pack.h"
#include "core/store_parts.h"

struct store *store_new(void)
{
	return mem_zero(sizeof(struct store));
}

void store_free(struct store *s)
{
	if (!s)
		return;
	for (uint32_t slot = 1; slot <= s->slots; slot++)
		if (store_record(s, slot)->status != RECORD_FREE)
			mem_free(store_record(s, slot)->own);
	for (size_t i = 0; i < s->n_chunks; i++)
		mem_free(s->chunks[i]);
	mem_free(s->chunks);
	mem_free(s->index);
	mem_free(s->sweeps);
	for (size_t i = 0; i < PACK_PARTS; i++)
		str_release(&s->packed[i]);
	intern_release(&s->interned);
	arena_release(&s->arena);
	mem_free(s);
}

struct record *store_record(const struct store *s, uint32_t slot)
{
	uint32_t i = slot - 1;
	return &s->chunks[i / RECORDS_A_CHUNK][i % RECORDS_A_CHUNK];
}

struct record *store_find(const struct store *s, struct run_key key)
{
	if (!key.slot || key.slot > s->slots)
		return NULL;
	struct record *r = store_record(s, key.slot);
	return r->status != RECORD_FREE && r->generation == key.generation ? r : NULL;
}

struct run_key store_key_at(const struct store *s, uint32_t slot)
{
	bool used = slot && slot <= s->slots && store_record(s, slot)->status != RECORD_FREE;
	if (!used)
		return (struct run_key){ 0 };
	return (struct run_key){ slot, store_record(s, slot)->generation };
}

static uint32_t new_slot(struct store *s)
{
	uint32_t slot = s->free;
	if (slot) {
		s->free = store_record(s, slot)->common;
		return slot;
	}
	if (s->slots == s->n_chunks * RECORDS_A_CHUNK) {
		s->chunks = mem_grow(s->chunks, (s->n_chunks + 1) * sizeof *s->chunks);
		s->chunks[s->n_chunks++] = mem_array(RECORDS_A_CHUNK, sizeof(struct record));
	}
	return ++s->slots;
}

/* Length of the short id where it is a prefix of the id's random part, else 0. */
static size_t short_length(struct view id, struct view short_id)
{
	char random[20];
	ident_random_part(id, random);
	struct view start = view_cut(view_of(random), 0, short_id.len);
	return view_eq(start, short_id) ? short_id.len : 0;
}

/* Fills the scratch parts. What the id's form tells is left out of `own`. */
static uint8_t pack(struct store *s, const struct run_facts *run, const struct id_form *id)
{
	struct run_facts facts = *run;
	uint8_t form = 0;
	if (id->uuid) {
		size_t len = short_length(run->id, run->short_id);
		form = (uint8_t)(1 + len);
		facts.id = (struct view){ 0 };
		if (len)
			facts.short_id = (struct view){ 0 };
	}
	for (int part = 0; part < PACK_PARTS; part++) {
		str_clear(&s->packed[part]);
		pack_run(&s->packed[part], (enum pack_part)part, &facts);
	}
	return form;
}

static bool take_interned(struct store *s, uint32_t *ref, enum pack_part part)
{
	struct view packed = view_of_str(&s->packed[part]);
	if (view_eq(intern_view(&s->interned, *ref), packed))
		return false;
	uint32_t old = *ref;
	*ref = intern_take(&s->interned, packed);
	intern_drop(&s->interned, old);
	return true;
}

static bool take_own(struct store *s, struct record *r)
{
	struct view packed = view_of_str(&s->packed[PACK_OWN]);
	if (view_eq(view_bytes(r->own, r->own_len), packed))
		return false;
	if (r->own_len != packed.len) {
		mem_free(r->own);
		r->own = packed.len ? mem_alloc(packed.len) : NULL;
		s->own_bytes += packed.len - r->own_len;
		r->own_len = (uint32_t)packed.len;
	}
	if (packed.len)
		memcpy(r->own, packed.ptr, packed.len);
	return true;
}

static bool take_times(struct record *r, const struct run_facts *run)
{
	if (r->created_ms == run->created_ms && r->started_ms == run->started_ms &&
	    r->ended_ms == run->ended_ms)
		return false;
	r->created_ms = run->created_ms;
	r->started_ms = run->started_ms;
	r->ended_ms = run->ended_ms;
	return true;
}

/* Takes all that is in the scratch and in run; whether something differed. */
static bool take_facts(struct store *s, struct record *r, const struct run_facts *run, uint8_t form)
{
	bool changed = r->status != run->status || r->id_form != form;
	changed |= take_interned(s, &r->common, PACK_COMMON);
	changed |= take_interned(s, &r->state, PACK_STATE);
	changed |= take_own(s, r);
	changed |= take_times(r, run);
	r->status = (uint8_t)run->status;
	r->id_form = form;
	r->seq = run->seq;
	return changed;
}

/* Tells the snapshot that is under way. */
static void name(struct store *s, struct record *r, const struct run_facts *run)
{
	struct sweep *sweep = store_sweep(s, run->context);
	if (!sweep || r->sweep == sweep->number)
		return;
	r->sweep = sweep->number;
	if (run_status_is_open(run->status))
		return;
	if (!sweep->ended++ || run->ended_ms < sweep->oldest_ended_ms)
		sweep->oldest_ended_ms = run->ended_ms;
	if (sweep->ended == 1 || run->created_ms < sweep->oldest_created_ms)
		sweep->oldest_created_ms = run->created_ms;
}

static struct change insert(struct store *s, const struct run_facts *run, const struct id_form *id)
{
	uint8_t form = pack(s, run, id);
	uint32_t slot = new_slot(s);
	struct record *r = store_record(s, slot);
	*r = (struct record){ .generation = r->generation + 1, .context = run->context,
			      .status = RECORD_FREE };
	memcpy(r->id, id->bytes, sizeof r->id);
	take_facts(s, r, run, form);
	name(s, r, run);
	index_put(s, slot);
	s->count++;
	s->by_status[run->status]++;
	enum lane lane = run_status_lane(run->status);
	return (struct change){ CHANGE_NEW, store_key_at(s, slot), lane, lane, run->status,
				run->status };
}

static struct change update(struct store *s, uint32_t slot, const struct run_facts *run,
			    const struct id_form *id)
{
	struct record *r = store_record(s, slot);
	enum run_status old = (enum run_status)r->status;
	struct change c = { .key = store_key_at(s, slot), .from = run_status_lane(old),
			    .to = run_status_lane(old), .old_status = old, .status = old };
	name(s, r, run);
	if (run->seq < r->seq)
		return c;
	uint8_t form = pack(s, run, id);
	if (!take_facts(s, r, run, form))
		return c;
	s->by_status[old]--;
	s->by_status[run->status]++;
	c.status = run->status;
	c.to = run_status_lane(run->status);
	c.kind = c.to == c.from ? CHANGE_UPDATED : CHANGE_MOVED;
	return c;
}

struct change store_upsert(struct store *s, const struct run_facts *run)
{
	struct id_form id = id_form_of(run->context, run->id);
	if (!run->id.len || run->status >= RUN_STATUSES)
		return (struct change){ CHANGE_NONE };
	uint32_t slot = index_find(s, &id);
	return slot ? update(s, slot, run, &id) : insert(s, run, &id);
}

struct change store_progress(struct store *s, const struct run_facts *run)
{
	struct run_key key = store_key(s, run->context, run->id);
	struct run_facts facts;
	arena_clear(&s->arena);
	if (!store_facts(s, key, &facts, &s->arena) || run->seq < facts.seq)
		return (struct change){ CHANGE_NONE };
	facts.seq = run->seq;
	facts.progress = run->progress;
	facts.tasks_done = run->tasks_done;
	if (run->tasks_total)
		facts.tasks_total = run->tasks_total;
	facts.current_task = run->current_task;
	facts.current_status = run->current_status;
	facts.current_attempt = run->current_attempt;
	return store_upsert(s, &facts);
}

struct change store_remove(struct store *s, struct run_key key)
{
	struct record *r = store_find(s, key);
	if (!r)
		return (struct change){ CHANGE_NONE };
	enum run_status status = (enum run_status)r->status;
	enum lane lane = run_status_lane(status);
	index_remove(s, key.slot);
	s->count--;
	s->by_status[status]--;
	s->own_bytes -= r->own_len;
	mem_free(r->own);
	intern_drop(&s->interned, r->common);
	intern_drop(&s->interned, r->state);
	*r = (struct record){ .status = RECORD_FREE, .generation = r->generation,
			      .common = s->free };
	s->free = key.slot;
	return (struct change){ CHANGE_GONE, key, lane, lane, status, status };
}

struct run_key store_key(const struct store *s, uint16_t context, struct view id)
{
	struct id_form form = id_form_of(context, id);
	uint32_t slot = index_find(s, &form);
	return slot ? store_key_at(s, slot) : (struct run_key){ 0 };
}

bool store_has(const struct store *s, struct run_key key)
{
	return store_find(s, key) != NULL;
}

static void unpack_id(const struct record *r, struct run_facts *out, struct arena *arena)
{
	if (!r->id_form)
		return;
	char *text = arena_alloc(arena, 37 + 20);
	id_form_text(r->id, text);
	out->id = (struct view){ text, 36 };
	if (r->id_form == 1)
		return;
	ident_random_part(out->id, text + 37);
	out->short_id = (struct view){ text + 37, (size_t)r->id_form - 1 };
}

bool store_facts(const struct store *s, struct run_key key, struct run_facts *out,
		 struct arena *arena)
{
	const struct record *r = store_find(s, key);
	*out = (struct run_facts){ 0 };
	if (!r)
		return false;
	out->context = r->context;
	out->status = (enum run_status)r->status;
	out->created_ms = r->created_ms;
	out->started_ms = r->started_ms;
	out->ended_ms = r->ended_ms;
	out->seq = r->seq;
	unpack_run(intern_view(&s->interned, r->common), out, arena);
	unpack_run(intern_view(&s->interned, r->state), out, arena);
	unpack_run(view_bytes(r->own, r->own_len), out, arena);
	unpack_id(r, out, arena);
	return true;
}

bool store_brief(const struct store *s, struct run_key key, struct run_brief *out)
{
	const struct record *r = store_find(s, key);
	*out = (struct run_brief){ 0 };
	if (!r)
		return false;
	*out = (struct run_brief){
		.status = (enum run_status)r->status, .context = r->context,
		.created_ms = r->created_ms, .started_ms = r->started_ms,
		.ended_ms = r->ended_ms,
		.workflow = unpack_workflow(intern_view(&s->interned, r->common)),
	};
	if (!run_status_is_open(out->status))
		return true;
	struct pack_times times = unpack_times(view_bytes(r->own, r->own_len));
	out->wait_since_ms = out->status == RUN_WAITING ? times.since_ms : 0;
	out->deadline_ms = out->status == RUN_WAITING ? times.deadline_ms : 0;
	out->planned_ms = times.planned_ms;
	out->expected_ms = times.expected_ms;
	return true;
}

bool store_next(const struct store *s, uint32_t *at, struct run_key *key)
{
	while (*at < s->slots) {
		uint32_t slot = ++*at;
		if (store_record(s, slot)->status == RECORD_FREE)
			continue;
		*key = store_key_at(s, slot);
		return true;
	}
	return false;
}

size_t store_count(const struct store *s)
{
	return s->count;
}

size_t store_count_lane(const struct store *s, enum lane lane)
{
	size_t n = 0;
	for (int i = 0; i < RUN_STATUSES; i++)
		if (run_status_lane((enum run_status)i) == lane)
			n += s->by_status[i];
	return n;
}

size_t store_count_status(const struct store *s, enum run_status status)
{
	return s->by_status[status];
}

size_t store_bytes(const struct store *s)
{
	return s->n_chunks * RECORDS_A_CHUNK * sizeof(struct record) +
	       s->index_cap * sizeof *s->index + s->own_bytes + s->count * 16 +
	       intern_bytes(&s->interned);
}
