/* Any text as each of the API's objects; what is read as a run is stored, comes
 * back, and is written again. */
#include <stdint.h>

#include "base/mem.h"
#include "core/store.h"
#include "wire/encode.h"
#include "wire/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void write_run(const struct run_facts *run, struct str *out)
{
	struct jsonw w;
	jsonw_init(&w, out);
	encode_run(&w, NULL, run);
}

/* The store does not keep causes and stack: they are left out of both. */
static void store_run(struct run_facts run, struct arena *arena)
{
	struct store *s = store_new();
	struct run_facts back;
	struct str given = { 0 }, kept = { 0 };
	run.error.stack = (struct view){ 0 };
	run.error.n_causes = 0;
	store_upsert(s, &run);
	struct run_key key = store_key(s, 0, run.id);
	if (store_facts(s, key, &back, arena) != (run.id.len > 0))
		BUG("a run is not kept");
	if (run.id.len) {
		write_run(&run, &given);
		write_run(&back, &kept);
		if (!view_eq(view_of_str(&given), view_of_str(&kept)))
			BUG("a run comes back changed");
		if (store_upsert(s, &back).kind != CHANGE_NONE)
			BUG("the same run is a change");
	}
	str_release(&given);
	str_release(&kept);
	store_free(s);
}

static bool take_run(void *arg, struct run_facts *run)
{
	size_t *n = arg;
	return run->status < RUN_STATUSES && ++*n < 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view json = view_bytes(bytes, len);
	struct arena arena = { 0 };
	struct run_facts run;
	struct run_detail detail;
	struct proto_history history;
	struct proto_lines lines;
	struct proto_error error;
	struct proto_info info;
	struct proto_frame frame;
	struct proto_task task;
	size_t n = 0;
	if (proto_run(json, &arena, &run, NULL))
		store_run(run, &arena);
	if (proto_detail(json, &arena, &detail, NULL)) {
		struct str out = { 0 };
		struct jsonw w;
		jsonw_init(&w, &out);
		encode_detail(&w, NULL, &detail);
		str_release(&out);
	}
	proto_history(json, &arena, &history, NULL);
	proto_lines(json, &arena, &lines, NULL);
	proto_error(json, 500, &arena, &error);
	proto_info(json, &arena, &info, NULL);
	proto_frame(json, &arena, &frame, NULL);
	proto_task(json, &arena, &task, NULL);
	proto_runs(json, &arena, take_run, &n, NULL, NULL);
	arena_release(&arena);
	return 0;
}
