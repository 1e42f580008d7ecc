/* The running board: store, model and backends, joined. Knows no terminal (that is
 * frame.c), no wire and no backend by name. */
#include "app/app.h"

#include <sys/stat.h>

#include "app/feed.h"
#include "app/frame.h"
#include "app/inview.h"
#include "app/logs.h"
#include "app/perform.h"
#include "app/saves.h"
#include "backend/launch.h"
#include "base/file.h"
#include "base/path.h"
#include "base/when.h"
#include "model/board_filter.h"
#include "screen/theme.h"

enum { ENDED_SHOWN = 500, WORK_SLICE_MS = 4, LINES_KEPT = 50, QUIT_MS = 5000, REVIVE_MS = 2000,
       REVIVE_AGAIN_MS = 30000 };

void app_send(struct app *a, struct msg *msg)
{
	msg->now_ms = when_now_ms();
	model_update(a->model, msg, &a->fx);
	a->dirty = true;
	if (a->performing)
		return;		/* the list that is being carried out has it */
	a->performing = true;
	perform(a, &a->fx);
	effects_clear(&a->fx);
	arena_clear(&a->scratch);
	a->performing = false;
}

void app_notice(struct app *a, struct view text, enum app_tone tone)
{
	struct msg msg = { .kind = MSG_NOTICE };
	msg.notice.text = text;
	msg.notice.bad = tone == APP_BAD;
	app_send(a, &msg);
}

/* ---- the end ---------------------------------------------------------------- */

static size_t orders_on_their_way(const struct app *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->pending.len; i++)
		n += a->pending.items[i].kind == PENDING_ORDER;
	return n;
}

void app_quit(struct app *a)
{
	a->quit = true;
	if (orders_on_their_way(a))
		app_notice(a, VIEW("Leaving as soon as the orders are answered."), APP_GOOD);
	loop_timer_set(a->patience, QUIT_MS);
}

static void on_patience(void *arg)
{
	struct app *a = arg;
	str_addf(&a->last_words, "%sthe answer to %zu orders has not come",
		 a->last_words.len ? "\n" : "", orders_on_their_way(a));
	loop_stop(a->loop);
}

/* ---- the clock ------------------------------------------------------------- */

static void on_tick(void *arg)
{
	struct app *a = arg;
	struct msg msg = { .kind = MSG_TICK };
	app_send(a, &msg);
}

/* Sorting and filtering go on in slices while nothing else is to do. */
static void on_work(void *arg)
{
	struct app *a = arg;
	int64_t until = when_mono_ms() + WORK_SLICE_MS;
	do {
		struct msg msg = { .kind = MSG_WORK };
		app_send(a, &msg);
	} while (model_is_busy(a->model) && when_mono_ms() < until);
}

static void arm(struct app *a)
{
	int64_t due = model_due_ms(a->model), now = when_now_ms();
	if (due == 0)
		loop_timer_stop(a->tick);
	else
		loop_timer_set(a->tick, due > now ? due - now : 0);
	if (model_is_busy(a->model) && !a->work) {
		a->work = loop_idle(a->loop, on_work, a);
	} else if (!model_is_busy(a->model) && a->work) {
		loop_remove(a->work);
		a->work = NULL;
	}
}

static bool is_settled(const struct app *a)
{
	if (a->dirty || a->work || a->pending.len || !frame_is_settled(a))
		return false;
	for (size_t i = 0; i < a->n_sources; i++)
		if (backend_pending(a->sources[i].backend))
			return false;
	return true;
}

/* For tests: one byte whenever a turn ends with nothing left to do. */
static void tell_settled(struct app *a)
{
	if (a->sync_fd < 0 || !is_settled(a))
		return;
	frame_sync(a, a->sync_fd);
}

static void on_end_of_turn(void *arg)
{
	struct app *a = arg;
	if (a->quit && !orders_on_their_way(a))
		loop_stop(a->loop);
	arm(a);
	if (a->dirty)
		inview_tell(a);
	frame_end_of_turn(a);
	tell_settled(a);
}

/* ---- sources ---------------------------------------------------------------- */

void source_watch(struct source *s)
{
	struct watch_scope scope = { .filter = view_of_str(&s->filter), .ended = s->ended };
	backend_probe(s->backend);
	backend_watch(s->backend, &scope);
}

static void on_launched(void *arg, bool ok, const struct err *err)
{
	struct source *s = arg;
	if (!ok)
		app_notice(s->app, view_of(err_text(err)), APP_BAD);
	source_watch(s);
	launch_free(s->launch);
	s->launch = NULL;
}

