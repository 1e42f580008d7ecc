/* Any text as the board's configuration, as the engine's, as a theme: it is taken, or
 * each line of the error names the file; keys and actions of it go into a keymap. */
#include <stdint.h>

#include "backend/config.h"
#include "base/mem.h"
#include "engine/settings.h"
#include "model/keymap.h"
#include "screen/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_error(bool good, struct err *err)
{
	struct view text = view_of(err_text(err)), line = { 0 };
	if (good != (err->kind == ERR_NONE) || good != !text.len)
		BUG("taken with an error, or refused without one");
	while (text.len && view_split(&text, '\n', &line))
		if (view_find(line, VIEW("fuzz"), 0) == SIZE_MAX)
			BUG("an error that does not name the file");
	err_release(err);
}

/* Every key of the map is found again, and its action has a name. */
static void check_keys(const struct config *c)
{
	struct keymap map = { 0 };
	struct str names = { 0 };
	keymap_init(&map);
	for (size_t i = 0; i < c->keys.len; i++) {
		enum action action;
		if (action_parse(view_of(c->keys.items[i].name), &action))
			keymap_set(&map, action, view_of(c->keys.items[i].value), NULL);
	}
	for (size_t i = 0; i < map.bindings.len; i++) {
		const struct binding *b = &map.bindings.items[i];
		const struct scopes only = { { (int)b->scope, -1 } };
		if (keymap_find(&map, &only, b->key) != b->action)
			BUG("a key means two things in one scope");
		keymap_add_keys(&map, b->action, &names);
	}
	str_release(&names);
	keymap_release(&map);
}

static void try_config(struct view text)
{
	struct config c;
	struct err err = { 0 };
	config_init(&c);
	check_error(config_parse(&c, text, "fuzz", &err), &err);
	check_keys(&c);
	for (size_t i = 0; i < c.contexts.len; i++)
		if (!c.contexts.items[i].name || !*c.contexts.items[i].name)
			BUG("a context without a name");
	config_release(&c);
}

static void try_settings(struct view text)
{
	struct settings s = { 0 };
	struct err err = { 0 };
	check_error(settings_parse(&s, text, "fuzz", &err), &err);
	for (size_t i = 0; i < s.queues.len; i++)
		if (s.queues.items[i].slots < 0)
			BUG("a queue with less than no slots");
	settings_release(&s);
}

static void try_theme(struct view text)
{
	struct theme theme, before;
	struct err err = { 0 };
	theme_init(&theme);
	before = theme;
	bool good = theme_parse(&theme, text, "fuzz", &err);
	if (!good && memcmp(&theme, &before, sizeof theme) != 0)
		BUG("a theme with errors changed the one before");
	check_error(good, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct view text = view_bytes(bytes, len);
	try_config(text);
	try_settings(text);
	try_theme(text);
	return 0;
}
