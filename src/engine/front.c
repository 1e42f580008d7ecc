/* The strict reader of request heads (RFC 9112, the strict side of every choice):
 * HTTP/1.1 and CRLF only, one Host, plain digits as length, no Transfer-Encoding. */
#include "engine/front.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"

enum { METHOD_MAX = 16, PORT_TEXT = 16 };

static const struct front_refusal
	bad_line = { 400, "bad_request", "the request line is malformed" },
	bad_header = { 400, "bad_request", "a header is malformed" },
	bad_line_end = { 400, "bad_request", "a line does not end with CR LF" },
	bad_version = { 505, "http_version", "only version 1.1 of HTTP is spoken here" },
	too_long = { 431, "head_too_large", "the request's head is over 16 KiB" },
	too_many = { 431, "head_too_large", "the request has more than 64 headers" },
	doubled = { 400, "bad_request", "a header that may stand once stands twice" },
	no_host = { 400, "bad_request", "the Host header is missing or malformed" },
	bad_length = { 400, "bad_request", "Content-Length is not a number" },
	big_body = { 413, "body_too_large", "the body is over 1 MiB" },
	no_encoding = { 501, "not_implemented", "Transfer-Encoding is not taken in requests" },
	no_expect = { 417, "expectation_failed", "no Expect is met here" },
	body_on_get = { 400, "bad_request", "this method takes no body" },
	foreign_host = { 421, "misdirected", "this Host is not served here" },
	foreign_origin = { 403, "forbidden", "requests from web pages are refused" };

static enum front_state refuse(struct front_refusal *why, const struct front_refusal *because)
{
	*why = *because;
	return FRONT_REFUSED;
}

static bool is_token(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return v.len > 0;
}

static bool is_fold_eq(struct view v, const char *text)
{
	return v.len == strlen(text) && !strncasecmp(v.ptr, text, v.len);
}

/* One line off the front. MORE while its end has not come. */
static enum front_state next_line(struct view bytes, size_t *at, struct view *line,
				  struct front_refusal *why)
{
	size_t end = view_find_byte(bytes, '\n', *at);
	if (end == SIZE_MAX)
		return FRONT_MORE;
	if (end == *at || bytes.ptr[end - 1] != '\r')
		return refuse(why, &bad_line_end);
	*line = view_cut(bytes, *at, end - 1 - *at);
	*at = end + 1;
	return FRONT_GOOD;
}

static bool is_target(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\' || c == '"' || c == '<')
			return false;
	}
	return v.len && v.ptr[0] == '/';
}

static bool is_other_version(struct view v)
{
	return v.len == 8 && view_starts(v, "HTTP/") && isdigit((unsigned char)v.ptr[5]) &&
	       v.ptr[6] == '.' && isdigit((unsigned char)v.ptr[7]);
}

static enum front_state read_request_line(struct view line, struct front_head *head,
					  struct front_refusal *why)
{
	struct view target;
	if (!view_split(&line, ' ', &head->method) || !view_split(&line, ' ', &target))
		return refuse(why, &bad_line);
	if (!is_token(head->method) || head->method.len > METHOD_MAX || !is_target(target))
		return refuse(why, &bad_line);
	if (!view_is(line, "HTTP/1.1"))
		return refuse(why, is_other_version(line) ? &bad_version : &bad_line);
	view_split(&target, '?', &head->path);
	head->query = target;
	return FRONT_GOOD;
}

static bool is_value(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static struct view trim_blanks(struct view v)
{
	while (v.len && (v.ptr[0] == ' ' || v.ptr[0] == '\t'))
		v = view_cut(v, 1, v.len);
	while (v.len && (v.ptr[v.len - 1] == ' ' || v.ptr[v.len - 1] == '\t'))
		v.len--;
	return v;
}

static enum front_state read_header(struct view line, struct front_head *head,
				    struct front_refusal *why)
{
	struct front_header h;
	size_t colon = view_find_byte(line, ':', 0);
	if (colon == SIZE_MAX)
		return refuse(why, &bad_header);
	h.name = view_cut(line, 0, colon);
	h.value = trim_blanks(view_cut(line, colon + 1, line.len));
	if (!is_token(h.name) || !is_value(h.value))
		return refuse(why, &bad_header);
	if (head->n_headers == FRONT_HEADERS_MAX)
		return refuse(why, &too_many);
	head->headers[head->n_headers++] = h;
	return FRONT_GOOD;
}

bool front_header(const struct front_head *head, const char *name, struct view *value)
{
	for (size_t i = 0; i < head->n_headers; i++) {
		if (is_fold_eq(head->headers[i].name, name)) {
			*value = head->headers[i].value;
			return true;
		}
	}
	return false;
}

static bool has_twice(const struct front_head *head, const char *name)
{
	int n = 0;
	for (size_t i = 0; i < head->n_headers; i++)
		n += is_fold_eq(head->headers[i].name, name);
	return n > 1;
}

static bool is_host(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if (!c || (!isalnum(c) && !strchr("-._~:[]%", c)))
			return false;
	}
	return v.len > 0;
}

