/* A context of the configuration to its backend: one row a kind, and the token from
 * where the configuration says. Knows the kinds; nothing above does. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/config.h"
#include "backend/local.h"
#include "backend/replay.h"
#include "backend/temporal.h"
#include "backend/temporal_profile.h"
#include "backend/trace.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/when.h"
#include "io/spawn.h"

enum { TOKEN_MAX = 4096, TOKEN_MS = 30000 };

/* ---- tokens ---- */

/* All that the command prints, within TOKEN_MS: before the loop runs. */
static bool read_until_end(int fd, struct str *out)
{
	int64_t end = when_mono_ms() + TOKEN_MS;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - when_mono_ms();
		char bytes[256];
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return false;
		ssize_t n = read(fd, bytes, sizeof bytes);
		if (n < 0 && errno != EINTR)
			return false;
		if (n == 0)
			return true;
		if (n > 0 && !str_add_bytes(out, bytes, (size_t)n))
			return false;
	}
}

static bool token_by_command(const char *command, struct str *token, struct err *err)
{
	int ends[2], status = -1;
	const char *const argv[] = { "sh", "-c", command, NULL };
	if (pipe2(ends, O_CLOEXEC))
		return err_system(err, errno, "no pipe for token_command");
	const struct spawn_fd fds[] = { { STDIN_FILENO, STDIN_FILENO },
					{ ends[1], STDOUT_FILENO },
					{ STDERR_FILENO, STDERR_FILENO } };
	const struct spawn s = { .program = "/bin/sh", .argv = argv,
				 .env = (const char *const *)environ, .fds = fds, .n_fds = 3 };
	pid_t pid = spawn_start(&s, err);
	close(ends[1]);
	bool ok = pid > 0 && read_until_end(ends[0], token);
	close(ends[0]);
	if (pid < 0)
		return false;
	if (!ok)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ok || status != 0)
		return err_set(err, ERR_CONFIG, "token_command '%s' failed", command);
	return true;
}

/* Appends; nothing where none is configured. */
static bool find_token(const struct config_context *x, struct str *token, struct err *err)
{
	str_init(token, TOKEN_MAX);
	if (x->token_env) {
		const char *value = getenv(x->token_env);
		if (!value)
			return err_set(err, ERR_CONFIG, "context %s: $%s is not set", x->name,
				       x->token_env);
		str_add_text(token, value);
	} else if (x->token_file) {
		if (!file_read(x->token_file, TOKEN_MAX, token, err))
			return err_prefix(err, "context %s", x->name);
	} else if (x->token_command) {
		if (!token_by_command(x->token_command, token, err))
			return err_prefix(err, "context %s", x->name);
	}
	while (token->len && strchr("\r\n ", token->ptr[token->len - 1]))
		str_shorten(token, token->len - 1);
	if (view_find_byte(view_of_str(token), '\n', 0) != SIZE_MAX)
		return err_set(err, ERR_CONFIG, "context %s: the token has more than one line",
			       x->name);
	return true;
}

/* ---- kinds ---- */

static struct backend *open_local_at(const struct config_context *x, const struct opening *o,
				     const char *socket, struct err *err)
{
	struct str token = { 0 };
	struct backend *b = NULL;
	if (find_token(x, &token, err)) {
		const struct local_config config = {
			.name = x->name,
			.socket = socket,
			.url = x->url,
			.token = token.len ? str_text(&token) : NULL,
			.read_only = x->read_only,
		};
		b = local_new(o->loop, o->sink, o->number, &config);
	}
	if (token.ptr)
		explicit_bzero(token.ptr, token.len);
	str_release(&token);
	return b;
}

static bool is_web(const char *url)
{
	return url && (view_starts(view_of(url), "http://") || view_starts(view_of(url), "https://"));
}

static struct backend *open_local(const struct config_context *x, const struct opening *o,
				  struct err *err)
{
	struct str path = { 0 };
	struct backend *b = NULL;
	if (is_web(x->url))
		b = open_local_at(x, o, NULL, err);
	else if (context_socket(x, &path, err))
		b = open_local_at(x, o, str_text(&path), err);
	else if (x->url)
		err_set(err, ERR_CONFIG, "context %s: url is neither unix:PATH nor http://...: %s",
			x->name, x->url);
	str_release(&path);
	return b;
}

