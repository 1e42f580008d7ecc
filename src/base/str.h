/* Growable bytes with a cap (struct str) and borrowed slices (struct view).
 * Both may hold any byte; a struct str is always followed by a NUL that its
 * length does not count. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed: never freed, valid as long as what it was taken from. ptr may be
 * NULL where len is 0. */
struct view {
	const char *ptr;
	size_t len;
};

struct str {
	char *ptr;	/* never NULL once something was added */
	size_t len;
	size_t cap;
	size_t max;	/* 0: STR_DEFAULT_MAX */
	bool cut;	/* something did not fit under max and was dropped */
};

enum { STR_DEFAULT_MAX = 64 << 20 };

#define VIEW(literal) ((struct view){ (literal), sizeof(literal) - 1 })

struct view view_of(const char *text);			/* NULL gives an empty view */
struct view view_bytes(const void *ptr, size_t len);
struct view view_of_str(const struct str *s);
bool view_eq(struct view a, struct view b);
bool view_is(struct view a, const char *text);
int view_cmp(struct view a, struct view b);		/* as memcmp, shorter first */
bool view_starts(struct view a, const char *prefix);
bool view_ends(struct view a, const char *suffix);
struct view view_cut(struct view a, size_t from, size_t len);	/* clipped to a */
struct view view_trim(struct view a);			/* without ASCII white space around */
/* Offset of the first occurrence at or after from, or SIZE_MAX. */
size_t view_find(struct view hay, struct view needle, size_t from);
size_t view_find_byte(struct view hay, char byte, size_t from);
/* As view_find, ASCII letters folded. */
size_t view_find_fold(struct view hay, struct view needle, size_t from);
/* Takes the part before the first `by` (or all) from *rest into *part. False
 * when *rest was already used up; *part is empty then. */
bool view_split(struct view *rest, char by, struct view *part);
uint64_t view_hash(struct view a);
/* "*" any bytes, "?" one byte; all of text must match. */
bool view_glob(struct view pattern, struct view text);

bool str_eq(const char *a, const char *b);		/* NULL equals NULL only */

/* A zeroed struct str is empty and ready. */
void str_init(struct str *s, size_t max);
void str_release(struct str *s);
void str_clear(struct str *s);				/* keeps the memory */
/* False, and nothing added, when max would be passed; s->cut is then set. */
bool str_add(struct str *s, struct view v);
bool str_add_text(struct str *s, const char *text);
bool str_add_bytes(struct str *s, const void *ptr, size_t len);
bool str_add_char(struct str *s, char c);
bool str_add_many(struct str *s, char c, size_t count);
bool str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool str_addv(struct str *s, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Room for len bytes behind the end, to be filled and then counted by s->len. */
char *str_reserve(struct str *s, size_t len);		/* NULL when over max */
void str_shorten(struct str *s, size_t len);
void str_drop(struct str *s, size_t len);		/* takes len bytes off the front */
const char *str_text(const struct str *s);		/* "" when empty */
/* The bytes, now the caller's (mem_free); s is empty after. Never NULL. */
char *str_steal(struct str *s);

/* The whole of v must be a number in the range. No blanks, no '+'. */
bool number_parse(struct view v, int64_t min, int64_t max, int64_t *out);
bool number_parse_real(struct view v, double *out);	/* JSON's number form */
/* A count of octets: a whole number and K, M, G or T (of 1024), also as KB, KiB. */
bool number_parse_octets(struct view v, int64_t *out);

#endif
