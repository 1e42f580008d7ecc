/* The engine under the fuzzers of requests. */
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jtext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/access.h"
#include "engine/api.h"
#include "io/sock.h"
#include "wire/json.h"

enum { REQUESTS = 5000, PATIENCE_MS = 15000, IDLE_TURNS = 3, SPINS = 50 };

static struct {
	struct loop *loop;
	struct access *access;
	struct engine *engine;
	struct api *api;
	char folder[64], socket[80], run[40];
	const char *workflows[1];
	int requests;
} site;

static const char fuzz_yaml[] =
	"params:\n"
	"  s: {type: string, maxLength: 20, pattern: \"^[a-z ]*$\"}\n"
	"  i: {type: integer, minimum: 1, maximum: 20, default: 2}\n"
	"  n: {type: number}\n"
	"  b: {type: boolean, default: false}\n"
	"  a: {type: array, items: {type: string}, default: [x]}\n"
	"  o: {type: object}\n"
	"  e: {type: string, enum: [staging, prod], default: prod}\n"
	"  t: {type: string, secret: true}\n"
	"on: {schedule: [{cron: \"0 3 1 1 *\"}]}\n"
	"title: \"Fuzz ${{ params.s }}\"\n"
	"steps:\n"
	"  - {id: gate, needs: [], approve: {prompt: \"Go?\", required: 2}}\n"
	"  - {id: ask, needs: [], ask: {prompt: \"How many?\", schema: {type: integer, minimum: 1}}}\n"
	"  - {id: bad, needs: [], run: x, foreach: run.id, on_error: pause}\n";

static const char hook_yaml[] =
	"params:\n"
	"  s: {type: string}\n"
	"  i: {type: integer, default: 1}\n"
	"  o: {type: object}\n"
	"on: {webhook: {secret_env: FUZZ_SECRET, params: {s: \"${{ event.body.s }}\", "
	"i: \"${{ len(event.body.list) }}\", o: \"${{ event.body.o.p }}\"}}}\n"
	"steps: [{id: gate, approve: {prompt: P}}]\n";

static void need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "site: %s\n", what);
	abort();
}

static void remove_folder(void)
{
	char command[96];
	snprintf(command, sizeof command, "rm -rf '%s'", site.folder);
	if (*site.folder && system(command))
		fprintf(stderr, "%s is left\n", site.folder);
	*site.folder = '\0';
}

static void close_site(void)
{
	if (!site.loop)
		return;
	api_free(site.api);
	engine_free(site.engine);
	access_free(site.access);
	loop_free(site.loop);
	site.loop = NULL;
	remove_folder();
}

static void write_workflow(const char *name, const char *yaml)
{
	struct str path = { 0 };
	str_addf(&path, "%s/%s.yaml", site.workflows[0], name);
	need(file_replace(str_text(&path), view_of(yaml), 0600, NULL), "no workflow");
	str_release(&path);
}

static void open_folder(void)
{
	static char workflows[80], state[80];
	const char *base = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	snprintf(site.folder, sizeof site.folder, "%s/runboard-fuzz-XXXXXX", base);
	need(mkdtemp(site.folder) != NULL, "no folder");
	snprintf(site.socket, sizeof site.socket, "%s/s", site.folder);
	snprintf(workflows, sizeof workflows, "%s/workflows", site.folder);
	snprintf(state, sizeof state, "%s/state", site.folder);
	site.workflows[0] = workflows;
	need(!mkdir(workflows, 0700), "no folder");
	write_workflow("fuzz", fuzz_yaml);
	write_workflow("hook", hook_yaml);
	site.engine = engine_new(&(struct engine_config){
		.state = state, .workflows = site.workflows, .n_workflows = 1,
		.supervisor = "/bin/false", .socket = site.socket,
	}, site.loop, NULL);
}

static void open_site(void)
{
	static bool registered;
	struct settings none = { 0 };
	if (!registered)
		atexit(close_site);
	registered = true;
	setenv("FUZZ_SECRET", "hush", 1);
	log_open(-1, LOG_LEVEL_ERROR);
	site.loop = loop_new();
	site.access = access_new(&none, geteuid(), NULL);
	open_folder();
	need(site.engine && site.access, "no engine");
	site.api = api_new(&(struct api_config){
		.loop = site.loop, .engine = site.engine, .access = site.access }, NULL);
	int fd = sock_listen(AT_FDCWD, site.socket, SOCK_KIND_STREAM, NULL);
	need(site.api && fd >= 0, "no socket");
	api_listen(site.api, fd, PORCH_UNIX);
	*site.run = '\0';
	site.requests = 0;
}

struct engine *site_engine(void)
{
	if (site.loop && site.requests >= REQUESTS)
		close_site();
	if (!site.loop)
		open_site();
	return site.engine;
}

/* ---- a request --------------------------------------------------------------------- */

static void take(int fd, struct site_answer *a)
{
	char gulp[65536];
	ssize_t n = recv(fd, gulp, sizeof gulp, MSG_DONTWAIT);
	if (n > 0)
		str_add_bytes(&a->octets, gulp, (size_t)n);
	else if (!n || (errno != EAGAIN && errno != EINTR))
		a->ended = true;
}

static void put(int fd, struct view part)
{
	while (part.len) {
		ssize_t n = send(fd, part.ptr, part.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN)
			return;		/* the server had enough */
		if (n > 0)
			part = view_cut(part, (size_t)n, part.len);
		loop_turn(site.loop, 0);
	}
}

enum expected { EXPECT_NOTHING, EXPECT_ANSWER };

