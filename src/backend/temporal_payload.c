/* Payloads and failures of Temporal (temporal_payload.h). */
#include "backend/temporal_payload.h"

#include "base/jscan.h"
#include "base/jtext.h"
#include "base/utf8.h"

enum { CAUSES_MAX = 20, PAYLOADS_MAX = 1000, PAYLOAD_BYTES_MAX = 8 << 20 };

/* ---- base64 ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool temporal_base64(struct view text, struct str *out)
{
	size_t before = out->len;
	uint32_t bits = 0;
	int n = 0;
	while (text.len && text.ptr[text.len - 1] == '=')
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		int digit = digit_of(text.ptr[i]);
		if (digit < 0) {
			str_shorten(out, before);
			return false;
		}
		bits = bits << 6 | (uint32_t)digit;
		n += 6;
		if (n >= 8) {
			n -= 8;
			str_add_char(out, (char)(bits >> n & 0xff));
		}
	}
	return true;
}

void temporal_add_base64(struct str *out, struct view bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		uint32_t bits = 0;
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? (unsigned char)bytes.ptr[i + k] : 0U);
		for (size_t k = 0; k < 4; k++)
			str_add_char(out, k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
	}
}

/* ---- payloads ---- */

static bool is_json(struct view v)
{
	return jscan_check(v, (struct jscan_limits){ .size = PAYLOAD_BYTES_MAX }, NULL, NULL);
}

static void add_unknown(struct str *out, struct view bytes, struct view encoding)
{
	struct str words = { 0 };
	str_addf(&words, "<%zu bytes, ", bytes.len);
	str_add(&words, encoding.len ? encoding : VIEW("no encoding"));
	str_add_char(&words, '>');
	jtext_add_quoted(out, view_of_str(&words));
	str_release(&words);
}

static void add_decoded(struct str *out, struct view bytes, struct view encoding)
{
	bool json = view_starts(encoding, "json/");
	bool plain = json || view_is(encoding, "binary/plain");
	if (view_is(encoding, "binary/null"))
		str_add_text(out, "null");
	else if (json && is_json(bytes))
		str_add(out, bytes);
	else if (plain && utf8_valid(bytes))
		jtext_add_quoted(out, bytes);
	else
		add_unknown(out, bytes, encoding);
}

static void add_payload(struct str *out, const struct json *payload)
{
	struct str bytes = { 0 }, encoding = { 0 };
	const struct json *metadata = json_get(payload, "metadata");
	if (!temporal_base64(json_get_text(payload, "data"), &bytes) ||
	    !temporal_base64(json_get_text(metadata, "encoding"), &encoding))
		str_add_text(out, "\"<not base64>\"");
	else
		add_decoded(out, view_of_str(&bytes), view_of_str(&encoding));
	str_release(&bytes);
	str_release(&encoding);
}

struct view temporal_payload(const struct json *payload, struct arena *arena)
{
	struct str out = { 0 };
	if (json_kind(payload) != JSON_OBJECT)
		return VIEW("");
	add_payload(&out, payload);
	struct view v = arena_view(arena, view_of_str(&out));
	str_release(&out);
	return v;
}

struct view temporal_payloads(const struct json *payloads, struct arena *arena)
{
	const struct json *list = json_get(payloads, "payloads");
	size_t n = 0, count = json_count(list);
	struct str out = { 0 };
	if (json_kind(list) != JSON_ARRAY || !count)
		return VIEW("");
	if (count == 1)
		return temporal_payload(json_first(list), arena);
	str_add_char(&out, '[');
	for (const struct json *i = json_first(list); i && n < PAYLOADS_MAX; i = json_next(i)) {
		if (n++)
			str_add_char(&out, ',');
		add_payload(&out, i);
	}
	str_add_char(&out, ']');
	struct view v = arena_view(arena, view_of_str(&out));
	str_release(&out);
	return v;
}

struct view temporal_payload_text(const struct json *payload, struct arena *arena)
{
	struct view json = temporal_payload(payload, arena);
	struct jtext t = jtext_of(json);
	if (jtext_peek(&t) == JTEXT_STRING)
		return arena_view(arena, jtext_string(&t, arena));
	return json;
}

