/* Inside of the HTTP client: a request between its owner (http_request.c) and
 * libcurl (http.c). Nobody else includes this. */
#ifndef IO_HTTP_INSIDE_H
#define IO_HTTP_INSIDE_H

#include "io/http.h"

struct curl;		/* libcurl's side of the pool */
struct transfer;	/* libcurl's side of one request */

struct http {
	struct loop *loop;
	struct curl *curl;		/* NULL before the first request */
	struct watch *kick;		/* pump from the loop, for what ended in a call */
	struct http_request *requests;
	bool *freed;			/* set while an owner is called: it may free us */
	char *base_url, *where, *unix_path, *authorization;
	char *ca_file, *cert_file, *key_file;
	long connect_timeout_ms;
};

struct http_request {
	struct http *http;
	struct http_request *prev, *next;
	struct transfer *transfer;	/* NULL: not with curl (any more) */
	char *method, *target;
	struct str sending;
	struct str head;		/* lines of the answer, a NUL behind each */
	struct str body, inbox;		/* inbox: for `chunk`, not handed over yet */
	size_t max, taken;
	int status;
	int timeout_ms, silence_ms;
	bool stream, finished, sent, over_max, told;
	struct watch *deadline, *silence;
	struct err err;
	http_chunk_fn *chunk;
	http_done_fn *done;
	void *arg;
};

/* http.c: false and r->err where it cannot begin. */
bool http_transfer_begin(struct http_request *r, const char *const *headers);
/* Takes it off curl and says in r->sent whether bytes were sent. */
void http_transfer_end(struct http_request *r);
/* After all transfers have ended. */
void http_curl_close(struct http *h);

/* http_request.c: the transfer is over (r->err says how). No owner is called. */
void http_request_finish(struct http_request *r);
/* Calls the owners of what has come. They may do anything, also http_free: h may
 * be gone after it. Never from inside libcurl. */
void http_pump(struct http *h);

#endif
