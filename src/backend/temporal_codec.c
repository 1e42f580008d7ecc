/* Payloads that only a codec server can read (temporal_codec.h). */
#include "backend/temporal_codec.h"

#include "backend/temporal_payload.h"
#include "base/jtext.h"

enum { DEPTH_MAX = 200, PAYLOADS_MAX = 2000 };

/* A walk over the answer: collects, or prints it anew. */
struct walk {
	struct str *out;
	const struct json *next;	/* decoded, while it prints */
	bool prints;
	size_t n;
};

static bool is_readable(struct view encoding)
{
	return view_starts(encoding, "json/") || view_is(encoding, "binary/null") ||
	       view_is(encoding, "binary/plain") || view_is(encoding, "binary/protobuf") ||
	       !encoding.len;
}

/* {"metadata":{"encoding":...},"data":...} of an encoding that is none of ours. */
bool temporal_codec_needs(const struct json *v)
{
	struct str encoding = { 0 };
	const struct json *metadata = json_get(v, "metadata");
	bool needs = json_kind(json_get(metadata, "encoding")) == JSON_STRING &&
		     json_kind(json_get(v, "data")) == JSON_STRING &&
		     temporal_base64(json_get_text(metadata, "encoding"), &encoding) &&
		     !is_readable(view_of_str(&encoding));
	str_release(&encoding);
	return needs;
}

static bool walk(struct walk *w, const struct json *v, int depth);

static bool take_payload(struct walk *w, const struct json *v)
{
	if (w->n++ >= PAYLOADS_MAX)
		return false;
	if (!w->prints) {
		str_add_text(w->out, w->n > 1 ? "," : "{\"payloads\":[");
		json_print(v, w->out);
		return true;
	}
	if (!w->next)
		return false;
	json_print(w->next, w->out);
	w->next = json_next(w->next);
	return true;
}

static void put(struct walk *w, const char *text)
{
	if (w->prints)
		str_add_text(w->out, text);
}

static bool walk_members(struct walk *w, const struct json *v, int depth)
{
	bool object = json_kind(v) == JSON_OBJECT;
	put(w, object ? "{" : "[");
	for (const struct json *i = json_first(v); i; i = json_next(i)) {
		put(w, i == json_first(v) ? "" : ",");
		if (w->prints && object) {
			jtext_add_quoted(w->out, json_key(i));
			str_add_char(w->out, ':');
		}
		if (!walk(w, i, depth + 1))
			return false;
	}
	put(w, object ? "}" : "]");
	return true;
}

static bool walk(struct walk *w, const struct json *v, int depth)
{
	enum json_kind kind = json_kind(v);
	if (depth > DEPTH_MAX)
		return false;
	if (temporal_codec_needs(v))
		return take_payload(w, v);
	if (kind == JSON_OBJECT || kind == JSON_ARRAY)
		return walk_members(w, v, depth);
	if (w->prints)
		json_print(v, w->out);
	return true;
}

size_t temporal_codec_collect(const struct json *answer, struct str *out)
{
	struct walk w = { .out = out };
	size_t before = out->len;
	if (!walk(&w, answer, 0) || !w.n) {
		str_shorten(out, before);
		return 0;
	}
	str_add_text(out, "]}");
	return w.n;
}

bool temporal_codec_put(const struct json *answer, const struct json *decoded, struct str *out)
{
	struct walk w = { .out = out, .prints = true };
	size_t before = out->len;
	w.next = json_first(json_get(decoded, "payloads"));
	if (walk(&w, answer, 0) && !w.next)
		return true;
	str_shorten(out, before);
	return false;
}
