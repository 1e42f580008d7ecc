/* Whether Temporal is there: the probe, the tries, and one sentence about it.
 *
 *   OFF -> CONNECTING (system-info, settings, namespace, search attributes) -> LIVE
 *   a failed probe or a failed call of the watch -> WAITING (backoff) -> CONNECTING
 *
 * Must not know what is listed. */
#include "backend/temporal_inside.h"

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"

enum { ABILITIES = BACKEND_CAN_WATCH | BACKEND_CAN_PAGE | BACKEND_CAN_FETCH | BACKEND_CAN_INBOX |
		   BACKEND_CAN_CATALOG | BACKEND_CAN_LOG | BACKEND_CAN_ORDER | BACKEND_CAN_START |
		   BACKEND_CAN_HISTORY | BACKEND_CAN_ASK | BACKEND_CAN_SCHEDULE |
		   BACKEND_CAN_PREVIEW | BACKEND_CAN_SPACE | BACKEND_CAN_FOLLOW };

int64_t temporal_server_ms(const struct temporal *t)
{
	return when_now_ms() + t->link.offset_ms;
}

static void tell(struct temporal *t, enum condition c, const char *sentence)
{
	t->link.told = true;
	t->base.sink->condition(t->base.sink->arg, c, sentence, t->link.fresh_ms);
}

void temporal_link_tell_live(struct temporal *t)
{
	struct str words = { 0 };
	str_add_text(&words, "live");
	t->budget.told = t->budget.rate;
	if (t->budget.rate < t->budget.most)
		str_addf(&words, "; the server limits us to %.2f visibility calls a second",
			 t->budget.rate);
	if (t->settings.off & 1U << TEMPORAL_WRITE)
		str_add_text(&words, "; the UI server has writing switched off");
	if (t->codec.trouble)
		str_addf(&words, "; the codec server %s does not decode", t->codec.url);
	if (t->watch.part_unread)
		str_add_text(&words, "; a run could not be read");
	tell(t, CONDITION_LIVE, str_text(&words));
	str_release(&words);
}

/* ---- the server's clock ---- */

static int month_of(struct view word)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t at = word.len == 3 ? view_find(VIEW(names), word, 0) : SIZE_MAX;
	return at == SIZE_MAX || at % 3 ? 0 : (int)(at / 3) + 1;
}

/* "Sat, 21 Nov 2026 04:15:34 GMT"; 0 where it is none. */
static int64_t date_of(struct view v)
{
	struct str s = { 0 };
	int64_t at = 0;
	int month = v.len == 29 ? month_of(view_cut(v, 8, 3)) : 0;
	if (!month)
		return 0;
	str_add(&s, view_cut(v, 12, 4));
	str_addf(&s, "-%02d-", month);
	str_add(&s, view_cut(v, 5, 2));
	str_add_char(&s, 'T');
	str_add(&s, view_cut(v, 17, 8));
	str_add_char(&s, 'Z');
	if (!when_parse_rfc3339(view_of_str(&s), &at))
		at = 0;
	str_release(&s);
	return at;
}

void temporal_link_fresh(struct temporal *t, const struct http_answer *a)
{
	int64_t now = when_now_ms();
	int64_t date = date_of(view_of(a->header(a, "Date")));
	t->link.fresh_ms = now;
	/* The header has whole seconds: less than two is no offset. */
	if (date && (date - now > 2000 || now - date > 2000))
		t->link.offset_ms = date - now;
	else if (date)
		t->link.offset_ms = 0;
}

/* ---- what failed, and when to try again ---- */

static void wait_after(struct temporal *t, enum condition c, struct str *words)
{
	uint32_t random;
	ident_random(&random, sizeof random);
	int64_t delay = backoff_next(&t->link.backoff, when_mono_ms(), random);
	str_addf(words, "; next try in %lld.%lld s", (long long)delay / 1000,
		 (long long)delay % 1000 / 100);
	t->link.state = TEMPORAL_WAITING;
	loop_timer_set(t->link.retry, delay);
	tell(t, c, str_text(words));
}

static void down(struct temporal *t, const char *what, const struct http_answer *a)
{
	struct str words = { 0 };
	str_add_text(&words, what);
	temporal_add_words(&words, t, a);
	wait_after(t, t->link.was_live && !a->status ? CONDITION_STALE : CONDITION_DOWN, &words);
	t->link.was_live = false;
	str_release(&words);
}

void temporal_link_lost(struct temporal *t, const struct http_answer *a)
{
	if (t->link.state != TEMPORAL_LIVE)
		return;
	temporal_look_stop(t);
	temporal_follows_pause(t);
	down(t, "", a);
}

/* ---- the probe ---- */

static void ask(struct temporal *t, const char *below_space, const char *path,
		temporal_heard_fn *heard)
{
	struct str target = { 0 };
	if (below_space)
		temporal_add_space(&target, t);
	str_add_text(&target, below_space ? below_space : path);
	const struct temporal_ask order = { .target = &target, .heard = heard, .arg = t };
	t->link.call = temporal_ask(t, &order);
}