static void connect_source(struct source *s)
{
	struct str path = {0};
	if (context_socket(s->context, &path, NULL))
		s->launch = launch_start(s->app->loop, str_text(&path), on_launched, s);
	else
		source_watch(s);
	str_release(&path);
}

/* An engine that was stopped took its socket away and stays stopped; one that left
 * it behind was killed. */
static bool left_its_socket(const struct source *s)
{
	struct str path = {0};
	struct stat st;
	bool left = context_socket(s->context, &path, NULL) && !stat(str_text(&path), &st) &&
		    S_ISSOCK(st.st_mode);
	str_release(&path);
	return left;
}

static void on_revive(void *arg)
{
	struct source *s = arg;
	if (s->condition != CONDITION_DOWN || s->launch || !left_its_socket(s))
		return;
	s->revived_ms = when_mono_ms();
	connect_source(s);
}

void source_condition(struct source *s, enum condition c)
{
	int64_t wait_ms = REVIVE_MS;
	s->condition = c;
	s->was_live |= c == CONDITION_LIVE;
	if (c != CONDITION_DOWN || !s->was_live || !s->revive || s->launch ||
	    loop_timer_is_set(s->revive))
		return;
	if (s->revived_ms > 0 && s->revived_ms + REVIVE_AGAIN_MS > when_mono_ms() + wait_ms)
		wait_ms = s->revived_ms + REVIVE_AGAIN_MS - when_mono_ms();
	loop_timer_set(s->revive, wait_ms);
}

void app_connect(struct app *a)
{
	for (size_t i = 0; i < a->n_sources; i++) {
		a->sources[i].revive = loop_timer(a->loop, on_revive, &a->sources[i]);
		connect_source(&a->sources[i]);
	}
}

static bool source_init(struct app *a, const char *name, struct err *err)
{
	if (a->n_sources == CONTEXTS_MAX)
		return err_set(err, ERR_USAGE, "at most %d contexts on one board", CONTEXTS_MAX);
	/* Counted at once: app_release then frees also what was half made. */
	struct source *s = &a->sources[a->n_sources++];
	*s = (struct source){ .app = a, .number = (uint16_t)(a->n_sources - 1), .ended = ENDED_SHOWN };
	s->context = config_context(&a->config, name, err);
	if (!s->context)
		return false;
	if (s->context->filter) {
		str_add_text(&s->filter, s->context->filter);
		s->scope = filter_parse(view_of_str(&s->filter), NULL, err);
		if (!s->scope)
			return err_prefix(err, "context %s: filter", name);
	}
	feed_init(s);
	struct opening opening = { .loop = a->loop, .sink = &s->sink, .number = s->number };
	s->backend = context_open(s->context, &opening, err);
	return s->backend != NULL;
}

static bool sources_init(struct app *a, const char *const *names, struct err *err)
{
	if (!names || !names[0])
		return source_init(a, a->config.default_context, err);
	for (; *names; names++)
		if (!source_init(a, *names, err))
			return false;
	return true;
}

/* ---- the model --------------------------------------------------------------- */

/* Lines of a text as C strings: NULL-terminated, the newest LINES_KEPT. */
struct lines {
	struct str text;
	const char *items[LINES_KEPT + 1];
	size_t len;
};

static void lines_split(struct lines *l)
{
	char *at = l->text.ptr, *end;
	while (at && (end = strchr(at, '\n'))) {
		*end = '\0';
		if (l->len == LINES_KEPT) {
			for (size_t i = 1; i < l->len; i++)
				l->items[i - 1] = l->items[i];
			l->len--;
		}
		if (end > at)
			l->items[l->len++] = at;
		at = end + 1;
	}
}

/* What perform_remember wrote. */
static void history_read(struct lines *l, const char *name)
{
	struct str path = {0};
	if (path_state(&path, name, NULL))
		file_read(str_text(&path), 1 << 16, &l->text, NULL);
	lines_split(l);
	str_release(&path);
}

/* The command line's, else the first context's, else the board's. */
static const char *theme_of(const struct app *a, const struct app_options *o)
{
	const char *context = a->sources[0].context->theme;
	return o->theme ? o->theme : context ? context : a->config.theme;
}

