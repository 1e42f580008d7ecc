/* Plays a recording: a time line for what was told by itself, and for each thing
 * asked the answers that were given then. Must not know how lines are read. */
#include "backend/replay.h"

#include "backend/replay_inside.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

enum { RECORDING_MAX = 64 << 20 };

/* One line. */
struct entry {
	struct view line;
	int64_t at_ms;
	bool asked;		/* an ask, else a tell */
	struct view ask;	/* in replay.arena */
	enum tell tell;
	ticket_id ticket;	/* of the recording; 0: by itself */
};

/* A ticket that is being answered as one of the recording was. */
struct answering {
	struct replay *replay;
	struct answering *next;
	struct watch *timer;
	ticket_id ticket, recorded;
	size_t at;		/* next entry to look at */
	int64_t ask_ms;		/* of the recording */
	int64_t start_ms;	/* monotonic */
	bool log, follow, told;
};

struct replay {
	struct backend base;	/* first */
	char *name, *path;
	double speed;
	struct str text;
	struct arena arena;
	struct str recorded_at;
	VEC(struct entry) entries;
	struct answering *answering;
	ticket_id watched;
	size_t at;
	int64_t start_ms;
	struct watch *timer, *hello;
	int depth;
	bool dead;
};

static struct replay *replay_of(struct backend *b)
{
	void *r = b;	/* base is the first member */
	return r;
}

/* ---- ends ---- */

static void answering_free(struct answering *a)
{
	struct answering **at = &a->replay->answering;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	loop_remove(a->timer);
	mem_free(a);
}

static void replay_free(struct replay *r)
{
	mem_free(r->name);
	mem_free(r->path);
	str_release(&r->text);
	str_release(&r->recorded_at);
	arena_release(&r->arena);
	vec_release(&r->entries);
	mem_free(r);
}

static void leave(struct replay *r)
{
	if (--r->depth == 0 && r->dead)
		replay_free(r);
}

static void tell(struct replay *r, const struct entry *e, ticket_id ticket)
{
	const struct replay_ear ear = { r->base.sink, r->base.context, r->name, ticket };
	struct replay_scratch scratch = { 0 };	/* of its own: the sink may ask again */
	struct err err = { 0 };
	if (!replay_tell(&ear, e->tell, e->line, &scratch, &err))
		log_warn("%s: a line cannot be read: %s", r->path, err_text(&err));
	err_release(&err);
	arena_release(&scratch.arena);
	str_release(&scratch.text);
}

/* When an entry is due, in monotonic time. */
static int64_t due(const struct replay *r, int64_t start_ms, int64_t after_ms)
{
	return r->speed > 0 ? start_ms + (int64_t)((double)after_ms / r->speed) : start_ms;
}

static void arm(struct watch *timer, int64_t due_ms)
{
	int64_t now = when_mono_ms();
	loop_timer_set(timer, due_ms > now ? due_ms - now : 0);
}

/* ---- what comes by itself ---- */

static void tell_condition(struct replay *r, const char *what)
{
	struct str sentence = { 0 };
	str_addf(&sentence, "%s %s, recorded at %s", what, r->path, str_text(&r->recorded_at));
	r->base.sink->condition(r->base.sink->arg, CONDITION_LIVE, str_text(&sentence),
				when_now_ms());
	str_release(&sentence);
}

static void arm_next(struct replay *r)
{
	while (r->at < r->entries.len &&
	       (r->entries.items[r->at].asked || r->entries.items[r->at].ticket))
		r->at++;
	if (r->at < r->entries.len)
		arm(r->timer, due(r, r->start_ms, r->entries.items[r->at].at_ms));
}

static void on_timer(void *arg)
{
	struct replay *r = arg;
	ticket_id watched = r->watched;
	r->depth++;
	tell(r, &r->entries.items[r->at++], 0);
	if (!r->dead && r->watched == watched && watched) {
		arm_next(r);
		if (r->at == r->entries.len)
			tell_condition(r, "at the end of");
	}
	leave(r);
}

/* Who the recording is of, and that it is one: without waiting for the time line. */
static void on_hello(void *arg)
{
	struct replay *r = arg;
	r->depth++;
	for (size_t i = 0; i < r->entries.len; i++) {
		if (!r->entries.items[i].asked && r->entries.items[i].tell == TELL_IDENTITY) {
			tell(r, &r->entries.items[i], 0);
			break;
		}
	}
	tell_condition(r, "playing");
	leave(r);
}

