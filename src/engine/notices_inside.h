/* Between the outbox of notices and their sending; not for others. */
#ifndef ENGINE_NOTICES_INSIDE_H
#define ENGINE_NOTICES_INSIDE_H

#include <sys/types.h>

#include "base/vec.h"
#include "engine/notices.h"
#include "engine/secret_fetch.h"
#include "io/http.h"
#include "io/loop.h"

/* One row of the outbox. */
struct notice {
	struct notices *all;
	int64_t num, due_ms;
	int tries;
	char *run;
	char *command;			/* or the address, which data names then */
	char *data;			/* JSON {"url", "secret", "delivery", "on", "run"} */
	/* while it is being sent */
	bool sending;
	struct watch *child, *late;
	pid_t pid;
	struct secret_fetch *fetch;
	struct http *http;
};

struct notices {
	struct engine *e;
	VEC(struct notice *) list;
	struct watch *timer;
	int64_t last_num;
	int sending;
};

/* How long it waits for its next try. */
int64_t notice_wait_ms(const struct notice *notice);
/* Its row goes into the batch as it is now. */
void notice_keep(const struct notice *notice);
/* Its row goes, and it is freed. */
void notice_forget(struct notice *notice);
/* Gives up the try that is under way; nothing is told. */
void notice_stop(struct notice *notice);

#endif
