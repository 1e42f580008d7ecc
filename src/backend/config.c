/* The configuration file: sections [board], [keys], [views], [commands] and [context NAME].
 * Knows the words of the file, not what a theme or a key means: keys are asked
 * about. */
#include "backend/config.h"

#include "base/file.h"
#include "base/ini.h"
#include "base/mem.h"
#include "base/path.h"
#include "core/board.h"
#include "core/filter.h"

enum { CONFIG_MAX = 1 << 20 };

/* False, and why, where it cannot be understood. */
typedef bool check_fn(struct view v, struct str *why);

/* One word of a section: a text, or a yes/no. offset: into the struct. */
struct word {
	const char *name;
	size_t offset;
	bool is_flag;
	check_fn *check;		/* of a text; NULL: any */
};

static bool is_kind(struct view v, struct str *why)
{
	str_add_text(why, "expected local, replay or temporal");
	return view_is(v, "local") || view_is(v, "replay") || view_is(v, "temporal");
}

static bool is_density(struct view v, struct str *why)
{
	str_add_text(why, "expected small, normal or large");
	return view_is(v, "small") || view_is(v, "normal") || view_is(v, "large");
}

static bool is_sort(struct view v, struct str *why)
{
	enum board_sort sort;
	str_add_text(why, "expected time, duration, workflow or urgency");
	return board_sort_parse(v, &sort);
}

static bool are_lanes(struct view v, struct str *why)
{
	struct view word;
	enum lane lane;
	while (view_split(&v, ',', &word)) {
		word = view_trim(word);
		if (view_is(word, "waiting") || lane_parse(word, &lane))
			continue;
		str_addf(why, "'%.*s' is no lane: expected names such as pending,running,failed",
			 (int)word.len, word.ptr);
		return false;
	}
	return true;
}

static bool is_filter(struct view v, struct str *why)
{
	struct err err = {0};
	struct filter *filter = filter_parse(v, NULL, &err);
	bool good = filter != NULL;
	str_add_text(why, err_text(&err));
	filter_free(filter);
	err_release(&err);
	return good;
}

static const struct word board_words[] = {
	{ "context", offsetof(struct config, default_context), false },
	{ "theme", offsetof(struct config, theme), false },
	{ "density", offsetof(struct config, density), false, is_density },
	{ "lanes", offsetof(struct config, lanes), false, are_lanes },
	{ "sort", offsetof(struct config, sort), false, is_sort },
	{ "filter", offsetof(struct config, filter), false, is_filter },
	{ "read_only", offsetof(struct config, read_only), true },
	{ "mouse", offsetof(struct config, mouse), true },
	{ "bell", offsetof(struct config, bell), true },
	{ 0 },
};

static const struct word context_words[] = {
	{ "backend", offsetof(struct config_context, kind), false, is_kind },
	{ "url", offsetof(struct config_context, url), false },
	{ "token_env", offsetof(struct config_context, token_env), false },
	{ "token_file", offsetof(struct config_context, token_file), false },
	{ "token_command", offsetof(struct config_context, token_command), false },
	{ "theme", offsetof(struct config_context, theme), false },
	{ "filter", offsetof(struct config_context, filter), false, is_filter },
	{ "lanes", offsetof(struct config_context, lanes), false, are_lanes },
	{ "read_only", offsetof(struct config_context, read_only), true },
	{ "namespace", offsetof(struct config_context, space), false },
	{ "profile", offsetof(struct config_context, profile), false },
	{ "ca_file", offsetof(struct config_context, ca_file), false },
	{ "cert_file", offsetof(struct config_context, cert_file), false },
	{ "key_file", offsetof(struct config_context, key_file), false },
	{ "identity", offsetof(struct config_context, identity), false },
	{ "codec_url", offsetof(struct config_context, codec_url), false },
	{ "codec_token_env", offsetof(struct config_context, codec_token_env), false },
	{ "codec_token_file", offsetof(struct config_context, codec_token_file), false },
	{ "codec_token_command", offsetof(struct config_context, codec_token_command), false },
	{ "waiting", offsetof(struct config_context, waiting), false },
	{ "waiting_memo", offsetof(struct config_context, waiting_memo), false },
	{ 0 },
};

