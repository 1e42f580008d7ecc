/* Transfers over libcurl's multi_socket interface and our loop: the door to
 * libcurl. curl's own callbacks only put bytes aside; the owners are called when
 * curl has returned (http_pump), so that they may send, cancel and free as they
 * like. Knows nothing of what the requests are for. */
#include "io/http_inside.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/mem.h"

/* libcurl's functions, found at the first request. */
struct curl_api {
	void *library;
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_global_cleanup) *global_cleanup;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_setopt) *set;
	__typeof__(curl_easy_getinfo) *get;
	__typeof__(curl_easy_strerror) *words;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_multi_setopt) *multi_set;
	__typeof__(curl_multi_add_handle) *add;
	__typeof__(curl_multi_remove_handle) *remove;
	__typeof__(curl_multi_socket_action) *socket_action;
	__typeof__(curl_multi_info_read) *info_read;
	__typeof__(curl_multi_assign) *assign;
};

struct curl {
	struct curl_api api;
	struct http *http;
	CURLM *multi;
	struct watch *timer;	/* curl's timeouts */
};

struct transfer {
	CURL *easy;
	struct curl_slist *headers;
	char words[CURL_ERROR_SIZE];
};

enum { HOST_CONNECTIONS = 32, READ_SIZE = 16 << 10, LOST_PEER_MS = 20000 };

/* ---- loading the library ---- */

static bool find(const struct curl_api *api, const char *name, void *slot)
{
	void *symbol = dlsym(api->library, name);
	memcpy(slot, &symbol, sizeof symbol);
	return symbol != NULL;
}

static bool api_load(struct curl_api *api, struct err *err)
{
	api->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!api->library)
		return err_set(err, ERR_SYSTEM, "cannot load libcurl.so.4: %s", dlerror());
	const struct {
		const char *name;
		void *slot;
	} table[] = {
		{ "curl_global_init", &api->global_init },
		{ "curl_global_cleanup", &api->global_cleanup },
		{ "curl_easy_init", &api->easy_init },
		{ "curl_easy_cleanup", &api->easy_cleanup },
		{ "curl_easy_setopt", &api->set },
		{ "curl_easy_getinfo", &api->get },
		{ "curl_easy_strerror", &api->words },
		{ "curl_slist_append", &api->slist_append },
		{ "curl_slist_free_all", &api->slist_free },
		{ "curl_multi_init", &api->multi_init },
		{ "curl_multi_cleanup", &api->multi_cleanup },
		{ "curl_multi_setopt", &api->multi_set },
		{ "curl_multi_add_handle", &api->add },
		{ "curl_multi_remove_handle", &api->remove },
		{ "curl_multi_socket_action", &api->socket_action },
		{ "curl_multi_info_read", &api->info_read },
		{ "curl_multi_assign", &api->assign },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!find(api, table[i].name, table[i].slot))
			return err_set(err, ERR_SYSTEM, "libcurl.so.4 lacks %s", table[i].name);
	}
	if (api->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_SYSTEM, "libcurl.so.4 cannot be initialised");
	return true;
}

/* ---- what went wrong, in words ---- */

static const char *curl_words(const struct http_request *r, CURLcode code)
{
	return r->transfer->words[0] ? r->transfer->words : r->http->curl->api.words(code);
}

static void describe_connect(struct http_request *r, CURLcode code)
{
	long errnum = 0;
	r->http->curl->api.get(r->transfer->easy, CURLINFO_OS_ERRNO, &errnum);
	if (errnum)
		err_system(&r->err, (int)errnum, "cannot connect to %s", r->http->where);
	else
		err_set(&r->err, ERR_UNREACHABLE, "cannot connect to %s: %s", r->http->where,
			curl_words(r, code));
	r->err.kind = ERR_UNREACHABLE;
}

static bool is_cut(CURLcode code)
{
	return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
	       code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR;
}

static void describe(struct http_request *r, CURLcode code)
{
	const char *where = r->http->where;
	if (r->over_max)
		err_set(&r->err, ERR_LIMIT, "the answer of %s to %s %s is too long", where,
			r->method, r->target);
	else if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		describe_connect(r, code);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		err_set(&r->err, ERR_UNREACHABLE, "%s did not take the connection within %ld ms",
			where, r->http->connect_timeout_ms);
	else if (is_cut(code))
		err_set(&r->err, ERR_UNREACHABLE,
			"%s closed the connection before its answer was complete", where);
	else
		err_set(&r->err, ERR_UNREACHABLE, "%s: %s", where, curl_words(r, code));
}

