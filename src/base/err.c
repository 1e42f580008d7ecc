/* Errors of the world as sentences; see err.h. Knows no other module's errors. */
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { TEXT_MAX = 64 << 10 };

static const int exit_status[] = {
	[ERR_NONE] = 1,
	[ERR_USAGE] = 2,
	[ERR_NOT_FOUND] = 3,
	[ERR_REFUSED] = 4,
	[ERR_UNREACHABLE] = 5,
	[ERR_CONFIG] = 6,
	[ERR_PARSE] = 1,
	[ERR_LIMIT] = 1,
	[ERR_SYSTEM] = 1,
	[ERR_BUSY] = 1,
	[ERR_UNKNOWN_OUTCOME] = 1,
};
static_assert(sizeof exit_status / sizeof *exit_status == ERR_KINDS, "a status for each kind");

/* The new sentence is made before the old one goes: it may quote it. */
static void replace_text(struct err *err, enum err_kind kind, struct str *text)
{
	mem_free(err->text);
	err->kind = kind;
	err->text = str_steal(text);
}

/* A sentence that is too long is cut, never lost. */
static __attribute__((format(printf, 2, 0))) void add_capped(struct str *s, const char *format,
							      va_list args)
{
	struct str whole = { 0 };
	str_addv(&whole, format, args);
	str_add(s, view_cut(view_of_str(&whole), 0, TEXT_MAX));
	str_release(&whole);
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	if (!err)
		return false;
	struct str text = { 0 };
	va_list args;
	va_start(args, format);
	add_capped(&text, format, args);
	va_end(args);
	replace_text(err, kind, &text);
	return false;
}

static bool passes(int errnum)
{
	static const int passing[] = { EAGAIN, ENOMEM, EMFILE, ENFILE, ENOSPC, EDQUOT };
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
		if (errnum == passing[i])
			return true;
	return false;
}

bool err_system(struct err *err, int errnum, const char *format, ...)
{
	if (!err)
		return false;
	struct str text = { 0 };
	va_list args;
	va_start(args, format);
	add_capped(&text, format, args);
	va_end(args);
	char words[128] = "";
	str_addf(&text, ": %s", strerror_r(errnum, words, sizeof words));
	replace_text(err, passes(errnum) ? ERR_BUSY : ERR_SYSTEM, &text);
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	if (!err)
		return false;
	struct str text = { 0 };
	va_list args;
	va_start(args, format);
	add_capped(&text, format, args);
	va_end(args);
	str_addf(&text, ": %s", err_text(err));
	replace_text(err, err->kind, &text);
	return false;
}

const char *err_text(const struct err *err)
{
	return err && err->text ? err->text : "";
}

int err_exit_status(enum err_kind kind)
{
	return exit_status[kind];
}

void err_move(struct err *to, struct err *from)
{
	if (to == from)
		return;
	if (to) {
		mem_free(to->text);
		*to = *from;
	} else {
		mem_free(from->text);
	}
	*from = (struct err){ 0 };
}

void err_release(struct err *err)
{
	if (!err)
		return;
	mem_free(err->text);
	*err = (struct err){ 0 };
}
