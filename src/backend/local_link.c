/* Whether the engine is there: the probe, the tries, and one sentence about it.
 *
 *   OFF -> CONNECTING (GET /v1/info) -> IDLE, or STREAMING where runs are watched
 *   any failure -> WAITING (backoff) -> CONNECTING
 *
 * Must not know what is said over the stream. */
#include "backend/local_inside.h"

#include "base/ident.h"
#include "base/when.h"
#include "wire/proto.h"

enum { ABILITIES = BACKEND_CAN_WATCH | BACKEND_CAN_PAGE | BACKEND_CAN_FETCH | BACKEND_CAN_INBOX |
		   BACKEND_CAN_CATALOG | BACKEND_CAN_LOG | BACKEND_CAN_ORDER | BACKEND_CAN_START |
		   BACKEND_CAN_HISTORY | BACKEND_CAN_SAVE | BACKEND_CAN_FOLLOW };

static void tell(struct local *l, enum condition c, const struct str *sentence)
{
	l->link.told = true;
	l->base.sink->condition(l->base.sink->arg, c, str_text(sentence), l->link.fresh_ms);
}

void local_link_tell_live(struct local *l)
{
	struct str sentence = { 0 };
	str_add_text(&sentence, "live");
	if (l->watch.trouble.len) {
		str_add_text(&sentence, "; ");
		str_add(&sentence, view_of_str(&l->watch.trouble));
	}
	if (l->watch.unread == 1)
		str_add_text(&sentence, "; an event could not be read");
	else if (l->watch.unread)
		str_addf(&sentence, "; %zu events could not be read", l->watch.unread);
	tell(l, CONDITION_LIVE, &sentence);
	str_release(&sentence);
}

void local_link_restart(struct local *l)
{
	l->link.state = LINK_WAITING;
	loop_timer_set(l->link.retry, 0);
}

void local_link_live(struct local *l)
{
	backoff_well(&l->link.backoff, when_mono_ms());
	l->link.fresh_ms = when_now_ms();
	l->link.heard_ms = when_mono_ms();
	local_link_tell_live(l);
}

/* ---- what failed, and when to try again ---- */

static void add_seconds(struct str *s, int64_t ms)
{
	if (ms < 1000)
		str_addf(s, "%lld.%lld s", (long long)ms / 1000, (long long)ms % 1000 / 100);
	else
		str_addf(s, "%lld s", (long long)(ms + 500) / 1000);
}

/* Takes the words, tells them with the time of the next try, and waits for it. */
static void wait_after(struct local *l, enum condition c, struct str *words, int64_t least_ms)
{
	struct local_link *k = &l->link;
	uint32_t random;
	ident_random(&random, sizeof random);
	int64_t delay = backoff_next(&k->backoff, when_mono_ms(), random);
	if (delay < least_ms)
		delay = least_ms;
	str_add_text(words, "; next try in ");
	add_seconds(words, delay);
	k->state = LINK_WAITING;
	loop_timer_set(k->retry, delay);
	tell(l, c, words);
	str_release(words);
}

static void add_reason(struct str *s, const struct local *l, const struct http_answer *a)
{
	if (local_outcome(a->status) == OUTCOME_OK) {
		str_addf(s, "runboardd on %s ended the event stream", l->where);
	} else if (a->status) {
		str_addf(s, "runboardd on %s answered %d: ", l->where, a->status);
		local_add_refusal(s, a);
	} else if (!a->sent) {
		str_addf(s, "runboardd does not answer on %s", l->where);
	} else {
		str_add_text(s, err_text(a->err));
	}
}

static void down(struct local *l, const struct http_answer *a)
{
	struct str words = { 0 };
	add_reason(&words, l, a);
	wait_after(l, CONDITION_DOWN, &words, local_retry_after(a));
}

static bool is_silent(const struct local *l, const struct http_answer *a)
{
	return !a->status &&
	       when_mono_ms() - l->link.heard_ms >= 2 * (int64_t)l->times.heartbeat_ms;
}

static void stale(struct local *l, const struct http_answer *a)
{
	struct str words = { 0 };
	int64_t silent_ms = when_mono_ms() - l->link.heard_ms;
	str_add_text(&words, "stale since ");
	str_addf(&words, "%lld s: ", (long long)silent_ms / 1000);
	if (is_silent(l, a))
		str_add_text(&words, "no heartbeat");
	else
		str_add_text(&words, "the stream broke off");
	wait_after(l, CONDITION_STALE, &words, l->watch.sse.retry_ms);
}

void local_link_lost(struct local *l, const struct http_answer *a)
{
	bool was_live = l->watch.live;
	l->watch.live = false;
	/* What broke off was whole until now; what fell silent was not. */
	if (was_live && !is_silent(l, a))
		l->link.fresh_ms = when_now_ms();
	if (was_live)
		stale(l, a);
	else
		down(l, a);
}

/* ---- the probe ---- */