/* ---- curl calls us: bytes are put aside, nobody is called ---- */

/* "HTTP/1.1 200 OK": a new head begins, also after 100 Continue. */
static void take_status(struct http_request *r, struct view line)
{
	int64_t status = 0;
	struct view word;
	view_split(&line, ' ', &word);
	view_split(&line, ' ', &word);
	number_parse(view_trim(word), 100, 999, &status);
	r->status = (int)status;
	str_clear(&r->head);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_request *r = arg;
	struct view line = view_bytes(bytes, size * count);
	if (view_starts(line, "HTTP/")) {
		take_status(r, line);
	} else if (!str_add(&r->head, view_trim(line)) || !str_add_char(&r->head, '\0')) {
		r->over_max = true;
		return 0;
	}
	return line.len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_request *r = arg;
	struct view v = view_bytes(bytes, size * count);
	bool chunked = r->chunk && r->status >= 200 && r->status < 300;
	r->taken += v.len;
	if (r->silence)
		loop_timer_set(r->silence, r->silence_ms);
	if ((!r->stream && r->taken > r->max) || !str_add(chunked ? &r->inbox : &r->body, v)) {
		r->over_max = true;
		return 0;	/* not what was given: curl breaks off */
	}
	return v.len;
}

static void collect_finished(struct curl *c)
{
	CURLMsg *msg;
	int left;
	while ((msg = c->api.info_read(c->multi, &left)) != NULL) {
		struct http_request *r = NULL;
		CURLcode code = msg->data.result;
		if (msg->msg != CURLMSG_DONE)
			continue;
		c->api.get(msg->easy_handle, CURLINFO_PRIVATE, &r);
		if (code != CURLE_OK)
			describe(r, code);
		http_request_finish(r);
	}
}

/* The only way into curl for what happens; then the owners are called. */
static void act(struct curl *c, curl_socket_t fd, int events)
{
	int running;
	c->api.socket_action(c->multi, fd, events, &running);
	collect_finished(c);
	http_pump(c->http);
}

static void on_socket_ready(void *arg, int fd, unsigned events)
{
	act(arg, fd, (events & LOOP_READ ? CURL_CSELECT_IN : 0) |
			     (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *slot)
{
	struct curl *c = arg;
	struct watch *w = slot;
	unsigned events = (what & CURL_POLL_IN ? LOOP_READ : 0) |
			  (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
	if (what == CURL_POLL_REMOVE) {
		c->api.assign(c->multi, fd, NULL);
		loop_remove(w);
	} else if (w) {
		loop_fd_change(w, events);
	} else {
		w = loop_fd(c->http->loop, fd, events, on_socket_ready, c);
		c->api.assign(c->multi, fd, w);
	}
	return 0;
}

/* Never acts by itself, also not at 0 ms: that would be curl inside curl. */
static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
	struct curl *c = arg;
	if (timeout_ms < 0)
		loop_timer_stop(c->timer);
	else
		loop_timer_set(c->timer, timeout_ms);
	return 0;
}

/* A vanished peer is noticed in 20 s, not after fifteen retransmissions. */
static int on_new_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	unsigned lost_ms = LOST_PEER_MS;
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms, sizeof lost_ms);
	return CURL_SOCKOPT_OK;
}

/* ---- the pool's side ---- */