/* Whether the request is whole: then, and when it is refused, an answer must come. */
static enum expected expected_of(struct view octets)
{
	struct front_head head;
	struct front_refusal why;
	enum front_state state = front_read(octets, &head, &why);
	if (state == FRONT_MORE)
		return EXPECT_NOTHING;
	if (state == FRONT_REFUSED)
		return EXPECT_ANSWER;
	return octets.len - head.len >= (size_t)head.body_len ? EXPECT_ANSWER : EXPECT_NOTHING;
}

static void read_answer(struct site_answer *a)
{
	struct view all = view_of_str(&a->octets);
	size_t end = view_find(all, VIEW("\r\n\r\n"), 0);
	int64_t status = 0;
	if (!all.len)
		return;
	need(view_starts(all, "HTTP/1.1 ") && end != SIZE_MAX, "an answer that is none");
	need(number_parse(view_cut(all, 9, 3), 200, 599, &status), "a status that is none");
	a->status = (int)status;
	a->head = view_cut(all, 0, end + 2);
	a->body = view_cut(all, end + 4, all.len);
}

static bool is_stream(const struct site_answer *a)
{
	struct view all = view_of_str(&a->octets);
	size_t end = view_find(all, VIEW("\r\n\r\n"), 0);
	return end != SIZE_MAX &&
	       view_find(view_cut(all, 0, end), VIEW("chunked"), 0) != SIZE_MAX;
}

static int64_t body_len(struct view head)
{
	static const struct view name = VIEW("Content-Length: ");
	size_t at = view_find_fold(head, name, 0);
	int64_t len = -1;
	struct view rest = view_cut(head, at == SIZE_MAX ? head.len : at + name.len, head.len), line;
	view_split(&rest, '\r', &line);
	number_parse(line, 0, INT64_MAX, &len);
	return len;
}

static void check_answer(const struct site_answer *a)
{
	bool json = view_find(a->head, VIEW("application/json"), 0) != SIZE_MAX;
	bool chunked = view_find(a->head, VIEW("chunked"), 0) != SIZE_MAX;
	if (!a->status)
		return;
	if (!chunked && a->ended)
		need(body_len(a->head) == (int64_t)a->body.len, "more than one answer to one request");
	if (json && !chunked)
		need(jtext_is_value(a->body), "a body that is no JSON");
	need(a->status != 500, "an internal error");
	if (a->status >= 400 && json)
		need(view_starts(a->body, "{\"error\":{\"code\":\""), "an error of no form");
}

static void wait_answer(int fd, enum expected expected, struct site_answer *a)
{
	int64_t until = when_mono_ms() + PATIENCE_MS;
	for (int turns = 0; !a->ended && !is_stream(a); turns++) {
		if (expected == EXPECT_NOTHING && turns >= IDLE_TURNS)
			return;
		/* Our end is not in the loop: it must not wait long. */
		loop_turn(site.loop, turns < SPINS ? 0 : 1);
		take(fd, a);
		need(when_mono_ms() < until, "no answer");
	}
}

void site_ask(struct view octets, const size_t *cuts, size_t n_cuts, struct site_answer *a)
{
	site_engine();
	site.requests++;
	*a = (struct site_answer){ 0 };
	enum expected expected = expected_of(octets);
	int fd = sock_connect(AT_FDCWD, site.socket, SOCK_KIND_STREAM, NULL);
	size_t at = 0;
	need(fd >= 0, "it does not take connections");
	for (size_t i = 0; i < n_cuts; i++) {
		size_t to = cuts[i] < octets.len ? cuts[i] : octets.len;
		if (to <= at)
			continue;
		put(fd, view_cut(octets, at, to - at));
		loop_turn(site.loop, 0);
		at = to;
	}
	put(fd, view_cut(octets, at, octets.len));
	wait_answer(fd, expected, a);
	close(fd);
	loop_turn(site.loop, 0);
	read_answer(a);
	need(expected == EXPECT_ANSWER ? a->status != 0 : !a->status, "an answer to half a request");
	check_answer(a);
}

void site_answer_release(struct site_answer *a)
{
	str_release(&a->octets);
}

/* ---- a run --------------------------------------------------------------------------- */

static bool look(struct str *json, int64_t *version)
{
	static const struct engine_caller nobody = { 0 };
	return *site.run &&
	       engine_run(site.engine, view_of(site.run), &nobody, json, version, NULL);
}

static bool is_open(void)
{
	struct str json = { 0 };
	int64_t version;
	bool open = look(&json, &version) &&
		    view_find(view_of_str(&json), VIEW("\"ended_at\":null"), 0) != SIZE_MAX;
	str_release(&json);
	return open;
}

static void on_started(void *arg, const struct engine_reply *reply)
{
	struct json_doc *doc = json_parse(reply->body, 0, NULL);
	struct view id = json_get_text(doc ? json_root(doc) : NULL, "id");
	(void)arg;
	snprintf(site.run, sizeof site.run, "%.*s", (int)id.len, id.ptr);
	json_free(doc);
}

const char *site_run(void)
{
	site_engine();
	if (is_open())
		return site.run;
	const struct engine_order order = {
		.verb = VERB_START, .workflow = VIEW("fuzz"), .caller = { .by = VIEW("alice") },
	};
	*site.run = '\0';
	engine_submit(site.engine, &order, on_started, NULL);
	for (int i = 0; i < 100 && !*site.run; i++)
		loop_turn(site.loop, 100);
	need(*site.run, "no run");
	for (int i = 0; i < 5; i++)
		loop_turn(site.loop, 0);
	return site.run;
}

int64_t site_version(const char *task)
{
	static const struct engine_caller nobody = { 0 };
	struct str json = { 0 };
	int64_t version = -1;
	if (*task)
		engine_task(site.engine, view_of(site.run), view_of(task), &nobody, &json, &version,
			    NULL);
	else
		look(&json, &version);
	str_release(&json);
	return version;
}
