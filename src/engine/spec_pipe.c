/* The specification of an attempt, written; and the pipe that carries it. */
#include "engine/spec_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/vec.h"
#include "wire/json.h"

enum { SPEC_MAX = 1 << 20, GRACE_MS = 10000 };

static void add(struct str *out, const char *name, struct view value)
{
	str_addf(out, "%s %zu\n", name, value.len);
	str_add(out, value);
	str_add_char(out, '\n');
}

static void add_number(struct str *out, const char *name, int64_t value)
{
	struct str text = {0};
	str_addf(&text, "%lld", (long long)value);
	add(out, name, view_of_str(&text));
	str_release(&text);
}

static void add_command(struct str *out, const struct json *args, const struct launch *l)
{
	if (json_get(args, "run")) {
		add(out, "arg", VIEW("/bin/sh"));
		add(out, "arg", l->debug ? VIEW("-xc") : VIEW("-c"));
		add(out, "arg", json_get_text(args, "run"));
		return;
	}
	const struct json *list = json_get(args, "args");
	for (const struct json *v = json_first(list); v; v = json_next(v))
		add(out, "arg", json_text(v));
}

/* ---- environment: the last of a name wins ---------------------------------------- */

struct env {
	VEC(struct view) items;		/* NAME=VALUE in the arena */
	struct arena arena;
};

static struct view name_of(struct view assignment)
{
	return view_cut(assignment, 0, view_find_byte(assignment, '=', 0));
}

static void env_set(struct env *env, struct view assignment)
{
	assignment = arena_view(&env->arena, assignment);
	for (size_t i = 0; i < env->items.len; i++) {
		if (view_eq(name_of(env->items.items[i]), name_of(assignment))) {
			env->items.items[i] = assignment;
			return;
		}
	}
	vec_push(&env->items, assignment);
}

static void env_set_pair(struct env *env, struct view name, struct view value)
{
	struct str text = {0};
	str_add(&text, name);
	str_add_char(&text, '=');
	str_add(&text, value);
	env_set(env, view_of_str(&text));
	str_release(&text);
}

static void env_inherit(struct env *env)
{
	static const char *const names[] = {
		"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR",
		"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "RUNBOARD_SOCKET",
	};
	env_set(env, VIEW("PATH=/usr/local/bin:/usr/bin:/bin"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value)
			env_set_pair(env, view_of(names[i]), view_of(value));
	}
}

static void env_of_folder(struct env *env, const char *folder)
{
	static const struct {
		const char *variable, *file;
	} files[] = {
		{ "RUNBOARD_OUTPUT", "output" }, { "RUNBOARD_PROGRESS", "progress" },
		{ "RUNBOARD_CHECKPOINT", "checkpoint" },
	};
	struct str path = {0};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", folder, files[i].file);
		env_set_pair(env, view_of(files[i].variable), view_of_str(&path));
	}
	str_release(&path);
}

static void add_env(struct str *out, const struct launch *l, const struct json *args,
		    const char *folder)
{
	struct env env = {0};
	env_inherit(&env);
	const struct json *list = json_get(args, "env");
	for (const struct json *v = json_first(list); v; v = json_next(v))
		env_set(&env, json_text(v));
	for (size_t i = 0; i < l->env.len; i++)
		env_set_pair(&env, l->env.items[i].name, l->env.items[i].value);
	env_of_folder(&env, folder);
	for (size_t i = 0; i < env.items.len; i++)
		add(out, "env", env.items.items[i]);
	vec_release(&env.items);
	arena_release(&env.arena);
}

/* A `dir` that is no whole path is meant from the run's work folder. */
static bool add_dir(struct str *out, const struct launch *l, struct view dir, struct err *err)
{
	struct str path = {0};
	if (!view_starts(dir, "/"))
		str_add_text(&path, l->work);
	if (path.len && dir.len)
		str_add_char(&path, '/');
	str_add(&path, dir);
	bool ok = file_make_folders(l->work, 0700, err);
	add(out, "dir", view_of_str(&path));
	str_release(&path);
	return ok;
}

bool spec_write(const struct launch *l, const char *folder, struct str *out, struct err *err)
{
	struct json_doc *doc = json_parse(l->args, SPEC_MAX, err);
	if (!doc)
		return false;
	const struct json *args = json_root(doc);
	add_command(out, args, l);
	bool ok = add_dir(out, l, json_get_text(args, "dir"), err);
	add_env(out, l, args, folder);
	if (l->timeout_ms)
		add_number(out, "timeout_ms", l->timeout_ms);
	add_number(out, "grace_ms", GRACE_MS);
	if (l->log_max)
		add_number(out, "log_max", l->log_max);
	if (l->note)
		add(out, "note", view_of(l->note));
	if (l->debug)
		add_number(out, "debug", 1);
	for (size_t i = 0; i < l->n_masks; i++)
		add(out, "mask", l->masks[i]);
	add(out, "end", (struct view){0});
	json_free(doc);
	return ok;
}

/* The pipe is made large enough, so that writing never waits for the supervisor. */
int spec_pipe(struct view text, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC)) {
		err_system(err, errno, "no pipe for a step");
		return -1;
	}
	int size = fcntl(ends[1], F_GETPIPE_SZ);
	if (size >= 0 && text.len > (size_t)size)
		size = fcntl(ends[1], F_SETPIPE_SZ, (int)text.len);
	bool fits = size >= 0 && text.len <= (size_t)size;
	bool ok = fits ? file_write_all(ends[1], text, err) :
			 err_set(err, ERR_LIMIT, "command and environment of the step are too large");
	close(ends[1]);
	if (ok)
		return ends[0];
	close(ends[0]);
	return -1;
}
