/* Requests from their owner's side: what is sent, what is put aside, deadlines, the
 * calls to the owner. Must not know libcurl. */
#include "io/http_inside.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { CONNECT_TIMEOUT_MS = 5000, ANSWER_TIMEOUT_MS = 30000, ANSWER_MAX = 8 << 20,
       ERROR_BODY_MAX = 1 << 20, HEAD_MAX = 64 << 10, INBOX_MAX = 16 << 20 };

/* ---- the end of a request ---- */

static void stop(struct http_request *r)
{
	loop_remove(r->deadline);
	loop_remove(r->silence);
	r->deadline = r->silence = NULL;
	http_transfer_end(r);
}

static void unlink_request(struct http_request *r)
{
	if (r->prev)
		r->prev->next = r->next;
	else
		r->http->requests = r->next;
	if (r->next)
		r->next->prev = r->prev;
}

static void request_free(struct http_request *r)
{
	str_release(&r->sending);
	str_release(&r->head);
	str_release(&r->body);
	str_release(&r->inbox);
	err_release(&r->err);
	mem_free(r->method);
	mem_free(r->target);
	mem_free(r);
}

void http_request_finish(struct http_request *r)
{
	stop(r);
	r->finished = true;
}

static struct view header_value(struct view line, const char *name)
{
	size_t len = strlen(name);
	if (line.len <= len || line.ptr[len] != ':' || strncasecmp(line.ptr, name, len) != 0)
		return (struct view){ 0 };
	return view_trim(view_cut(line, len + 1, SIZE_MAX));
}

static const char *answer_header(const struct http_answer *a, const char *name)
{
		struct view rest = a->head, line;
	while (view_split(&rest, '\0', &line)) {
		struct view value = header_value(line, name);
		if (value.ptr)
			return value.ptr;
	}
	return NULL;
}

/* The request is nobody's but ours when its owner hears of the end. */
static void tell_done(struct http_request *r)
{
	bool failed = r->err.kind != ERR_NONE;
	struct http_answer answer = {
		.status = failed ? 0 : r->status,
		.body = view_of_str(&r->body),
		.header = answer_header,
		.head = view_of_str(&r->head),
		.sent = r->sent,
		.err = failed ? &r->err : NULL,
	};
	unlink_request(r);
	r->told = true;
	r->done(r->arg, &answer);
	request_free(r);
}

static void tell_chunk(struct http_request *r)
{
	struct str bytes = r->inbox;
	r->inbox = (struct str){ .max = bytes.max };
	r->chunk(r->arg, view_of_str(&bytes));
	str_release(&bytes);
}

static struct http_request *next_ready(const struct http *h)
{
	for (struct http_request *r = h->requests; r; r = r->next) {
		if (r->inbox.len || r->finished)
			return r;
	}
	return NULL;
}

void http_pump(struct http *h)
{
	bool freed = false;
	bool *outer = h->freed;
	h->freed = &freed;
	struct http_request *r;
	while (!freed && (r = next_ready(h)) != NULL) {
		if (r->inbox.len)
			tell_chunk(r);
		else
			tell_done(r);
	}
	if (!freed)
		h->freed = outer;
	else if (outer)
		*outer = true;
}

static void on_kick(void *arg)
{
	http_pump(arg);
}

/* ---- deadlines ---- */

static void on_deadline(void *arg)
{
	struct http_request *r = arg;
	struct http *h = r->http;
	err_set(&r->err, ERR_UNREACHABLE, "%s did not answer %s %s within %d ms", h->where,
		r->method, r->target, r->timeout_ms);
	http_request_finish(r);
	http_pump(h);
}

static void on_silence(void *arg)
{
	struct http_request *r = arg;
	struct http *h = r->http;
	err_set(&r->err, ERR_UNREACHABLE, "%s said nothing for %d ms", h->where, r->silence_ms);
	http_request_finish(r);
	http_pump(h);
}

/* ---- sending ---- */

static struct http_request *request_new(struct http *h, const struct http_order *order)
{
	struct http_request *r = mem_zero(sizeof *r);
	r->http = h;
	r->method = mem_text(order->method);
	r->target = mem_text(order->target);
	r->stream = order->max_bytes == SIZE_MAX;
	r->max = order->max_bytes ? order->max_bytes : ANSWER_MAX;
	r->timeout_ms = order->timeout_ms ? order->timeout_ms : ANSWER_TIMEOUT_MS;
	r->silence_ms = order->silence_ms;
	str_init(&r->sending, 0);
	str_add(&r->sending, order->body);
	str_init(&r->head, HEAD_MAX);
	str_init(&r->body, r->stream ? ERROR_BODY_MAX : r->max);
	str_init(&r->inbox, INBOX_MAX);
	r->next = h->requests;
	if (r->next)
		r->next->prev = r;
	h->requests = r;
	return r;
}

static void start_clocks(struct http_request *r)
{
	if (r->timeout_ms > 0) {
		r->deadline = loop_timer(r->http->loop, on_deadline, r);
		loop_timer_set(r->deadline, r->timeout_ms);
	}
	if (r->silence_ms > 0) {
		r->silence = loop_timer(r->http->loop, on_silence, r);
		loop_timer_set(r->silence, r->silence_ms);
	}
}

struct http_request *http_send(struct http *h, const struct http_order *order,
			       http_chunk_fn *chunk, http_done_fn *done, void *arg)
{
	struct http_request *r = request_new(h, order);
	r->chunk = chunk;
	r->done = done;
	r->arg = arg;
	start_clocks(r);
	if (!http_transfer_begin(r, order->headers)) {
		http_request_finish(r);
		loop_timer_set(h->kick, 0);
	}
	return r;
}

void http_cancel(struct http_request *r)
{
	if (!r || r->told)
		return;
	stop(r);
	unlink_request(r);
	request_free(r);
}

size_t http_pending(const struct http *h)
{
	size_t n = 0;
	for (const struct http_request *r = h->requests; r; r = r->next)
		n += !r->stream;
	return n;
}

/* ---- the pool ---- */

static char *copy(const char *text)
{
	return text ? mem_text(text) : NULL;
}

struct http *http_new(struct loop *loop, const struct http_config *config)
{
	struct http *h = mem_zero(sizeof *h);
	h->loop = loop;
	h->base_url = mem_text(config->base_url);
	h->unix_path = copy(config->unix_path);
	h->where = mem_text(config->unix_path ? config->unix_path : config->base_url);
	h->ca_file = copy(config->ca_file);
	h->cert_file = copy(config->cert_file);
	h->key_file = copy(config->key_file);
	h->connect_timeout_ms = config->connect_timeout_ms ? config->connect_timeout_ms
							   : CONNECT_TIMEOUT_MS;
	if (config->bearer) {
		struct str line = { 0 };
		str_addf(&line, "Authorization: Bearer %s", config->bearer);
		h->authorization = str_steal(&line);
	}
	h->kick = loop_timer(loop, on_kick, h);
	return h;
}

static void free_config(struct http *h)
{
	if (h->authorization)
		explicit_bzero(h->authorization, strlen(h->authorization));
	char *all[] = { h->base_url, h->where,	   h->unix_path, h->authorization,
			h->ca_file,  h->cert_file, h->key_file };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		mem_free(all[i]);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->requests)
		http_cancel(h->requests);
	if (h->freed)
		*h->freed = true;
	http_curl_close(h);
	loop_remove(h->kick);
	free_config(h);
	mem_free(h);
}
