/* Notices on their way: a command that is run, an address that is posted to. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "engine/crypto.h"
#include "engine/engine_inside.h"
#include "engine/notices_inside.h"
#include "io/spawn.h"
#include "wire/json.h"

/* Waits of 2 s, 4 s, ... between twelve tries: more than an hour in all. */
enum { AT_ONCE = 16, TRIES = 12, FIRST_WAIT_MS = 2000, PATIENCE_MS = 60000, POST_MS = 30000,
       ANSWER_MAX = 64 << 10 };

void notice_stop(struct notice *notice)
{
	if (notice->child)
		kill(-notice->pid, SIGKILL);
	loop_remove(notice->child);
	loop_remove(notice->late);
	secret_fetch_cancel(notice->fetch);
	http_free(notice->http);
	notice->child = notice->late = NULL;
	notice->fetch = NULL;
	notice->http = NULL;
}

enum sent { NOT_SENT, SENT };

/* An address without its path, which may be a secret of its own; a command as it is. */
static struct view where_of(const struct notice *notice)
{
	struct view to = view_of(notice->command);
	size_t host = view_find(to, VIEW("://"), 0);
	bool url = view_starts(to, "http://") || view_starts(to, "https://");
	return url ? view_cut(to, 0, view_find_byte(to, '/', host + 3)) : to;
}

int64_t notice_wait_ms(const struct notice *notice)
{
	return notice->tries ? (int64_t)FIRST_WAIT_MS << (notice->tries - 1) : 0;
}

static void closed(struct notice *notice, enum sent sent)
{
	struct notices *n = notice->all;
	notice_stop(notice);
	notice->sending = false;
	n->sending--;
	if (sent == SENT) {
		notice_forget(notice);
	} else if (++notice->tries >= TRIES) {
		engine_audit(n->e, VIEW("notice"), where_of(notice),
			     VIEW("given up after twelve tries"));
		log_warn("a notice about run %s is given up", notice->run);
		notice_forget(notice);
	} else {
		notice->due_ms = when_now_ms() + notice_wait_ms(notice);
		notice_keep(notice);
	}
	loop_timer_set(n->e->retry, 0);
}

/* ---- a command --------------------------------------------------------------------- */

static void on_child(void *arg, pid_t pid, int status)
{
	struct notice *notice = arg;
	(void)pid;
	loop_remove(notice->child);
	notice->child = NULL;
	closed(notice, WIFEXITED(status) && !WEXITSTATUS(status) ? SENT : NOT_SENT);
}

static void on_late(void *arg)
{
	struct notice *notice = arg;
	kill(-notice->pid, SIGKILL);
}

/* What a notice's command sees: little of ours, and what happened. */
struct setting {
	struct str lines[8];
	const char *env[9];
	size_t n;
};

static void set(struct setting *s, const char *name, struct view value)
{
	str_addf(&s->lines[s->n], "%s=", name);
	str_add(&s->lines[s->n], value);
	s->env[s->n] = str_text(&s->lines[s->n]);
	s->n++;
}

static void set_ours(struct setting *s, const char *name)
{
	const char *value = getenv(name);
	if (value)
		set(s, name, view_of(value));
}

static void make_setting(struct setting *s, const struct notice *notice, const struct json *root)
{
	const struct json *run = json_get(root, "run");
	set_ours(s, "PATH");
	set_ours(s, "HOME");
	set_ours(s, "LANG");
	set(s, "RUNBOARD_NOTICE", view_of(notice->data));
	set(s, "RUNBOARD_ON", json_get_text(root, "on"));
	set(s, "RUNBOARD_RUN_ID", view_of(notice->run));
	set(s, "RUNBOARD_WORKFLOW", json_get_text(run, "workflow"));
	set(s, "RUNBOARD_STATUS", json_get_text(run, "status"));
}

static bool run_command(struct notice *notice, const struct json *root, struct err *err)
{
	struct setting setting = {0};
	struct loop *loop = notice->all->e->loop;
	const char *const argv[] = { "/bin/sh", "-c", notice->command, NULL };
	make_setting(&setting, notice, root);
	const struct spawn spawn = { .program = "/bin/sh", .argv = argv, .env = setting.env,
				     .session = true };
	notice->pid = spawn_start(&spawn, err);
	for (size_t i = 0; i < setting.n; i++)
		str_release(&setting.lines[i]);
	if (notice->pid < 0)
		return false;
	notice->child = loop_child(loop, notice->pid, on_child, notice);
	notice->late = loop_timer(loop, on_late, notice);
	loop_timer_set(notice->late, PATIENCE_MS);
	return true;
}

/* ---- an address ---------------------------------------------------------------------- */

