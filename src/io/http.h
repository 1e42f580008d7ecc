/* HTTP requests, one callback at a time. The door to libcurl, which is loaded at
 * the first request (dlopen), not at the start of the program. */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "io/loop.h"

struct http;		/* a pool of connections to one host */
struct http_request;

struct http_config {
	const char *base_url;		/* "http://localhost" or "https://host:port/x" */
	const char *unix_path;		/* NULL: TCP */
	const char *bearer;		/* NULL: none */
	const char *ca_file, *cert_file, *key_file;
	int connect_timeout_ms;		/* 0: 5000 */
};

/* What to send. Everything is copied. */
struct http_order {
	const char *method;		/* "GET" */
	const char *target;		/* "/v1/runs?limit=5", already encoded */
	const char *const *headers;	/* "Name: value", NULL-terminated, or NULL */
	struct view body;		/* sent as application/json when not empty */
	size_t max_bytes;		/* of the answer's body; 0: 8 MiB; SIZE_MAX: a stream */
	int timeout_ms;			/* whole answer; 0: 30 s; -1: none (streams) */
	int silence_ms;			/* streams: no byte for so long is an end; 0: none */
};

/* status 0 and err set where no answer came, or not all of it. `sent` says whether
 * the request may have reached the server (then the outcome of an order is
 * unknown). All of it is borrowed until done returns. */
struct http_answer {
	int status;
	struct view body;		/* what was not taken by `chunk` */
	const char *(*header)(const struct http_answer *a, const char *name);	/* or NULL */
	struct view head;		/* for header() */
	bool sent;
	const struct err *err;
};

typedef void http_done_fn(void *arg, const struct http_answer *answer);
/* For streams: body bytes as they come, after a 2xx status. */
typedef void http_chunk_fn(void *arg, struct view bytes);

struct http *http_new(struct loop *loop, const struct http_config *config);
/* Ends every request without a callback. */
void http_free(struct http *h);
/* done is called exactly once, from the loop, unless cancelled; with it the request
 * is over and its pointer void. chunk may be NULL. Callbacks may send, cancel and
 * free anything here. Other methods than GET never ride on a used connection:
 * nothing is sent twice by itself. */
struct http_request *http_send(struct http *h, const struct http_order *order,
			       http_chunk_fn *chunk, http_done_fn *done, void *arg);
/* No callback after this. */
void http_cancel(struct http_request *r);
/* Requests in flight, streams not counted (for --test-sync). */
size_t http_pending(const struct http *h);

/* Percent-encodes all but unreserved characters (RFC 3986 2.3). */
void http_add_encoded(struct str *s, struct view v);

#endif
