/* Allocation that does not fail, and the last words of a dying program. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	void (*on_death)(void);
	size_t count;
	size_t fail_at;		/* the value of count that fails; 0: never */
} state;

/* To stderr without stdio and without memory; a lost word cannot be helped. */
static void say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void run_death_hook(void)
{
	void (*hook)(void) = state.on_death;
	state.on_death = NULL;	/* a hook that dies itself is not called again */
	if (hook)
		hook();
}

static _Noreturn void die_without_memory(void)
{
	run_death_hook();
	say("out of memory\n");
	_exit(EXIT_FAILURE);
}

static void count_one(void)
{
	state.count++;
	if (state.fail_at && state.count >= state.fail_at)
		die_without_memory();
}

void *mem_alloc(size_t size)
{
	count_one();
	void *ptr = malloc(size ? size : 1);
	if (!ptr)
		die_without_memory();
	return ptr;
}

void *mem_zero(size_t size)
{
	return mem_array(size ? size : 1, 1);
}

void *mem_array(size_t count, size_t size)
{
	count_one();
	if (!count || !size)
		count = size = 1;
	void *ptr = calloc(count, size);	/* checks the product itself */
	if (!ptr)
		die_without_memory();
	return ptr;
}

void *mem_grow(void *ptr, size_t size)
{
	count_one();
	void *grown = realloc(ptr, size ? size : 1);
	if (!grown)
		die_without_memory();
	return grown;
}

char *mem_text(const char *text)
{
	return mem_bytes(text, strlen(text));
}

char *mem_bytes(const void *ptr, size_t len)
{
	if (len == SIZE_MAX)
		die_without_memory();
	char *copy = mem_alloc(len + 1);
	if (len)
		memcpy(copy, ptr, len);
	copy[len] = '\0';
	return copy;
}

void mem_free(void *ptr)
{
	free(ptr);
}

void mem_on_death(void (*hook)(void))
{
	state.on_death = hook;
}

/* The line number, written without stdio. */
static void say_number(int number)
{
	char digits[12];
	size_t at = sizeof digits - 1;
	digits[at] = '\0';
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	say(digits + at);
}

void bug_at(const char *file, int line, const char *what)
{
	run_death_hook();
	say("BUG ");
	say(file);
	say(":");
	say_number(line);
	say(": ");
	say(what);
	say("\n");
	abort();
}

void mem_fail_after(size_t n)
{
	state.fail_at = n ? state.count + n : 0;
}

size_t mem_count(void)
{
	return state.count;
}
