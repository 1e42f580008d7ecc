/* What the server says of itself and of what went wrong. */
#include "wire/proto.h"

#include "wire/proto_parts.h"

static const struct member error_members[] = {
	MEMBER("code", member_text, struct proto_error, code),
	MEMBER("message", member_text, struct proto_error, message),
	MEMBER("detail", member_raw, struct proto_error, detail),
	{ 0 },
};

static void member_whole_error(struct reader *r, void *error)
{
	struct proto_error *e = error;
	if (jtext_peek(&r->text) == JTEXT_STRING)
		member_text(r, &e->message);
	else
		read_members(r, error_members, e);
}

static const struct member error_body_members[] = {
	{ "error", member_whole_error, 0 },
	{ 0 },
};

void proto_error(struct view body, int status, struct arena *arena, struct proto_error *out)
{
	struct reader r = reader_of(body, arena);
	*out = (struct proto_error){ 0 };
	if (!read_members(&r, error_body_members, out) || !jtext_ended(&r.text))
		*out = (struct proto_error){ 0 };
	if (out->message.len)
		return;
	struct str words = { 0 };
	str_addf(&words, "the server answered %d", status);
	out->message = arena_view(arena, view_of_str(&words));
	str_release(&words);
}

static void member_capabilities(struct reader *r, void *info)
{
	struct proto_info *i = info;
	i->capabilities = read_views(r, "name", &i->n_capabilities);
}

static const struct member user_members[] = {
	MEMBER("name", member_text, struct proto_info, user),
	MEMBER("roles", member_words, struct proto_info, roles),
	{ 0 },
};

static void member_user(struct reader *r, void *info)
{
	struct proto_info *i = info;
	if (jtext_peek(&r->text) == JTEXT_OBJECT)
		read_members(r, user_members, i);
	else
		member_text(r, &i->user);
}

static const struct member info_members[] = {
	{ "user", member_user, 0 },
	MEMBER("roles", member_words, struct proto_info, roles),
	MEMBER("version", member_text, struct proto_info, version),
	MEMBER("engine", member_text, struct proto_info, engine),
	{ "capabilities", member_capabilities, 0 },
	MEMBER("grants", member_raw, struct proto_info, grants),
	MEMBER("time", member_time, struct proto_info, time_ms),
	MEMBER("pid", member_int, struct proto_info, pid),
	MEMBER("settings_error", member_text, struct proto_info, settings_error),
	MEMBER("read_only", member_true, struct proto_info, read_only),
	{ 0 },
};

bool proto_info(struct view json, struct arena *arena, struct proto_info *out, struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_info){ 0 };
	return reader_done(&r, read_members(&r, info_members, out), "who the server is", err);
}