static void tell_identity(struct temporal *t)
{
	struct str engine = { 0 };
	str_addf(&engine, "Temporal %s", t->link.version);
	const struct backend_identity id = {
		.name = view_of(t->name),
		.space = view_of(t->space),
		.user = view_of(t->user),
		.version = view_of(t->link.version),
		.engine = view_of_str(&engine),
		.read_only = t->read_only,
		.off = t->settings.why,
		.clock_offset_ms = t->link.offset_ms,
	};
	t->base.sink->identity(t->base.sink->arg, ABILITIES, &id);
	str_release(&engine);
}

static void connected(struct temporal *t)
{
	tell_identity(t);
	if (t->dead)
		return;
	t->link.state = TEMPORAL_LIVE;
	t->link.was_live = true;
	backoff_well(&t->link.backoff, when_mono_ms());
	temporal_link_tell_live(t);
	if (!t->dead && t->watch.ticket)
		temporal_watch_begin(t);
	temporal_follows_begin(t);
}

/* An attribute that says by its name that somebody is waited for (5.2, rule 1). */
static void find_waiting(struct temporal *t, const struct json *attributes)
{
	static const char *const names[] = { "ApprovalStatus", "approval_status", "Approval",
					     "HumanTask" };
	if (t->waiting_given)
		return;
	mem_free(t->waiting);
	t->waiting = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && !t->waiting; i++) {
		struct str s = { 0 };
		if (!view_ends(json_get_text(attributes, names[i]), "KEYWORD"))
			continue;
		str_addf(&s, "%s IN ('PENDING', 'Pending', 'pending', 'WAITING', 'waiting')",
			 names[i]);
		t->waiting = str_steal(&s);
	}
}

void temporal_find_waiting(struct temporal *t, struct view body)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	if (doc)
		find_waiting(t, json_get(json_root(doc), "customAttributes"));
	json_free(doc);
}

static void on_attributes(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	t->link.call = NULL;
	if (temporal_ok(a))
		temporal_find_waiting(t, a->body);
	connected(t);	/* older servers have no such list */
}

static void on_space(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	t->link.call = NULL;
	if (temporal_ok(a))
		temporal_take_space(t, a->body);
	if (temporal_ok(a))
		ask(t, "/search-attributes", NULL, on_attributes);
	else
		down(t, "", a);
}

static void on_settings(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	t->link.call = NULL;
	temporal_take_settings(t, a);
	ask(t, "", NULL, on_space);
}

static void on_system(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	t->link.call = NULL;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, 0, NULL) : NULL;
	struct view version = doc ? json_get_text(json_root(doc), "serverVersion") : VIEW("");
	if (version.len) {
		mem_free(t->link.version);
		t->link.version = mem_bytes(version.ptr, version.len);
		ask(t, NULL, "/api/v1/settings", on_settings);
	} else if (temporal_ok(a)) {
		struct str words = { 0 };
		str_addf(&words, "what answers on %s is no Temporal server", t->where);
		wait_after(t, CONDITION_DOWN, &words);
		str_release(&words);
	} else {
		down(t, "", a);
	}
	json_free(doc);
}

static void connect_now(struct temporal *t)
{
	t->link.state = TEMPORAL_CONNECTING;
	if (!t->link.call)
		ask(t, NULL, "/api/v1/system-info", on_system);
}

static void on_retry(void *arg)
{
	connect_now(arg);
}

/* The first sentence, from the loop as all that the sink hears. */
static void on_first(void *arg)
{
	struct temporal *t = arg;
	struct str words = { 0 };
	str_addf(&words, "connecting to Temporal on %s", t->where);
	temporal_enter(t);
	if (t->link.state == TEMPORAL_CONNECTING && !t->link.told)
		tell(t, CONDITION_CONNECTING, str_text(&words));
	temporal_leave(t);
	str_release(&words);
}

void temporal_link_init(struct temporal *t)
{
	t->link.retry = loop_timer(t->base.loop, on_retry, t);
	t->link.first = loop_timer(t->base.loop, on_first, t);
	t->link.version = mem_text("");
	t->link.backoff = (struct backoff){ .first_ms = t->times.first_retry_ms,
					    .max_ms = t->times.max_retry_ms,
					    .healthy_ms = t->times.healthy_ms };
}

void temporal_link_start(struct temporal *t)
{
	if (t->link.state == TEMPORAL_CONNECTING || t->link.state == TEMPORAL_LIVE)
		return;
	if (!t->link.told)
		loop_timer_set(t->link.first, 0);
	loop_timer_stop(t->link.retry);
	connect_now(t);
}

bool temporal_probe(struct backend *b)
{
	struct temporal *t = temporal_of(b);
	if (t->link.state == TEMPORAL_LIVE && !t->link.call && !t->watch.ticket) {
		t->link.state = TEMPORAL_OFF;
		temporal_link_start(t);
	}
	temporal_link_start(t);
	return true;
}

void temporal_link_forget(struct temporal *t)
{
	temporal_call_cancel(t->link.call);
	t->link.call = NULL;
	loop_timer_stop(t->link.retry);
	loop_timer_stop(t->link.first);
	t->link.state = TEMPORAL_OFF;
	t->link.told = t->link.was_live = false;
}

void temporal_link_release(struct temporal *t)
{
	temporal_call_cancel(t->link.call);
	t->link.call = NULL;
	loop_remove(t->link.retry);
	loop_remove(t->link.first);
	t->link.retry = t->link.first = NULL;
	mem_free(t->link.version);
	t->link.version = NULL;
	t->link.state = TEMPORAL_OFF;
}
