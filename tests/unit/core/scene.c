/* Runs for the tests of core. */
#include "scene.h"

static const char *const ids[] = { "run-0", "run-1", "run-2", "run-3", "run-4", "run-5",
				   "run-6", "run-7", "run-8", "run-9" };

struct run_facts scene_run(const char *workflow, int number, enum run_status status)
{
	struct run_facts r = {
		.id = view_of(ids[number % 10]), .workflow = view_of(workflow), .status = status,
		.created_ms = 1000 * number, .progress = -1, .seq = 1,
	};
	if (status > RUN_PENDING)
		r.started_ms = r.created_ms + 100;
	if (!run_status_is_open(status))
		r.ended_ms = r.created_ms + 200;
	if (status == RUN_WAITING)
		r.waiting = (struct gate_facts){ .kind = GATE_APPROVAL, .required = 1,
						 .task = VIEW("review"),
						 .prompt = VIEW("Ship it?"),
						 .since_ms = r.created_ms + 150 };
	return r;
}

struct run_key scene_put(struct store *s, const struct run_facts *run)
{
	store_upsert(s, run);
	return store_key(s, run->context, run->id);
}
