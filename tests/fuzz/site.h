/* A whole engine with its API on a Unix socket in this process, for the fuzzers of
 * requests: octets in, in pieces, the answer out. No step of its workflows ever has
 * a process. */
#ifndef TESTS_FUZZ_SITE_H
#define TESTS_FUZZ_SITE_H

#include "base/str.h"
#include "engine/engine.h"
#include "engine/front.h"

struct site_answer {
	struct str octets;
	int status;		/* 0: none came */
	struct view head, body;
	bool ended;		/* the server closed */
};

/* The engine, made at the first call and anew after some thousand requests. */
struct engine *site_engine(void);
/* A run of `fuzz` that is open, with tasks `gate`, `ask`, `bad` (has failed); and
 * the task's version, or the run's for an empty task. */
const char *site_run(void);
int64_t site_version(const char *task);
/* Sends the octets, cut at each place (up to n_cuts), and takes the answer: exactly
 * one to a whole request, at most one to anything. Stops the program where the answer
 * is none of the API's, or does not come. */
void site_ask(struct view octets, const size_t *cuts, size_t n_cuts, struct site_answer *answer);
void site_answer_release(struct site_answer *a);

#endif