void temporal_add_payloads(struct str *out, const struct view *values, size_t n)
{
	str_add_text(out, "{\"payloads\":[");
	for (size_t i = 0; i < n; i++) {
		str_add_text(out, i ? "," : "");
		str_add_text(out, "{\"metadata\":{\"encoding\":\"anNvbi9wbGFpbg==\"},\"data\":\"");
		temporal_add_base64(out, values[i]);
		str_add_text(out, "\"}");
	}
	str_add_text(out, "]}");
}

/* ---- failures ---- */

static struct view copy(const struct json *v, const char *key, struct arena *arena)
{
	return arena_view(arena, json_get_text(v, key));
}

/* A kind of failure: which member tells it, and where in that member its type is. */
static const struct {
	const char *info, *type;
	const char *word;	/* where `type` is not there */
} kinds[] = {
	{ "applicationFailureInfo", "type", "" },
	{ "timeoutFailureInfo", "timeoutType", "timeout" },
	{ "canceledFailureInfo", NULL, "cancelled" },
	{ "terminatedFailureInfo", NULL, "terminated" },
	{ "serverFailureInfo", NULL, "server" },
	{ "resetWorkflowFailureInfo", NULL, "reset" },
	{ "nexusOperationExecutionFailureInfo", "operation", "nexus operation" },
};

static struct view type_of(const struct json *failure, struct arena *arena)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct json *info = json_get(failure, kinds[i].info);
		if (!info)
			continue;
		struct view type = kinds[i].type ? copy(info, kinds[i].type, arena) : VIEW("");
		if (view_starts(type, "TIMEOUT_TYPE_"))
			type = view_cut(type, 13, type.len);
		return type.len ? type : view_of(kinds[i].word);
	}
	return VIEW("");
}

/* What only says that something inside it failed. */
static bool is_wrapper(const struct json *failure, struct arena *arena, struct view *task)
{
	const struct json *activity = json_get(failure, "activityFailureInfo");
	const struct json *child = json_get(failure, "childWorkflowExecutionFailureInfo");
	if (activity)
		*task = copy(json_get(activity, "activityType"), "name", arena);
	else if (child)
		*task = copy(json_get(child, "workflowType"), "name", arena);
	return (activity || child) && json_kind(json_get(failure, "cause")) == JSON_OBJECT;
}

/* Message and stack that lie in a payload, once that can be read. */
static void read_encoded(const struct json *failure, struct arena *arena, struct error_facts *out)
{
	const struct json *payload = json_get(failure, "encodedAttributes");
	struct view text = payload ? temporal_payload(payload, arena) : VIEW("");
	struct json_doc *doc = text.len ? json_parse(text, PAYLOAD_BYTES_MAX, NULL) : NULL;
	const struct json *root = doc ? json_root(doc) : NULL;
	if (json_get_text(root, "message").len)
		out->message = copy(root, "message", arena);
	if (json_get_text(root, "stack_trace").len)
		out->stack = copy(root, "stack_trace", arena);
	json_free(doc);
}

static struct view cause_words(const struct json *failure, struct arena *arena)
{
	struct view type = type_of(failure, arena);
	struct error_facts error = { .message = json_get_text(failure, "message") };
	struct str words = { 0 };
	read_encoded(failure, arena, &error);
	str_add(&words, type);
	str_add_text(&words, type.len ? ": " : "");
	str_add(&words, error.message);
	struct view v = arena_view(arena, view_of_str(&words));
	str_release(&words);
	return v;
}

bool temporal_failure(const struct json *failure, struct arena *arena, struct error_facts *out)
{
	if (json_kind(failure) != JSON_OBJECT)
		return false;
	while (is_wrapper(failure, arena, &out->task))
		failure = json_get(failure, "cause");
	struct view *causes = arena_array(arena, CAUSES_MAX, sizeof *causes);
	out->message = copy(failure, "message", arena);
	out->stack = (struct view){ 0 };
	read_encoded(failure, arena, out);
	out->type = type_of(failure, arena);
	if (!out->stack.len)
		out->stack = copy(failure, "stackTrace", arena);
	out->causes = causes;
	out->n_causes = 0;
	const struct json *cause = json_get(failure, "cause");
	while (json_kind(cause) == JSON_OBJECT && out->n_causes < CAUSES_MAX) {
		causes[out->n_causes++] = cause_words(cause, arena);
		if (!out->stack.len)
			out->stack = copy(cause, "stackTrace", arena);
		cause = json_get(cause, "cause");
	}
	if (!out->message.len && !out->type.len)
		out->message = VIEW("failed without a message");
	return true;
}