static void on_answer(void *arg, const struct http_answer *a)
{
	struct notice *notice = arg;
	bool good = a->status >= 200 && a->status < 300;
	struct view to = where_of(notice);
	if (!good && a->status)
		log_warn("a notice about run %s: %.*s answered %d", notice->run, (int)to.len, to.ptr,
			 a->status);
	else if (!good)
		log_warn("a notice about run %s: %s", notice->run, err_text(a->err));
	closed(notice, good ? SENT : NOT_SENT);
}

/* What is sent is what a command sees, without where it goes. */
static void write_body(const struct json *root, struct str *body)
{
	struct jsonw w;
	struct str run = {0};
	json_print(json_get(root, "run"), &run);
	jsonw_init(&w, body);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "delivery", json_get_text(root, "delivery"));
	jsonw_text(&w, "on", json_get_text(root, "on"));
	jsonw_raw(&w, "run", view_of_str(&run));
	jsonw_end_object(&w);
	str_release(&run);
}

static void post(struct notice *notice, const struct json *root, struct view key)
{
	enum { HEADERS = 4 };
	struct str body = {0}, lines[HEADERS] = {0};
	struct view id = json_get_text(root, "delivery"), on = json_get_text(root, "on");
	char hex[CRYPTO_HEX + 1];
	struct str host = {0};
	str_add(&host, where_of(notice));
	const struct http_config config = { .base_url = str_text(&host) };
	write_body(root, &body);
	str_addf(&lines[0], "X-Runboard-Event: %.*s", (int)on.len, on.ptr);
	str_addf(&lines[1], "X-Runboard-Delivery: %.*s", (int)id.len, id.ptr);
	str_addf(&lines[2], "Idempotency-Key: %.*s", (int)id.len, id.ptr);
	if (key.len) {
		crypto_hmac_sha256(key, view_of_str(&body), hex);
		str_addf(&lines[3], "X-Hub-Signature-256: sha256=%s", hex);
	}
	const char *const headers[HEADERS + 1] = {
		str_text(&lines[0]), str_text(&lines[1]), str_text(&lines[2]),
		key.len ? str_text(&lines[3]) : NULL,
	};
	const struct http_order order = {
		.method = "POST", .target = notice->command + host.len, .headers = headers, .body = view_of_str(&body),
		.max_bytes = ANSWER_MAX, .timeout_ms = POST_MS,
	};
	notice->http = http_new(notice->all->e->loop, &config);
	http_send(notice->http, &order, NULL, on_answer, notice);
	str_release(&body);
	str_release(&host);
	for (size_t i = 0; i < HEADERS; i++)
		str_release(&lines[i]);
}

static void post_signed(struct notice *notice, struct view key)
{
	struct json_doc *doc = json_parse(view_of(notice->data), STR_DEFAULT_MAX, NULL);
	if (doc)
		post(notice, json_root(doc), key);
	json_free(doc);
}

static void on_secret(void *arg, const struct view *values, const struct err *err)
{
	struct notice *notice = arg;
	notice->fetch = NULL;
	if (values) {
		post_signed(notice, values[0]);
		return;
	}
	log_warn("a notice about run %s: %s", notice->run, err_text(err));
	closed(notice, NOT_SENT);
}

static void post_later(struct notice *notice, struct view secret)
{
	const struct engine *e = notice->all->e;
	const struct secret_source source = { e->loop, e->secrets, e->secret_command,
					      e->secret_timeout_ms };
	if (!secret.len) {
		post_signed(notice, secret);
		return;
	}
	struct secret_fetch *fetch = secret_fetch_start(&source, &secret, 1, on_secret, notice);
	if (fetch)	/* else the notice may be gone */
		notice->fetch = fetch;
}

/* ---- what is due ----------------------------------------------------------------------- */

static void send_one(struct notices *n, struct notice *notice)
{
	struct err err = {0};
	struct json_doc *doc = json_parse(view_of(notice->data), STR_DEFAULT_MAX, &err);
	const struct json *root = doc ? json_root(doc) : NULL;
	notice->sending = true;
	n->sending++;
	if (root && json_get_text(root, "url").len) {
		post_later(notice, json_get_text(root, "secret"));
	} else if (!root || !run_command(notice, root, &err)) {
		log_warn("a notice cannot be sent: %s", err_text(&err));
		closed(notice, NOT_SENT);
	}
	json_free(doc);
	err_release(&err);
}

void notices_send(struct notices *n)
{
	int64_t now_ms = when_now_ms(), next = 0;
	for (size_t i = 0; i < n->list.len; i++) {
		struct notice *notice = n->list.items[i];
		if (notice->sending)
			continue;
		if (notice->due_ms <= now_ms && n->sending < AT_ONCE) {
			send_one(n, notice);	/* may drop it: from the start again */
			i = SIZE_MAX;
			next = 0;
			continue;
		}
		if (notice->due_ms > now_ms && (!next || notice->due_ms < next))
			next = notice->due_ms;
	}
	if (next)
		loop_timer_set(n->timer, next - now_ms);
}
