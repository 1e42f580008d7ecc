/* The history of a run that is too long to be read whole: its beginning, and as many of
 * its newest pages as are wanted, newest first. They are put together when all are here,
 * since an event needs what came before it; until then they wait as text, which is a
 * tenth of what it is as a tree. */
#include "backend/temporal_inside.h"

enum { START_PAGE = 16, WINDOW_PAGE = 256, WINDOW_LEAST = 8, WINDOWS = 19 };

void temporal_windows_free(struct temporal_job *j)
{
	for (size_t i = 0; i < j->windows.len; i++)
		str_release(&j->windows.items[i]);
	vec_release(&j->windows);
}

static void put_together(struct temporal_job *j)
{
	for (size_t i = j->windows.len; i-- > 0;) {
		struct json_doc *doc = json_parse(view_of_str(&j->windows.items[i]),
						  TEMPORAL_BODY_MAX, NULL);
		if (doc)
			story_add_newest(&j->story, temporal_events(doc));
		json_free(doc);
		str_release(&j->windows.items[i]);
		j->windows.items[i] = (struct str){ 0 };
	}
	temporal_windows_free(j);
	temporal_history_read(j);
}

/* The last of a page, newest first. */
static int64_t oldest_of(const struct json *events)
{
	const struct json *last = NULL;
	for (const struct json *i = json_first(events); i; i = json_next(i))
		last = i;
	return json_get_int(last, "eventId", 0);
}

static void ask_window(struct temporal_job *j);

static void on_window(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	struct str text = { 0 };
	if (!doc)
		return;
	int64_t oldest = oldest_of(temporal_events(doc));
	if (!temporal_take_token(j, doc))
		return;
	json_free(doc);
	str_add(&text, a->body);
	vec_push(&j->windows, text);
	bool joins = oldest <= j->story.seen_event + 1;
	if (!joins && j->token.len && j->windows.len < j->n_windows) {
		ask_window(j);
		return;
	}
	j->n_windows = joins ? 0 : j->windows.len;
	put_together(j);
}

/* The server counts in batches; of big ones fewer make a page. */
static void ask_window(struct temporal_job *j)
{
	int64_t page = WINDOW_PAGE / (int64_t)j->batch_events;
	temporal_ask_events(j, "/history-reverse", page < WINDOW_LEAST ? WINDOW_LEAST : page,
			    on_window);
}

static void on_start(struct temporal_job *j, const struct http_answer *a)
{
	struct json_doc *doc = temporal_job_json(j, a);
	if (!doc)
		return;
	size_t events = json_count(temporal_events(doc)), batch = (events + START_PAGE / 2) / START_PAGE;
	j->batch_events = batch ? batch : 1;
	story_add(&j->story, temporal_events(doc));
	json_free(doc);
	ask_window(j);
}

void temporal_read_windows(struct temporal_job *j)
{
	if (!j->n_windows)
		j->n_windows = j->part == PART_DETAIL_SOON   ? 1
			       : j->part == PART_DETAIL_MORE ? 2
							     : WINDOWS;
	temporal_windows_free(j);
	str_clear(&j->token);
	j->waits = false;
	temporal_ask_events(j, "/history", START_PAGE, on_start);
}
