/* The file `engine`, read. Knows no roles: access does. */
#include "engine/settings.h"

#include "base/file.h"
#include "base/ini.h"
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"

enum { FILE_MAX = 1 << 20, SLOTS_MAX = 10000, SHA256_HEX = 64 };

static struct settings_person *person(struct settings *s, enum settings_who who, struct view name,
				      int line)
{
	for (size_t i = 0; i < s->people.len; i++)
		if (s->people.items[i].who == who && view_is(name, s->people.items[i].name))
			return &s->people.items[i];
	struct settings_person new = { .who = who, .name = mem_bytes(name.ptr, name.len),
				       .line = line };
	vec_push(&s->people, new);
	return &s->people.items[s->people.len - 1];
}

static struct settings_queue *queue(struct settings *s, struct view name)
{
	for (size_t i = 0; i < s->queues.len; i++)
		if (view_is(name, s->queues.items[i].name))
			return &s->queues.items[i];
	struct settings_queue new = { .name = mem_bytes(name.ptr, name.len) };
	vec_push(&s->queues, new);
	return &s->queues.items[s->queues.len - 1];
}

static void replace(char **slot, struct view v)
{
	mem_free(*slot);
	*slot = mem_bytes(v.ptr, v.len);
}

static bool take_queue(struct settings *s, struct view name, struct ini_pair *pair)
{
	int64_t slots;
	if (!view_is(pair->key, "slots")) {
		pair->why = "a queue has slots, nothing else";
		return false;
	}
	if (!number_parse(pair->value, 1, SLOTS_MAX, &slots)) {
		pair->why = "slots is a number from 1 to 10000";
		return false;
	}
	queue(s, name)->slots = (int)slots;
	return true;
}

static bool take_user(struct settings *s, struct view name, struct ini_pair *pair)
{
	if (!view_is(pair->key, "roles")) {
		pair->why = "a user has roles, nothing else";
		return false;
	}
	replace(&person(s, SETTINGS_USER, name, pair->line)->roles, pair->value);
	return true;
}

static bool is_sha256(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!strchr("0123456789abcdef", v.ptr[i]))
			return false;
	return v.len == SHA256_HEX;
}

static bool take_token(struct settings *s, struct view name, struct ini_pair *pair)
{
	if (view_is(pair->key, "roles")) {
		replace(&person(s, SETTINGS_TOKEN, name, pair->line)->roles, pair->value);
	} else if (!view_is(pair->key, "sha256")) {
		pair->why = "a token has sha256 and roles, nothing else";
		return false;
	} else if (!is_sha256(pair->value)) {
		pair->why = "sha256 is 64 lower case hex digits";
		return false;
	} else {
		replace(&person(s, SETTINGS_TOKEN, name, pair->line)->sha256, pair->value);
	}
	return true;
}

static bool take_retention(struct settings *s, struct view pattern, struct ini_pair *pair)
{
	return keeping_take(&s->keeping, pattern, pair->key, pair->value, &pair->why);
}

/* ---- sections without a name -------------------------------------------------------- */

static bool take_logs(struct settings *s, struct view name, struct ini_pair *pair)
{
	bool step = view_is(pair->key, "max");
	if (!step && !view_is(pair->key, "run_max")) {
		pair->why = "logs have max and run_max, nothing else";
		return false;
	}
	if (!number_parse_octets(pair->value, step ? &s->log_max : &s->run_log_max) ||
	    !(step ? s->log_max : s->run_log_max)) {
		pair->why = "a size, as 64M or 2G, is expected";
		return false;
	}
	return true;
}

static bool take_secrets(struct settings *s, struct view name, struct ini_pair *pair)
{
	if (view_is(pair->key, "command")) {
		replace(&s->secret_command, pair->value);
	} else if (!view_is(pair->key, "timeout")) {
		pair->why = "secrets have a command and a timeout, nothing else";
		return false;
	} else if (!when_parse_span(pair->value, &s->secret_timeout_ms) || !s->secret_timeout_ms) {
		pair->why = "a span of time, as 10s, is expected";
		return false;
	}
	return true;
}

/* ---- notices ------------------------------------------------------------------------- */

static struct notice_spec *notice(struct settings *s, struct view name, int line)
{
	for (size_t i = 0; i < s->notices.len; i++)
		if (view_eq(name, s->notices.items[i].name))
			return &s->notices.items[i];
	struct notice_spec new = { .name = arena_view(&s->arena, name) };
	vec_push(&s->notices, new);
	vec_push(&s->notice_lines, line);
	return &s->notices.items[s->notices.len - 1];
}

static bool take_words(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	struct view rest = arena_view(&s->arena, pair->value), word;
	struct view *words = arena_array(&s->arena, rest.len, sizeof *words);
	while (view_split(&rest, ',', &word)) {
		word = view_trim(word);
		if (!notice_is_word(word)) {
			pair->why = "on has statuses of runs, ended and long_running, with commas";
			return false;
		}
		words[n->n_on++] = word;
	}
	n->on = words;
	return true;
}

