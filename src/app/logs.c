/* Open logs: one request of the model is up to three tickets of a backend, the tail
 * that follows, a page of older lines and a search beyond both. */
#include "app/logs.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

enum { LOG_FIRST_LINES = 400, LOG_SAVE_LINES = 5000, LOG_AROUND_LINES = 200 };

/* What is searched, and how far that is. */
struct log_seeking {
	ticket_id ticket;		/* 0: none in flight */
	struct str needle, level;
	enum log_stream streams;
	bool exact, back;
	struct str place;		/* where it goes on; once found, behind the line */
	bool more, found;
	bool around;			/* found: now the lines up to there are asked for */
};

struct app_log {
	uint64_t request;
	uint16_t context;
	struct str run, task, level;
	int attempt;
	enum log_stream streams;
	bool follow, from_start;
	enum log_state state;		/* of the page that came last */
	ticket_id tail, older;		/* 0: none in flight */
	struct str next, prev;		/* cursors behind and in front of what came */
	struct log_seeking search;
	/* saving to a file instead of showing */
	int fd;				/* -1: shown */
	struct str path;
	bool failed;
};

static void log_free(struct app_log *l)
{
	if (l->fd >= 0)
		close(l->fd);
	str_release(&l->run);
	str_release(&l->task);
	str_release(&l->level);
	str_release(&l->next);
	str_release(&l->prev);
	str_release(&l->path);
	str_release(&l->search.needle);
	str_release(&l->search.level);
	str_release(&l->search.place);
	mem_free(l);
}

static void log_forget(struct app *a, struct app_log *l)
{
	for (size_t i = 0; i < a->logs.len; i++)
		if (a->logs.items[i] == l) {
			vec_remove(&a->logs, i);
			break;
		}
	log_free(l);
}

static struct app_log *log_of_request(struct app *a, uint64_t request)
{
	for (size_t i = 0; i < a->logs.len; i++)
		if (a->logs.items[i]->request == request && a->logs.items[i]->fd < 0)
			return a->logs.items[i];
	return NULL;
}

static struct app_log *log_of_ticket(struct app *a, uint16_t context, ticket_id ticket)
{
	for (size_t i = 0; i < a->logs.len; i++) {
		struct app_log *l = a->logs.items[i];
		if (l->context == context && (l->tail == ticket || l->older == ticket ||
					      l->search.ticket == ticket))
			return l;
	}
	return NULL;
}

static struct app_log *log_new(struct app *a, const struct effect *e)
{
	struct run_facts run;
	if (!store_facts(a->store, e->key, &run, &a->scratch) || run.context >= a->n_sources)
		return NULL;
	struct app_log *l = mem_zero(sizeof *l);
	l->request = e->request;
	l->context = run.context;
	str_add(&l->run, run.id);
	str_add(&l->task, e->log.task);
	str_add(&l->level, e->log.level);
	l->attempt = e->log.attempt;
	l->streams = e->log.streams;
	l->follow = e->log.follow;
	l->from_start = e->log.from_start;
	l->fd = -1;
	vec_push(&a->logs, l);
	return l;
}

static struct log_query query_of(const struct app_log *l)
{
	return (struct log_query){ .run = view_of_str(&l->run),
				   .task = view_of_str(&l->task),
				   .attempt = l->attempt,
				   .streams = l->streams,
				   .level = view_of_str(&l->level) };
}

static struct backend *backend_of(struct app *a, const struct app_log *l)
{
	return a->sources[l->context].backend;
}

void app_log_open(struct app *a, const struct effect *e)
{
	struct app_log *l = log_new(a, e);
	if (!l)
		return;
	struct log_query q = query_of(l);
	q.backward = !l->from_start;
	q.limit = LOG_FIRST_LINES;
	l->tail = backend_log(backend_of(a, l), &q);
}

static void keep(struct str *cursor, struct view from)
{
	str_clear(cursor);
	str_add(cursor, from);
}

void app_log_older(struct app *a, const struct effect *e)
{
	struct app_log *l = log_of_request(a, e->request);
	if (!l || l->older)
		return;
	if (e->log.before.len)
		keep(&l->prev, e->log.before);
	if (!l->prev.len)
		return;
	struct log_query q = query_of(l);
	q.cursor = view_of_str(&l->prev);
	q.backward = true;
	q.limit = LOGPANE_OLDER_LINES;
	l->older = backend_log(backend_of(a, l), &q);
}

