/* Webhooks: a signed delivery becomes the start of a run. Who knows the secret may
 * start this one workflow, nothing else. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/when.h"
#include "engine/crypto.h"
#include "engine/engine_inside.h"
#include "flow/template.h"
#include "wire/json.h"

enum { WINDOW_MS = 300000 };

struct delivery {
	struct engine *e;
	const struct engine_hook *hook;
	const struct workflow *workflow;
	int64_t now_ms;
	struct str params, route, key;
};

/* ---- is it from who knows the secret ------------------------------------------------ */

static bool is_in_window(const struct delivery *d)
{
	int64_t at = 0;
	if (!d->hook->timestamp.len)
		return true;
	if (!number_parse(d->hook->timestamp, 0, INT64_MAX / 1000, &at))
		return false;
	at = d->now_ms - at * 1000;
	return at <= WINDOW_MS && at >= -WINDOW_MS;
}

/* With a timestamp, that is signed too: "TIMESTAMP.BODY". */
static bool is_signed(const struct delivery *d, struct view secret)
{
	char hex[CRYPTO_HEX + 1];
	struct str text = {0}, want = {0};
	if (d->hook->timestamp.len) {
		str_add(&text, d->hook->timestamp);
		str_add_char(&text, '.');
	}
	str_add(&text, d->hook->body);
	crypto_hmac_sha256(secret, view_of_str(&text), hex);
	str_addf(&want, "sha256=%s", hex);
	bool same = crypto_equal(view_of_str(&want), d->hook->signature);
	str_release(&text);
	str_release(&want);
	return same;
}

const char *engine_hook_secret(const struct workflow *w)
{
	char *name = mem_bytes(w->webhook_secret_env.ptr, w->webhook_secret_env.len);
	const char *secret = getenv(name);
	mem_free(name);
	return secret && *secret ? secret : NULL;
}

/* The reason stays here, in the audit trail: outside all refusals look alike. */
static const char *why_not(const struct delivery *d)
{
	const char *secret = engine_hook_secret(d->workflow);
	if (!secret)
		return "the engine's environment does not have its secret";
	if (!d->hook->signature.len)
		return "there is no X-Hub-Signature-256";
	if (!is_signed(d, view_of(secret)))
		return "the signature is wrong";
	if (!is_in_window(d))
		return "its timestamp is more than five minutes away";
	return NULL;
}

static bool check(const struct delivery *d, struct err *err)
{
	const char *why = why_not(d);
	if (!why)
		return true;
	struct str what = {0}, words = {0};
	str_addf(&what, "webhook %.*s", (int)d->workflow->name.len, d->workflow->name.ptr);
	str_addf(&words, "refused: %s", why);
	engine_audit(d->e, VIEW("webhook"), view_of_str(&what), view_of_str(&words));
	str_release(&what);
	str_release(&words);
	return err_set(err, ERR_REFUSED, "this delivery is not signed as it must be");
}

/* ---- what it brings ---------------------------------------------------------------------- */

static bool look_up(void *arg, const struct expr_path *path, struct view *json, size_t *used)
{
	const struct delivery *d = arg;
	if (path->len < 2 || !view_is(path->parts[0], "event") || !view_is(path->parts[1], "body"))
		return false;
	*json = d->hook->body;
	*used = 2;
	return json->len > 0;
}

static bool fill_params(struct delivery *d, struct err *err)
{
	const struct expr_scope scope = { look_up, d };
	const struct pairs *params = &d->workflow->webhook_params;
	struct str value = {0};
	struct jsonw w;
	bool good = true;
	jsonw_init(&w, &d->params);
	jsonw_object(&w, NULL);
	for (size_t i = 0; good && i < params->len; i++) {
		str_clear(&value);
		good = template_fill_json(params->items[i].value, &scope, &value, err);
		/* What the event does not say is as if the parameter was not given. */
		if (!good || view_is(view_of_str(&value), "null"))
			continue;
		jsonw_key(&w, params->items[i].name);
		jsonw_raw(&w, NULL, view_of_str(&value));
	}
	jsonw_end_object(&w);
	str_release(&value);
	return good;
}

static bool is_json(struct view body, struct err *err)
{
	struct json_doc *doc = json_parse(body, 0, err);
	json_free(doc);
	return doc != NULL;
}

/* ---- once ---------------------------------------------------------------------------------- */

static void make_key(struct delivery *d, int64_t window)
{
	str_clear(&d->key);
	if (d->hook->delivery.len) {
		str_add_text(&d->key, "delivery ");
		str_add(&d->key, d->hook->delivery);
		return;
	}
	str_add(&d->key, d->hook->signature);
	str_addf(&d->key, " %lld", (long long)window);
}

static bool is_known(struct delivery *d)
{
	const struct journal_answer question = {
		.caller = VIEW("webhook"), .route = view_of_str(&d->route),
		.key = view_of_str(&d->key),
	};
	struct journal_answer before;
	struct str text = {0};
	bool known = journal_answered(d->e->journal, &question, &before, &text);
	str_release(&text);
	return known;
}

/* A delivery counts once by its id; one without an id, once in the window before. */
static void choose_key(struct delivery *d)
{
	int64_t window = d->now_ms / WINDOW_MS;
	make_key(d, window - 1);
	if (!is_known(d))
		make_key(d, window);
}

/* A time that is signed makes the signature the delivery's own, which its id is not: the
 * same one under another id was recorded by somebody and sent again. */
static void add_signed_key(struct delivery *d, struct str *key)
{
	if (!d->hook->timestamp.len || !d->hook->delivery.len)
		return;
	str_add_text(key, "signed ");
	str_add(key, d->hook->signature);
}

static void submit(struct delivery *d, engine_reply_fn *fn, void *arg)
{
	str_addf(&d->route, "POST /v1/hooks/%.*s", (int)d->workflow->name.len,
		 d->workflow->name.ptr);
	struct str signed_key = {0};
	choose_key(d);
	add_signed_key(d, &signed_key);
	const struct engine_order order = {
		.verb = VERB_START, .workflow = d->workflow->name,
		.params = view_of_str(&d->params), .trigger = TRIGGER_WEBHOOK,
		.trigger_source = d->hook->delivery, .caller = { .by = VIEW("webhook") },
		.key = view_of_str(&d->key), .route = view_of_str(&d->route),
		.body = d->hook->body, .other_key = view_of_str(&signed_key),
	};
	engine_submit(d->e, &order, fn, arg);
	str_release(&signed_key);
}

bool engine_hook(struct engine *e, const struct engine_hook *hook, struct engine_answer_to to,
		 struct err *err)
{
	struct delivery d = { .e = e, .hook = hook, .now_ms = when_now_ms() };
	engine_read_catalog(e);
	d.workflow = catalog_find(e->catalog, hook->workflow);
	bool good = false;
	if (!d.workflow || !d.workflow->has_webhook)
		err_set(err, ERR_NOT_FOUND, "there is no webhook of this name");
	else
		good = check(&d, err) && is_json(hook->body, err) && fill_params(&d, err);
	if (good)
		submit(&d, to.fn, to.arg);
	str_release(&d.params);
	str_release(&d.route);
	str_release(&d.key);
	return good;
}
