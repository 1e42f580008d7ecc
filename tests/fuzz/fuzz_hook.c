/* Deliveries to a webhook over HTTP: rightly signed ones with any body become a run or
 * a refusal; others never do. Input: an octet for how it is signed, a line for the
 * headers, the body. */
#include <stdint.h>

#include "base/mem.h"
#include "base/when.h"
#include "engine/crypto.h"
#include "site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum how {
	SIGNED, SIGNED_IN_TIME, SIGNED_BY_ID,
	WRONG_KEY, WRONG_BODY, WRONG_TIME, LINE_AS_SIGNATURE, LINE_AS_TIME, UNSIGNED,
	HOWS
};

static void sign(const char *key, struct view text, struct str *out)
{
	char hex[CRYPTO_HEX + 1];
	crypto_hmac_sha256(view_of(key), text, hex);
	str_addf(out, "X-Hub-Signature-256: sha256=%s\r\n", hex);
}

static void add_header(struct str *out, const char *name, struct view line)
{
	bool good = line.len && view_find_byte(line, '\r', 0) == SIZE_MAX &&
		    view_find_byte(line, '\0', 0) == SIZE_MAX;
	str_add_text(out, name);
	str_add(out, good ? line : VIEW("x"));
	str_add_text(out, "\r\n");
}

static void sign_at(struct str *out, int64_t at, struct view body)
{
	struct str text = { 0 };
	str_addf(&text, "%lld.", (long long)at);
	str_add(&text, body);
	str_addf(out, "X-Runboard-Timestamp: %lld\r\n", (long long)at);
	sign("hush", view_of_str(&text), out);
	str_release(&text);
}

static void add_headers(struct str *out, enum how how, struct view line, struct view body)
{
	static unsigned long delivery;
	struct str text = { 0 };
	int64_t now = when_now_ms() / 1000;
	switch (how) {
	case SIGNED:
		str_addf(out, "X-GitHub-Delivery: %lu\r\n", ++delivery);
		sign("hush", body, out);
		break;
	case SIGNED_IN_TIME:
		sign_at(out, now, body);
		break;
	case SIGNED_BY_ID:
		add_header(out, "X-Runboard-Delivery: ", line);
		sign("hush", body, out);
		break;
	case WRONG_KEY:
		sign("", body, out);
		break;
	case WRONG_BODY:
		str_add(&text, body);
		str_add_char(&text, ' ');
		sign("hush", view_of_str(&text), out);
		break;
	case WRONG_TIME:
		sign_at(out, now - 301, body);
		break;
	case LINE_AS_SIGNATURE:
		add_header(out, "X-Hub-Signature-256: ", line);
		break;
	case LINE_AS_TIME:
		add_header(out, "X-Runboard-Timestamp: x", line);
		sign("hush", body, out);
		break;
	case UNSIGNED:
	case HOWS:
		break;
	}
	str_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str request = { 0 };
	struct site_answer answer;
	struct view line = { 0 };
	if (len < 1)
		return 0;
	struct view rest = view_bytes(bytes + 1, len - 1);
	enum how how = (enum how)(bytes[0] % HOWS);
	view_split(&rest, '\n', &line);
	str_add_text(&request, "POST /v1/hooks/hook HTTP/1.1\r\nHost: localhost\r\n");
	add_headers(&request, how, line, rest);
	str_addf(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", rest.len);
	str_add(&request, rest);
	site_ask(view_of_str(&request), NULL, 0, &answer);
	/* A header line may itself be malformed: then nothing was looked at. */
	if (how >= WRONG_KEY && answer.status != 401 && answer.status != 400)
		BUG("a delivery that is not rightly signed was taken");
	if (how < SIGNED_BY_ID && answer.status == 401)
		BUG("a delivery that is rightly signed was refused");
	site_answer_release(&answer);
	str_release(&request);
	return 0;
}