static void model_init(struct app *a, const struct app_options *o)
{
	const char *names[CONTEXTS_MAX + 1] = { 0 };
	bool read_only[CONTEXTS_MAX] = { 0 };
	struct lines past = {0}, shown = {0}, themes = {0};
	history_read(&past, "filters");
	history_read(&shown, "shown");
	theme_list(&themes.text);
	lines_split(&themes);
	for (size_t i = 0; i < a->n_sources; i++) {
		names[i] = a->sources[i].context->name;
		read_only[i] = a->sources[i].context->read_only;
	}
	struct model_setup setup = {
		.store = a->store,
		.contexts = names,
		.context_read_only = read_only,
		.read_only = o->read_only || a->config.read_only,
		.filter = view_of(o->filter ? o->filter : a->config.filter),
		.theme = view_of(theme_of(a, o)),
		.themes = themes.items,
		.past_filters = past.items,
		.shown = shown.items,
		.rows = o->rows,
		.cols = o->cols,
		.now_ms = when_now_ms(),
	};
	a->model = model_new(&setup);
	str_release(&past.text);
	str_release(&shown.text);
	str_release(&themes.text);
}

static const char *lane_word(int lane)
{
	return lane < LANES ? lane_name((enum lane)lane) : "waiting";
}

static bool lane_is_listed(const char *list, const char *name)
{
	struct view rest = view_of(list), word;
	while (view_split(&rest, ',', &word))
		if (view_is(view_trim(word), name))
			return true;
	return false;
}

/* "running,failed": these lanes and no others. */
static void lanes_apply(struct model *m, const char *list)
{
	bool any = false;
	for (int lane = 0; lane < BOARD_LANES; lane++)
		any |= lane_is_listed(list, lane_word(lane));
	for (int lane = 0; any && lane < BOARD_LANES; lane++)
		if (lane_is_listed(list, lane_word(lane)))
			board_show_lane(m, lane, true);
	for (int lane = 0; any && lane < BOARD_LANES; lane++)
		if (!lane_is_listed(list, lane_word(lane)))
			board_show_lane(m, lane, false);
}

static bool check_key(struct view name, struct view value, struct str *why)
{
	struct keymap scratch = {0};
	struct err trouble = {0};
	enum action action;
	bool known = action_parse(name, &action);
	bool good = known && keymap_set(&scratch, action, value, &trouble);
	str_add_text(why, known ? err_text(&trouble) : "no such action (see ? on the board)");
	keymap_release(&scratch);
	err_release(&trouble);
	return good;
}

/* What the configuration says of the board itself; it was checked when it was read. */
static void settings_apply(struct app *a)
{
	const struct config *c = &a->config;
	struct board_state *b = &a->model->board;
	const char *lanes = a->sources[0].context->lanes ? a->sources[0].context->lanes : c->lanes;
	if (c->sort)
		board_sort_parse(view_of(c->sort), &b->sort);
	if (c->density)
		board_density_parse(view_of(c->density), &b->density);
	if (lanes)
		lanes_apply(a->model, lanes);
	for (size_t i = 0; i < c->keys.len; i++) {
		enum action action;
		if (action_parse(view_of(c->keys.items[i].name), &action))
			keymap_set(&a->model->keymap, action, view_of(c->keys.items[i].value), NULL);
	}
	for (size_t i = 0; i < c->views.len; i++)
		saved_add(&a->model->saved, view_of(c->views.items[i].name),
			  view_of(c->views.items[i].value));
	for (size_t i = 0; i < c->commands.len; i++)
		commands_add(&a->model->commands, view_of(c->commands.items[i].name),
			     view_of(c->commands.items[i].value));
	board_renew(a->model);
}

bool app_init(struct app *a, const struct app_options *o, struct err *err)
{
	*a = (struct app){ .sync_fd = o->sync_fd };
	if (!config_load_checked(&a->config, check_key, err))
		return false;
	a->loop = loop_new();
	a->store = store_new();
	a->tick = loop_timer(a->loop, on_tick, a);
	a->patience = loop_timer(a->loop, on_patience, a);
	loop_end_of_turn(a->loop, 100, on_end_of_turn, a);
	if (!sources_init(a, o->contexts, err))
		return false;
	model_init(a, o);
	a->dirty = true;
	settings_apply(a);
	return true;
}

void app_release(struct app *a)
{
	for (size_t i = 0; i < a->n_sources; i++) {
		launch_free(a->sources[i].launch);
		loop_remove(a->sources[i].revive);
		backend_destroy(a->sources[i].backend);
		filter_free(a->sources[i].scope);
		str_release(&a->sources[i].filter);
	}
	app_log_close_all(a);
	app_save_stop_all(a);
	model_free(a->model);
	effects_release(&a->fx);
	store_free(a->store);
	vec_release(&a->pending);
	vec_release(&a->follows);
	str_release(&a->last_words);
	arena_release(&a->scratch);
	if (a->loop)
		loop_free(a->loop);
	config_release(&a->config);
}
