/* The codec server: an answer that holds payloads which only it can read goes there
 * first. Where it fails the answer is used as it came, and the context says so. */
#include "backend/temporal_inside.h"

#include "backend/temporal_codec.h"
#include "base/mem.h"

enum { DECODE_MS = 10000, DECODED_MAX = 32 << 20 };

/* One answer on its way through the codec. */
struct temporal_decoding {
	struct temporal_job *job;
	struct http_request *request;
	struct json_doc *answer;
	struct str body;
	int status;
};

void temporal_decoding_free(struct temporal_decoding *d)
{
	if (!d)
		return;
	http_cancel(d->request);
	json_free(d->answer);
	str_release(&d->body);
	mem_free(d);
}

void temporal_codec_open(struct temporal *t, const char *url, const char *token)
{
	const struct http_config http = { .base_url = url, .unix_path = t->codec_unix_path, .bearer = token,
					  .ca_file = t->ca_file };
	temporal_histories_forget(t);
	http_free(t->codec);
	t->codec = http_new(t->base.loop, &http);
	mem_free(t->codec_url);
	t->codec_url = mem_text(url);
}

void temporal_codec_settings(struct temporal *t, const struct json *settings)
{
	const struct json *codec = json_get(settings, "Codec");
	struct view endpoint = json_get_text(codec, "Endpoint");
	struct str url = { 0 };
	if (t->codec || !endpoint.len)
		return;
	str_add(&url, endpoint);
	temporal_codec_open(t, str_text(&url),
			    json_true(json_get(codec, "PassAccessToken")) ? t->token : NULL);
	str_release(&url);
}

static const char *no_header(const struct http_answer *a, const char *name)
{
	return NULL;
}

static void note_trouble(struct temporal *t, bool trouble)
{
	if (t->codec_trouble == trouble)
		return;
	t->codec_trouble = trouble;
	if (t->link.state == TEMPORAL_LIVE)
		temporal_link_tell_live(t);
}

/* The job goes on with the text; it may end there. */
static void go_on(struct temporal_decoding *d, struct view text)
{
	struct temporal_job *j = d->job;
	const struct http_answer answer = { .status = d->status, .body = text,
					    .header = no_header, .sent = true };
	j->decoding = NULL;
	j->answered(j, &answer);
	temporal_decoding_free(d);
}

static void on_decoded(void *arg, const struct http_answer *a)
{
	struct temporal_decoding *d = arg;
	struct temporal *t = d->job->t;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, DECODED_MAX, NULL) : NULL;
	struct str text = { 0 };
	d->request = NULL;
	temporal_enter(t);
	bool ok = doc && temporal_codec_put(json_root(d->answer), json_root(doc), &text);
	note_trouble(t, !ok);
	json_free(doc);
	if (t->dead)
		temporal_decoding_free(d);
	else
		go_on(d, ok ? view_of_str(&text) : view_of_str(&d->body));
	str_release(&text);
	temporal_leave(t);
}

bool temporal_decode(struct temporal_job *j, const struct http_answer *a)
{
	struct temporal *t = j->t;
	struct str ask = { 0 }, space = { 0 };
	if (!t->codec || j->verbatim || !temporal_ok(a))
		return false;
	struct json_doc *doc = json_parse(a->body, DECODED_MAX, NULL);
	if (!doc || !temporal_codec_collect(json_root(doc), &ask)) {
		json_free(doc);
		str_release(&ask);
		return false;
	}
	struct temporal_decoding *d = mem_zero(sizeof *d);
	d->job = j;
	d->answer = doc;
	d->status = a->status;
	str_add(&d->body, a->body);
	str_addf(&space, "X-Namespace: %s", t->space);
	const char *const headers[] = { str_text(&space), NULL };
	const struct http_order order = { .method = "POST", .target = "/decode",
					  .headers = headers, .body = view_of_str(&ask),
					  .max_bytes = DECODED_MAX, .timeout_ms = DECODE_MS };
	j->decoding = d;
	d->request = http_send(t->codec, &order, NULL, on_decoded, d);
	str_release(&ask);
	str_release(&space);
	return true;
}
