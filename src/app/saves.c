/* Runs on their way to files. */
#include "app/saves.h"

#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

static void drop(struct app *a, size_t i)
{
	close(a->saves.items[i].fd);
	mem_free(a->saves.items[i].path);
	vec_remove(&a->saves, i);
}

void app_save_text(struct app *a, struct view text, struct view path)
{
	struct str words = {0}, name = {0};
	struct err err = {0};
	str_add(&name, path);
	int fd = file_create(str_text(&name), 0600, &err);
	bool good = fd >= 0 && file_write_all(fd, text, &err);
	if (fd >= 0)
		close(fd);
	str_addf(&words, good ? "saved as %s" : "%s", good ? str_text(&name) : err_text(&err));
	app_notice(a, view_of_str(&words), good ? APP_GOOD : APP_BAD);
	str_release(&name);
	str_release(&words);
	err_release(&err);
}

void app_save_run(struct app *a, struct source *s, struct view run, struct view path)
{
	struct app_save save = { .context = s->number, .path = mem_bytes(path.ptr, path.len) };
	struct err err = {0};
	save.fd = file_create(save.path, 0600, &err);
	if (save.fd < 0) {
		app_notice(a, view_of(err_text(&err)), APP_BAD);
		err_release(&err);
		mem_free(save.path);
		return;
	}
	save.ticket = backend_save(s->backend, run, save.fd);
	vec_push(&a->saves, save);
}

bool app_save_done(struct app *a, uint16_t context, ticket_id ticket, enum outcome outcome,
		   const char *text)
{
	size_t i = 0;
	while (i < a->saves.len && (a->saves.items[i].ticket != ticket ||
				    a->saves.items[i].context != context))
		i++;
	if (i == a->saves.len)
		return false;
	struct str words = {0};
	bool good = outcome == OUTCOME_OK;
	if (good) {
		str_addf(&words, "run saved as %s", a->saves.items[i].path);
	} else {
		str_addf(&words, "run not saved: %s", text);
		unlink(a->saves.items[i].path);
	}
	drop(a, i);
	app_notice(a, view_of_str(&words), good ? APP_GOOD : APP_BAD);
	str_release(&words);
	return true;
}

void app_save_stop_all(struct app *a)
{
	while (a->saves.len) {
		unlink(a->saves.items[0].path);
		drop(a, 0);
	}
	vec_release(&a->saves);
}