static void tell_identity(struct local *l, const struct proto_info *info)
{
	int64_t now = when_now_ms();
	/* The server looked at its clock about half way between. */
	int64_t ours = now - (when_mono_ms() - l->link.asked_ms) / 2;
	const struct backend_identity id = {
		.name = view_of(l->name),
		.user = info->user,
		.roles = info->roles,
		.version = info->version,
		.pid = info->pid,
		.settings_error = info->settings_error,
		.engine = info->engine,
		.read_only = info->read_only || l->read_only,
		.clock_offset_ms = info->time_ms ? info->time_ms - ours : 0,
	};
	l->link.fresh_ms = now;
	l->link.heard_ms = when_mono_ms();
	l->base.sink->identity(l->base.sink->arg, ABILITIES, &id);
}

/* What is known of runs says what we might do then: with other rights it is not gone on
 * from. */
static void compare_rights(struct local *l, const struct proto_info *info)
{
	struct str now = { 0 };
	str_addf(&now, "%.*s\n", (int)info->user.len, info->user.ptr);
	str_add(&now, info->grants.len ? info->grants : info->roles);
	if (l->link.state == LINK_CONNECTING && l->link.rights.len &&
	    !view_eq(view_of_str(&now), view_of_str(&l->link.rights)))
		local_watch_forget(l);
	str_release(&l->link.rights);
	l->link.rights = now;
}

static bool read_info(struct local *l, struct view body, struct err *err)
{
	struct arena arena = { 0 };
	struct proto_info info;
	bool ok = proto_info(body, &arena, &info, err);
	if (ok) {
		compare_rights(l, &info);
		tell_identity(l, &info);
	}
	arena_release(&arena);
	return ok;
}

/* The engine has said who it is. */
static void connected(struct local *l)
{
	if (l->dead || l->link.state != LINK_CONNECTING)
		return;
	if (l->watch.ticket) {
		local_watch_open(l);
		return;
	}
	l->link.state = LINK_IDLE;
	local_link_live(l);
}

static void unreadable(struct local *l, struct err *err)
{
	struct str words = { 0 };
	str_addf(&words, "what answers on %s is no runboardd: %s", l->where, err_text(err));
	err_release(err);
	if (l->link.state == LINK_CONNECTING)
		wait_after(l, CONDITION_DOWN, &words, 0);
	else
		str_release(&words);
}

static void on_info(void *arg, const struct http_answer *a)
{
	struct local *l = arg;
	struct err err = { 0 };
	l->link.info = NULL;
	local_enter(l);
	if (local_outcome(a->status) != OUTCOME_OK) {
		if (l->link.state == LINK_CONNECTING)
			down(l, a);
	} else if (read_info(l, a->body, &err)) {
		connected(l);
	} else {
		unreadable(l, &err);
	}
	local_leave(l);
}

static void ask_info(struct local *l)
{
	const struct http_order order = {
		.method = "GET", .target = "/v1/info", .timeout_ms = l->times.answer_ms,
	};
	l->link.asked_ms = when_mono_ms();
	l->link.info = http_send(l->http, &order, NULL, on_info, l);
}

static void connect_now(struct local *l)
{
	l->link.state = LINK_CONNECTING;
	if (!l->link.info)
		ask_info(l);
}

static void on_retry(void *arg)
{
	connect_now(arg);
}

/* The first sentence, from the loop as all that the sink hears. */
static void on_first(void *arg)
{
	struct local *l = arg;
	struct str words = { 0 };
	str_addf(&words, "connecting to runboardd on %s", l->where);
	local_enter(l);
	if (l->link.state == LINK_CONNECTING && !l->link.told)
		tell(l, CONDITION_CONNECTING, &words);
	local_leave(l);
	str_release(&words);
}

void local_link_init(struct local *l)
{
	l->link.retry = loop_timer(l->base.loop, on_retry, l);
	l->link.first = loop_timer(l->base.loop, on_first, l);
	l->link.backoff = (struct backoff){ .first_ms = l->times.first_retry_ms,
					    .max_ms = l->times.max_retry_ms,
					    .healthy_ms = l->times.healthy_ms };
}

void local_link_start(struct local *l)
{
	struct local_link *k = &l->link;
	if (k->state == LINK_STREAMING || k->state == LINK_CONNECTING)
		return;
	if (k->state == LINK_IDLE && l->watch.ticket) {
		local_watch_open(l);
		return;
	}
	if (!k->told)
		loop_timer_set(k->first, 0);
	loop_timer_stop(k->retry);
	connect_now(l);
}

bool local_probe(struct backend *b)
{
	struct local *l = local_of(b);
	if (l->link.state == LINK_STREAMING || l->link.state == LINK_IDLE) {
		if (!l->link.info)
			ask_info(l);
		return true;
	}
	local_link_start(l);
	return true;
}

void local_link_release(struct local *l)
{
	http_cancel(l->link.info);
	http_cancel(l->link.stream);
	str_release(&l->link.rights);
	l->link.info = l->link.stream = NULL;
	loop_remove(l->link.retry);
	loop_remove(l->link.first);
	l->link.retry = l->link.first = NULL;
	l->link.state = LINK_OFF;
}
