/* Ids of runs: how they are kept, and the way from an id to a slot. */
#include "core/store_parts.h"

#include <string.h>

#include "base/ident.h"
#include "base/mem.h"
#include "core/pack.h"

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Only the one form that comes back from the bytes: lower case, dashes. */
static bool is_canonical(struct view id)
{
	if (!ident_is_uuid(id))
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] >= 'A' && id.ptr[i] <= 'F')
			return false;
	return true;
}

struct id_form id_form_of(uint16_t context, struct view id)
{
	struct id_form form = { .context = context, .uuid = is_canonical(id) };
	if (!form.uuid) {
		uint64_t digest[2] = { view_hash(id), id.len };
		memcpy(form.bytes, digest, sizeof digest);
		form.text = id;
		return form;
	}
	for (size_t i = 0, n = 0; i + 1 < id.len && n < 16; i++) {
		if (id.ptr[i] == '-')
			continue;
		form.bytes[n++] = (uint8_t)(hex_value(id.ptr[i]) << 4 | hex_value(id.ptr[i + 1]));
		i++;
	}
	return form;
}

void id_form_text(const uint8_t bytes[16], char out[37])
{
	static const char hex[] = "0123456789abcdef";
	char *to = out;
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
	}
	*to = '\0';
}

static size_t home_of(const struct store *s, uint16_t context, const uint8_t bytes[16])
{
	unsigned char key[18];
	memcpy(key, bytes, 16);
	memcpy(key + 16, &context, sizeof context);
	return (size_t)view_hash(view_bytes(key, sizeof key)) & (s->index_cap - 1);
}

static bool is_named(const struct store *s, const struct record *r, const struct id_form *id)
{
	if (r->context != id->context || memcmp(r->id, id->bytes, sizeof r->id) != 0 ||
	    (r->id_form != 0) != id->uuid)
		return false;
	if (id->uuid)
		return true;
	struct arena arena = { 0 };
	struct run_facts facts = { 0 };
	unpack_run(view_bytes(r->own, r->own_len), &facts, &arena);
	bool same = view_eq(facts.id, id->text);
	arena_release(&arena);
	return same;
}

uint32_t index_find(const struct store *s, const struct id_form *id)
{
	if (!s->index_cap)
		return 0;
	size_t mask = s->index_cap - 1;
	for (size_t i = home_of(s, id->context, id->bytes); s->index[i]; i = (i + 1) & mask)
		if (is_named(s, store_record(s, s->index[i]), id))
			return s->index[i];
	return 0;
}

static void put(struct store *s, uint32_t slot)
{
	const struct record *r = store_record(s, slot);
	size_t i = home_of(s, r->context, r->id);
	while (s->index[i])
		i = (i + 1) & (s->index_cap - 1);
	s->index[i] = slot;
}

static void grow(struct store *s)
{
	uint32_t *old = s->index;
	size_t old_cap = s->index_cap;
	s->index_cap = old_cap ? old_cap * 2 : 1024;
	s->index = mem_array(s->index_cap, sizeof *s->index);
	for (size_t i = 0; i < old_cap; i++)
		if (old[i])
			put(s, old[i]);
	mem_free(old);
}

void index_put(struct store *s, uint32_t slot)
{
	if ((s->count + 1) * 4 > s->index_cap * 3)
		grow(s);
	put(s, slot);
}

/* Closes the gap, so that no search ends too early. */
void index_remove(struct store *s, uint32_t slot)
{
	const struct record *gone = store_record(s, slot);
	size_t mask = s->index_cap - 1, hole = home_of(s, gone->context, gone->id);
	while (s->index[hole] != slot)
		hole = (hole + 1) & mask;
	for (size_t i = (hole + 1) & mask; s->index[i]; i = (i + 1) & mask) {
		const struct record *r = store_record(s, s->index[i]);
		size_t home = home_of(s, r->context, r->id);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		s->index[hole] = s->index[i];
		hole = i;
	}
	s->index[hole] = 0;
}
