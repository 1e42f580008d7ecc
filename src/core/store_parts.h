/* The inside of the store, shared by its files only. */
#ifndef CORE_STORE_PARTS_H
#define CORE_STORE_PARTS_H

#include "core/intern.h"
#include "core/store.h"

enum { RECORDS_A_CHUNK = 1024, RECORD_FREE = RUN_STATUSES };

/* One run. A UUID is kept as its 16 bytes; of another id those are a digest, and
 * its text is packed in `own`. */
struct record {
	uint8_t id[16];
	int64_t seq;
	int64_t created_ms, started_ms, ended_ms;
	char *own;		/* packed: PACK_OWN; own_len bytes */
	uint32_t own_len;
	uint32_t common, state;	/* interned: PACK_COMMON, PACK_STATE */
	uint32_t generation;
	uint32_t sweep;		/* the snapshot that named it last */
	uint16_t context;
	uint8_t status;		/* RECORD_FREE: next free slot is in `common` */
	uint8_t id_form;	/* 0: text; else 1 + length of the short id made of the UUID */
};

/* A snapshot that is under way, and what it named. */
struct sweep {
	uint32_t number;	/* 0: none */
	size_t ended;
	int64_t oldest_created_ms, oldest_ended_ms;	/* of the ended ones */
};

struct store {
	struct record **chunks;
	size_t n_chunks;
	uint32_t slots;		/* ever used; slot numbers are 1..slots */
	uint32_t free;		/* first of the chain, or 0 */
	uint32_t *index;	/* open addressing; 0: empty */
	size_t index_cap;
	size_t count;
	size_t by_status[RUN_STATUSES];
	struct intern interned;
	struct str packed[3];	/* scratch, one a part */
	struct arena arena;	/* scratch */
	struct sweep *sweeps;	/* by context */
	size_t n_sweeps;
	uint32_t last_sweep;
	size_t own_bytes;
};

/* How an id is kept. */
struct id_form {
	uint8_t bytes[16];
	bool uuid;
	struct view text;	/* where it is no UUID */
	uint16_t context;
};

struct id_form id_form_of(uint16_t context, struct view id);
/* 36 characters and a NUL. */
void id_form_text(const uint8_t bytes[16], char out[37]);

struct record *store_record(const struct store *s, uint32_t slot);
/* The record that the key names, or NULL. */
struct record *store_find(const struct store *s, struct run_key key);

uint32_t index_find(const struct store *s, const struct id_form *id);	/* 0: none */
void index_put(struct store *s, uint32_t slot);
void index_remove(struct store *s, uint32_t slot);

/* The snapshot under way in that context, or NULL. */
struct sweep *store_sweep(const struct store *s, uint16_t context);

#endif
