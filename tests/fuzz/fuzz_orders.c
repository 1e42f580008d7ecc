/* Orders and questions over HTTP with any body and any header value: through the real
 * decoding, the schemas, the state machine and the journal. Input: an octet for the
 * route, one for what accompanies it, a line for a header or the query, the body. */
#include <inttypes.h>
#include <stdint.h>

#include "base/mem.h"
#include "site.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* %s is the run, then the words "gate", "ask", "bad" stand for tasks. */
static const struct {
	const char *method, *path, *task;
} routes[] = {
	{ "POST", "/v1/workflows/fuzz/runs", NULL },
	{ "POST", "/v1/runs/%s/tasks/gate/approve", "gate" },
	{ "POST", "/v1/runs/%s/tasks/gate/reject", "gate" },
	{ "POST", "/v1/runs/%s/tasks/gate/advance", "gate" },
	{ "POST", "/v1/runs/%s/tasks/ask/answer", "ask" },
	{ "POST", "/v1/runs/%s/tasks/bad/retry", "bad" },
	{ "POST", "/v1/runs/%s/tasks/bad/skip", "bad" },
	{ "POST", "/v1/runs/%s/tasks/bad/ask", "bad" },
	{ "POST", "/v1/runs/%s/cancel", "" },
	{ "POST", "/v1/runs/%s/pause", "" },
	{ "POST", "/v1/runs/%s/resume", "" },
	{ "POST", "/v1/runs/%s/rerun", "" },
	{ "POST", "/v1/schedules/fuzz/pause", NULL },
	{ "POST", "/v1/schedules/fuzz/resume", NULL },
	{ "POST", "/v1/schedules/fuzz/trigger", NULL },
	{ "POST", "/v1/tokens", NULL },
	{ "GET", "/v1/runs", NULL },
	{ "GET", "/v1/runs/%s", NULL },
	{ "GET", "/v1/runs/%s/history", NULL },
	{ "GET", "/v1/runs/%s/tasks/bad/log", NULL },
	{ "GET", "/v1/events", NULL },
	{ "GET", "/v1/stats", NULL },
	{ "GET", "/v1/audit", NULL },
	{ "GET", "/v1/workflows", NULL },
};
enum { ROUTES = sizeof routes / sizeof *routes };

enum with {
	WITH_VERSION,		/* If-Match is right */
	WITH_IF_MATCH,		/* the line is If-Match */
	WITH_KEY,		/* the version is right, the line is Idempotency-Key */
	WITH_LAST_ID,		/* the line is Last-Event-ID */
	WITH_EPOCH,		/* and the epoch before it is right */
	WITH_NOTHING,
	WITHS
};

/* A header's value cannot hold these: another fuzzer tries. */
static void add_line(struct str *out, const char *name, struct view line)
{
	if (!line.len || view_find_byte(line, '\r', 0) != SIZE_MAX ||
	    view_find_byte(line, '\0', 0) != SIZE_MAX)
		return;
	str_addf(out, "%s", name);
	str_add(out, line);
	str_add_text(out, "\r\n");
}

static void add_headers(struct str *out, enum with with, const char *task, struct view line)
{
	bool versioned = with == WITH_VERSION || with == WITH_KEY;
	if (versioned && task)
		str_addf(out, "If-Match: \"%" PRId64 "\"\r\n", site_version(task));
	if (with == WITH_IF_MATCH)
		add_line(out, "If-Match: ", line);
	if (with == WITH_KEY)
		add_line(out, "Idempotency-Key: ", line);
	if (with == WITH_LAST_ID)
		add_line(out, "Last-Event-ID: ", line);
	if (with == WITH_EPOCH && line.len)
		str_addf(out, "Last-Event-ID: %s-%.*s\r\n", engine_epoch(site_engine()),
			 (int)(line.len < 20 ? line.len : 20), line.ptr);
}

static void add_target(struct str *out, size_t route, enum with with, struct view line)
{
	const char *path = routes[route].path, *run = site_run();
	const char *at = strstr(path, "%s");
	str_addf(out, "%s %.*s%s%s", routes[route].method, (int)(at ? at - path : 0), path,
		 at ? run : "", at ? at + 2 : path);
	if (with == WITH_NOTHING && line.len) {
		str_add_char(out, '?');
		str_add(out, line);
	}
	str_add_text(out, " HTTP/1.1\r\nHost: localhost\r\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct str request = { 0 };
	struct site_answer answer;
	struct view line = { 0 };
	if (len < 2)
		return 0;
	struct view rest = view_bytes(bytes + 2, len - 2);
	size_t route = bytes[0] % ROUTES;
	enum with with = (enum with)(bytes[1] % WITHS);
	view_split(&rest, '\n', &line);
	add_target(&request, route, with, line);
	add_headers(&request, with, routes[route].task, line);
	if (str_eq(routes[route].method, "POST"))
		str_addf(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
			 rest.len);
	else
		str_add_text(&request, "\r\n");
	if (str_eq(routes[route].method, "POST"))
		str_add(&request, rest);
	site_ask(view_of_str(&request), NULL, 0, &answer);
	site_answer_release(&answer);
	str_release(&request);
	return 0;
}
