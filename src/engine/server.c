/* libmicrohttpd behind the porch. It reads bodies, writes answers and keeps the
 * clock of idle peers; connections come checked, with their head, and carry one
 * request each. Waiting exchanges are suspended; every beat resumes all streams,
 * because a suspended connection does not see that its peer has gone. */
#include "engine/server.h"

#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"

enum {
	BEAT_MS = 15000,
	IDLE_S = 30,
	CONNECTIONS = 1024,
	CONNECTION_MEMORY = 48 << 10,
	STREAM_BLOCK = 16 << 10,
};

enum stage { STAGE_READING, STAGE_ASKED, STAGE_ANSWERED, STAGE_STREAM };

struct exchange {
	struct server *server;
	struct guest *guest;
	struct MHD_Connection *connection;	/* NULL until its first call */
	struct str body;
	enum stage stage;
	bool suspended, dead;
	struct MHD_Response *response;
	int status;
	const struct stream_ops *ops;	/* STAGE_STREAM */
	void *arg;
	size_t index;			/* in server->exchanges */
};

struct server {
	struct loop *loop;
	struct server_config config;
	struct porch *porch;
	struct MHD_Daemon *daemon;
	struct watch *readable, *timer, *beat;
	VEC(struct exchange *) exchanges;
	struct exchange *entering;	/* inside MHD_add_connection */
	bool turning, run_asked, closing;
};

/* ---- running it ------------------------------------------------------------- */

static void set_timer(struct server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;
	if (s->run_asked)
		loop_timer_set(s->timer, 0);
	else if (MHD_get_timeout(s->daemon, &ms) == MHD_YES)
		loop_timer_set(s->timer, (int64_t)ms);
	else
		loop_timer_stop(s->timer);
}

static void turn(struct server *s)
{
	if (s->turning)
		return;
	s->turning = true;
	s->run_asked = false;
	MHD_run(s->daemon);
	s->turning = false;
	set_timer(s);
}

static void on_readable(void *arg, int fd, unsigned events)
{
	(void)fd;
	(void)events;
	turn(arg);
}

static void on_timer(void *arg)
{
	turn(arg);
}

/* In the next turn: never from inside a call of ours. */
static void ask_run(struct server *s)
{
	if (s->run_asked)
		return;
	s->run_asked = true;
	loop_timer_set(s->timer, 0);
}

static void resume(struct exchange *x)
{
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->connection);
	ask_run(x->server);
}

static void suspend(struct exchange *x)
{
	MHD_suspend_connection(x->connection);
	x->suspended = true;
}

/* ---- one exchange ------------------------------------------------------------ */

static void exchange_free(struct exchange *x)
{
	struct server *s = x->server;
	if (x->ops && x->ops->close)
		x->ops->close(x->arg);
	struct exchange *last = s->exchanges.items[--s->exchanges.len];
	s->exchanges.items[x->index] = last;
	last->index = x->index;
	if (x->response)
		MHD_destroy_response(x->response);
	if (x->guest)
		x->guest->fd = -1;	/* it is libmicrohttpd's */
	guest_free(x->guest);
	str_release(&x->body);
	mem_free(x);
}

static const char *const always[][2] = {
	{ "Connection", "close" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Cache-Control", "no-store" },
	{ "Content-Security-Policy", "default-src 'none'" },
};

static void add_headers(struct MHD_Response *r, const char *type)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		MHD_add_response_header(r, always[i][0], always[i][1]);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
}

void exchange_answer(struct exchange *x, const struct answer *a)
{
	union {
		const char *from;
		void *to;
	} body = { a->body.len ? a->body.ptr : "" };
	if (x->stage != STAGE_ASKED)
		BUG("an exchange is answered twice");
	x->stage = STAGE_ANSWERED;
	x->status = a->status;
	x->response = MHD_create_response_from_buffer(a->body.len, body.to, MHD_RESPMEM_MUST_COPY);
	if (!x->response)
		BUG("no memory for an answer");
	add_headers(x->response, a->type ? a->type : "application/json");
	for (size_t i = 0; i < 4 && a->headers[i].name; i++)
		MHD_add_response_header(x->response, a->headers[i].name, a->headers[i].value);
	resume(x);
}

static ssize_t pull_stream(void *arg, uint64_t at, char *buf, size_t max)
{
	struct exchange *x = arg;
	(void)at;
	if (x->dead)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	ssize_t n = x->server->closing ? STREAM_END : x->ops->pull(x->arg, buf, max);
	if (n == STREAM_END)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n == STREAM_WAIT)
		suspend(x);
	return n;
}

void exchange_stream(struct exchange *x, const char *type, const struct stream_ops *ops, void *arg)
{
	if (x->stage != STAGE_ASKED)
		BUG("an exchange is answered twice");
	x->stage = STAGE_STREAM;
	x->status = MHD_HTTP_OK;
	x->ops = ops;
	x->arg = arg;
	x->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, pull_stream,
							x, NULL);
	if (!x->response)
		BUG("no memory for a stream");
	add_headers(x->response, type);
	resume(x);
}

void exchange_wake(struct exchange *x)
{
	resume(x);
}

