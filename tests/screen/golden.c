/* Compares every scene of tests/screen with what is drawn now. With --update (make
 * golden) it writes the new pictures: read the difference before you commit it.
 *
 *   golden [--update] [FILE...]      default: all *.screen of its folder */
#include <dirent.h>
#include <locale.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "scene.h"
#include "screen/dump.h"

struct names {
	VEC(char *) list;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_all(struct names *n, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		struct str path = { 0 };

		if (!view_ends(view_of(e->d_name), ".screen"))
			continue;
		str_addf(&path, "%s/%s", folder, e->d_name);
		vec_push(&n->list, str_steal(&path));
	}
	if (dir)
		closedir(dir);
	if (n->list.len > 0)
		qsort(n->list.items, n->list.len, sizeof *n->list.items, by_name);
}

/* The settings stand above the line "screen". */
static struct view settings_of(struct view file)
{
	size_t end = view_starts(file, "screen\n") ? 0 : view_find(file, VIEW("\nscreen\n"), 0);

	return end == SIZE_MAX ? file : view_cut(file, 0, end == 0 ? 0 : end + 1);
}

static bool draw(struct view settings, struct str *out, struct str *error)
{
	struct canvas c;

	if (!scene_render(settings, &c, error)) {
		canvas_release(&c);
		return false;
	}
	str_add(out, settings);
	str_add_text(out, "screen\n");
	dump_text(out, &c);
	str_add_text(out, "paint\n");
	dump_paint(out, &c);
	str_add_text(out, "cursor ");
	dump_cursor(out, &c);
	if (out->ptr[out->len - 1] != '\n')
		str_add_char(out, '\n');
	canvas_release(&c);
	return true;
}

static void print_line(const char *what, struct view line)
{
	printf("    %s %.*s\n", what, (int)line.len, line.ptr);
}

static void print_caret(struct view want, struct view got)
{
	size_t same = 0, cells = 0;

	while (same < want.len && same < got.len && want.ptr[same] == got.ptr[same])
		same++;
	for (size_t i = 0; i < same; i++)
		cells += ((unsigned char)want.ptr[i] & 0xC0) != 0x80;
	printf("             %*s^\n", (int)cells, "");
}

static void print_difference(const char *path, struct view want, struct view got)
{
	struct view a, b;
	int number = 0;

	printf("%s:\n", path);
	for (;;) {
		bool more_a = view_split(&want, '\n', &a), more_b = view_split(&got, '\n', &b);

		if (!more_a && !more_b)
			return;
		a = more_a ? a : VIEW("");
		b = more_b ? b : VIEW("");
		number++;
		if (view_eq(a, b))
			continue;
		printf("  line %d\n", number);
		print_line("expected", a);
		print_line("drawn   ", b);
		print_caret(a, b);
	}
}

/* True when the scene is as it was (or was written). */
static bool look(const char *path, bool update)
{
	struct str file = { 0 }, now = { 0 }, error = { 0 };
	struct err err = { 0 };
	bool ok = file_read(path, 1 << 20, &file, &err);

	if (!ok) {
		printf("%s\n", err_text(&err));
	} else if (!draw(settings_of(view_of_str(&file)), &now, &error)) {
		printf("%s: %s\n", path, str_text(&error));
		ok = false;
	} else if (!view_eq(view_of_str(&file), view_of_str(&now))) {
		if (update)
			ok = file_replace(path, view_of_str(&now), 0644, &err);
		else
			ok = (print_difference(path, view_of_str(&file), view_of_str(&now)), false);
	}
	err_release(&err);
	str_release(&file);
	str_release(&now);
	str_release(&error);
	return ok;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && str_eq(argv[1], "--update");
	struct names names = { 0 };
	size_t bad = 0;

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	for (int i = update ? 2 : 1; i < argc; i++)
		vec_push(&names.list, mem_text(argv[i]));
	if (names.list.len == 0)
		find_all(&names, SRCDIR "/tests/screen");
	for (size_t i = 0; i < names.list.len; i++) {
		bad += !look(names.list.items[i], update);
		mem_free(names.list.items[i]);
	}
	size_t all = names.list.len;
	printf("golden: %zu scenes, %zu differ\n", all, bad);
	printf("golden: %zu passed, %zu failed\n", all - bad, bad);
	vec_release(&names.list);
	return bad > 0 || all == 0;
}