void app_log_newer(struct app *a, uint64_t request)
{
	struct app_log *l = log_of_request(a, request);
	if (!l || l->tail || !l->from_start)
		return;
	struct log_query q = query_of(l);
	q.cursor = view_of_str(&l->next);
	q.limit = LOGPANE_OLDER_LINES;
	l->tail = backend_log(backend_of(a, l), &q);
}

static void follow(struct app *a, struct app_log *l)
{
	struct log_query q = query_of(l);
	q.cursor = view_of_str(&l->next);
	q.follow = true;
	l->tail = backend_log(backend_of(a, l), &q);
}

static void cancel(struct app *a, struct app_log *l, ticket_id *t)
{
	if (*t)
		backend_cancel(backend_of(a, l), *t);
	*t = 0;
}

void app_log_close(struct app *a, uint64_t request)
{
	struct app_log *l = log_of_request(a, request);
	if (!l)
		return;
	cancel(a, l, &l->tail);
	cancel(a, l, &l->older);
	cancel(a, l, &l->search.ticket);
	log_forget(a, l);
}

void app_log_close_all(struct app *a)
{
	for (size_t i = 0; i < a->logs.len; i++)
		log_free(a->logs.items[i]);
	vec_release(&a->logs);
}

/* ---- saving ---------------------------------------------------------------- */

static void save_more(struct app *a, struct app_log *l)
{
	struct log_query q = query_of(l);
	q.cursor = view_of_str(&l->next);	/* empty at first: from the start */
	q.limit = LOG_SAVE_LINES;
	l->tail = backend_log(backend_of(a, l), &q);
}

void app_log_save(struct app *a, const struct effect *e)
{
	struct app_log *l = log_new(a, e);
	if (!l)
		return;
	str_add(&l->path, e->path);
	struct err err = {0};
	l->fd = file_create(str_text(&l->path), 0600, &err);
	if (l->fd < 0) {
		app_notice(a, view_of(err_text(&err)), APP_BAD);
		err_release(&err);
		log_forget(a, l);
		return;
	}
	save_more(a, l);
}

static void save_lines(struct app_log *l, const struct msg_log *lines)
{
	struct str text = {0};
	for (size_t i = 0; i < lines->len; i++) {
		str_add(&text, lines->lines[i].text);
		if (!lines->lines[i].partial)
			str_add_char(&text, '\n');
	}
	l->failed |= !file_write_all(l->fd, view_of_str(&text), NULL);
	str_release(&text);
}

static void save_ended(struct app *a, struct app_log *l, enum outcome outcome, const char *text)
{
	struct str words = {0};
	bool ok = outcome == OUTCOME_OK && !l->failed;
	if (ok)
		str_addf(&words, "log saved as %s", str_text(&l->path));
	else
		str_addf(&words, "log not saved whole: %s", l->failed ? "cannot write" : text);
	app_notice(a, view_of_str(&words), ok ? APP_GOOD : APP_BAD);
	str_release(&words);
	log_forget(a, l);
}

/* ---- searching --------------------------------------------------------------- */

static void search_on(struct app *a, struct app_log *l)
{
	struct log_seeking *s = &l->search;
	struct log_query q = query_of(l);
	q.cursor = view_of_str(&s->place);
	q.backward = s->back || s->around;
	q.limit = s->around ? LOG_AROUND_LINES : 1;
	if (!s->around) {
		q.streams = s->streams;
		q.level = view_of_str(&s->level);
		q.search = view_of_str(&s->needle);
		q.exact = s->exact;
	}
	s->more = false;
	s->ticket = backend_log(backend_of(a, l), &q);
}

static void search_ended(struct app *a, uint64_t request, enum outcome outcome, const char *why)
{
	struct msg msg = { .kind = MSG_SEARCHED, .request = request };
	msg.done = (struct msg_done){ .outcome = outcome, .text = view_of(why ? why : "") };
	app_send(a, &msg);
}

void app_log_search(struct app *a, const struct effect *e)
{
	struct app_log *l = log_of_request(a, e->request);
	if (!l) {
		search_ended(a, e->request, OUTCOME_NOT_FOUND, "the run is gone");
		return;
	}
	struct log_seeking *s = &l->search;
	cancel(a, l, &s->ticket);
	if (e->log.before.len)
		keep(&l->prev, e->log.before);
	const struct str *from = e->log.back ? &l->prev : &l->next;
	if (!e->log.from_start && !from->len) {
		search_ended(a, e->request, OUTCOME_OK, NULL);
		return;
	}
	keep(&s->needle, e->text);
	keep(&s->level, e->log.level);
	keep(&s->place, e->log.from_start ? VIEW("") : view_of_str(from));
	s->streams = e->log.streams;
	s->exact = e->log.exact;
	s->back = e->log.back;
	s->found = s->around = false;
	search_on(a, l);
}

