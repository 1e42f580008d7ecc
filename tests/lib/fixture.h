/* A board on made-up runs for tests of model and view and for golden screens: a
 * store, a model, a clock that stands, and a world that answers what update asks.
 * No engine, no terminal. */
#ifndef TESTS_LIB_FIXTURE_H
#define TESTS_LIB_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/store.h"
#include "model/model.h"

struct fixture {
	struct store *store;
	struct model *model;
	struct effects fx;		/* all effects since fixture_forget */
	size_t answered;		/* of those */
	int64_t now_ms;
	int64_t seq;
	bool mute;			/* the world answers nothing */
};

/* Saturday 2026-11-21 03:00:00 UTC. */
#define FIXTURE_NOW INT64_C(1795230000000)

struct fixture_setup {
	int rows, cols;
	bool read_only;
};

/* Sets: "empty", "three-runs" (one running, one waiting, one failed), "night" (some
 * twenty in all lanes), "crowd" (200), "question" (one that waits for an answer),
 * "hostile" (names, prompts and output that try things), "words" (one whose code can be
 * spoken to), "long" (one with long and wide words, whose backend says what is sent), "two-contexts" (local is
 * live, prod is down), "ahead" (planned runs, one that takes longer than most). False where there is none of that name. */
bool fixture_open_with(struct fixture *f, const char *set, const struct fixture_setup *setup);
bool fixture_open(struct fixture *f, const char *set, int rows, int cols);
void fixture_close(struct fixture *f);

/* A run as the sets have them: "deploy" with the id of its number. */
struct run_facts fixture_run(const char *workflow, int number, enum run_status status);
/* Writes the run to the store and tells the model. Raises its seq. */
struct run_key fixture_put(struct fixture *f, struct run_facts run);
struct run_key fixture_find(const struct fixture *f, const char *short_id);
void fixture_remove(struct fixture *f, struct run_key key);

/* Keys with blanks between: "l j Enter"; "quoted text" is typed letter by letter.
 * False where a name is none. */
bool fixture_keys(struct fixture *f, const char *keys);
void fixture_send(struct fixture *f, struct msg msg);
/* Lets time pass, second by second, with the ticks that the model asks for. */
void fixture_wait(struct fixture *f, int64_t ms);
void fixture_forget(struct fixture *f);
void fixture_condition_of(struct fixture *f, uint16_t context, enum condition c,
			  const char *sentence);
void fixture_condition(struct fixture *f, enum condition c, const char *sentence);
/* How often an effect was asked for since fixture_forget; and the last of them. */
size_t fixture_asked(const struct fixture *f, enum effect_kind kind);
const struct effect *fixture_last(const struct fixture *f, enum effect_kind kind);
/* Something from outside, by name: "newcomers" (three runs), "stale", "down", "back",
 * "connecting", "approved-elsewhere" (run 1), "build-ends" (run 2), "accepted",
 * "refused" (the last order). False where there is none of that name. */
bool fixture_happens(struct fixture *f, const char *event);
/* The engine's answer to an order. */
void fixture_answer(struct fixture *f, uint64_t request, enum outcome outcome, const char *text);

#endif
