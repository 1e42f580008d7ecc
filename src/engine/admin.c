/* What administrators do with the engine itself: a backup, tokens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/journal_inside.h"

enum { PAGES = 256 };

void engine_answer(struct engine *e, int status, const struct str *body, struct engine_answer_to to)
{
	struct pending_reply p = { .fn = to.fn, .arg = to.arg, .status = status, .version = -1 };
	str_add(&p.body, view_of_str(body));
	vec_push(&e->replies, p);
	loop_timer_set(e->retry, 0);
}

/* ---- backup: in slices, while the engine goes on ----------------------------------------- */

struct backup {
	struct engine *e;
	struct db_copy *copy;
	struct watch *idle;
	char *file, *part;
	struct engine_answer_to to;
};

static void backup_free(struct backup *b)
{
	if (!b)
		return;
	loop_remove(b->idle);
	db_copy_end(b->copy);
	mem_free(b->file);
	mem_free(b->part);
	mem_free(b);
}

void engine_backup_stop(struct engine *e)
{
	if (e->backup)
		unlink(e->backup->part);
	backup_free(e->backup);
	e->backup = NULL;
}

static void answer_backup(struct backup *b, const struct err *err)
{
	struct str body = {0};
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	if (err) {
		jsonw_object(&w, "error");
		jsonw_string(&w, "code", "failed");
		jsonw_string(&w, "message", err_text(err));
		jsonw_end_object(&w);
	} else {
		jsonw_string(&w, "file", b->file);
		jsonw_int(&w, "bytes", db_copy_bytes(b->copy));
	}
	jsonw_end_object(&w);
	engine_answer(b->e, err ? 409 : 201, &body, b->to);
	str_release(&body);
}

/* link refuses what exists meanwhile, rename would not. */
static bool put_in_place(const struct backup *b, struct err *err)
{
	if (link(b->part, b->file))
		return err_system(err, errno, "%s", b->file);
	unlink(b->part);
	return true;
}

static void on_idle(void *arg)
{
	struct backup *b = arg;
	struct err err = {0};
	enum db_result result = db_copy_step(b->copy, PAGES, &err);
	if (result == DB_ROW)
		return;
	if (result == DB_DONE && put_in_place(b, &err))
		answer_backup(b, NULL);
	else
		answer_backup(b, &err);
	err_release(&err);
	engine_backup_stop(b->e);
}

bool engine_backup(struct engine *e, struct view file, struct engine_answer_to to, struct err *err)
{
	if (!file.len || file.ptr[0] != '/')
		return err_set(err, ERR_USAGE, "the file of a backup is named with its whole path");
	if (e->backup)
		return err_set(err, ERR_REFUSED, "a backup is being made already");
	struct backup *b = mem_zero(sizeof *b);
	struct str part = {0};
	str_add(&part, file);
	str_add_text(&part, ".part");
	b->e = e;
	b->to = to;
	b->file = mem_bytes(file.ptr, file.len);
	b->part = str_steal(&part);
	if (!access(b->file, F_OK) || !access(b->part, F_OK))
		err_set(err, ERR_REFUSED, "%s: it is there already", b->file);
	else
		b->copy = db_copy_begin(journal_db(e->journal), b->part, err);
	if (!b->copy) {
		backup_free(b);
		return false;
	}
	e->backup = b;
	b->idle = loop_idle(e->loop, on_idle, b);
	return true;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

void engine_keep_token(struct engine *e, const struct engine_token *t)
{
	static const char insert[] =
		"INSERT OR REPLACE INTO tokens(name, sha256, roles, by, at) VALUES(?, ?, ?, ?, ?)";
	const struct journal_value values[] = {
		journal_text(t->name), journal_text(t->sha256), journal_text(t->roles),
		journal_text(t->by), journal_number(when_now_ms()),
	};
	journal_put(e->journal, insert, values, 5);
}

void engine_drop_token(struct engine *e, struct view name)
{
	static const char remove[] = "DELETE FROM tokens WHERE name = ?";
	const struct journal_value values[] = { journal_text(name) };
	journal_put(e->journal, remove, values, 1);
}

void engine_each_token(struct engine *e, engine_token_fn *fn, void *arg)
{
	struct db_stmt *st = db_stmt(journal_db(e->journal),
				     "SELECT name, sha256, roles, by, at FROM tokens ORDER BY name");
	while (db_step(st, NULL) == DB_ROW) {
		const struct engine_token t = {
			db_text(st, 0), db_text(st, 1), db_text(st, 2), db_text(st, 3),
			db_int(st, 4),
		};
		fn(arg, &t);
	}
	db_reset(st);
}
