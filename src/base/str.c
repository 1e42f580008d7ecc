/* Growable bytes with a cap. Every way in goes through str_reserve. */
#include "base/str.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 64 };

void str_init(struct str *s, size_t max)
{
	*s = (struct str){ .max = max };
}

void str_release(struct str *s)
{
	if (!s)
		return;
	mem_free(s->ptr);
	*s = (struct str){ .max = s->max };
}

void str_clear(struct str *s)
{
	s->len = 0;
	s->cut = false;
	if (s->ptr)
		s->ptr[0] = '\0';
}

char *str_reserve(struct str *s, size_t len)
{
	size_t max = s->max ? s->max : STR_DEFAULT_MAX;
	if (s->len > max || len > max - s->len) {
		s->cut = true;
		return NULL;
	}
	size_t need = s->len + len + 1;
	if (need > s->cap) {
		size_t grown = s->cap < FIRST_CAP ? FIRST_CAP : s->cap + s->cap / 2;
		if (grown < need)
			grown = need;
		s->ptr = mem_grow(s->ptr, grown);
		s->cap = grown;
		s->ptr[s->len] = '\0';
	}
	return s->ptr + s->len;
}

bool str_add_bytes(struct str *s, const void *ptr, size_t len)
{
	char *to = str_reserve(s, len);
	if (!to)
		return false;
	if (len)
		memcpy(to, ptr, len);
	s->len += len;
	s->ptr[s->len] = '\0';
	return true;
}

bool str_add(struct str *s, struct view v)
{
	return str_add_bytes(s, v.ptr, v.len);
}

bool str_add_text(struct str *s, const char *text)
{
	return str_add_bytes(s, text, text ? strlen(text) : 0);
}

bool str_add_char(struct str *s, char c)
{
	return str_add_bytes(s, &c, 1);
}

bool str_add_many(struct str *s, char c, size_t count)
{
	char *to = str_reserve(s, count);
	if (!to)
		return false;
	memset(to, c, count);
	s->len += count;
	s->ptr[s->len] = '\0';
	return true;
}

bool str_addf(struct str *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	bool added = str_addv(s, format, args);
	va_end(args);
	return added;
}

bool str_addv(struct str *s, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		BUG("a format that cannot be printed");
	char *to = str_reserve(s, (size_t)len);
	if (to) {
		vsnprintf(to, (size_t)len + 1, format, again);
		s->len += (size_t)len;
	}
	va_end(again);
	return to;
}

void str_shorten(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->ptr[len] = '\0';
}

void str_drop(struct str *s, size_t len)
{
	if (!len || !s->len)
		return;
	if (len > s->len)
		len = s->len;
	memmove(s->ptr, s->ptr + len, s->len - len);
	s->len -= len;
	s->ptr[s->len] = '\0';
}

const char *str_text(const struct str *s)
{
	return s->ptr ? s->ptr : "";
}

char *str_steal(struct str *s)
{
	char *bytes = s->ptr ? s->ptr : mem_text("");
	*s = (struct str){ .max = s->max };
	return bytes;
}
