/* The history of a run into a job's story. Whole at first, page by page (very long ones:
 * temporal_windows.c); what was read is kept, and on a change only what is newer is asked
 * for, from the newest back to what is known. */
#include "backend/temporal_inside.h"

#include "base/mem.h"
#include "base/when.h"

/* The server counts a page in batches of its own, of one event or hundreds: what is
 * newer is asked for in few of them. */
enum { HISTORY_PAGES = 20, HISTORY_PAGE = 256, NEWER_PAGE = 16,
       WHOLE_EVENTS = HISTORY_PAGES * HISTORY_PAGE, SOON_EVENTS = 2048 };

void temporal_ask_events(struct temporal_job *j, const char *path, int64_t size,
			 temporal_answered_fn *answered)
{
	struct str target = { 0 }, number = { 0 };
	temporal_add_workflow(&target, j->t, j->workflow_id);
	str_add_text(&target, path);
	temporal_add_run(&target, j->run);
	str_addf(&number, "%lld", (long long)size);
	temporal_add_query(&target, "maximumPageSize", view_of_str(&number));
	temporal_add_query(&target, "nextPageToken", view_of_str(&j->token));
	temporal_add_query(&target, "waitNewEvent", j->waits ? VIEW("true") : VIEW(""));
	struct temporal_ask ask = { .target = &target };
	temporal_job_ask(j, &ask, answered);
	str_release(&number);
}

const struct json *temporal_events(const struct json_doc *doc)
{
	return json_get(json_get(json_root(doc), "history"), "events");
}

bool temporal_take_token(struct temporal_job *j, struct json_doc *doc)
{
	struct view token = json_get_text(json_root(doc), "nextPageToken");
	/* Where there is nothing (yet), there is no way on either. */
	bool same = token.len && view_eq(token, view_of_str(&j->token)) &&
		    json_count(temporal_events(doc));
	if (same) {
		json_free(doc);
		temporal_finish(j, OUTCOME_UNREACHABLE,
				"Temporal's pages of the history lead in a circle");
		return false;
	}
	str_clear(&j->token);
	str_add(&j->token, token);
	return true;
}

/* ---- what is kept ---- */

static void let_go(struct temporal_history *h)
{
	mem_free(h->run);
	story_let_go(h->kept);
	str_release(&h->token);
	str_release(&h->described);
	*h = (struct temporal_history){ 0 };
}

void temporal_histories_forget(struct temporal *t)
{
	for (size_t i = 0; i < TEMPORAL_HISTORIES; i++)
		let_go(&t->histories[i]);
}

/* The run's place, which becomes the first; NULL: nothing of it is kept. */
static struct temporal_history *history_of(struct temporal *t, const char *run)
{
	for (size_t i = 0; i < TEMPORAL_HISTORIES; i++) {
		struct temporal_history found = t->histories[i];
		if (!found.run || !str_eq(found.run, run))
			continue;
		for (; i > 0; i--)
			t->histories[i] = t->histories[i - 1];
		t->histories[0] = found;
		return &t->histories[0];
	}
	return NULL;
}

void temporal_history_forget(struct temporal *t, const char *run)
{
	struct temporal_history *h = history_of(t, run);
	if (h)
		let_go(h);
}

int64_t temporal_history_end(struct temporal *t, const char *run)
{
	struct temporal_history *h = history_of(t, run);
	return h ? story_of_kept(h->kept)->last_event : 0;
}

bool temporal_history_add(struct temporal *t, const char *run, const struct json *events)
{
	struct temporal_history *h = history_of(t, run);
	struct story *s = h ? story_of_kept(h->kept) : NULL;
	if (t->codec.trouble) {
		temporal_history_forget(t, run);	/* sealed, it must be read again */
		return false;
	}
	if (!s || json_get_int(json_first(events), "eventId", 0) > s->seen_event + 1)
		return false;
	story_add(s, events);
	str_clear(&h->described);
	return true;
}

bool temporal_history_copy(struct temporal_job *j)
{
	struct temporal_history *h = history_of(j->t, j->run);
	if (h)
		story_copy(h->kept, &j->story);
	return h != NULL;
}

