/* The site for tests of the API. */
#include "unit/engine/site.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "io/sock.h"
#include "lib/guard.h"

enum { PATIENCE_MS = 30000 };

static void open_engine(struct site *w)
{
	struct err err = { 0 };
	w->folders[0] = w->workflows;
	w->engine = engine_new(&(struct engine_config){
		.state = w->state,
		.workflows = w->folders,
		.n_workflows = 1,
		.supervisor = BUILDDIR "/runboard-step",
		.socket = w->socket,
		.secrets = w->secrets,
	}, w->loop, &err);
	ck_assert_msg(w->engine != NULL, "%s", err_text(&err));
	w->api = api_new(&(struct api_config){
		.loop = w->loop, .engine = w->engine, .access = w->access,
	}, &err);
	ck_assert_msg(w->api != NULL, "%s", err_text(&err));
	int fd = sock_listen(AT_FDCWD, w->socket, SOCK_KIND_STREAM, &err);
	ck_assert_msg(fd >= 0, "%s", err_text(&err));
	api_listen(w->api, fd, PORCH_UNIX);
}

void site_init(struct site *w, const char *settings)
{
	struct settings s;
	struct err err = { 0 };
	*w = (struct site){ 0 };
	guard_folder(w->folder, sizeof w->folder, "site");
	snprintf(w->socket, sizeof w->socket, "%s/s", w->folder);
	snprintf(w->state, sizeof w->state, "%s/state", w->folder);
	snprintf(w->secrets, sizeof w->secrets, "%s/secrets", w->folder);
	ck_assert_int_eq(mkdir(w->secrets, 0700), 0);
	snprintf(w->workflows, sizeof w->workflows, "%s/workflows", w->folder);
	ck_assert_int_eq(mkdir(w->workflows, 0700), 0);
	ck_assert_msg(settings_parse(&s, view_of(settings), "settings", &err), "%s", err_text(&err));
	w->access = access_new(&s, geteuid(), &err);
	ck_assert_msg(w->access != NULL, "%s", err_text(&err));
	settings_release(&s);
	w->loop = loop_new();
	open_engine(w);
}

static void close_engine(struct site *w)
{
	api_free(w->api);
	engine_free(w->engine);
}

void site_restart(struct site *w)
{
	close_engine(w);
	open_engine(w);
}

void site_release(struct site *w)
{
	char command[64];
	close_engine(w);
	access_free(w->access);
	loop_free(w->loop);
	str_release(&w->body);
	str_release(&w->head);
	snprintf(command, sizeof command, "rm -rf %s", w->folder);
	/* A supervisor may be writing its last word there: what is left is under /tmp. */
	(void)!system(command);
}

void site_workflow(struct site *w, const char *name, const char *yaml)
{
	struct str path = { 0 };
	str_addf(&path, "%s/%s.yaml", w->workflows, name);
	ck_assert(file_replace(str_text(&path), view_of(yaml), 0600, NULL));
	str_release(&path);
	engine_reload(w->engine);
}

/* Chunk sizes away; false where the last chunk is missing. */
static bool join_chunks(struct view v, struct str *out)
{
	for (;;) {
		size_t eol = view_find(v, VIEW("\r\n"), 0);
		if (eol == SIZE_MAX)
			return false;
		unsigned long size = strtoul(v.ptr, NULL, 16);
		if (!size)
			return true;
		str_add(out, view_cut(v, eol + 2, size));
		v = view_cut(v, eol + 2 + size + 2, v.len);
	}
}

int site_ask(struct site *w, const char *line, const char *headers, const char *body)
{
	struct client c;
	client_init(&c, w->loop, w->socket);
	client_ask(&c, line, headers, body);
	client_wait_end(&c);
	ck_assert_msg(client_answers(&c) >= 1, "%s: %s", line, str_text(&c.got));
	struct view got = client_body(&c);
	str_clear(&w->head);
	str_clear(&w->body);
	str_add(&w->head, view_cut(view_of_str(&c.got), 0, c.got.len - got.len));
	if (strstr(str_text(&w->head), "Transfer-Encoding: chunked"))
		ck_assert_msg(join_chunks(got, &w->body), "%s: cut short", line);
	else
		str_add(&w->body, got);
	int status = client_status(&c);
	client_release(&c);
	return status;
}

int site_get(struct site *w, const char *format, ...)
{
	struct str line = { 0 };
	va_list args;
	va_start(args, format);
	str_add_text(&line, "GET ");
	str_addv(&line, format, args);
	va_end(args);
	int status = site_ask(w, str_text(&line), "", NULL);
	str_release(&line);
	return status;
}

int site_post(struct site *w, const char *body, const char *format, ...)
{
	struct str line = { 0 };
	va_list args;
	va_start(args, format);
	str_add_text(&line, "POST ");
	str_addv(&line, format, args);
	va_end(args);
	int status = site_ask(w, str_text(&line), "", body);
	str_release(&line);
	return status;
}

static const struct json *walk(const struct json *v, struct view path)
{
	struct view word;
	while (v && view_split(&path, '.', &word)) {
		int64_t index;
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)word.len, word.ptr);
		if (json_kind(v) == JSON_ARRAY && number_parse(word, 0, 10000, &index)) {
			for (v = json_first(v); v && index; index--)
				v = json_next(v);
		} else {
			v = json_get(v, name);
		}
	}
	return v;
}

const char *site_member(struct site *w, const char *path)
{
	struct err err = { 0 };
	struct json_doc *doc = json_parse(view_of_str(&w->body), 0, &err);
	ck_assert_msg(doc != NULL, "%s: %s", err_text(&err), str_text(&w->body));
	const struct json *v = walk(json_root(doc), view_of(path));
	/* The head is not looked at again: its room serves as the answer's. */
	str_clear(&w->head);
	if (v && json_kind(v) == JSON_STRING)
		str_add(&w->head, json_text(v));
	else if (v)
		json_print(v, &w->head);
	json_free(doc);
	return str_text(&w->head);
}

void site_start(struct site *w, const char *workflow, const char *body, char *id)
{
	int status = site_post(w, body, "/v1/workflows/%s/runs", workflow);
	ck_assert_msg(status == 201, "%d %s", status, str_text(&w->body));
	snprintf(id, 37, "%s", site_member(w, "id"));
	ck_assert_uint_eq(strlen(id), 36);
}

void site_wait_status(struct site *w, const char *id, const char *status)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	for (;;) {
		ck_assert_int_eq(site_get(w, "/v1/runs/%s", id), 200);
		if (str_eq(site_member(w, "status"), status))
			return;
		ck_assert_msg(when_mono_ms() < until, "%s is %s, not %s: %s", id,
			      site_member(w, "status"), status, str_text(&w->body));
		loop_turn(w->loop, 100);
	}
}

void site_stream(struct site *w, struct client *c, const char *target, const char *headers)
{
	struct str line = { 0 };
	client_init(c, w->loop, w->socket);
	str_addf(&line, "GET %s", target);
	client_ask(c, str_text(&line), headers, NULL);
	str_release(&line);
}

int64_t site_number(const struct site *w, const char *sql)
{
	struct db_stmt *st = db_prepare(journal_db(w->engine->journal), sql, NULL);
	ck_assert_msg(st != NULL, "%s", sql);
	int64_t n = db_step(st, NULL) == DB_ROW ? db_int(st, 0) : -1;
	db_finish(st);
	return n;
}

void site_until(const struct site *w, const char *sql, int64_t wanted)
{
	while (site_number(w, sql) != wanted)
		loop_turn(w->loop, -1);
}
