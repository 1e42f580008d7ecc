/* The cache of a context: run objects, one file each context, replaced at one
 * stroke when the board is closed. */
#include "app/cache.h"

#include "base/file.h"
#include "base/path.h"
#include "base/when.h"
#include "wire/encode.h"
#include "wire/proto.h"

enum { CACHED_A_LANE = 60, CACHE_MAX = 8 << 20 };

static bool cache_path(const struct source *s, struct str *path)
{
	struct str name = {0};
	bool ok = true;
	str_add_text(&name, "cache/");
	for (const char *p = s->context->name; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || *p == '-' || *p == '_';
		str_add_char(&name, plain ? *p : '_');
	}
	str_add_text(&name, ".json");
	ok = path_state(path, str_text(&name), NULL);
	str_release(&name);
	return ok;
}

static bool on_run(void *arg, struct run_facts *run)
{
	struct source *s = arg;
	struct app *a = s->app;
	const struct view name = view_of(s->context->name);
	struct filter_env env = filter_env_of(when_now_ms(), &name);
	run->context = s->number;
	run->seq = 0;	/* older than all that comes: not every backend counts on from there */
	/* Outside of the scope no snapshot would ever say that it is gone. */
	if (!filter_match(s->scope, run, &env))
		return true;
	struct change change = store_upsert(a->store, run);
	struct msg msg = { .kind = MSG_CHANGE, .key = change.key, .change = change };
	if (change.kind != CHANGE_NONE)
		app_send(a, &msg);
	return true;
}

/* The time stands first in the file: {"at":"...","runs":[...]}. */
static int64_t taken_at(struct view text)
{
	int64_t at_ms = 0;
	size_t end = view_find_byte(text, '"', 7);
	if (view_starts(text, "{\"at\":\"") && end != SIZE_MAX)
		when_parse_rfc3339(view_cut(text, 7, end - 7), &at_ms);
	return at_ms;
}

static void load_source(struct source *s)
{
	struct str path = {0}, text = {0};
	struct arena arena = {0};
	if (cache_path(s, &path) && file_read(str_text(&path), CACHE_MAX, &text, NULL) &&
	    proto_runs(view_of_str(&text), &arena, on_run, s, NULL, NULL)) {
		struct msg msg = { .kind = MSG_CONDITION, .context = s->number };
		msg.condition = (struct msg_condition){ CONDITION_CONNECTING, VIEW("connecting"),
							taken_at(view_of_str(&text)) };
		app_send(s->app, &msg);
	}
	arena_release(&arena);
	str_release(&path);
	str_release(&text);
}

void cache_load(struct app *a)
{
	for (size_t i = 0; i < a->n_sources; i++)
		load_source(&a->sources[i]);
}

static void add_lane(struct app *a, uint16_t context, int lane, struct jsonw *w)
{
	struct arena arena = {0};
	struct run_facts run;
	size_t n = board_count(a->model->cards, lane);
	for (size_t i = 0, kept = 0; i < n && kept < CACHED_A_LANE; i++) {
		struct run_key key = board_at(a->model->cards, lane, i);
		if (store_facts(a->store, key, &run, &arena) && run.context == context) {
			encode_run(w, NULL, &run);
			kept++;
		}
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void save_source(struct source *s)
{
	struct str path = {0}, text = {0};
	struct jsonw w;
	if (!s->snapshot_seen || s->moved || !cache_path(s, &path)) {
		str_release(&path);
		return;
	}
	jsonw_init(&w, &text);
	jsonw_object(&w, NULL);
	jsonw_time(&w, "at", when_now_ms());
	jsonw_array(&w, "runs");
	for (int lane = 0; lane < BOARD_LANES; lane++)
		add_lane(s->app, s->number, lane, &w);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	struct str folder = {0};
	if (path_state(&folder, "cache", NULL) &&
	    file_make_folders(str_text(&folder), 0700, NULL))
		file_replace(str_text(&path), view_of_str(&text), 0600, NULL);
	str_release(&folder);
	str_release(&path);
	str_release(&text);
}

void cache_save(struct app *a)
{
	for (size_t i = 0; i < a->n_sources; i++)
		save_source(&a->sources[i]);
}