static bool take_filter(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	struct filter *f = filter_parse(pair->value, NULL, NULL);
	filter_free(f);
	pair->why = "it is no filter";
	n->filter = arena_view(&s->arena, pair->value);
	return f != NULL;
}

static bool take_after(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	pair->why = "a span of time, as 30m, is expected";
	return when_parse_span(pair->value, &n->after_ms) && n->after_ms;
}

static bool take_command(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	n->command = arena_view(&s->arena, pair->value);
	return true;
}

static bool take_url(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	pair->why = "an address with http:// or https:// is expected";
	n->url = arena_view(&s->arena, pair->value);
	return notice_is_url(n->url);
}

static bool take_secret(struct settings *s, struct notice_spec *n, struct ini_pair *pair)
{
	n->secret = arena_view(&s->arena, pair->value);
	return true;
}

static bool take_notice(struct settings *s, struct view name, struct ini_pair *pair)
{
	static const struct {
		const char *key;
		bool (*take)(struct settings *s, struct notice_spec *n, struct ini_pair *pair);
	} keys[] = {
		{ "on", take_words },	      { "filter", take_filter }, { "after", take_after },
		{ "command", take_command }, { "url", take_url },	 { "secret", take_secret },
	};
	struct notice_spec *n = notice(s, name, pair->line);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (view_is(pair->key, keys[i].key))
			return keys[i].take(s, n, pair);
	pair->why = "a notice has on, filter, after, command, url and secret, nothing else";
	return false;
}

static bool check_notices(const struct settings *s, const char *file, struct err *err)
{
	for (size_t i = 0; i < s->notices.len; i++) {
		const struct notice_spec *n = &s->notices.items[i];
		const char *why = notice_wrong(n);
		if (why)
			return err_set(err, ERR_CONFIG, "%s:%d: [notice %.*s] %s", file,
				       s->notice_lines.items[i], (int)n->name.len, n->name.ptr, why);
	}
	return true;
}

/* ---- the file -------------------------------------------------------------------------- */

static bool on_entry(void *arg, struct ini_pair *pair)
{
	static const struct {
		const char *kind;
		bool named, alone;		/* with a name, without one */
		bool (*take)(struct settings *s, struct view name, struct ini_pair *pair);
	} sections[] = {
		{ "queue", true, false, take_queue },	{ "user", true, false, take_user },
		{ "token", true, false, take_token },	{ "notice", true, false, take_notice },
		{ "logs", false, true, take_logs },	{ "secrets", false, true, take_secrets },
		{ "retention", true, true, take_retention },
	};
	struct view name = pair->section, kind;
	view_split(&name, ' ', &kind);
	name = view_trim(name);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (view_is(kind, sections[i].kind) &&
		    (name.len ? sections[i].named : sections[i].alone))
			return sections[i].take(arg, name, pair);
	pair->why = "sections are [queue NAME], [user NAME], [token NAME], [notice NAME], [logs], "
		    "[secrets], [retention] and [retention PATTERN]";
	return false;
}

bool settings_parse(struct settings *s, struct view text, const char *file, struct err *err)
{
	*s = (struct settings){ 0 };
	s->file = arena_view(&s->arena, view_of(file));
	if (ini_parse(text, file, on_entry, s, err) && check_notices(s, file, err))
		return true;
	settings_release(s);
	return false;
}

bool settings_load(struct settings *s, const char *path, struct err *err)
{
	struct str text = { 0 };
	struct err mine = { 0 };
	*s = (struct settings){ 0 };
	bool good = file_read(path, FILE_MAX, &text, &mine);
	if (good)
		good = settings_parse(s, view_of_str(&text), path, err);
	else if (mine.kind == ERR_NOT_FOUND)
		good = true;
	else
		err_move(err, &mine);
	err_release(&mine);
	str_release(&text);
	return good;
}

void settings_release(struct settings *s)
{
	for (size_t i = 0; i < s->people.len; i++) {
		mem_free(s->people.items[i].name);
		mem_free(s->people.items[i].roles);
		mem_free(s->people.items[i].sha256);
	}
	for (size_t i = 0; i < s->queues.len; i++)
		mem_free(s->queues.items[i].name);
	keeping_release(&s->keeping);
	vec_release(&s->people);
	vec_release(&s->queues);
	vec_release(&s->notices);
	vec_release(&s->notice_lines);
	mem_free(s->secret_command);
	arena_release(&s->arena);
}

bool settings_same_people(const struct settings *a, const struct settings *b)
{
	bool same = a->people.len == b->people.len;
	for (size_t i = 0; same && i < a->people.len; i++) {
		const struct settings_person *x = &a->people.items[i], *y = &b->people.items[i];
		same = x->who == y->who && str_eq(x->name, y->name) && str_eq(x->roles, y->roles) &&
		       str_eq(x->sha256, y->sha256);
	}
	return same;
}
