/* runboard ask: inside a running step, asks the operators and prints the answer. The
 * question is put again with the same key until it is answered: so neither a restart
 * of the engine nor a lost connection loses it. */
#include "base/ident.h"
#include "base/path.h"
#include "base/when.h"
#include "cli/command.h"
#include "io/http.h"
#include "wire/json.h"
#include "wire/jsonw.h"

enum { AGAIN_FIRST_MS = 100, AGAIN_MOST_MS = 2000, PATIENCE_MS = 30000, SILENCE_MS = 60000 };

static const struct opt ask_options[] = {
	{ "choices", 0, OPT_VALUE, "A,B", "the answer is one of these" },
	{ "schema", 0, OPT_VALUE, "JSON", "the answer's JSON Schema" },
	{ 0 },
};

struct question {
	struct cli *c;
	struct loop *loop;
	struct http *http;
	struct watch *again;
	struct str target, stream, body;
	int64_t since_ms, retry_ms;
	bool asking;			/* under way */
	bool stale;			/* something happened meanwhile */
	bool watching;			/* the run's stream is open */
	bool heard;			/* the engine has answered once */
	bool ended;
	int status;
};

/* ---- what is sent ------------------------------------------------------------------ */

static void add_choices(struct jsonw *w, const char *choices)
{
	struct view rest = view_of(choices), choice;
	jsonw_object(w, "schema");
	jsonw_string(w, "type", "string");
	jsonw_array(w, "enum");
	while (view_split(&rest, ',', &choice))
		jsonw_text(w, NULL, view_trim(choice));
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static bool add_schema(struct jsonw *w, const char *schema, struct err *err)
{
	struct json_doc *doc = json_parse(view_of(schema), 0, err);
	bool ok = doc && json_kind(json_root(doc)) == JSON_OBJECT;
	if (ok)
		jsonw_raw(w, "schema", view_of(schema));
	else if (doc)
		err_set(err, ERR_USAGE, "it is no JSON object");
	json_free(doc);
	if (!ok && err)
		err->kind = ERR_USAGE;
	return ok || err_prefix(err, "ask: --schema");
}

static bool add_body(struct question *q, int64_t attempt, struct err *err)
{
	struct jsonw w;
	char key[IDENT_LEN + 1];
	const char *choices = opt_value(&q->c->opts, "choices");
	const char *schema = opt_value(&q->c->opts, "schema");
	bool ok = true;
	if (choices && schema)
		return err_set(err, ERR_USAGE, "ask: --choices and --schema exclude each other");
	ident_uuid7(key, when_now_ms());
	jsonw_init(&w, &q->body);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "prompt", cli_word(q->c, 0));
	jsonw_string(&w, "key", key);
	jsonw_int(&w, "attempt", attempt);
	if (choices)
		add_choices(&w, choices);
	if (schema)
		ok = add_schema(&w, schema, err);
	jsonw_end_object(&w);
	return ok;
}

static bool read_surroundings(struct question *q, struct err *err)
{
	const char *run = getenv("RUNBOARD_RUN_ID"), *task = getenv("RUNBOARD_TASK_ID");
	const char *number = getenv("RUNBOARD_ATTEMPT");
	int64_t attempt = 0;
	if (!run || !task || !number || !number_parse(view_of(number), 1, INT32_MAX, &attempt))
		return err_set(err, ERR_USAGE, "ask: it works inside a running step only "
					       "(RUNBOARD_RUN_ID is not set)");
	str_add_text(&q->target, "/v1/runs/");
	http_add_encoded(&q->target, view_of(run));
	str_add_text(&q->target, "/tasks/");
	http_add_encoded(&q->target, view_of(task));
	str_add_text(&q->target, "/ask");
	str_add_text(&q->stream, "/v1/events?snapshot=1&ended=0&run=");
	http_add_encoded(&q->stream, view_of(run));
	str_add_text(&q->stream, "&filter=id%3A");
	http_add_encoded(&q->stream, view_of(run));
	return add_body(q, attempt, err);
}

/* ---- what comes back ------------------------------------------------------------------ */

static void end(struct question *q, int status)
{
	q->ended = true;
	q->status = status;
	loop_stop(q->loop);
}

static void put(struct question *q);
static void watch(struct question *q);

static void put_later(struct question *q)
{
	loop_timer_set(q->again, q->retry_ms);
	q->retry_ms = q->retry_ms * 2 < AGAIN_MOST_MS ? q->retry_ms * 2 : AGAIN_MOST_MS;
}