static bool curl_open(struct http *h, struct err *err)
{
	struct curl *c = mem_zero(sizeof *c);
	if (!api_load(&c->api, err)) {
		mem_free(c);
		return false;
	}
	c->http = h;
	c->multi = c->api.multi_init();
	if (!c->multi) {
		mem_free(c);
		return err_set(err, ERR_SYSTEM, "libcurl.so.4 has no memory");
	}
	c->timer = loop_timer(h->loop, on_timer, c);
	c->api.multi_set(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	c->api.multi_set(c->multi, CURLMOPT_SOCKETDATA, c);
	c->api.multi_set(c->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	c->api.multi_set(c->multi, CURLMOPT_TIMERDATA, c);
	c->api.multi_set(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS);
	h->curl = c;
	return true;
}

void http_curl_close(struct http *h)
{
	struct curl *c = h->curl;
	if (!c)
		return;
	/* The library stays mapped: what it brought along cannot be unloaded. */
	c->api.multi_cleanup(c->multi);
	c->api.global_cleanup();
	loop_remove(c->timer);
	mem_free(c);
	h->curl = NULL;
}

/* ---- one transfer ---- */

static void set_transport(const struct http *h, CURL *easy)
{
	const struct curl_api *api = &h->curl->api;
	api->set(easy, CURLOPT_NOSIGNAL, 1L);
	api->set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	api->set(easy, CURLOPT_FOLLOWLOCATION, 0L);
	api->set(easy, CURLOPT_PROXY, "");
	api->set(easy, CURLOPT_PATH_AS_IS, 1L);
	api->set(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	api->set(easy, CURLOPT_CONNECTTIMEOUT_MS, h->connect_timeout_ms);
	api->set(easy, CURLOPT_BUFFERSIZE, (long)READ_SIZE);
	api->set(easy, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	if (h->unix_path) {
		api->set(easy, CURLOPT_UNIX_SOCKET_PATH, h->unix_path);
		return;
	}
	api->set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	api->set(easy, CURLOPT_TCP_KEEPIDLE, 15L);
	api->set(easy, CURLOPT_TCP_KEEPINTVL, 5L);
	api->set(easy, CURLOPT_SOCKOPTFUNCTION, on_new_socket);
	if (h->ca_file)
		api->set(easy, CURLOPT_CAINFO, h->ca_file);
	if (h->cert_file)
		api->set(easy, CURLOPT_SSLCERT, h->cert_file);
	if (h->key_file)
		api->set(easy, CURLOPT_SSLKEY, h->key_file);
}

static void add_header(struct http_request *r, const char *line)
{
	struct transfer *t = r->transfer;
	t->headers = r->http->curl->api.slist_append(t->headers, line);
}

static void set_headers(struct http_request *r, const char *const *headers)
{
	add_header(r, "Expect:");
	add_header(r, r->sending.len ? "Content-Type: application/json" : "Content-Type:");
	if (r->http->authorization)
		add_header(r, r->http->authorization);
	for (size_t i = 0; headers && headers[i]; i++)
		add_header(r, headers[i]);
	r->http->curl->api.set(r->transfer->easy, CURLOPT_HTTPHEADER, r->transfer->headers);
}

static void set_url(struct http_request *r)
{
	struct str url = { 0 };
	str_addf(&url, "%s%s", r->http->base_url, r->target);
	r->http->curl->api.set(r->transfer->easy, CURLOPT_URL, str_text(&url));
	str_release(&url);
}

static void set_request(struct http_request *r)
{
	const struct curl_api *api = &r->http->curl->api;
	CURL *easy = r->transfer->easy;
	api->set(easy, CURLOPT_PRIVATE, r);
	api->set(easy, CURLOPT_ERRORBUFFER, r->transfer->words);
	api->set(easy, CURLOPT_HEADERFUNCTION, on_header);
	api->set(easy, CURLOPT_HEADERDATA, r);
	api->set(easy, CURLOPT_WRITEFUNCTION, on_body);
	api->set(easy, CURLOPT_WRITEDATA, r);
	if (str_eq(r->method, "GET"))
		return;
	/* On a connection that was used before, curl sends again by itself when the
	 * peer has closed it: an order must not take that way. */
	api->set(easy, CURLOPT_FRESH_CONNECT, 1L);
	api->set(easy, CURLOPT_POSTFIELDS, str_text(&r->sending));
	api->set(easy, CURLOPT_POSTFIELDSIZE, (long)r->sending.len);
	api->set(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

bool http_transfer_begin(struct http_request *r, const char *const *headers)
{
	struct http *h = r->http;
	if (!h->curl && !curl_open(h, &r->err))
		return false;
	r->transfer = mem_zero(sizeof *r->transfer);
	r->transfer->easy = h->curl->api.easy_init();
	if (!r->transfer->easy)
		return err_set(&r->err, ERR_SYSTEM, "libcurl.so.4 has no memory");
	set_transport(h, r->transfer->easy);
	set_url(r);
	set_request(r);
	set_headers(r, headers);
	if (h->curl->api.add(h->curl->multi, r->transfer->easy) != CURLM_OK)
		return err_set(&r->err, ERR_SYSTEM, "libcurl.so.4 takes no request");
	return true;
}

void http_transfer_end(struct http_request *r)
{
	struct transfer *t = r->transfer;
	if (!t)
		return;
	const struct curl *c = r->http->curl;
	if (t->easy) {
		long bytes = 0;
		c->api.get(t->easy, CURLINFO_REQUEST_SIZE, &bytes);
		r->sent = bytes > 0;
		c->api.remove(c->multi, t->easy);
		c->api.easy_cleanup(t->easy);
	}
	c->api.slist_free(t->headers);
	mem_free(t);
	r->transfer = NULL;
}
