/* What holds things: memory, vectors, maps, arenas, errors, idents. */
#include <stdalign.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ident.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "lib/unit.h"

START_TEST(the_failing_allocation_ends_the_program)
{
	mem_fail_after(2);
	mem_free(mem_alloc(0));
	mem_alloc(1);
}
END_TEST

START_TEST(a_bug_aborts)
{
	BUG("a test");
}
END_TEST

static void leave_with_9(void)
{
	_Exit(9);
}

START_TEST(the_hook_runs_before_death)
{
	mem_on_death(leave_with_9);
	mem_fail_after(1);
	mem_alloc(1);
}
END_TEST

START_TEST(a_vector_keeps_order_under_insert_and_remove)
{
	VEC(int) v = { 0 };
	for (int i = 0; i < 100; i++)
		vec_push(&v, i);
	vec_insert(&v, 0, -1);
	vec_insert(&v, v.len, 100);
	vec_remove(&v, 50);
	ck_assert_uint_eq(v.len, 101);
	ck_assert_int_eq(v.items[0], -1);
	ck_assert_int_eq(v.items[49], 48);
	ck_assert_int_eq(v.items[50], 50);
	ck_assert_int_eq(v.items[100], 100);
	vec_release(&v);
	ck_assert_ptr_null(v.items);
}
END_TEST

static struct view key_of(char *text, size_t size, int n)
{
	return view_bytes(text, (size_t)snprintf(text, size, "key %d", n));
}

START_TEST(a_map_finds_what_was_put_and_not_what_was_removed)
{
	struct map m = { 0 };
	char text[32];
	int values[5000];
	for (int i = 0; i < 5000; i++)
		ck_assert_ptr_null(map_put(&m, key_of(text, sizeof text, i), &values[i]));
	for (int i = 0; i < 5000; i += 2)
		ck_assert_ptr_eq(map_remove(&m, key_of(text, sizeof text, i)), &values[i]);
	ck_assert_uint_eq(m.len, 2500);
	for (int i = 0; i < 5000; i++)
		ck_assert_ptr_eq(map_get(&m, key_of(text, sizeof text, i)),
				 i % 2 ? &values[i] : NULL);
	ck_assert_ptr_eq(map_put(&m, VIEW("key 1"), &values[0]), &values[1]);
	size_t at = 0, n = 0;
	struct view key;
	void *value = NULL;
	while (map_next(&m, &at, &key, &value))
		n++;
	ck_assert_uint_eq(n, 2500);
	map_release(&m);
	ck_assert_ptr_null(map_get(&m, VIEW("key 1")));
}
END_TEST

START_TEST(a_map_used_up_and_down_for_ever_stays_small)
{
	struct map m = { 0 };
	char text[32];
	for (int i = 0; i < 100000; i++) {
		map_put(&m, key_of(text, sizeof text, i), text);
		ck_assert_ptr_nonnull(map_remove(&m, key_of(text, sizeof text, i)));
	}
	ck_assert_uint_le(m.cap, 64);
	map_release(&m);
}
END_TEST

START_TEST(an_arena_gives_aligned_zeroed_pieces)
{
	struct arena a = { 0 };
	for (size_t size = 0; size < 40000; size += 997) {
		unsigned char *p = arena_alloc(&a, size);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	ck_assert(view_is(arena_view(&a, VIEW("abc")), "abc"));
	ck_assert_str_eq(arena_text(&a, view_of(NULL)), "");
	arena_clear(&a);
	const unsigned char *again = arena_alloc(&a, 8);
	ck_assert_uint_eq(again[0], 0);
	arena_release(&a);
}
END_TEST

START_TEST(errors_are_sentences_with_a_kind)
{
	struct err err = { 0 }, other = { 0 };
	ck_assert_str_eq(err_text(&err), "");
	ck_assert(!err_set(NULL, ERR_USAGE, "x"));
	ck_assert(!err_set(&err, ERR_REFUSED, "no %s", "way"));
	ck_assert(!err_prefix(&err, "file %d", 3));
	ck_assert_str_eq(err_text(&err), "file 3: no way");
	ck_assert_int_eq(err.kind, ERR_REFUSED);
	err_move(&other, &err);
	ck_assert_str_eq(err_text(&err), "");
	err_set(&other, ERR_CONFIG, "again: %s", err_text(&other));
	ck_assert_str_eq(err_text(&other), "again: file 3: no way");
	err_system(&other, 2, "cannot open x");
	ck_assert_str_eq(err_text(&other), "cannot open x: No such file or directory");
	err_release(&other);
	ck_assert_int_eq(err_exit_status(ERR_CONFIG), 6);
	ck_assert_int_eq(err_exit_status(ERR_UNREACHABLE), 5);
	ck_assert_int_eq(err_exit_status(ERR_SYSTEM), 1);
}
END_TEST

START_TEST(idents_are_ordered_unique_and_well_formed)
{
	char before[IDENT_LEN + 1] = "", now[IDENT_LEN + 1];
	for (int i = 0; i < 5000; i++) {
		ident_uuid7(now, 1795143600000 - i / 1000);
		ck_assert_str_gt(now, before);
		ck_assert(ident_is_uuid(view_of(now)));
		ck_assert_int_eq(now[14], '7');
		ck_assert_ptr_nonnull(strchr("89ab", now[19]));
		memcpy(before, now, sizeof before);
	}
	ck_assert(!ident_is_uuid(VIEW("0193")));
}
END_TEST

START_TEST(the_random_part_begins_with_the_last_digits)
{
	char part[20];
	ident_random_part(VIEW("01234567-89ab-7cde-8f01-23456789abcd"), part);
	ck_assert_str_eq(part, "23456789abcd8f01cde");
	ident_random_part(VIEW("order-1"), part);
	ck_assert_str_eq(part, "");
}
END_TEST

Suite *suite_hold(void);

Suite *suite_hold(void)
{
	Suite *suite = suite_create("hold");
	TCase *c = tcase_create("hold");
	tcase_add_exit_test(c, the_failing_allocation_ends_the_program, EXIT_FAILURE);
	tcase_add_exit_test(c, the_hook_runs_before_death, 9);
	tcase_add_test_raise_signal(c, a_bug_aborts, 6);
	tcase_add_test(c, a_vector_keeps_order_under_insert_and_remove);
	tcase_add_test(c, a_map_finds_what_was_put_and_not_what_was_removed);
	tcase_add_test(c, a_map_used_up_and_down_for_ever_stays_small);
	tcase_add_test(c, an_arena_gives_aligned_zeroed_pieces);
	tcase_add_test(c, errors_are_sentences_with_a_kind);
	tcase_add_test(c, idents_are_ordered_unique_and_well_formed);
	tcase_add_test(c, the_random_part_begins_with_the_last_digits);
	suite_add_tcase(suite, c);
	return suite;
}