/* Unless it is another's next time: sealed while the codec server was in trouble. */
static void keep(struct temporal_job *j)
{
	struct temporal *t = j->t;
	struct str token = { 0 };
	if (j->verbatim || t->codec.trouble)
		return;
	/* One of before stands no later in it. */
	str_add(&token, j->waits ? view_of_str(&j->token) : temporal_history_token(t, j->run));
	temporal_history_forget(t, j->run);
	let_go(&t->histories[TEMPORAL_HISTORIES - 1]);
	for (size_t i = TEMPORAL_HISTORIES - 1; i > 0; i--)
		t->histories[i] = t->histories[i - 1];
	t->histories[0] = (struct temporal_history){ .run = mem_text(j->run),
						     .kept = story_keep(&j->story),
						     .windows = j->n_windows, .token = token };
}

struct view temporal_history_token(struct temporal *t, const char *run)
{
	const struct temporal_history *h = history_of(t, run);
	return h ? view_of_str(&h->token) : VIEW("");
}

void temporal_history_go_on(struct temporal *t, const char *run, struct view token)
{
	struct temporal_history *h = history_of(t, run);
	if (!h)
		return;
	str_clear(&h->token);
	str_add(&h->token, token);
}

/* Not where the events are newer: then it is to be described again. */
void temporal_history_describe(struct temporal_job *j)
{
	struct temporal_history *h = j->verbatim ? NULL : history_of(j->t, j->run);
	if (!h)
		return;
	str_clear(&h->described);
	if (story_of_kept(h->kept)->last_event <= j->length)
		json_print(json_root(j->describe), &h->described);
	h->described_ms = when_mono_ms();
}

struct json_doc *temporal_history_described(struct temporal *t, const char *run)
{
	const struct temporal_history *h = history_of(t, run);
	if (!h || !h->described.len || when_mono_ms() - h->described_ms >= t->times.fresh_ms)
		return NULL;
	return json_parse(view_of_str(&h->described), TEMPORAL_BODY_MAX, NULL);
}

/* ---- all of it ---- */

static void ask_newer(struct temporal_job *j, int64_t size);

/* A long poll may have added to what was kept meanwhile. */
void temporal_history_read(struct temporal_job *j)
{
	int64_t last = temporal_history_end(j->t, j->run), read = j->story.last_event;
	keep(j);
	j->waits = false;
	str_clear(&j->token);
	j->known_event = read;
	if (last > read && temporal_history_end(j->t, j->run) == read)
		ask_newer(j, NEWER_PAGE);
	else
		j->then(j);
}

/* A token that waits is given at the end, too. */
static bool is_at_end(const struct temporal_job *j, const struct json *events)
{
	return !j->token.len || !json_count(events) ||
	       (j->waits && j->story.seen_event >= j->length);
}

static void on_events(struct temporal_job *j, const struct http_answer *a)
{
	if (j->waits && !temporal_ok(a)) {
		j->waits = false;
		temporal_ask_events(j, "/history", HISTORY_PAGE, on_events);
		return;
	}
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	story_add(&j->story, temporal_events(doc));
	if (!temporal_take_token(j, doc))
		return;
	bool ends = is_at_end(j, temporal_events(doc));
	json_free(doc);
	if (ends)
		temporal_history_read(j);
	else if (++j->pages < 2 * HISTORY_PAGES)
		temporal_ask_events(j, "/history", HISTORY_PAGE, on_events);
	else
		temporal_read_windows(j);	/* it is longer than describe said */
}

static bool is_open(const struct temporal_job *j)
{
	const struct json *info = json_get(json_root(j->describe), "workflowExecutionInfo");
	return !json_get(info, "closeTime");
}

/* Whole, or where it is too long for that its beginning and its end. */
static void read_anew(struct temporal_job *j)
{
	bool soon = j->part == PART_DETAIL_SOON || j->part == PART_DETAIL_MORE;
	str_clear(&j->token);
	j->pages = 0;
	if (!j->verbatim && j->length > (soon ? SOON_EVENTS : WHOLE_EVENTS)) {
		temporal_read_windows(j);
		return;
	}
	j->n_windows = 0;
	/* Who opens an open run will follow it. */
	j->waits = soon && is_open(j);
	temporal_ask_events(j, "/history", HISTORY_PAGE, on_events);
}