const struct front_head *exchange_head(const struct exchange *x)
{
	return &x->guest->head;
}

const struct porch_peer *exchange_peer(const struct exchange *x)
{
	return &x->guest->peer;
}

struct view exchange_body(const struct exchange *x)
{
	return view_of_str(&x->body);
}

/* ---- what libmicrohttpd calls -------------------------------------------------- */

/* Called when the head was read, with pieces of the body, at its end, and again
 * after each resume. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *data_len, void **mine)
{
	struct server *s = arg;
	(void)url;
	(void)method;
	(void)version;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct exchange *x = info ? info->socket_context : NULL;
	if (!x || s->closing)
		return MHD_NO;
	x->connection = connection;
	if (!*mine) {
		*mine = x;
		return MHD_YES;
	}
	if (*data_len) {
		str_add_bytes(&x->body, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	if (x->stage == STAGE_READING) {
		x->stage = STAGE_ASKED;
		s->config.handle(s->config.arg, x);
	}
	if (x->response)
		return MHD_queue_response(connection, (unsigned)x->status, x->response);
	suspend(x);
	return MHD_YES;
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct server *s = arg;
	(void)connection;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = s->entering;
	} else if (*context) {
		if (s->entering == *context)
			s->entering = NULL;
		exchange_free(*context);
		*context = NULL;
	}
}

__attribute__((format(printf, 2, 0)))
static void on_log(void *arg, const char *format, va_list args)
{
	struct str text = { 0 };
	(void)arg;
	str_addv(&text, format, args);
	log_debug("http: %s", str_text(&text));
	str_release(&text);
}

static void on_enter(void *arg, struct guest *guest)
{
	struct server *s = arg;
	/* It wants an address and makes nothing of it. */
	struct sockaddr address = { .sa_family = AF_UNIX };
	struct exchange *x = mem_zero(sizeof *x);
	x->server = s;
	x->guest = guest;
	x->index = s->exchanges.len;
	str_init(&x->body, FRONT_BODY_MAX);
	vec_push(&s->exchanges, x);
	s->entering = x;
	/* On failure it has closed the descriptor, and may have told on_connection. */
	if (MHD_add_connection(s->daemon, guest->fd, &address, sizeof address) != MHD_YES &&
	    s->entering)
		exchange_free(x);
	s->entering = NULL;
	ask_run(s);
}

static bool on_admit(void *arg, const struct guest *guest, struct front_refusal *why)
{
	const struct server *s = arg;
	return !s->config.admit || s->config.admit(s->config.arg, guest, why);
}

/* Both directions closed: also a stream that has nothing to say notices. */
static bool has_hung_up(const struct exchange *x)
{
	struct pollfd p = { .fd = x->guest->fd };
	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR));
}

static void on_beat(void *arg)
{
	struct server *s = arg;
	for (size_t i = 0; i < s->exchanges.len; i++) {
		struct exchange *x = s->exchanges.items[i];
		if (x->stage != STAGE_STREAM)
			continue;
		x->dead = has_hung_up(x);
		if (!x->dead)
			x->ops->beat(x->arg);
		resume(x);
	}
	loop_timer_set(s->beat, s->config.beat_ms);
}

/* ---- begin and end -------------------------------------------------------------- */

static bool start_daemon(struct server *s, struct err *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG;
	s->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_END);
	if (!s->daemon)
		return err_set(err, ERR_SYSTEM, "the HTTP server does not start");
	return true;
}

struct server *server_new(struct loop *loop, const struct server_config *config, struct err *err)
{
	struct server *s = mem_zero(sizeof *s);
	s->loop = loop;
	s->config = *config;
	if (!s->config.beat_ms)
		s->config.beat_ms = BEAT_MS;
	if (!start_daemon(s, err)) {
		mem_free(s);
		return NULL;
	}
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	s->readable = loop_fd(loop, info->epoll_fd, LOOP_READ, on_readable, s);
	s->timer = loop_timer(loop, on_timer, s);
	s->beat = loop_timer(loop, on_beat, s);
	loop_timer_set(s->beat, s->config.beat_ms);
	s->porch = porch_new(loop, &(struct porch_config){
		.admit = on_admit,
		.enter = on_enter,
		.arg = s,
		.head_ms = config->head_ms,
	});
	return s;
}

void server_listen(struct server *s, int fd, enum porch_kind kind)
{
	porch_listen(s->porch, fd, kind);
}

size_t server_streams(const struct server *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->exchanges.len; i++)
		n += s->exchanges.items[i]->stage == STAGE_STREAM;
	return n;
}

void server_free(struct server *s)
{
	if (!s)
		return;
	porch_free(s->porch);
	s->closing = true;
	for (size_t i = 0; i < s->exchanges.len; i++)
		resume(s->exchanges.items[i]);
	loop_remove(s->readable);
	loop_remove(s->timer);
	loop_remove(s->beat);
	MHD_stop_daemon(s->daemon);
	while (s->exchanges.len)
		exchange_free(s->exchanges.items[0]);
	vec_release(&s->exchanges);
	mem_free(s);
}