static bool probe(struct backend *b)
{
	loop_timer_set(replay_of(b)->hello, 0);
	return true;
}

/* From the start, also when it was watched before. */
static ticket_id watch(struct backend *b, const struct watch_scope *scope)
{
	struct replay *r = replay_of(b);
	if (r->watched)
		backend_answer(b, r->watched, OUTCOME_OK, "another watch took its place");
	r->watched = backend_ticket(b);
	r->at = 0;
	r->start_ms = when_mono_ms();
	arm_next(r);
	return r->watched;
}

/* ---- what was asked ---- */

/* As the recording ended before the answer. */
static void answer_open_end(struct answering *a)
{
	const struct backend_sink *sink = a->replay->base.sink;
	ticket_id ticket = a->ticket;
	bool enough = a->log && a->told;
	answering_free(a);
	sink->done(sink->arg, ticket, enough ? OUTCOME_OK : OUTCOME_UNREACHABLE, VIEW(""),
		   enough ? "" : "the recording ends before the answer");
}

/* What was followed to the recording's end has no end: nothing more is told. */
static void arm_answer(struct answering *a)
{
	const struct replay *r = a->replay;
	while (a->at < r->entries.len && (r->entries.items[a->at].asked ||
					  r->entries.items[a->at].ticket != a->recorded))
		a->at++;
	if (a->follow && a->at == r->entries.len)
		return;
	int64_t after = a->at < r->entries.len ? r->entries.items[a->at].at_ms - a->ask_ms : 0;
	arm(a->timer, due(r, a->start_ms, after));
}

static struct answering *answering_of(const struct replay *r, ticket_id ticket)
{
	struct answering *a = r->answering;
	while (a && a->ticket != ticket)
		a = a->next;
	return a;
}

static void on_answer(void *arg)
{
	struct answering *a = arg;
	struct replay *r = a->replay;
	ticket_id ticket = a->ticket;
	r->depth++;
	if (a->at == r->entries.len) {
		answer_open_end(a);
	} else {
		const struct entry *e = &r->entries.items[a->at++];
		a->told = true;
		if (e->tell == TELL_DONE)
			answering_free(a);
		tell(r, e, ticket);
		if ((a = answering_of(r, ticket)) != NULL)
			arm_answer(a);
	}
	leave(r);
}

/* The same question, else one about the same thing; the newest that had been asked
 * by now, else the first. */
static const struct entry *find_ask(const struct replay *r, struct view ask)
{
	const struct entry *same = NULL, *like = NULL;
	for (size_t i = 0; i < r->entries.len; i++) {
		const struct entry *e = &r->entries.items[i];
		if (!e->asked)
			continue;
		bool played = i < r->at;
		if (view_eq(e->ask, ask) && (!same || played))
			same = e;
		if (view_eq(ask_subject(e->ask), ask_subject(ask)) && (!like || played))
			like = e;
	}
	return same ? same : like;
}

static ticket_id answer(struct backend *b, struct str *ask)
{
	struct replay *r = replay_of(b);
	ticket_id ticket = backend_ticket(b);
	const struct entry *e = find_ask(r, view_of_str(ask));
	if (!e) {
		backend_answer(b, ticket, OUTCOME_NOT_FOUND,
			       "the recording has no answer to this");
		str_release(ask);
		return ticket;
	}
	struct answering *a = mem_zero(sizeof *a);
	a->replay = r;
	a->ticket = ticket;
	a->recorded = e->ticket;
	a->at = (size_t)(e - r->entries.items);
	a->ask_ms = e->at_ms;
	a->start_ms = when_mono_ms();
	a->log = view_starts(view_of_str(ask), "log ");
	a->follow = view_starts(view_of_str(ask), "follow ");
	a->timer = loop_timer(b->loop, on_answer, a);
	a->next = r->answering;
	r->answering = a;
	arm_answer(a);
	str_release(ask);
	return ticket;
}

static ticket_id page(struct backend *b, struct view filter, struct view cursor, size_t limit)
{
	struct str ask = { 0 };
	ask_page(&ask, filter, cursor, limit);
	return answer(b, &ask);
}

static ticket_id fetch(struct backend *b, struct view run, enum run_part part,
		       struct view cursor)
{
	struct str ask = { 0 };
	ask_fetch(&ask, run, part, cursor);
	return answer(b, &ask);
}

static ticket_id follow(struct backend *b, struct view run)
{
	struct str ask = { 0 };
	ask_follow(&ask, run);
	return answer(b, &ask);
}

