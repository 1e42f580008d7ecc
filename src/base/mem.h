/* Memory that is always there: when there is none, the program ends cleanly
 * (after mem_on_death's hook, which restores the terminal). Nothing above
 * checks an allocation for NULL. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Ends the program when no memory is left. Never returns NULL, also for 0. */
void *mem_alloc(size_t size);
/* As mem_alloc, zeroed. */
void *mem_zero(size_t size);
/* count * size, checked for overflow, zeroed. */
void *mem_array(size_t count, size_t size);
/* Grows or shrinks; ptr may be NULL. */
void *mem_grow(void *ptr, size_t size);
char *mem_text(const char *text);
/* A terminated copy of len bytes. */
char *mem_bytes(const void *ptr, size_t len);
/* NULL is fine. */
void mem_free(void *ptr);

/* Called once before the program dies of lack of memory or of a BUG(): must
 * not allocate. */
void mem_on_death(void (*hook)(void));

/* Our own mistake: says where, runs the death hook, aborts. */
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG(what) bug_at(__FILE__, __LINE__, (what))

/* Test only: the n-th allocation from now fails (0: never). */
void mem_fail_after(size_t n);
/* Allocations made so far, for limits in tests. */
size_t mem_count(void);

#endif