void app_log_search_end(struct app *a, uint64_t request)
{
	struct app_log *l = log_of_request(a, request);
	if (l)
		cancel(a, l, &l->search.ticket);
}

/* The lines up to the one that was found take the place of what was there; what is
 * behind them comes as of a log that was opened at its start. */
static void show_window(struct app *a, struct app_log *l, const struct msg_log *lines,
			struct view next, struct view prev)
{
	struct msg msg = { .kind = MSG_LOG, .context = l->context, .request = l->request,
			   .log = *lines };
	cancel(a, l, &l->tail);
	cancel(a, l, &l->older);
	keep(&l->next, next);
	keep(&l->prev, prev);
	l->from_start = l->follow = true;
	l->state = LOG_MORE;
	msg.log.state = LOG_MORE;
	msg.log.window = true;
	msg.log.at_start = !prev.len;
	app_send(a, &msg);
}

static void search_lines(struct app *a, struct app_log *l, const struct msg_log *lines,
			 struct view next, struct view prev)
{
	struct log_seeking *s = &l->search;
	if (s->around) {
		show_window(a, l, lines, next, prev);
		return;
	}
	struct view place = lines->len || !s->back ? next : prev;
	/* A line that is not finished stands at the end of the log only. */
	bool last = lines->len && lines->lines[0].partial && lines->state != LOG_MORE;
	s->found = lines->len > 0;
	s->more = lines->state == LOG_MORE && place.len && !view_eq(place, view_of_str(&s->place));
	keep(&s->place, last ? VIEW("") : place);
}

static void search_page_ended(struct app *a, struct app_log *l, enum outcome outcome,
			      const char *text)
{
	struct log_seeking *s = &l->search;
	uint64_t request = l->request;
	s->ticket = 0;
	if (outcome != OUTCOME_OK) {
		search_ended(a, request, outcome, text);
	} else if (s->around) {
		app_log_newer(a, request);
	} else if (s->found || s->more) {
		s->around = s->found;
		search_on(a, l);
	} else {
		search_ended(a, request, OUTCOME_OK, NULL);
	}
}

/* ---- what comes back --------------------------------------------------------- */

bool app_log_lines(struct app *a, uint16_t context, ticket_id ticket, const struct msg_log *lines,
	       struct view next, struct view prev)
{
	struct app_log *l = log_of_ticket(a, context, ticket);
	if (!l)
		return false;
	if (ticket == l->search.ticket) {
		search_lines(a, l, lines, next, prev);
		return true;
	}
	bool older = ticket == l->older, first = !l->next.len && !older;
	if (!older) {
		keep(&l->next, next);
		l->state = lines->state;
	}
	if (older || first)
		keep(&l->prev, prev);
	if (l->fd >= 0) {
		save_lines(l, lines);
		return true;
	}
	struct msg msg = { .kind = MSG_LOG, .context = context, .request = l->request, .log = *lines };
	msg.log.older = older;
	msg.log.at_start = (older || first) && !l->prev.len;
	msg.log.begin = prev;
	app_send(a, &msg);
	return true;
}

static void tail_ended(struct app *a, struct app_log *l, enum outcome outcome, const char *text)
{
	l->tail = 0;
	/* The rest on demand. */
	if (outcome == OUTCOME_OK && l->from_start && l->state == LOG_MORE)
		return;
	if (outcome == OUTCOME_OK && l->follow && l->next.len) {
		l->follow = false;	/* once: its end is the end of the attempt */
		follow(a, l);
		return;
	}
	struct msg msg = { .kind = MSG_DONE, .context = l->context, .request = l->request };
	msg.done = (struct msg_done){ .outcome = outcome, .text = view_of(text) };
	app_send(a, &msg);
}

bool app_log_done(struct app *a, uint16_t context, ticket_id ticket, enum outcome outcome,
	      const char *text)
{
	struct app_log *l = log_of_ticket(a, context, ticket);
	if (!l)
		return false;
	bool more = l->fd >= 0 && outcome == OUTCOME_OK && !l->failed && l->tail == ticket;
	if (ticket == l->search.ticket) {
		search_page_ended(a, l, outcome, text);
	} else if (ticket == l->older) {
		l->older = 0;
	} else if (more && l->next.len && !view_eq(view_of_str(&l->next), view_of_str(&l->prev))) {
		keep(&l->prev, view_of_str(&l->next));
		save_more(a, l);
	} else if (l->fd >= 0) {
		save_ended(a, l, outcome, text);
	} else {
		tail_ended(a, l, outcome, text);
	}
	return true;
}
