/* Bounded regular expressions. The door to PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/regex.h"

#include <pcre2.h>

#include "base/mem.h"

enum { PATTERN_MAX = 1024, MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KIB = 4096,
       STACK_START = 32 << 10, STACK_MAX = 256 << 10 };

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;		/* the compiled matcher's own, capped */
};

static bool bad_pattern(int code, size_t offset, struct err *err)
{
	PCRE2_UCHAR words[128] = "";
	pcre2_get_error_message(code, words, sizeof words);
	return err_set(err, ERR_USAGE, "the regular expression is wrong at character %zu: %s",
		       offset + 1, (const char *)words);
}

static void set_limits(struct regex *r)
{
	r->match = pcre2_match_data_create_from_pattern(r->code, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->match || !r->limits)
		BUG("no memory for a regular expression");
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
	if (pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE))
		return;		/* slower, but the same */
	r->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, NULL);
	if (r->stack)
		pcre2_jit_stack_assign(r->limits, NULL, r->stack);
}

struct regex *regex_new(struct view pattern, enum regex_case fold, struct err *err)
{
	int code = 0;
	PCRE2_SIZE offset = 0;
	uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF;
	if (fold == REGEX_CASE_FOLD)
		options |= PCRE2_CASELESS;
	if (pattern.len > PATTERN_MAX) {
		err_set(err, ERR_LIMIT, "the regular expression is longer than %d bytes",
			PATTERN_MAX);
		return NULL;
	}
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.ptr : ""),
					     pattern.len, options, &code, &offset, NULL);
	if (!compiled) {
		bad_pattern(code, offset, err);
		return NULL;
	}
	struct regex *r = mem_zero(sizeof *r);
	r->code = compiled;
	set_limits(r);
	return r;
}

bool regex_find(const struct regex *r, struct view text, size_t from, size_t *start, size_t *end)
{
	if (from > text.len)
		return false;
	int found = pcre2_match(r->code, (PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, from, 0,
				r->match, r->limits);
	if (found < 0)
		return false;
	const PCRE2_SIZE *place = pcre2_get_ovector_pointer(r->match);
	*start = place[0];
	*end = place[1] > place[0] ? place[1] : place[0];	/* \K may turn them round */
	return true;
}

bool regex_match(const struct regex *r, struct view text)
{
	size_t start = 0, end = 0;
	return regex_find(r, text, 0, &start, &end);
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_match_data_free(r->match);
	pcre2_match_context_free(r->limits);
	pcre2_jit_stack_free(r->stack);
	pcre2_code_free(r->code);
	mem_free(r);
}
