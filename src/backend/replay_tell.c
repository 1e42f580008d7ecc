/* One line of a recording back to a call of the sink: the inverse of trace.c. */
#include "backend/replay_inside.h"

#include "base/jscan.h"
#include "base/vec.h"
#include "wire/proto.h"

/* A line while it is told. */
struct telling {
	const struct replay_ear *ear;
	struct replay_scratch *scratch;
	struct view line;
	const struct json *root;
};

typedef bool tell_fn(const struct telling *t, struct err *err);

static struct view text_of(const struct telling *t, const char *key)
{
	return arena_view(&t->scratch->arena, json_get_text(t->root, key));
}

/* The value under key as JSON text, in the arena. */
static struct view json_of(const struct telling *t, const char *key)
{
	str_clear(&t->scratch->text);
	json_print(json_get(t->root, key), &t->scratch->text);
	return arena_view(&t->scratch->arena, view_of_str(&t->scratch->text));
}

static bool tell_identity(const struct telling *t, struct err *err)
{
	const struct backend_identity id = {
		.name = view_of(t->ear->name),
		.user = text_of(t, "user"),
		.roles = text_of(t, "roles"),
		.version = text_of(t, "version"),
		.engine = text_of(t, "engine"),
		.read_only = true,
		.clock_offset_ms = json_get_int(t->root, "clock_offset_ms", 0),
	};
	unsigned abilities = (unsigned)json_get_int(t->root, "abilities", 0);
	abilities &= ~(unsigned)(BACKEND_CAN_ORDER | BACKEND_CAN_START);
	t->ear->sink->identity(t->ear->sink->arg, abilities, &id);
	return true;
}

static bool tell_condition(const struct telling *t, struct err *err)
{
	int64_t c = json_get_int(t->root, "condition", 0);
	if (c < CONDITION_CONNECTING || c > CONDITION_DOWN)
		return err_set(err, ERR_PARSE, "there is no condition %lld", (long long)c);
	const char *sentence = arena_text(&t->scratch->arena, json_get_text(t->root, "sentence"));
	t->ear->sink->condition(t->ear->sink->arg, (enum condition)c, sentence,
				json_get_int(t->root, "fresh_ms", 0));
	return true;
}

static bool tell_snapshot_begin(const struct telling *t, struct err *err)
{
	t->ear->sink->snapshot_begin(t->ear->sink->arg, text_of(t, "filter"));
	return true;
}

struct runs {
	VEC(struct run_facts) items;
};

static bool read_runs(const struct telling *t, struct runs *runs, struct err *err)
{
	size_t at = 0;
	struct view element;
	bool bad = false;
	while (jscan_next(t->line, "runs", &at, &element, &bad)) {
		struct run_facts run;
		if (!proto_run(element, &t->scratch->arena, &run, err))
			return false;
		run.context = t->ear->context;
		vec_push(&runs->items, run);
	}
	return !bad || err_set(err, ERR_PARSE, "the list of runs is malformed");
}

static bool tell_runs(const struct telling *t, struct err *err)
{
	struct runs runs = { 0 };
	bool ok = read_runs(t, &runs, err);
	if (ok)
		t->ear->sink->runs(t->ear->sink->arg, runs.items.items, runs.items.len);
	vec_release(&runs.items);
	return ok;
}

static bool tell_page(const struct telling *t, struct err *err)
{
	struct runs runs = { 0 };
	bool ok = read_runs(t, &runs, err);
	if (ok)
		t->ear->sink->page(t->ear->sink->arg, t->ear->ticket, runs.items.items,
				   runs.items.len, text_of(t, "next_cursor"));
	vec_release(&runs.items);
	return ok;
}

static bool tell_gone(const struct telling *t, struct err *err)
{
	t->ear->sink->gone(t->ear->sink->arg, text_of(t, "id"));
	return true;
}

static bool tell_progress(const struct telling *t, struct err *err)
{
	struct run_facts run;
	if (!proto_run(json_of(t, "run"), &t->scratch->arena, &run, err))
		return false;
	run.context = t->ear->context;
	t->ear->sink->progress(t->ear->sink->arg, &run);
	return true;
}

static bool tell_snapshot_end(const struct telling *t, struct err *err)
{
	t->ear->sink->snapshot_end(t->ear->sink->arg, json_true(json_get(t->root, "complete")));
	return true;
}