static enum front_state check_headers(struct front_head *head, struct front_refusal *why)
{
	static const char *const once[] = {
		"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization",
		"Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "Origin",
	};
	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (has_twice(head, once[i]))
			return refuse(why, &doubled);
	struct view value;
	if (!front_header(head, "Host", &value) || !is_host(value))
		return refuse(why, &no_host);
	if (front_header(head, "Transfer-Encoding", &value))
		return refuse(why, &no_encoding);
	if (front_header(head, "Expect", &value))
		return refuse(why, &no_expect);
	if (!front_header(head, "Content-Length", &value))
		return FRONT_GOOD;
	if (!number_parse(value, 0, INT64_MAX, &head->body_len) || value.ptr[0] == '-')
		return refuse(why, &bad_length);
	if (head->body_len > FRONT_BODY_MAX)
		return refuse(why, &big_body);
	if (head->body_len && (view_is(head->method, "GET") || view_is(head->method, "HEAD")))
		return refuse(why, &body_on_get);
	return FRONT_GOOD;
}

static enum front_state read_lines(struct view bytes, struct front_head *head,
				   struct front_refusal *why)
{
	struct view line;
	size_t at = 0;
	enum front_state state = next_line(bytes, &at, &line, why);
	if (state == FRONT_GOOD)
		state = read_request_line(line, head, why);
	while (state == FRONT_GOOD) {
		state = next_line(bytes, &at, &line, why);
		if (state == FRONT_GOOD && !line.len)
			break;
		if (state == FRONT_GOOD)
			state = read_header(line, head, why);
	}
	head->len = at;
	return state;
}

enum front_state front_read(struct view bytes, struct front_head *head, struct front_refusal *why)
{
	*head = (struct front_head){ 0 };
	enum front_state state = read_lines(view_cut(bytes, 0, FRONT_HEAD_MAX), head, why);
	if (state == FRONT_MORE && bytes.len >= FRONT_HEAD_MAX)
		return refuse(why, &too_long);
	return state == FRONT_GOOD ? check_headers(head, why) : state;
}

/* A Host is one of ours with our port, or without one on port 80. */
static bool is_our_host(struct view host, int port)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct str with_port = { 0 };
		str_addf(&with_port, "%s:%d", names[i], port);
		bool ours = is_fold_eq(host, str_text(&with_port)) ||
			    (port == 80 && is_fold_eq(host, names[i]));
		str_release(&with_port);
		if (ours)
			return true;
	}
	return false;
}

bool front_check_web(const struct front_head *head, int port, struct front_refusal *why)
{
	struct view value;
	if (!front_header(head, "Host", &value) || !is_our_host(value, port)) {
		refuse(why, &foreign_host);
		return false;
	}
	if (front_header(head, "Origin", &value) || front_header(head, "Sec-Fetch-Site", &value)) {
		refuse(why, &foreign_origin);
		return false;
	}
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool front_decode(struct view v, enum front_place place, struct str *out)
{
	size_t start = out->len;
	for (size_t i = 0; i < v.len; i++) {
		char c = v.ptr[i];
		if (c == '+' && place == FRONT_IN_QUERY)
			c = ' ';
		if (c == '%') {
			int high = i + 2 < v.len ? hex_value(v.ptr[i + 1]) : -1;
			int low = i + 2 < v.len ? hex_value(v.ptr[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (!c)
			return false;
		str_add_char(out, c);
	}
	return utf8_valid(view_cut(view_of_str(out), start, out->len - start));
}

bool front_query(const struct front_head *head, const char *name, struct str *out, bool *bad)
{
	struct view rest = head->query, pair, key;
	struct str decoded = { 0 };
	bool found = false;
	while (view_split(&rest, '&', &pair)) {
		view_split(&pair, '=', &key);
		str_clear(&decoded);
		if (!front_decode(key, FRONT_IN_QUERY, &decoded)) {
			*bad = true;
			continue;
		}
		if (!view_is(view_of_str(&decoded), name))
			continue;
		*bad |= found || !front_decode(pair, FRONT_IN_QUERY, out);
		found = true;
	}
	str_release(&decoded);
	return found;
}
