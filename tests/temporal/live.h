/* What the live tests share: the real server as a process, boards on it, and orders
 * sent from them. One loop for all. */
#ifndef TESTS_TEMPORAL_LIVE_H
#define TESTS_TEMPORAL_LIVE_H

#include "backend/ear.h"
#include "backend/temporal.h"
#include "base/map.h"

enum { LIVE_WAIT_MS = 180000 };

/* The ports of the server's doors, each chosen when live_ports is called. */
struct live_ports {
	int http, ui, ui_off;		/* the UI server; one with writing and cancelling off */
	int ui_codec, codec;		/* one whose settings name the codec server */
	int count, tls, mtls, token;
};

/* One board: its backend, and what it was told, by workflow id. */
struct board {
	struct ear ear;
	struct backend_sink sink;
	struct map status, run;		/* workflow id to status word, to newest run id */
	struct map labels;		/* ... to "name=value " of each */
	struct str words;		/* of the last detail */
	int64_t counts[LANES];
	bool at_least[LANES];
	int64_t opened_ms, first_ms;	/* monotonic; first: when a first snapshot was whole */
};

extern struct loop *loop;
extern struct live_ports ports;
extern char live_fixture[4096], live_folder[4096];

void live_choose_ports(void);
/* Starts the server with these words (up to a NULL) and waits until it serves. */
void live_start(const char *const *words);
void live_stop(void);
/* The usual server: all doors; runs as "-runs=true" or false. */
void live_start_usual(const char *runs);
/* The same without what was before. */
void live_start_afresh(void);

/* A board with the approvals of the fixtures; config: what differs, or NULL. */
void board_open(struct board *b, int port, const struct temporal_config *config);
/* The same without a watch: it asks for nothing by itself. */
void board_connect(struct board *b, int port, const struct temporal_config *config);
/* To another namespace, and watches there; what it knew is forgotten. */
void board_go_over(struct board *b, const char *space);
void board_close(struct board *b);
void until_in(struct board *b, const char *workflow_id, const char *status);
void until_condition(struct board *b, enum condition c);
const char *run_of(struct board *b, const char *workflow_id);
const struct ear_ticket *until_done(struct board *b, ticket_id t);
ticket_id send_to(struct board *b, enum verb verb, const char *workflow_id, const char *comment);
const struct ear_ticket *order_on(struct board *b, enum verb verb, const char *workflow_id,
				  const char *comment);
/* Fails unless the order was done. */
void order_well(struct board *b, enum verb verb, const char *workflow_id);
/* Reads its details until they have the words. */
void until_detail(struct board *b, const char *workflow_id, const char *words);

/* What went through the counting door since the last question. */
struct live_calls {
	int64_t visibility, other, polls, peak, busy_ms;
};

struct live_calls live_calls(void);

#endif
