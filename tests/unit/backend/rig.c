/* The tests' backend and its server (rig.h). */
#include "rig.h"

struct loop *loop;
struct stub *stub;
struct ear ear;

void rig_set_up(void)
{
	loop = loop_new();
	stub = stub_new(loop);
	ear_init(&ear);
}

void rig_tear_down(void)
{
	ear_release(&ear);
	stub_free(stub);
	loop_free(loop);
}

void serve(const char *method, const char *target, const char *body)
{
	stub_on(stub, method, target, &(struct stub_reply){ .body = body });
}

void turn_a_little(void)
{
	for (int i = 0; i < 20; i++)
		loop_turn(loop, 1);
}

bool is_held(void *arg)
{
	return stub_streams(arg) == 1;
}

void until_held(void)
{
	ck_assert_msg(stub_until_fn(loop, is_held, stub), "%zu are held:\n%s", stub_streams(stub),
		      str_text(&ear.log));
}

void push(const char *body)
{
	stub_push(stub, body);
	stub_end_streams(stub, true);
}

static bool is_done(void *arg)
{
	const ticket_id *t = arg;
	return ear_done(&ear, *t);
}

const struct ear_ticket *until_done(ticket_id t)
{
	ck_assert_msg(stub_until_fn(loop, is_done, &t), "%s", str_text(&ear.log));
	return ear_ticket(&ear, t);
}

static bool has_line(void *arg)
{
	return ear_heard(&ear, arg);
}

void until_line(const char *begin)
{
	char line[128];
	snprintf(line, sizeof line, "%s", begin);
	ck_assert_msg(stub_until_fn(loop, has_line, line), "%s", str_text(&ear.log));
}

const char *body_of(const char *target)
{
	const struct stub_request *r = stub_asked(stub, "POST", target, 0);
	ck_assert_msg(r != NULL, "nothing was sent to %s", target);
	return r->body;
}

void expect_sent(const char *target, const char *words)
{
	ck_assert_msg(strstr(body_of(target), words) != NULL, "%s: %s", target, body_of(target));
}
