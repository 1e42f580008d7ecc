/* Any text as a filter: parsed, matched, and its tree walked within bounds. */
#include <stdint.h>

#include "base/mem.h"
#include "core/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void walk(const struct filter_node *n, struct view text)
{
	if (n->column > text.len)
		BUG("a term stands behind the text");
	for (size_t i = 0; i < n->n_children; i++)
		walk(&n->children[i], text);
	for (size_t i = 0; i < n->n_values; i++)
		if (n->values[i].len > text.len)
			BUG("a value is longer than the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct pair pairs[] = { { VIEW("team"), VIEW("\"we\\u0062\"") } };
	static const struct run_facts run = {
		.id = VIEW("0193a1b2-c3d4-7e5f-8a6b-0123456789ab"), .workflow = VIEW("deploy"),
		.title = VIEW("Deploy the web"), .status = RUN_WAITING, .created_ms = 1000,
		.started_ms = 2000, .waiting = { .since_ms = 3000, .prompt = VIEW("Ship \xff?") },
		.labels = { pairs, 1 }, .params = { pairs, 1 },
	};
	struct view text = view_bytes(bytes, len);
	struct filter_env env = { .now_ms = 100000 };
	struct err err = { 0 };
	size_t column = 0;
	struct filter *f = filter_parse(text, &column, &err);
	if (!f && (column > len || err.kind != ERR_USAGE))
		BUG("a wrong filter without a good reason");
	if (f) {
		walk(filter_root(f), text);
		filter_match(f, &run, &env);
	}
	filter_free(f);
	err_release(&err);
	return 0;
}