static struct backend *open_replay(const struct config_context *x, const struct opening *o,
				   struct err *err)
{
	if (!x->url) {
		err_set(err, ERR_CONFIG, "context %s: url must name the recording", x->name);
		return NULL;
	}
	const struct replay_config config = { .name = x->name, .path = x->url, .speed = 1 };
	return replay_new(o->loop, o->sink, o->number, &config, err);
}

/* The codec server has a token of its own. */
static bool find_codec_token(const struct config_context *x, struct str *token, struct err *err)
{
	const struct config_context codec = {
		.name = x->name,
		.token_env = x->codec_token_env,
		.token_file = x->codec_token_file,
		.token_command = x->codec_token_command,
	};
	return find_token(&codec, token, err);
}

static void forget(struct str *token)
{
	if (token->ptr)
		explicit_bzero(token->ptr, token->len);
	str_release(token);
}

/* A file of the context, else of the CLI's profile. */
static const char *either(const char *own, const char *profile)
{
	return own ? own : profile;
}

static struct backend *open_temporal_at(const struct config_context *x, const struct opening *o,
					const struct temporal_profile *p, struct err *err)
{
	struct str token = { 0 }, codec_token = { 0 }, url = { 0 };
	struct backend *b = NULL;
	str_add_text(&url, x->url ? x->url : "");
	if (!x->url)
		temporal_profile_url(p, &url);
	if (find_token(x, &token, err) && find_codec_token(x, &codec_token, err)) {
		const struct temporal_config config = {
			.name = x->name,
			.url = str_text(&url),
			.space = either(x->space, p->space),
			.token = token.len ? str_text(&token) : p->api_key,
			.ca_file = either(x->ca_file, p->ca_file),
			.cert_file = either(x->cert_file, p->cert_file),
			.key_file = either(x->key_file, p->key_file),
			.identity = x->identity,
			.codec_url = x->codec_url,
			.codec_token = codec_token.len ? str_text(&codec_token) : NULL,
			.waiting = x->waiting,
			.waiting_memo = x->waiting_memo,
			.approvals = x->approvals.items,
			.n_approvals = x->approvals.len,
			.read_only = x->read_only,
		};
		b = temporal_new(o->loop, o->sink, o->number, &config, err);
	}
	forget(&token);
	forget(&codec_token);
	str_release(&url);
	return b;
}

static struct backend *open_temporal(const struct config_context *x, const struct opening *o,
				     struct err *err)
{
	struct temporal_profile profile = { 0 };
	struct backend *b = NULL;
	if (x->url && !is_web(x->url))
		err_set(err, ERR_CONFIG, "context %s: url must be http://HOST:PORT of Temporal's "
					 "HTTP API (7243 by default)", x->name);
	else if (temporal_profile_load(&profile, x->profile, err))
		b = open_temporal_at(x, o, &profile, err);
	temporal_profile_release(&profile);
	return b;
}

typedef struct backend *open_fn(const struct config_context *x, const struct opening *o,
				struct err *err);

static const struct {
	const char *kind;
	open_fn *open;
} kinds[] = {
	{ "local", open_local },
	{ "replay", open_replay },
	{ "temporal", open_temporal },
};

static struct backend *open_kind(const struct config_context *x, const struct opening *o,
				 struct err *err)
{
	const char *kind = x->kind ? x->kind : "local";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (str_eq(kinds[i].kind, kind))
			return kinds[i].open(x, o, err);
	}
	err_set(err, ERR_CONFIG, "context %s: backend %s: expected local, temporal or replay", x->name, kind);
	return NULL;
}

/* RUNBOARD_TRACE names a file: what the backend says is recorded there, for a
 * replay or a bug report. */
struct backend *context_open(const struct config_context *context, const struct opening *o,
			     struct err *err)
{
	const char *path = getenv("RUNBOARD_TRACE");
	if (!path || !*path)
		return open_kind(context, o, err);
	struct backend *trace = trace_new(o->loop, o->sink, path, err);
	if (!trace)
		return NULL;
	const struct opening traced = { o->loop, trace_sink(trace), o->number };
	struct backend *inner = open_kind(context, &traced, err);
	if (!inner) {
		backend_destroy(trace);
		return NULL;
	}
	trace_wrap(trace, inner);
	return trace;
}
