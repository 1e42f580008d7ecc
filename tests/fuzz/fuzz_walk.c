/* Any filter over a real journal of runs, in any order, broken off and gone on from its
 * cursor: what comes is what the filter matches, each once. Any text as a cursor: it
 * is refused or ends. Input: an octet for the order, one for where to break off, the
 * filter, and behind a NUL a cursor. */
#include "engine/walk.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "engine/journal_inside.h"
#include "engine/words.h"
#include "wire/encode.h"
#include "wire/proto.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { RUNS = 66, HEAD = 2 };
#define BEGIN INT64_C(1800000000000)

static char *frames[RUNS + 1];

struct words_of {
	struct journal *j;
	int64_t num;
};

static void put_word(void *arg, struct view name, struct view value)
{
	const struct words_of *of = arg;
	static const char insert[] = "INSERT OR IGNORE INTO words(name, value, run) VALUES(?, ?, ?)";
	const struct journal_value values[] = { journal_text(name), journal_text(value),
						journal_number(of->num) };
	journal_put(of->j, insert, values, 3);
}

static struct run_facts make_run(int i)
{
	static const struct pair labels[] = { { VIEW("team"), VIEW("Web") } };
	static const struct pair params[] = { { VIEW("env"), VIEW("\"prod\"") }, { VIEW("n"), VIEW("3") } };
	static const struct view names[] = { VIEW("deploy"), VIEW("report"), VIEW("b.x-1") };
	static char id[40];
	enum run_status status = (enum run_status)(i % RUN_STATUSES);
	snprintf(id, sizeof id, "0193a1b2-c3d4-7e5f-8a6b-%012d", i);
	return (struct run_facts){
		.id = view_of(id), .short_id = view_of(id + 24), .workflow = names[i % 3],
		.title = i % 7 ? VIEW("Ship it") : VIEW("a \"Needle\""), .status = status,
		.trigger = (enum trigger_kind)(i % TRIGGER_KINDS), .progress = -1,
		.trigger_by = i % 2 ? VIEW("alice") : VIEW("Bob"), .labels = { labels, i % 3 != 0 },
		.params = { params, (size_t)(i % 3) }, .created_ms = BEGIN + i * INT64_C(3600000),
		.started_ms = BEGIN + i * INT64_C(3600000) + 5,
		.ended_ms = run_status_is_open(status) ? 0 : BEGIN + (i % 13 + 70) * INT64_C(3600000),
	};
}

static void put(struct journal *j, int64_t num)
{
	static const char insert[] = "INSERT INTO runs(num, id, workflow, status, open, created, ended,"
				     " took, seq, frame) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	struct run_facts r = make_run((int)num);
	struct str frame = { 0 };
	struct jsonw json;
	jsonw_init(&json, &frame);
	encode_run(&json, NULL, &r);
	frames[num] = str_steal(&frame);
	const struct journal_value values[] = {
		journal_number(num), journal_text(r.id), journal_text(r.workflow),
		journal_text(view_of(run_status_name(r.status))),
		journal_number(run_status_is_open(r.status)), journal_number(r.created_ms),
		journal_number(r.ended_ms), journal_number(r.ended_ms ? r.ended_ms - r.started_ms : -1),
		journal_number(num), journal_text(view_of(frames[num])),
	};
	journal_put(j, insert, values, 10);
	words_of_run(&r, put_word, &(struct words_of){ j, num });
}

static struct journal *make_journal(void)
{
	char folder[] = "/tmp/runboard-fuzz-walk-XXXXXX", command[64];
	if (!mkdtemp(folder))
		BUG("no folder");
	struct journal *j = journal_open(folder, NULL);
	for (int64_t num = 1; j && num <= RUNS; num++)
		put(j, num);
	if (!j || journal_commit(j, NULL) != JOURNAL_OK)
		BUG("no journal");
	/* What is open stays. */
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command))
		BUG("the folder is left");
	return j;
}

static bool matches(const struct filter *f, int64_t num)
{
	struct arena arena = { 0 };
	struct run_facts facts;
	struct filter_env env = { .now_ms = when_now_ms() };
	bool fits = proto_run(view_of(frames[num]), &arena, &facts, NULL) &&
		    filter_match(f, &facts, &env);
	arena_release(&arena);
	return fits;
}

/* Steps until it is over, or `steps` were made; the cursor is where it stands. */
static bool go(struct walk *w, int steps, unsigned char *seen, struct str *cursor)
{
	struct walk_row row;
	enum walk_step step = WALK_PASSED;
	for (int i = 0; i < steps && step != WALK_OVER; i++) {
		step = walk_next(w, &row);
		if (step == WALK_FIT)
			seen[row.num]++;
	}
	str_clear(cursor);
	walk_cursor(w, cursor);
	return step == WALK_OVER;
}

static void check(struct journal *j, const struct filter *f, struct walk_order order, int steps)
{
	unsigned char seen[RUNS + 1] = { 0 };
	struct str cursor = { 0 };
	bool over = false;
	for (int i = 0; !over; i++) {
		struct walk *w = walk_new(j, f, order, view_of_str(&cursor), NULL);
		if (!w || i > 1000)
			BUG("a walk does not go on from its own cursor, or does not end");
		over = go(w, steps, seen, &cursor);
		walk_free(w);
	}
	for (int64_t num = 1; num <= RUNS; num++)
		if (seen[num] != matches(f, num))
			BUG("a walk leaves out what matches, or gives it twice, or too much");
	str_release(&cursor);
}

static void try_cursor(struct journal *j, struct walk_order order, struct view text)
{
	unsigned char seen[RUNS + 1] = { 0 };
	struct str cursor = { 0 };
	struct walk *w = walk_new(j, NULL, order, text, NULL);
	if (w && !go(w, 10000, seen, &cursor))
		BUG("a walk does not end");
	walk_free(w);
	str_release(&cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct journal *j;
	if (len < HEAD)
		return 0;
	if (!j)
		j = make_journal();
	struct view cursor = view_bytes(bytes + HEAD, len - HEAD), text;
	struct walk_order order = { (enum walk_sort)(bytes[0] / 2 % WALK_SORTS), bytes[0] % 2 };
	view_split(&cursor, '\0', &text);
	struct filter *f = filter_parse(text, NULL, NULL);
	if (f)
		check(j, f, order, bytes[1] % 2 ? 10000 : 1 + bytes[1] / 2);
	try_cursor(j, order, cursor);
	filter_free(f);
	return 0;
}
