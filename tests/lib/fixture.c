/* Made-up runs under a model, and the messages that a test feeds to it. */
#include "lib/fixture.h"

#include "base/mem.h"
#include "lib/fixture_sets.h"
#include "lib/fixture_world.h"
#include "model/everywhere.h"

struct run_key fixture_put(struct fixture *f, struct run_facts run)
{
	struct msg msg = { .kind = MSG_CHANGE };

	run.seq = ++f->seq;
	msg.change = store_upsert(f->store, &run);
	msg.key = msg.change.key;
	fixture_send(f, msg);
	return msg.change.key;
}

void fixture_remove(struct fixture *f, struct run_key key)
{
	fixture_send(f, (struct msg){ .kind = MSG_CHANGE, .key = key,
				      .change = store_remove(f->store, key) });
}

struct run_key fixture_find(const struct fixture *f, const char *short_id)
{
	struct arena arena = { 0 };
	struct run_key key, found = { 0 };
	struct run_facts run;
	uint32_t at = 0;

	while (store_next(f->store, &at, &key)) {
		if (store_facts(f->store, key, &run, &arena) && view_is(run.short_id, short_id))
			found = key;
	}
	arena_release(&arena);
	return found;
}

bool fixture_open_with(struct fixture *f, const char *set, const struct fixture_setup *setup)
{
	static const char *const contexts[] = { "local", NULL };
	static const char *const two[] = { "local", "prod", NULL };
	static const char *const themes[] = { "default", "light", "mono", NULL };
	static const char *const past[] = { "status:failed", "workflow:deploy", NULL };

	*f = (struct fixture){ .store = store_new(), .now_ms = FIXTURE_NOW };
	f->model = model_new(&(struct model_setup){
		.store = f->store, .themes = themes, .theme = VIEW("default"),
		.contexts = str_eq(set, "two-contexts") ? two : contexts,
		.read_only = setup->read_only, .past_filters = past, .rows = setup->rows,
		.cols = setup->cols, .now_ms = f->now_ms,
	});
	fixture_condition(f, CONDITION_LIVE, "");
	if (!fixture_fill(f, set)) {
		fixture_close(f);
		return false;
	}
	fixture_send(f, (struct msg){ .kind = MSG_COMPLETE });
	fixture_forget(f);
	return true;
}

bool fixture_open(struct fixture *f, const char *set, int rows, int cols)
{
	return fixture_open_with(f, set, &(struct fixture_setup){ .rows = rows, .cols = cols });
}

void fixture_close(struct fixture *f)
{
	model_free(f->model);
	store_free(f->store);
	effects_release(&f->fx);
	*f = (struct fixture){ 0 };
}

/* ---- messages ---- */

static void update(struct fixture *f, struct msg msg)
{
	msg.now_ms = f->now_ms;
	model_update(f->model, &msg, &f->fx);
	while (model_is_busy(f->model)) {
		struct msg work = { .kind = MSG_WORK, .now_ms = f->now_ms };

		model_update(f->model, &work, &f->fx);
	}
}

void fixture_send(struct fixture *f, struct msg msg)
{
	update(f, msg);
	while (!f->mute && f->answered < f->fx.list.len) {
		struct effect e = f->fx.list.items[f->answered++];

		fixture_world(f, &e);
	}
}

static void press(struct fixture *f, struct key key)
{
	fixture_send(f, (struct msg){ .kind = MSG_KEY, .pressed = key });
}

bool fixture_keys(struct fixture *f, const char *keys)
{
	struct view rest = view_of(keys);

	while (rest.len > 0) {
		size_t end = *rest.ptr == ' ' ? 0
						: view_find_byte(rest, *rest.ptr == '"' ? '"' : ' ', 1);
		struct view word = view_cut(rest, 0, end);
		struct key key;

		if (*rest.ptr == '"') {
			for (size_t i = 1; i < word.len; i++)
				press(f, (struct key){ .code = (unsigned char)word.ptr[i] });
		} else if (word.len > 0) {
			if (!key_parse(word, &key))
				return false;
			press(f, key);
		}
		rest = view_cut(rest, word.len + 1, SIZE_MAX);
	}
	return true;
}

void fixture_wait(struct fixture *f, int64_t ms)
{
	int64_t until = f->now_ms + ms;

	while (f->now_ms < until) {
		int64_t due = model_due_ms(f->model);

		f->now_ms = due > f->now_ms && due < until ? due : until;
		fixture_send(f, (struct msg){ .kind = MSG_TICK });
	}
}

void fixture_forget(struct fixture *f)
{
	effects_clear(&f->fx);
	f->answered = 0;
}

void fixture_condition_of(struct fixture *f, uint16_t context, enum condition c,
			  const char *sentence)
{
	fixture_send(f, (struct msg){
		.kind = MSG_CONDITION, .context = context,
		.condition = { c, view_of(sentence), f->now_ms },
	});
}

void fixture_condition(struct fixture *f, enum condition c, const char *sentence)
{
	fixture_condition_of(f, 0, c, sentence);
}

size_t fixture_asked(const struct fixture *f, enum effect_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f->fx.list.len; i++)
		n += f->fx.list.items[i].kind == kind;
	return n;
}

const struct effect *fixture_last(const struct fixture *f, enum effect_kind kind)
{
	for (size_t i = f->fx.list.len; i-- > 0;) {
		if (f->fx.list.items[i].kind == kind)
			return &f->fx.list.items[i];
	}
	return NULL;
}

void fixture_answer(struct fixture *f, uint64_t request, enum outcome outcome, const char *text)
{
	fixture_send(f, (struct msg){ .kind = MSG_DONE, .request = request,
				      .done = { .outcome = outcome, .text = view_of(text) } });
}
