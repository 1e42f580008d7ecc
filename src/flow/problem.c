/* What is wrong with a file: collected, sorted, told. Must not know YAML. */
#include "flow/problem.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/opt.h"

enum { PROBLEMS_MAX = 100 };

static void add_printable(struct str *to, struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		str_add_char(to, c < 32 || c == 127 ? '?' : (char)c);
	}
}

void problem_add(struct problems *p, struct place at, const char *format, ...)
{
	if (p->list.len == PROBLEMS_MAX) {
		p->dropped++;
		return;
	}
	struct str raw = { 0 }, text = { 0 };
	va_list args;
	va_start(args, format);
	str_addv(&raw, format, args);
	va_end(args);
	add_printable(&text, view_of_str(&raw));
	str_release(&raw);
	struct problem problem = { at, str_steal(&text) };
	vec_push(&p->list, problem);
}

struct str problem_guess(struct view word, const char *const *words, size_t n)
{
	struct str s = { 0 };
	const char *near = opt_nearest(word, words, n);
	if (near)
		str_addf(&s, " (did you mean '%s'?)", near);
	return s;
}

static int by_place(const void *left, const void *right)
{
	const struct problem *a = left, *b = right;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	return (a->at.column > b->at.column) - (a->at.column < b->at.column);
}

bool problems_tell(struct problems *p, const char *file, struct err *err)
{
	if (!p->list.len)
		return true;
	struct str all = { 0 };
	qsort(p->list.items, p->list.len, sizeof *p->list.items, by_place);
	for (size_t i = 0; i < p->list.len; i++) {
		const struct problem *one = &p->list.items[i];
		str_addf(&all, "%s%s:%d:%d: %s", i ? "\n" : "", file, one->at.line,
			 one->at.column, one->text);
	}
	if (p->dropped)
		str_addf(&all, "\n%s: and %zu more", file, p->dropped);
	err_set(err, ERR_CONFIG, "%s", str_text(&all));
	str_release(&all);
	return false;
}

void problems_release(struct problems *p)
{
	for (size_t i = 0; i < p->list.len; i++)
		mem_free(p->list.items[i].text);
	vec_release(&p->list);
}

struct place place_of(struct view text, size_t offset)
{
	struct place at = { 1, 1 };
	for (size_t i = 0; i < offset && i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c == '\n')
			at = (struct place){ at.line + 1, 1 };
		else if ((c & 0xc0) != 0x80)
			at.column++;
	}
	return at;
}