static bool flag_parse(struct view v, bool *out)
{
	bool yes = view_is(v, "true") || view_is(v, "yes") || view_is(v, "on");
	bool no = view_is(v, "false") || view_is(v, "no") || view_is(v, "off");
	if (yes || no)
		*out = yes;
	return yes || no;
}

/* The reason stays in the configuration until the next one. */
static bool is_understood(struct config *c, check_fn *check, struct ini_pair *p)
{
	str_clear(&c->why);
	if (!check || check(p->value, &c->why))
		return true;
	p->why = str_text(&c->why);
	return false;
}

static bool word_set(struct config *c, const struct word *words, void *target,
		     struct ini_pair *p)
{
	const struct word *w = words;
	while (w->name && !view_is(p->key, w->name))
		w++;
	if (!w->name) {
		p->why = "unknown word";
		return false;
	}
	char *place = (char *)target + w->offset;
	if (w->is_flag) {
		if (flag_parse(p->value, (bool *)(void *)place))
			return true;
		p->why = "expected true or false";
		return false;
	}
	if (!is_understood(c, w->check, p))
		return false;
	char **text = (char **)(void *)place;
	mem_free(*text);
	*text = mem_bytes(p->value.ptr, p->value.len);
	return true;
}

static struct config_context *context_named(struct config *c, struct view name)
{
	for (size_t i = 0; i < c->contexts.len; i++)
		if (view_is(name, c->contexts.items[i].name))
			return &c->contexts.items[i];
	struct config_context fresh = { .name = mem_bytes(name.ptr, name.len) };
	vec_push(&c->contexts, fresh);
	return &c->contexts.items[c->contexts.len - 1];
}

static struct setting setting_of(struct ini_pair *p)
{
	return (struct setting){ mem_bytes(p->key.ptr, p->key.len),
				 mem_bytes(p->value.ptr, p->value.len) };
}

static bool is_approval(struct view key)
{
	return view_starts(key, "approve.") || view_starts(key, "reject.") ||
	       view_starts(key, "answer.") || view_starts(key, "waiting_query.");
}

static bool context_entry(struct config *c, struct config_context *x, struct ini_pair *p)
{
	if (!is_approval(p->key))
		return word_set(c, context_words, x, p);
	vec_push(&x->approvals, setting_of(p));
	return true;
}

static bool key_entry(struct config *c, struct ini_pair *p)
{
	str_clear(&c->why);
	if (c->check_key && !c->check_key(p->key, p->value, &c->why)) {
		p->why = str_text(&c->why);
		return false;
	}
	vec_push(&c->keys, setting_of(p));
	return true;
}

static bool view_entry(struct config *c, struct ini_pair *p)
{
	if (c->views.len == CONFIG_VIEWS_MAX) {
		p->why = "there is room for nine views";
		return false;
	}
	if (!is_understood(c, is_filter, p))
		return false;
	vec_push(&c->views, setting_of(p));
	return true;
}

static bool command_entry(struct config *c, struct ini_pair *p)
{
	if (c->commands.len == CONFIG_COMMANDS_MAX) {
		p->why = "there is room for nine commands";
		return false;
	}
	vec_push(&c->commands, setting_of(p));
	return true;
}

static bool config_entry(void *arg, struct ini_pair *p)
{
	struct config *c = arg;
	if (view_is(p->section, "board"))
		return word_set(c, board_words, c, p);
	if (view_is(p->section, "keys"))
		return key_entry(c, p);
	if (view_is(p->section, "views"))
		return view_entry(c, p);
	if (view_is(p->section, "commands"))
		return command_entry(c, p);
	if (view_starts(p->section, "context ")) {
		struct view name = view_trim(view_cut(p->section, 8, p->section.len));
		if (name.len)
			return context_entry(c, context_named(c, name), p);
	}
	p->why = "unknown section: expected [board], [keys], [views], [commands] or [context NAME]";
	return false;
}