static ticket_id catalog(struct backend *b, enum catalog_kind kind, struct view cursor)
{
	struct str ask = { 0 };
	ask_catalog(&ask, kind, cursor);
	return answer(b, &ask);
}

static ticket_id read_log(struct backend *b, const struct log_query *q)
{
	struct str ask = { 0 };
	ask_log(&ask, q);
	return answer(b, &ask);
}

/* ---- the backend ---- */

static void cancel(struct backend *b, ticket_id t)
{
	struct replay *r = replay_of(b);
	struct answering *a = answering_of(r, t);
	if (a)
		answering_free(a);
	if (t && t == r->watched) {
		r->watched = 0;
		loop_timer_stop(r->timer);
	}
}

static size_t pending(const struct backend *b)
{
	const void *self = b;
	const struct replay *r = self;
	size_t n = loop_timer_is_set(r->hello);
	if (r->speed <= 0)
		n += loop_timer_is_set(r->timer);
	for (const struct answering *a = r->answering; a; a = a->next)
		n += !a->log && !a->follow;
	return n;
}

static void destroy(struct backend *b)
{
	struct replay *r = replay_of(b);
	r->base.sink = &backend_silence;
	r->dead = true;
	while (r->answering)
		answering_free(r->answering);
	loop_remove(r->timer);
	loop_remove(r->hello);
	r->depth++;
	leave(r);
}

static const struct backend_ops replay_ops = {
	.kind = "replay",
	.probe = probe,
	.watch = watch,
	.page = page,
	.fetch = fetch,
	.follow = follow,
	.catalog = catalog,
	.log = read_log,
	.cancel = cancel,
	.pending = pending,
	.destroy = destroy,
};

/* ---- reading the recording ---- */

static bool read_head(struct replay *r, struct view line, struct err *err)
{
	struct json_doc *doc = json_parse(line, SIZE_MAX, err);
	const struct json *root = doc ? json_root(doc) : NULL;
	bool ok = doc && json_get_int(root, "recording", 0) == RECORDING_VERSION;
	if (ok)
		str_add(&r->recorded_at, json_get_text(root, "at"));
	else
		err_set(err, ERR_PARSE, "this is no recording of version %d", RECORDING_VERSION);
	json_free(doc);
	return ok;
}

static bool read_entry(struct replay *r, struct view line, struct err *err)
{
	struct entry e = { .line = line };
	struct json_doc *doc = json_parse(line, SIZE_MAX, err);
	if (!doc)
		return false;
	const struct json *root = json_root(doc);
	e.at_ms = json_get_int(root, "t", 0);
	e.ticket = (ticket_id)json_get_int(root, "ticket", 0);
	e.ask = arena_view(&r->arena, json_get_text(root, "ask"));
	e.asked = e.ask.len > 0;
	/* What a newer version tells is left out. */
	if (e.asked || tell_parse(json_get_text(root, "tell"), &e.tell))
		vec_push(&r->entries, e);
	json_free(doc);
	return true;
}

/* A last line that was cut off when the recorder died is left out. */
static bool read_entries(struct replay *r, struct err *err)
{
	struct view rest = view_of_str(&r->text), line;
	size_t number = 0;
	bool begun = false;
	while (view_split(&rest, '\n', &line)) {
		number++;
		if (!view_trim(line).len)
			continue;
		bool ok = begun ? read_entry(r, line, err) : read_head(r, line, err);
		if (!ok && (!begun || rest.len))
			return err_prefix(err, "%s:%zu", r->path, number);
		begun = true;
	}
	return begun || err_set(err, ERR_PARSE, "%s is empty", r->path);
}

struct backend *replay_new(struct loop *loop, const struct backend_sink *sink, uint16_t context,
			   const struct replay_config *config, struct err *err)
{
	struct replay *r = mem_zero(sizeof *r);
	r->base = (struct backend){ .ops = &replay_ops, .loop = loop, .sink = sink,
				    .context = context };
	r->name = mem_text(config->name);
	r->path = mem_text(config->path);
	r->speed = config->speed;
	str_init(&r->text, RECORDING_MAX);
	r->timer = loop_timer(loop, on_timer, r);
	r->hello = loop_timer(loop, on_hello, r);
	struct err why = { 0 };
	if (!file_read(r->path, RECORDING_MAX, &r->text, &why) || !read_entries(r, &why)) {
		if (err)
			err_move(err, &why);
		destroy(&r->base);
		err_release(&why);
		return NULL;
	}
	err_release(&why);
	return &r->base;
}
