/* A whole engine in a folder of its own. */
#include "engine_world.h"

#include "lib/unit.h"
#include <signal.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "wire/json.h"

static void open_engine(struct world *w)
{
	struct err err = {0};
	const char *folders[] = { str_text(&w->workflows) };
	const struct engine_config config = {
		.state = str_text(&w->state), .workflows = folders, .n_workflows = 1, .slots = 4,
		.supervisor = BUILDDIR "/runboard-step",
		.queues = w->queues, .n_queues = w->n_queues,
	};
	w->loop = loop_new();
	w->engine = engine_new(&config, w->loop, &err);
	ck_assert_msg(w->engine != NULL, "%s", err_text(&err));
}

void world_prepare(struct world *w)
{
	char folder[64];
	*w = (struct world){0};
	signal(SIGPIPE, SIG_IGN);
	guard_folder(folder, sizeof folder, "engine");
	str_add_text(&w->folder, folder);
	str_addf(&w->state, "%s/state", folder);
	str_addf(&w->workflows, "%s/workflows", folder);
	ck_assert(file_make_folders(str_text(&w->workflows), 0700, NULL));
}

void world_open_at(struct world *w)
{
	open_engine(w);
}

void world_open(struct world *w)
{
	world_prepare(w);
	world_open_at(w);
}

static void close_engine(struct world *w)
{
	engine_free(w->engine);
	loop_free(w->loop);
}

void world_restart(struct world *w)
{
	close_engine(w);
	open_engine(w);
}

void world_leave(struct world *w)
{
	close_engine(w);
}

void world_close(struct world *w)
{
	world_leave(w);
	world_remove(w);
}

void world_remove(struct world *w)
{
	struct str command = {0};
	str_addf(&command, "rm -rf '%s'", str_text(&w->folder));
	(void)!system(str_text(&command));
	str_release(&command);
	str_release(&w->folder);
	str_release(&w->state);
	str_release(&w->workflows);
	str_release(&w->body);
}

void world_workflow(struct world *w, const char *name, const char *text)
{
	struct str path = {0};
	str_addf(&path, "%s/%s.yaml", str_text(&w->workflows), name);
	ck_assert(file_replace(str_text(&path), view_of(text), 0600, NULL));
	str_release(&path);
}

static void on_reply(void *arg, const struct engine_reply *reply)
{
	struct world *w = arg;
	w->status = reply->status;
	w->version = reply->version;
	w->replayed = reply->replayed;
	str_clear(&w->body);
	str_add(&w->body, reply->body);
}

int world_order(struct world *w, const struct engine_order *order)
{
	w->status = 0;
	engine_submit(w->engine, order, on_reply, w);
	while (!w->status)
		loop_turn(w->loop, -1);
	return w->status;
}

void world_start(struct world *w, const char *workflow, const char *params, struct str *id)
{
	const struct engine_order order = {
		.verb = VERB_START, .workflow = view_of(workflow), .params = view_of(params),
		.caller = { .by = VIEW("alice") },
	};
	int status = world_order(w, &order);
	ck_assert_msg(status == 201, "%d %s", status, str_text(&w->body));
	world_get(w, "id", id);
}

void world_show(struct world *w, const char *id)
{
	struct err err = {0};
	const struct engine_caller caller = { .by = VIEW("alice") };
	str_clear(&w->body);
	ck_assert_msg(engine_run(w->engine, view_of(id), &caller, &w->body, &w->version, &err), "%s",
		      err_text(&err));
}

static const struct json *step_down(const struct json *v, struct view part)
{
	int64_t index;
	const struct json *i = json_first(v);
	if (json_kind(v) == JSON_ARRAY && number_parse(part, 0, 100000, &index)) {
		while (i && index-- > 0)
			i = json_next(i);
		return i;
	}
	for (; i; i = json_next(i)) {
		if (view_eq(json_key(i), part))
			return i;
	}
	return NULL;
}

const char *world_get(struct world *w, const char *path, struct str *out)
{
	struct err err = {0};
	struct json_doc *doc = json_parse(view_of_str(&w->body), STR_DEFAULT_MAX, &err);
	ck_assert_msg(doc != NULL, "%s: %s", err_text(&err), str_text(&w->body));
	const struct json *v = json_root(doc);
	struct view rest = view_of(path), part;
	while (v && view_split(&rest, '.', &part))
		v = step_down(v, part);
	str_clear(out);
	if (json_kind(v) == JSON_STRING)
		str_add(out, json_text(v));
	else if (v)
		json_print(v, out);
	json_free(doc);
	return str_text(out);
}

void world_until(struct world *w, const char *id, const char *status)
{
	struct str now = {0};
	for (;;) {
		world_show(w, id);
		if (str_eq(world_get(w, "status", &now), status))
			break;
		bool ended = !str_eq(world_get(w, "ended_at", &now), "null");
		ck_assert_msg(!ended, "ended otherwise than %s: %s", status, str_text(&w->body));
		loop_turn(w->loop, -1);
	}
	str_release(&now);
}

static bool task_has(struct world *w, const char *task, const char *status)
{
	struct json_doc *doc = json_parse(view_of_str(&w->body), STR_DEFAULT_MAX, NULL);
	bool has = false;
	for (const struct json *t = json_first(json_get(json_root(doc), "tasks")); t;
	     t = json_next(t)) {
		if (view_is(json_get_text(t, "id"), task))
			has = view_is(json_get_text(t, "status"), status);
	}
	json_free(doc);
	return has;
}

void world_until_task(struct world *w, const char *id, const char *task, const char *status)
{
	for (;;) {
		world_show(w, id);
		if (task_has(w, task, status))
			return;
		loop_turn(w->loop, -1);
	}
}