void config_init(struct config *c)
{
	*c = (struct config){ .default_context = mem_text("local"), .bell = true,
			     .mouse = true };
	struct config_context *local = context_named(c, VIEW("local"));
	local->kind = mem_text("local");
}

bool config_parse(struct config *c, struct view text, const char *file, struct err *err)
{
	if (!ini_parse(text, file, config_entry, c, err))
		return false;
	for (size_t i = 0; i < c->contexts.len; i++)
		if (!c->contexts.items[i].kind)
			c->contexts.items[i].kind = mem_text("local");
	return true;
}

bool config_load(struct config *c, struct err *err)
{
	return config_load_checked(c, NULL, err);
}

bool config_load_checked(struct config *c, config_key_fn *check, struct err *err)
{
	config_init(c);
	c->check_key = check;
	struct str path = {0}, text = {0};
	struct err trouble = {0};
	bool ok = path_config_file(&path, err);
	if (ok && file_read(str_text(&path), CONFIG_MAX, &text, &trouble)) {
		ok = config_parse(c, view_of_str(&text), str_text(&path), err);
	} else if (ok && trouble.kind != ERR_NOT_FOUND) {
		trouble.kind = ERR_CONFIG;
		ok = false;
		if (err)
			err_move(err, &trouble);
	}
	const char *chosen = getenv("RUNBOARD_CONTEXT");
	if (ok && chosen && chosen[0]) {
		mem_free(c->default_context);
		c->default_context = mem_text(chosen);
	}
	err_release(&trouble);
	str_release(&path);
	str_release(&text);
	return ok;
}

static void settings_release(struct setting *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		mem_free(items[i].name);
		mem_free(items[i].value);
	}
}

static void context_release(struct config_context *x)
{
	settings_release(x->approvals.items, x->approvals.len);
	vec_release(&x->approvals);
	mem_free(x->space);
	mem_free(x->profile);
	mem_free(x->ca_file);
	mem_free(x->cert_file);
	mem_free(x->key_file);
	mem_free(x->identity);
	mem_free(x->codec_url);
	mem_free(x->codec_token_env);
	mem_free(x->codec_token_file);
	mem_free(x->codec_token_command);
	mem_free(x->waiting);
	mem_free(x->waiting_memo);
	mem_free(x->name);
	mem_free(x->kind);
	mem_free(x->url);
	mem_free(x->token_env);
	mem_free(x->token_file);
	mem_free(x->token_command);
	mem_free(x->theme);
	mem_free(x->filter);
	mem_free(x->lanes);
}

void config_release(struct config *c)
{
	for (size_t i = 0; i < c->contexts.len; i++)
		context_release(&c->contexts.items[i]);
	vec_release(&c->contexts);
	settings_release(c->keys.items, c->keys.len);
	vec_release(&c->keys);
	settings_release(c->views.items, c->views.len);
	vec_release(&c->views);
	settings_release(c->commands.items, c->commands.len);
	vec_release(&c->commands);
	mem_free(c->default_context);
	mem_free(c->theme);
	mem_free(c->density);
	mem_free(c->lanes);
	mem_free(c->sort);
	mem_free(c->filter);
	str_release(&c->why);
	*c = (struct config){0};
}

const struct config_context *config_context(const struct config *c, const char *name, struct err *err)
{
	struct str names = {0};
	for (size_t i = 0; i < c->contexts.len; i++) {
		if (str_eq(c->contexts.items[i].name, name)) {
			str_release(&names);
			return &c->contexts.items[i];
		}
		str_addf(&names, "%s%s", i ? ", " : "", c->contexts.items[i].name);
	}
	err_set(err, ERR_CONFIG, "context %s: there is none of this name (there are: %s)", name,
		str_text(&names));
	str_release(&names);
	return NULL;
}

/* ---- opening a context ------------------------------------------------------- */

bool context_socket(const struct config_context *context, struct str *path, struct err *err)
{
	if (!str_eq(context->kind, "local"))
		return false;
	if (!context->url)
		return path_socket(path, err);
	if (!view_starts(view_of(context->url), "unix:"))
		return false;
	return str_add_text(path, context->url + 5);
}
