/* The boots of the machine, by the identity that its kernel gives each. */
#include "engine/boot.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

enum { ID_MAX = 128 };

static void add_path(struct str *path, const char *state, const char *name)
{
	str_addf(path, "%s/%s", state, name);
}

static void this_boot(struct str *id)
{
	file_read("/proc/sys/kernel/random/boot_id", ID_MAX, id, NULL);
}

enum boot boot_look(const char *state)
{
	struct str now = {0}, before = {0}, boot = {0}, running = {0};
	add_path(&boot, state, "boot");
	add_path(&running, state, "running");
	this_boot(&now);
	file_read(str_text(&boot), ID_MAX, &before, NULL);
	bool same = now.len && view_eq(view_of_str(&now), view_of_str(&before));
	enum boot was = file_exists(str_text(&running)) ? BOOT_CRASHED : BOOT_LATER;
	str_release(&now);
	str_release(&before);
	str_release(&boot);
	str_release(&running);
	return same ? BOOT_SAME : was;
}

void boot_begin(const char *state)
{
	static const char *const names[] = { "boot", "running" };
	struct str now = {0};
	this_boot(&now);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str path = {0};
		add_path(&path, state, names[i]);
		file_replace(str_text(&path), view_of_str(&now), 0600, NULL);
		str_release(&path);
	}
	str_release(&now);
}

void boot_end(const char *state)
{
	struct str path = {0};
	add_path(&path, state, "running");
	unlink(str_text(&path));
	str_release(&path);
}