static void read_whole(struct temporal_job *j)
{
	temporal_history_forget(j->t, j->run);
	read_anew(j);
}

/* ---- what is newer ---- */

void temporal_newer_free(struct temporal_job *j)
{
	for (size_t i = 0; i < j->newer.len; i++)
		json_free(j->newer.items[i]);
	vec_release(&j->newer);
}

/* Does a page, newest first, go back to what is known? OTHER: this is not the history
 * that was read, the server has lost or replaced some of it. */
enum reach { REACH_NOT_YET, REACH_KNOWN, REACH_OTHER };

static enum reach reach_of(const struct story *s, int64_t known, const struct json *events)
{
	for (const struct json *i = json_first(events); i; i = json_next(i)) {
		int64_t id = json_get_int(i, "eventId", 0);
		/* A long poll was faster than this page: it is of what is known, all of it. */
		if (id <= known && known < s->last_event)
			return REACH_KNOWN;
		if (id > s->last_event)
			continue;
		bool same = id == s->last_event && json_get_time(i, "eventTime") == s->last_ms;
		return same ? REACH_KNOWN : REACH_OTHER;
	}
	return REACH_NOT_YET;
}

static void tell_kept(struct temporal_job *j, struct temporal_history *h)
{
	struct story *s = story_of_kept(h->kept);
	for (size_t i = j->newer.len; i-- > 0;)
		story_add_newest(s, temporal_events(j->newer.items[i]));
	str_clear(&h->described);
	temporal_newer_free(j);
	/* The copy holds on to what it needs. */
	story_release(&j->story);
	story_copy(h->kept, &j->story);
	if (j->t->codec.trouble)
		let_go(h);
	j->then(j);
}

/* Such a token, or such a way to ask, the server does not know (any more). */
static bool is_no_token(const struct http_answer *a)
{
	return a->status == 400 || a->status == 404 || a->status == 409 || a->status == 501;
}

static void ask_newer(struct temporal_job *j, int64_t size);

static void take_newer(struct temporal_job *j, struct json_doc *doc)
{
	struct temporal_history *h = history_of(j->t, j->run);
	enum reach reach = h ? reach_of(story_of_kept(h->kept), j->known_event, temporal_events(doc)) : REACH_OTHER;
	if (!temporal_take_token(j, doc))
		return;
	vec_push(&j->newer, doc);
	if (reach == REACH_KNOWN) {
		tell_kept(j, h);
	} else if (reach == REACH_NOT_YET && j->token.len && j->newer.len < HISTORY_PAGES) {
		ask_newer(j, HISTORY_PAGE);
	} else {
		temporal_newer_free(j);
		read_whole(j);
	}
}

static void on_newer(struct temporal_job *j, const struct http_answer *a)
{
	if (is_no_token(a)) {
		temporal_newer_free(j);
		read_whole(j);
		return;
	}
	struct json_doc *doc = temporal_job_json(j, a);
	if (doc)
		take_newer(j, doc);
}

static void ask_newer(struct temporal_job *j, int64_t size)
{
	temporal_ask_events(j, "/history-reverse", size, on_newer);
}

/* Describe has said how long it is. */
void temporal_load_history(struct temporal_job *j)
{
	struct temporal_history *h = j->verbatim ? NULL : history_of(j->t, j->run);
	j->then = j->after;
	if (!h) {
		read_whole(j);
		return;
	}
	if (j->part == PART_DETAIL_MORE && h->windows) {
		j->n_windows = h->windows * 2;
		read_anew(j);
		return;
	}
	int64_t last = story_of_kept(h->kept)->last_event, newer = j->length - last;
	/* A long poll was faster than describe. */
	bool ahead = j->known_event && last > j->known_event && j->length >= j->known_event;
	str_clear(&j->token);
	if (newer == 0 || (newer < 0 && ahead))
		tell_kept(j, h);
	else
		ask_newer(j, newer > 0 && newer < NEWER_PAGE ? newer + 1 : NEWER_PAGE);
}

static void on_input(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	story_add(&j->story, temporal_events(doc));
	json_free(doc);
	j->then(j);
}

void temporal_load_input(struct temporal_job *j, temporal_then_fn *then)
{
	j->then = then;
	temporal_ask_events(j, "/history", HISTORY_PAGE, on_input);
}
