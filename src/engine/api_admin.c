/* Routes of administrators: a backup, tokens. A token is told once, by the answer
 * that makes it; what is kept is its hash. */
#include <string.h>

#include "engine/crypto.h"
#include "engine/route.h"
#include "wire/jsonw.h"

static void on_reply(void *arg, const struct engine_reply *reply)
{
	exchange_json(arg, reply->status, reply->body, -1);
}

static void failed(struct call *c, struct err *err)
{
	if (err->kind == ERR_REFUSED)
		call_error(c, 409, "conflict", err_text(err));
	else
		call_failed(c, err);
	err_release(err);
}

static void note(struct call *c, const char *what, struct view of)
{
	struct str text = { 0 };
	str_addf(&text, "%s %.*s", what, (int)of.len, of.ptr);
	engine_audit(c->api->with.engine, view_of(c->caller->name), view_of_str(&text), VIEW(""));
	str_release(&text);
}

void api_backup(struct call *c)
{
	static const char *const known[] = { "file", NULL };
	struct json_doc *doc = call_body(c, known);
	struct err err = { 0 };
	if (!doc)
		return;
	struct view file = json_get_text(json_root(doc), "file");
	note(c, "backup to", file);
	if (!engine_backup(c->api->with.engine, file,
			   (struct engine_answer_to){ on_reply, c->x }, &err))
		failed(c, &err);
	json_free(doc);
}

/* ---- tokens ------------------------------------------------------------------------- */

/* It stands in a path when it is revoked: "." and ".." would never get there. */
static bool is_name(struct view name)
{
	if (name.len && name.ptr[0] && strchr("-_.", name.ptr[0]))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char b = name.ptr[i];
		if (!((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
		      b == '-' || b == '_' || b == '.'))
			return false;
	}
	return name.len > 0 && name.len <= 64;
}

static void tell_token(struct call *c, const struct engine_token *t, const char *secret)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "name", t->name);
	jsonw_text(&w, "roles", t->roles);
	jsonw_string(&w, "token", secret);
	jsonw_end_object(&w);
	engine_answer(c->api->with.engine, 201, &body,
		      (struct engine_answer_to){ on_reply, c->x });
	str_release(&body);
}

static void make_token(struct call *c, struct view name, struct view roles)
{
	char secret[CRYPTO_TOKEN + 1], hex[CRYPTO_HEX + 1];
	struct err err = { 0 };
	crypto_token(secret);
	crypto_sha256(view_of(secret), hex);
	const struct engine_token t = { .name = name, .sha256 = view_of(hex), .roles = roles,
					.by = view_of(c->caller->name) };
	const struct access_token known = { t.name, t.sha256, t.roles };
	if (!access_add_token(c->api->with.access, &known, &err)) {
		failed(c, &err);
		return;
	}
	engine_keep_token(c->api->with.engine, &t);
	note(c, "token made:", name);
	tell_token(c, &t, secret);
	explicit_bzero(secret, sizeof secret);
}

void api_token(struct call *c)
{
	static const char *const known[] = { "name", "roles", NULL };
	struct json_doc *doc = call_body(c, known);
	if (!doc)
		return;
	struct view name = json_get_text(json_root(doc), "name");
	struct view roles = json_get_text(json_root(doc), "roles");
	if (is_name(name))
		make_token(c, name, roles.len ? roles : VIEW("viewer"));
	else
		call_error(c, 400, "bad_request", "a token's name has letters, digits, - _ . and begins with one of the first two");
	json_free(doc);
}

void api_token_revoke(struct call *c)
{
	struct str body = { 0 };
	if (!access_drop_token(c->api->with.access, call_word(c, 0))) {
		call_error(c, 404, "not_found", "there is no token of this name that was made by command");
		return;
	}
	engine_drop_token(c->api->with.engine, call_word(c, 0));
	note(c, "token revoked:", call_word(c, 0));
	events_changed(c->api->events);		/* the token's streams end */
	str_add_text(&body, "{\"revoked\":true}");
	engine_answer(c->api->with.engine, 200, &body,
		      (struct engine_answer_to){ on_reply, c->x });
	str_release(&body);
}

static void add_token(void *arg, const struct engine_token *t)
{
	struct jsonw *w = arg;
	jsonw_object(w, NULL);
	jsonw_text(w, "name", t->name);
	jsonw_text(w, "roles", t->roles);
	jsonw_text(w, "by", t->by);
	jsonw_time(w, "at", t->at_ms);
	jsonw_end_object(w);
}

void api_tokens(struct call *c)
{
	struct str body = { 0 };
	struct jsonw w;
	jsonw_init(&w, &body);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "tokens");
	engine_each_token(c->api->with.engine, add_token, &w);
	jsonw_end_array(&w);
	jsonw_null(&w, "next_cursor");
	jsonw_end_object(&w);
	call_json(c, 200, &body);
	str_release(&body);
}
