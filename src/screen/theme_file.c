/* Where theme files stand: the user's, the installed ones, those compiled in. */
#include "screen/theme.h"

#include <dirent.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "screen/theme_builtin.h"

enum { THEME_BYTES = 64 << 10 };

#define SUFFIX ".theme"

struct names {
	VEC(char *) list;
};

static bool user_folder(struct str *path)
{
	bool ok = path_config(path, "themes", NULL);
	if (!ok)
		str_clear(path);
	return ok;
}

static bool installed_folder(struct str *path)
{
	return str_add_text(path, DATADIR "/themes");
}

/* Nearest first. */
static bool (*const FOLDERS[])(struct str *path) = { user_folder, installed_folder };

enum { N_FOLDERS = sizeof(FOLDERS) / sizeof(FOLDERS[0]) };

static bool find_file(struct str *path, const char *name)
{
	for (int i = 0; i < N_FOLDERS; i++) {
		str_clear(path);
		if (FOLDERS[i](path) && str_addf(path, "/%s" SUFFIX, name) &&
		    file_exists(str_text(path)))
			return true;
	}
	return false;
}

static bool load_file(struct theme *t, const char *path, struct err *err)
{
	struct str text = { 0 };
	bool ok = file_read(path, THEME_BYTES, &text, err) &&
		  theme_parse(t, view_of_str(&text), path, err);
	str_release(&text);
	return ok;
}

static bool load_builtin(struct theme *t, const char *name, struct err *err)
{
	struct str known = { 0 };
	for (const struct theme_builtin *b = THEME_BUILTINS; b->name; b++) {
		if (str_eq(b->name, name))
			return theme_parse(t, view_of(b->text), b->name, err);
	}
	theme_list(&known);
	for (size_t i = 0; i < known.len; i++)
		known.ptr[i] = known.ptr[i] == '\n' ? ' ' : known.ptr[i];
	err_set(err, ERR_CONFIG, "there is no theme '%s'; there are: %s", name, str_text(&known));
	str_release(&known);
	return false;
}

bool theme_load(struct theme *t, const char *name, struct err *err)
{
	if (view_find_byte(view_of(name), '/', 0) != SIZE_MAX)
		return load_file(t, name, err);
	struct str path = { 0 };
	bool ok = find_file(&path, name) ? load_file(t, str_text(&path), err) :
					   load_builtin(t, name, err);
	str_release(&path);
	return ok;
}

/* ---- the list ------------------------------------------------------------- */

static void add_name(struct names *names, struct view name)
{
	for (size_t i = 0; i < names->list.len; i++) {
		if (view_is(name, names->list.items[i]))
			return;
	}
	vec_push(&names->list, mem_bytes(name.ptr, name.len));
}

static void add_folder(struct names *names, const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		struct view name = view_of(entry->d_name);
		if (view_ends(name, SUFFIX) && entry->d_name[0] != '.')
			add_name(names, view_cut(name, 0, name.len - (sizeof(SUFFIX) - 1)));
	}
	closedir(dir);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void theme_list(struct str *out)
{
	struct names names = { 0 };
	struct str path = { 0 };
	for (int i = 0; i < N_FOLDERS; i++) {
		str_clear(&path);
		if (FOLDERS[i](&path))
			add_folder(&names, str_text(&path));
	}
	for (const struct theme_builtin *b = THEME_BUILTINS; b->name; b++)
		add_name(&names, view_of(b->name));
	qsort(names.list.items, names.list.len, sizeof(*names.list.items), compare);
	for (size_t i = 0; i < names.list.len; i++) {
		str_addf(out, "%s\n", names.list.items[i]);
		mem_free(names.list.items[i]);
	}
	vec_release(&names.list);
	str_release(&path);
}