static void print_value(struct question *q, const struct json *v)
{
	struct str text = {0};
	if (json_kind(v) == JSON_STRING)
		str_add(&text, json_text(v));
	else
		json_print(v, &text);
	out_log(&q->c->out, view_of_str(&text));
	str_release(&text);
}

static void on_answered(struct question *q, const struct json *root)
{
	print_value(q, json_get(root, "value"));
	end(q, 0);
}

static void on_refused(struct question *q, int status, const struct json *root)
{
	struct view why = json_get_text(json_get(root, "error"), "message");
	enum err_kind kind = status == 400 ? ERR_USAGE : ERR_REFUSED;
	end(q, cli_refuse(kind, "ask: %.*s", (int)why.len, why.ptr));
}

static void on_silence(struct question *q, const struct http_answer *a)
{
	if (q->heard || when_mono_ms() - q->since_ms < PATIENCE_MS)
		put_later(q);
	else
		end(q, cli_refuse(ERR_UNREACHABLE, "ask: %s", err_text(a->err)));
}

static void on_reply(struct question *q, const struct http_answer *a)
{
	struct json_doc *doc = json_parse(a->body, 0, NULL);
	const struct json *root = doc ? json_root(doc) : NULL;
	q->heard = true;
	q->retry_ms = AGAIN_FIRST_MS;
	if (a->status == 200)
		on_answered(q, root);
	else if (a->status != 202)
		on_refused(q, a->status, root);
	else if (q->stale)
		put(q);
	else if (!q->watching)
		watch(q);
	json_free(doc);
}

static void on_put(void *arg, const struct http_answer *a)
{
	struct question *q = arg;
	q->asking = false;
	if (!a->status || a->status >= 500)
		on_silence(q, a);
	else
		on_reply(q, a);
}

static void put(struct question *q)
{
	const struct http_order order = {
		.method = "POST", .target = str_text(&q->target), .body = view_of_str(&q->body),
	};
	q->stale = q->asking;
	if (q->asking)
		return;
	q->asking = true;
	http_send(q->http, &order, NULL, on_put, q);
}

static void on_again(void *arg)
{
	put(arg);
}

/* ---- the stream of the run: only that something happened counts ------------------------ */

static void on_chunk(void *arg, struct view bytes)
{
	struct question *q = arg;
	(void)bytes;
	if (!q->ended)
		put(q);
}

static void on_stream_end(void *arg, const struct http_answer *a)
{
	struct question *q = arg;
	(void)a;
	q->watching = false;
	if (!q->ended)
		put_later(q);
}

static void watch(struct question *q)
{
	const struct http_order order = {
		.method = "GET", .target = str_text(&q->stream), .max_bytes = SIZE_MAX,
		.timeout_ms = -1, .silence_ms = SILENCE_MS,
	};
	q->watching = true;
	http_send(q->http, &order, on_chunk, on_stream_end, q);
}

/* ---- the command ------------------------------------------------------------------------ */

static int wait_for_answer(struct question *q, const char *socket)
{
	const struct http_config config = { .base_url = "http://localhost", .unix_path = socket };
	q->loop = loop_new();
	q->http = http_new(q->loop, &config);
	q->again = loop_timer(q->loop, on_again, q);
	q->retry_ms = AGAIN_FIRST_MS;
	q->since_ms = when_mono_ms();
	put(q);
	while (!q->ended)
		loop_turn(q->loop, -1);
	http_free(q->http);
	loop_remove(q->again);
	loop_free(q->loop);
	return q->status;
}

static int ask_run(struct cli *c)
{
	struct question q = { .c = c };
	struct str socket = {0};
	struct err err = {0};
	int status;
	if (read_surroundings(&q, &err) && path_socket(&socket, &err))
		status = wait_for_answer(&q, str_text(&socket));
	else
		status = cli_fail(&err);
	str_release(&socket);
	str_release(&q.target);
	str_release(&q.stream);
	str_release(&q.body);
	err_release(&err);
	return status;
}

const struct command command_ask = {
	.name = "ask", .words = "PROMPT [--choices A,B | --schema JSON]",
	.help = "inside a step: asks the operators and prints the answer; status 4 if the run is "
		"cancelled",
	.options = ask_options, .least = 1, .most = 1, .run = ask_run,
};
