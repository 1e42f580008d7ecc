/* The wall clock against one that nobody sets. Where it jumped, what waits for an instant
 * waits anew, and what waits for a span goes on as if nothing had happened. A machine that
 * slept has no clock that jumped. */
#include "base/log.h"
#include "base/when.h"
#include "engine/engine_inside.h"

enum { JUMP_MS = 1000, TOLD_MS = 60000, GLANCE_MS = 50 };

struct clocks {
	int64_t wall_ahead_ms;		/* of the one that cannot be set */
	int64_t slept_ms;		/* what the machine has slept */
};

/* False where we were kept waiting between one clock and the next. */
static bool read_clocks(struct clocks *out)
{
	int64_t mono_ms = when_mono_ms(), steady_ms = when_steady_ms();
	out->wall_ahead_ms = when_now_ms() - steady_ms;
	out->slept_ms = steady_ms - mono_ms;
	return when_mono_ms() - mono_ms <= GLANCE_MS;
}

static bool is_jump(int64_t by_ms)
{
	return by_ms >= JUMP_MS || by_ms <= -JUMP_MS;
}

static void tell(struct engine *e, int64_t by_ms)
{
	struct str what = {0};
	str_addf(&what, "clock set %s by ", by_ms < 0 ? "back" : "forward");
	when_add_span(&what, by_ms < 0 ? -by_ms : by_ms);
	log_warn("%s", str_text(&what));
	if (by_ms > TOLD_MS || by_ms < -TOLD_MS)
		engine_audit(e, VIEW("engine"), view_of_str(&what),
			     VIEW("schedules and delayed starts follow it; retries and time limits "
				  "wait as long as before"));
	str_release(&what);
}

static void move(struct live_run *run, int64_t by_ms)
{
	struct input in = { .kind = INPUT_CLOCK, .now_ms = when_now_ms(), .moved_ms = by_ms };
	engine_feed(run->engine, run, &in, NULL);
}

void engine_look_for_jumps(struct engine *e)
{
	struct clocks now;
	if (!read_clocks(&now))
		return;
	int64_t by_ms = now.wall_ahead_ms - e->wall_ahead_ms;
	bool slept = is_jump(now.slept_ms - e->slept_ms), known = e->clocks_known;
	e->clocks_known = true;
	if (known && !slept && !is_jump(by_ms))
		return;
	e->wall_ahead_ms = now.wall_ahead_ms;
	e->slept_ms = now.slept_ms;
	if (!known)
		return;
	if (is_jump(by_ms)) {
		tell(e, by_ms);
		for (size_t i = 0; i < e->runs.len; i++)
			move(e->runs.items[i], by_ms);
		notices_move(e->notices, by_ms);
	}
	engine_look_at_clock(e);
}

/* Nobody knows what the clock did meanwhile, but that it was set back is seen where the
 * newest fact lies ahead: then a span ends no later than if it began now. */
void engine_look_back(struct live_run *run)
{
	int64_t by_ms = when_now_ms() - run->m->last_ms;
	if (by_ms < 0 && is_jump(by_ms))
		move(run, by_ms);
}
