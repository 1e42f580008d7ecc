/* The file `engine`, read. Knows no roles: access does. */
#include "engine/settings.h"

#include "base/file.h"
#include "base/ini.h"
#include "base/mem.h"

enum { FILE_MAX = 1 << 20, SLOTS_MAX = 10000, SHA256_HEX = 64 };

static struct settings_person *person(struct settings *s, enum settings_who who, struct view name)
{
	for (size_t i = 0; i < s->people.len; i++)
		if (s->people.items[i].who == who && view_is(name, s->people.items[i].name))
			return &s->people.items[i];
	struct settings_person new = { .who = who, .name = mem_bytes(name.ptr, name.len) };
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
	replace(&person(s, SETTINGS_USER, name)->roles, pair->value);
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
		replace(&person(s, SETTINGS_TOKEN, name)->roles, pair->value);
	} else if (!view_is(pair->key, "sha256")) {
		pair->why = "a token has sha256 and roles, nothing else";
		return false;
	} else if (!is_sha256(pair->value)) {
		pair->why = "sha256 is 64 lower case hex digits";
		return false;
	} else {
		replace(&person(s, SETTINGS_TOKEN, name)->sha256, pair->value);
	}
	return true;
}

static bool take_retention(struct settings *s, struct view pattern, struct ini_pair *pair)
{
	return keeping_take(&s->keeping, pattern, pair->key, pair->value, &pair->why);
}

static bool on_entry(void *arg, struct ini_pair *pair)
{
	static const struct {
		const char *kind;
		bool (*take)(struct settings *s, struct view name, struct ini_pair *pair);
		bool alone;			/* also without a name */
	} sections[] = {
		{ "queue", take_queue },
		{ "user", take_user },
		{ "token", take_token },
		{ "retention", take_retention, .alone = true },
	};
	struct view name = pair->section, kind;
	view_split(&name, ' ', &kind);
	name = view_trim(name);
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (view_is(kind, sections[i].kind) && (name.len || sections[i].alone))
			return sections[i].take(arg, name, pair);
	pair->why = "sections are [queue NAME], [user NAME], [token NAME], [retention] and "
		    "[retention PATTERN]";
	return false;
}

bool settings_parse(struct settings *s, struct view text, const char *file, struct err *err)
{
	*s = (struct settings){ 0 };
	if (ini_parse(text, file, on_entry, s, err))
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
}

int settings_slots(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->queues.len; i++)
		if (str_eq(s->queues.items[i].name, name))
			return s->queues.items[i].slots;
	return 0;
}
