/* The backend of a Temporal server: its HTTP API, on the frontend's HTTP port or
 * through the UI server. Gentle: few visibility calls a second, fewer when the
 * server says that they are too many. */
#ifndef BACKEND_TEMPORAL_H
#define BACKEND_TEMPORAL_H

#include "backend/backend.h"
#include "backend/config.h"

/* Zeros: the defaults behind. */
struct temporal_times {
	int answer_ms;		/* 10 000: a whole answer */
	int update_ms;		/* 25 000: an update's, the server waits 20 s */
	int poll_ms;		/* 30 000: a long poll's, which the server holds for 20 s */
	int look_ms;		/* 5000: between two looks at what no event tells, of an open run */
	int gap_ms;		/* 250: between two polls, and two looks, at least */
	int fresh_ms;		/* 1000: what was read so short ago is not read again by who opens it */
	int tick_ms;		/* 3000: between two looks at what changed */
	int effect_ms;		/* 10 000: a signal's effect is watched for so long */
	int effect_step_ms;	/* 500 */
	int batch_ms;		/* 1000: between two looks at a batch */
	int first_retry_ms;	/* 500 */
	int max_retry_ms;	/* 30 000 */
	int healthy_ms;		/* 60 000 */
	int better_ms;		/* 10 000: after a 429, until the rate doubles again */
	int silent_ms;		/* 60 000: a run that did not answer is not asked again */
	double calls;		/* 4: visibility calls a second */
};

struct temporal_config {
	const char *name;		/* of the context */
	const char *url;		/* "http://host:7243" */
	const char *unix_path;		/* tests: NULL */
	const char *space;		/* namespace; NULL: "default" */
	const char *token;		/* bearer, or NULL */
	const char *ca_file, *cert_file, *key_file;
	const char *codec_url;		/* "https://codec.example.org"; NULL: none, or the UI server's */
	const char *codec_token;	/* bearer for it, or NULL */
	const char *codec_unix_path;	/* tests: NULL */
	const char *identity;		/* in the server's history; NULL: user@host/runboard */
	const char *waiting;		/* query of what waits for a person; NULL: found out */
	const char *waiting_memo;	/* key of a memo that says so; NULL: none */
	const struct setting *approvals;	/* "approve.TYPE", "waiting_query.TYPE" etc.: temporal_mapping.h */
	size_t n_approvals;
	bool read_only;
	struct temporal_times times;
};

/* Everything is copied; sends nothing until asked. NULL and err (ERR_CONFIG) where
 * an approval's mapping is none. The sink may cancel and destroy from inside its
 * calls. */
struct backend *temporal_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			     const struct temporal_config *config, struct err *err);

#endif