static bool tell_lane_counts(const struct telling *t, struct err *err)
{
	int64_t counts[LANES];
	bool at_least[LANES];
	for (int lane = 0; lane < LANES; lane++) {
		counts[lane] = json_get_int(t->root, lane_name((enum lane)lane), -1);
		at_least[lane] = counts[lane] < 0;
		counts[lane] = at_least[lane] ? 0 : counts[lane];
	}
	t->ear->sink->lane_counts(t->ear->sink->arg, counts, at_least);
	return true;
}

static bool tell_detail(const struct telling *t, struct err *err)
{
	struct run_detail d;
	if (!proto_detail(json_of(t, "run"), &t->scratch->arena, &d, err))
		return false;
	d.run.context = t->ear->context;
	t->ear->sink->detail(t->ear->sink->arg, t->ear->ticket, &d);
	return true;
}

static bool tell_history(const struct telling *t, struct err *err)
{
	struct proto_history h;
	if (!proto_history(t->line, &t->scratch->arena, &h, err))
		return false;
	t->ear->sink->history(t->ear->sink->arg, t->ear->ticket, text_of(t, "run"), h.items,
			      h.len, text_of(t, "next_cursor"));
	return true;
}

static bool tell_catalog(const struct telling *t, struct err *err)
{
	int64_t kind = json_get_int(t->root, "kind", -1);
	if (kind < CATALOG_WORKFLOWS || kind > CATALOG_THROUGHPUT)
		return err_set(err, ERR_PARSE, "there is no catalogue %lld", (long long)kind);
	t->ear->sink->catalog(t->ear->sink->arg, t->ear->ticket, (enum catalog_kind)kind,
			      json_of(t, "json"), text_of(t, "next_cursor"));
	return true;
}

static bool tell_log(const struct telling *t, struct err *err)
{
	struct proto_lines lines;
	int64_t state = json_get_int(t->root, "log_state", LOG_MORE);
	if (state < LOG_MORE || state > LOG_TRUNCATED)
		return err_set(err, ERR_PARSE, "there is no log state %lld", (long long)state);
	if (!proto_lines(t->line, &t->scratch->arena, &lines, err))
		return false;
	t->ear->sink->log(t->ear->sink->arg, t->ear->ticket, lines.items, lines.len,
			  (enum log_state)state, lines.next, lines.prev);
	return true;
}

static bool tell_done(const struct telling *t, struct err *err)
{
	int64_t outcome = json_get_int(t->root, "outcome", OUTCOME_OK);
	if (outcome < OUTCOME_OK || outcome > OUTCOME_SEEN)
		return err_set(err, ERR_PARSE, "there is no outcome %lld", (long long)outcome);
	const char *text = arena_text(&t->scratch->arena, json_get_text(t->root, "text"));
	t->ear->sink->done(t->ear->sink->arg, t->ear->ticket, (enum outcome)outcome,
			   text_of(t, "follow_key"), text);
	return true;
}

static tell_fn *const tells[TELLS] = {
	[TELL_IDENTITY] = tell_identity,
	[TELL_CONDITION] = tell_condition,
	[TELL_SNAPSHOT_BEGIN] = tell_snapshot_begin,
	[TELL_RUNS] = tell_runs,
	[TELL_GONE] = tell_gone,
	[TELL_PROGRESS] = tell_progress,
	[TELL_SNAPSHOT_END] = tell_snapshot_end,
	[TELL_LANE_COUNTS] = tell_lane_counts,
	[TELL_PAGE] = tell_page,
	[TELL_DETAIL] = tell_detail,
	[TELL_HISTORY] = tell_history,
	[TELL_CATALOG] = tell_catalog,
	[TELL_LOG] = tell_log,
	[TELL_DONE] = tell_done,
};

bool replay_tell(const struct replay_ear *ear, enum tell kind, struct view line,
		 struct replay_scratch *scratch, struct err *err)
{
	struct json_doc *doc = json_parse(line, SIZE_MAX, err);
	if (!doc)
		return false;
	const struct telling t = { ear, scratch, line, json_root(doc) };
	arena_clear(&scratch->arena);
	bool ok = tells[kind](&t, err);
	json_free(doc);
	return ok;
}
