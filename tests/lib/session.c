#include "lib/session.h"

#include "lib/unit.h"

void open_set(struct fixture *f, const char *set)
{
	ck_assert_msg(fixture_open(f, set, 24, 100), "no such set: %s", set);
}

void press(struct fixture *f, const char *keys)
{
	ck_assert_msg(fixture_keys(f, keys), "no such keys: %s", keys);
}

void press_slowly(struct fixture *f, const char *keys)
{
	press(f, keys);
	fixture_wait(f, 1000);
}

size_t orders_left(const struct fixture *f)
{
	return fixture_asked(f, EFFECT_ORDER);
}

void answer_detail(struct fixture *f, const struct run_detail *d)
{
	const struct effect *e = fixture_last(f, EFFECT_DETAIL);

	ck_assert_ptr_nonnull(e);
	fixture_send(f, (struct msg){ .kind = MSG_DETAIL, .request = e->request, .key = e->key,
				      .detail = d });
}
