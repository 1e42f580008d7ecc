/* A workflow file from choices: what a person might write, seldom wrong. */
#include "machine_parts.h"

enum { STEPS = 9 };

unsigned choose(struct choices *c, unsigned n)
{
	unsigned byte = c->at < c->len ? c->bytes[c->at++] : 0;
	return byte % n;
}

bool chance(struct choices *c, unsigned one_in)
{
	return choose(c, one_in) == one_in - 1;
}

static void add_pick(struct choices *c, struct str *y, const char *key, const char *const *words)
{
	unsigned n = 0;
	while (words[n])
		n++;
	const char *word = words[choose(c, n)];
	if (*word)
		str_addf(y, "    %s: %s\n", key, word);
}

static void add_needs(struct choices *c, struct str *y, char letter, unsigned index)
{
	unsigned how = choose(c, 4);
	if (how == 0)
		return;		/* the step before */
	str_add_text(y, "    needs: [");
	for (unsigned i = 0, n = 0; how > 1 && i < index; i++) {
		if (chance(c, 3))
			str_addf(y, "%s%c%u", n++ ? ", " : "", letter, i);
	}
	str_add_text(y, "]\n");
}

static void add_kind(struct choices *c, struct str *y)
{
	static const char *const kinds[] = {
		"run: x", "run: x", "args: [x, \"${{ run.id }}\"]",
		"approve: {prompt: P, required: 1}", "approve: {prompt: P, required: 2, not_own: true}",
		"approve: {prompt: P, timeout: 50ms, on_timeout: approve}",
		"approve: {prompt: P, timeout: 50ms, on_timeout: reject}",
		"approve: {prompt: P, timeout: 50ms, on_timeout: fail}",
		"ask: {prompt: P, schema: {type: integer}}", "workflow: other", NULL,
	};
	static const char *const retries[] = { "", "", "2", "{attempts: 3, delay: 10ms, factor: 2}",
					       NULL };
	static const char *const lists[] = { "", "", "", "params.list", "[1]", "params.none", NULL };
	static const char *const unknown[] = { "", "ask", "retry", "fail", NULL };
	unsigned kind = choose(c, sizeof kinds / sizeof *kinds - 1);
	str_addf(y, "    %s\n", kinds[kind]);
	if (kind > 2 && kind != 9)
		return;
	add_pick(c, y, "retry", retries);
	if (kind <= 2)
		add_pick(c, y, "on_unknown", unknown);
	size_t before = y->len;
	add_pick(c, y, "foreach", lists);
	if (y->len > before && chance(c, 2))
		str_addf(y, "    batch: %u\n", 1 + choose(c, 3));
	if (y->len > before && chance(c, 2))
		str_addf(y, "    allow_failures: %u\n", 1 + choose(c, 2));
}

static void add_step(struct choices *c, struct str *y, char letter, unsigned index, bool handler)
{
	static const char *const ifs[] = {
		"", "", "", "params.on", "params.list == 1", "steps.s0.status == \"completed\"",
		"steps.s0.result.ok", "len(params.none) > 1", NULL,
	};
	static const char *const errors[] = { "", "", "fail", "pause", "continue", "h0", NULL };
	static const char *const limits[] = { "", "", "", "50ms", NULL };
	str_addf(y, "  - id: %c%u\n", letter, index);
	add_kind(c, y);
	add_needs(c, y, letter, index);
	add_pick(c, y, "if", ifs);
	add_pick(c, y, "timeout", limits);
	if (handler)
		str_add_text(y, "    only: on_error\n");
	else if (letter == 's')
		add_pick(c, y, "on_error", errors);
}

void machine_dag(struct choices *c, struct str *y)
{
	unsigned n = 1 + choose(c, STEPS), handlers = choose(c, 2), last = choose(c, 3);
	str_add_text(y, "name: dag\nparams: {list: {type: array, default: [a, b, c, d]}, "
			"on: {type: boolean, default: true}, none: {type: string}}\n");
	if (chance(c, 4))
		str_add_text(y, "fail_fast: true\n");
	if (chance(c, 4))
		str_add_text(y, "timeout: 200ms\n");
	if (chance(c, 4))
		str_add_text(y, "result: ${{ steps.s0.result }}\n");
	str_add_text(y, "steps:\n");
	for (unsigned i = 0; i < n; i++)
		add_step(c, y, 's', i, false);
	for (unsigned i = 0; i < handlers; i++)
		add_step(c, y, 'h', i, true);
	if (last)
		str_add_text(y, "finally:\n");
	for (unsigned i = 0; i < last; i++)
		add_step(c, y, 'f', i, false);
}
