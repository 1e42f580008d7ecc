/* The codec server: an answer that holds payloads which only it can read goes there
 * first. What it said of small ones is kept: the same card is looked at again and again.
 * Where it fails the answer is used as it came, and the context says so. */
#include "backend/temporal_inside.h"

#include "backend/temporal_codec.h"
#include "base/mem.h"

enum { DECODE_MS = 10000, KEPT_MAX = 256, KEPT_BYTES = 16 << 10 };

/* One answer on its way through the codec. */
struct temporal_decoding {
	struct temporal *t;
	struct temporal_decoding **place;	/* the caller's */
	temporal_heard_fn *heard;
	void *arg;
	struct http_request *request;
	struct json_doc *answer;
	struct str ask;			/* what only the codec can read */
	struct str body;		/* the answer as it came */
	int status;
};

void temporal_decoding_free(struct temporal_decoding *d)
{
	if (!d)
		return;
	http_cancel(d->request);
	json_free(d->answer);
	str_release(&d->ask);
	str_release(&d->body);
	mem_free(d);
}

/* ---- the codec server ---- */

/* Those of more than one namespace have {namespace} in it, as Temporal's own tools. */
static void add_url(struct str *url, const struct temporal *t, struct view given)
{
	struct view rest = given;
	size_t at;
	while ((at = view_find(rest, VIEW("{namespace}"), 0)) != SIZE_MAX) {
		str_add(url, view_cut(rest, 0, at));
		http_add_encoded(url, view_of(t->space));
		rest = view_cut(rest, at + strlen("{namespace}"), rest.len);
	}
	while (view_ends(rest, "/"))
		rest.len--;
	str_add(url, rest);
}

static void forget_kept(struct temporal *t)
{
	size_t at = 0;
	struct view key;
	void *value;
	while (map_next(&t->codec.kept, &at, &key, &value))
		mem_free(value);
	map_release(&t->codec.kept);
	t->codec.kept = (struct map){ 0 };
}

static void connect_codec(struct temporal *t)
{
	struct temporal_codec *c = &t->codec;
	struct str url = { 0 };
	add_url(&url, t, view_of(c->url));
	const struct http_config http = { .base_url = str_text(&url), .unix_path = c->unix_path,
					  .bearer = c->token, .ca_file = t->ca_file };
	temporal_histories_forget(t);
	temporal_memos_forget(t);
	forget_kept(t);
	http_free(c->http);
	c->http = http_new(t->base.loop, &http);
	str_release(&url);
}

void temporal_codec_open(struct temporal *t, const char *url, const char *token)
{
	struct temporal_codec *c = &t->codec;
	mem_free(c->url);
	mem_free(c->token);
	c->url = mem_text(url);
	c->token = token ? mem_text(token) : NULL;
	connect_codec(t);
}

void temporal_codec_go_over(struct temporal *t)
{
	if (t->codec.http)
		connect_codec(t);
}

void temporal_codec_release(struct temporal *t)
{
	struct temporal_codec *c = &t->codec;
	http_free(c->http);
	forget_kept(t);
	mem_free(c->url);
	mem_free(c->token);
	mem_free(c->unix_path);
	*c = (struct temporal_codec){ 0 };
}

/* Our token is for who may read it: nobody on the way, as in Temporal's UI. */
static bool is_private(struct view url)
{
	static const char *const here[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		size_t len = strlen(here[i]);
		if (view_starts(url, here[i]) && (url.len == len || strchr(":/", url.ptr[len])))
			return true;
	}
	return view_starts(url, "https://");
}

void temporal_codec_settings(struct temporal *t, const struct json *settings)
{
	const struct json *codec = json_get(settings, "Codec");
	struct view endpoint = json_get_text(codec, "Endpoint");
	struct str url = { 0 };
	if (t->codec.http || !endpoint.len)
		return;
	str_add(&url, endpoint);
	bool pass = json_true(json_get(codec, "PassAccessToken")) && is_private(endpoint);
	temporal_codec_open(t, str_text(&url), pass ? t->token : NULL);
	str_release(&url);
}

/* ---- one answer ---- */

static const char *no_header(const struct http_answer *a, const char *name)
{
	return NULL;
}

static void go_on(struct temporal_decoding *d, struct view text, bool sealed)
{
	const struct http_answer answer = { .status = d->status, .body = text,
					    .header = no_header, .sent = true };
	*d->place = NULL;
	d->t->codec.sealed = sealed;
	d->heard(d->arg, &answer);
	temporal_decoding_free(d);
}

static bool put(const struct temporal_decoding *d, struct view decoded, struct str *text)
{
	struct json_doc *doc = json_parse(decoded, TEMPORAL_BODY_MAX, NULL);
	bool ok = doc && temporal_codec_put(json_root(d->answer), json_root(doc), text);
	json_free(doc);
	return ok;
}

static void keep(struct temporal *t, const struct str *ask, struct view decoded)
{
	if (ask->len + decoded.len > KEPT_BYTES)
		return;
	if (t->codec.kept.len >= KEPT_MAX)
		forget_kept(t);
	mem_free(map_put(&t->codec.kept, view_of_str(ask), mem_bytes(decoded.ptr, decoded.len)));
}

/* Of what it was given: to be asked again for less of it. */
static bool is_refusal(int status)
{
	return status == 400 || status == 413 || status == 422 || status == 500;
}

static void on_decoded(void *arg, const struct http_answer *a)
{
	struct temporal_decoding *d = arg;
	struct temporal *t = d->t;
	struct str text = { 0 };
	d->request = NULL;
	temporal_enter(t);
	bool ok = temporal_ok(a) && put(d, a->body, &text), news = t->codec.trouble == ok;
	if (ok)
		keep(t, &d->ask, a->body);
	t->codec.trouble = !ok;
	t->codec.refused = is_refusal(a->status);
	go_on(d, ok ? view_of_str(&text) : view_of_str(&d->body), !ok);
	if (news && !t->dead && t->link.state == TEMPORAL_LIVE)
		temporal_link_tell_live(t);
	str_release(&text);
	temporal_leave(t);
}

static void send(struct temporal_decoding *d)
{
	struct str space = { 0 };
	str_addf(&space, "X-Namespace: %s", d->t->space);
	const char *const headers[] = { str_text(&space), NULL };
	const struct http_order order = { .method = "POST", .target = "/decode",
					  .headers = headers, .body = view_of_str(&d->ask),
					  .max_bytes = TEMPORAL_BODY_MAX, .timeout_ms = DECODE_MS };
	d->request = http_send(d->t->codec.http, &order, NULL, on_decoded, d);
	str_release(&space);
}

bool temporal_decode(const struct temporal_sealed *s, const struct http_answer *a)
{
	struct str ask = { 0 }, text = { 0 };
	if (!s->t->codec.http || !temporal_ok(a))
		return false;
	struct json_doc *doc = json_parse(a->body, TEMPORAL_BODY_MAX, NULL);
	if (!doc || !temporal_codec_collect(json_root(doc), &ask)) {
		json_free(doc);
		str_release(&ask);
		return false;
	}
	struct temporal_decoding *d = mem_zero(sizeof *d);
	*d = (struct temporal_decoding){ .t = s->t, .place = s->place, .heard = s->heard, .arg = s->arg,
					 .answer = doc, .ask = ask, .status = a->status };
	*d->place = d;
	const char *kept = map_get(&s->t->codec.kept, view_of_str(&ask));
	if (kept && put(d, view_of(kept), &text)) {
		go_on(d, view_of_str(&text), false);
		str_release(&text);
		return true;
	}
	str_add(&d->body, a->body);
	send(d);
	return true;
}
