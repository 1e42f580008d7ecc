/* A command's connection: drives the loop until one ticket has ended. Knows the
 * backend's contract, never which backend it is. */
#include "cli/session.h"

#include <sys/stat.h>

#include "backend/launch.h"
#include "base/ident.h"
#include "base/mem.h"
#include "base/out.h"
#include "cli/pages.h"

static void on_identity(void *arg, unsigned abilities, const struct backend_identity *id)
{
	struct session *s = arg;
	if (s->calls && s->calls->identity)
		s->calls->identity(s->arg, id);
}

static void say_down(const struct session *s, const char *sentence)
{
	struct str text = {0};
	if (s->what)
		str_addf(&text, "%s: ", s->what);
	str_add_text(&text, sentence);
	out_error("runboard", str_text(&text));
	str_release(&text);
}

static void on_condition(void *arg, enum condition condition, const char *sentence, int64_t fresh_ms)
{
	struct session *s = arg;
	if (condition == CONDITION_LIVE)
		s->said_down = false;
	if (condition != CONDITION_DOWN)
		return;
	if (s->live) {
		/* A stream that once ran goes on by itself when the backend is back. */
		if (!s->said_down)
			say_down(s, sentence);
		s->said_down = true;
		return;
	}
	/* A command that does not follow asks once: there is no next try. */
	struct view said = view_of(sentence);
	size_t cut = view_find(said, VIEW("; next try in "), 0);
	str_clear(&s->sentence);
	str_add(&s->sentence, cut == SIZE_MAX ? said : view_cut(said, 0, cut));
	s->outcome = OUTCOME_UNREACHABLE;
	s->waits = 0;
}

static void on_snapshot_begin(void *arg, struct view filter)
{
}

static void on_runs(void *arg, const struct run_facts *runs, size_t n)
{
	struct session *s = arg;
	if (s->calls && s->calls->runs)
		s->calls->runs(s->arg, runs, n);
}

static void on_gone(void *arg, struct view id)
{
	struct session *s = arg;
	if (s->calls && s->calls->gone)
		s->calls->gone(s->arg, id);
}

static void on_progress(void *arg, const struct run_facts *run)
{
	struct session *s = arg;
	if (s->calls && s->calls->progress)
		s->calls->progress(s->arg, run);
}

static void on_snapshot_end(void *arg, bool complete)
{
	struct session *s = arg;
	s->live = true;
	if (s->calls && s->calls->snapshot_end)
		s->calls->snapshot_end(s->arg);
}

static void on_lane_counts(void *arg, const int64_t *counts, const bool *at_least)
{
}

static void keep_cursor(struct session *s, struct view cursor)
{
	str_clear(&s->cursor);
	str_add(&s->cursor, cursor);
}

static void on_page(void *arg, ticket_id t, const struct run_facts *runs, size_t n,
		    struct view next_cursor)
{
	struct session *s = arg;
	if (s->calls && s->calls->runs)
		s->calls->runs(s->arg, runs, n);
	keep_cursor(s, next_cursor);
}

static void on_detail(void *arg, ticket_id t, const struct run_detail *d)
{
	struct session *s = arg;
	if (s->calls && s->calls->detail)
		s->calls->detail(s->arg, d);
}

static void on_history(void *arg, ticket_id t, struct view run, const struct history_facts *h,
		       size_t n, struct view next_cursor)
{
	struct session *s = arg;
	if (s->calls && s->calls->history)
		s->calls->history(s->arg, h, n);
	keep_cursor(s, next_cursor);
}

static void on_catalog(void *arg, ticket_id t, enum catalog_kind kind, struct view json,
		       struct view next_cursor)
{
	struct session *s = arg;
	if (s->calls && s->calls->catalog)
		s->calls->catalog(s->arg, json);
	keep_cursor(s, next_cursor);
}

static void on_log(void *arg, ticket_id t, const struct log_line_facts *lines, size_t n,
		   enum log_state state, struct view next_cursor, struct view prev_cursor)
{
	struct session *s = arg;
	if (s->calls && s->calls->log)
		s->calls->log(s->arg, t, lines, n, state);
	keep_cursor(s, next_cursor);
}

static void on_done(void *arg, ticket_id t, enum outcome outcome, struct view follow_key,
		    const char *text)
{
	struct session *s = arg;
	if (outcome == OUTCOME_SEEN)
		outcome = OUTCOME_OK;
	if (s->calls && s->calls->done)
		s->calls->done(s->arg, t, outcome, text);
	if (t != s->waits)
		return;
	s->waits = 0;
	s->outcome = outcome;
	str_clear(&s->sentence);
	str_add_text(&s->sentence, text);
	str_clear(&s->follow_key);
	str_add(&s->follow_key, follow_key);
}

/* ---- who reads what we print ------------------------------------------------- */

static void on_reader_gone(void *arg, int fd, unsigned events)
{
	session_stop(arg);
}

void session_end_with_reader(struct session *s, int fd)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		s->reader = loop_fd(s->loop, fd, LOOP_READ, on_reader_gone, s);
}

static const struct backend_sink session_sink = {
	.identity = on_identity,
	.condition = on_condition,
	.snapshot_begin = on_snapshot_begin,
	.runs = on_runs,
	.gone = on_gone,
	.progress = on_progress,
	.snapshot_end = on_snapshot_end,
	.lane_counts = on_lane_counts,
	.page = on_page,
	.detail = on_detail,
	.history = on_history,
	.catalog = on_catalog,
	.log = on_log,
	.done = on_done,
};

bool session_open(struct session *s, const char *context, struct err *err)
{
	if (!config_load(&s->config, err))
		return false;
	const char *name = context ? context : s->config.default_context;
	s->context = config_context(&s->config, name, err);
	if (!s->context)
		return false;
	s->loop = loop_new();
	s->sink = session_sink;
	s->sink.arg = s;
	struct opening opening = { .loop = s->loop, .sink = &s->sink };
	s->backend = context_open(s->context, &opening, err);
	return s->backend != NULL;
}

void session_close(struct session *s)
{
	backend_destroy(s->backend);
	loop_remove(s->reader);
	if (s->loop)
		loop_free(s->loop);
	config_release(&s->config);
	str_release(&s->sentence);
	str_release(&s->follow_key);
	str_release(&s->cursor);
	*s = (struct session){0};
}

void session_listen(struct session *s, const struct session_calls *calls, void *arg)
{
	s->calls = calls;
	s->arg = arg;
}

enum outcome session_wait(struct session *s, ticket_id ticket)
{
	s->waits = ticket;
	s->outcome = OUTCOME_OK;
	s->stopped = false;
	while (s->waits && !s->stopped)
		loop_turn(s->loop, -1);
	return s->outcome;
}

void session_stop(struct session *s)
{
	s->stopped = true;
	s->outcome = OUTCOME_OK;
}

void session_error(const struct session *s, struct err *err)
{
	static const enum err_kind kinds[] = {
		[OUTCOME_OK] = ERR_NONE,
		[OUTCOME_REFUSED] = ERR_REFUSED,
		[OUTCOME_NOT_FOUND] = ERR_NOT_FOUND,
		[OUTCOME_UNSUPPORTED] = ERR_REFUSED,
		[OUTCOME_UNREACHABLE] = ERR_UNREACHABLE,
		[OUTCOME_UNKNOWN] = ERR_UNREACHABLE,
		[OUTCOME_SEEN] = ERR_NONE,
	};
	if (s->outcome == OUTCOME_OK)
		return;
	err_set(err, kinds[s->outcome], "%s", str_text(&s->sentence));
	if (s->what)
		err_prefix(err, "%s", s->what);
}

/* ---- waiting until an engine answers ------------------------------------- */

struct launching {
	bool ended, ok;
	struct err err;
};

static void on_launched(void *arg, bool ok, const struct err *err)
{
	struct launching *l = arg;
	l->ended = true;
	l->ok = ok;
	if (!ok)
		err_set(&l->err, err->kind, "%s", err_text(err));
}

bool session_launch(struct session *s, struct err *err)
{
	struct str path = {0};
	if (!context_socket(s->context, &path, err)) {
		str_release(&path);
		return true;	/* not an engine of ours to launch */
	}
	struct launching l = {0};
	struct launch *launch = launch_start(s->loop, str_text(&path), on_launched, &l);
	while (!l.ended)
		loop_turn(s->loop, -1);
	launch_free(launch);
	str_release(&path);
	if (!l.ok && err)
		err_move(err, &l.err);
	err_release(&l.err);
	return l.ok;
}

/* ---- a RUN word ------------------------------------------------------------ */

enum { CANDIDATES = 100 };	/* more are not listed */

struct candidates {
	const char *word;
	struct str list;	/* "  abc123  deploy  running\n" each */
	struct str id;		/* of the first */
	size_t n;
	bool exact;		/* they are called so; else they begin so */
};

/* Those that only begin so are not meant. */
static void begin_exact(struct candidates *c)
{
	c->exact = true;
	c->n = 0;
	str_clear(&c->list);
	str_clear(&c->id);
}

static void on_candidate(void *arg, const struct run_facts *runs, size_t n)
{
	struct candidates *c = arg;
	for (size_t i = 0; i < n; i++) {
		bool exact = view_is(runs[i].short_id, c->word);
		if (exact && !c->exact)
			begin_exact(c);
		if (exact != c->exact)
			continue;
		if (c->n++ == 0)
			str_add(&c->id, runs[i].id);
		str_addf(&c->list, "\n  %.*s  %.*s  %.*s  %s", (int)runs[i].id.len, runs[i].id.ptr,
			 (int)runs[i].short_id.len, runs[i].short_id.ptr,
			 (int)runs[i].workflow.len, runs[i].workflow.ptr,
			 run_status_name(runs[i].status));
	}
}

/* All that the filter finds; or so many that it is clear. */
static void look_for(struct session *s, const char *filter, struct candidates *found)
{
	static const struct session_calls calls = { .runs = on_candidate };
	struct pages pages = {0};
	session_listen(s, &calls, found);
	do {
		session_wait(s, backend_page(s->backend, view_of(filter), view_of_str(&pages.cursor),
					     CANDIDATES));
	} while (found->n < CANDIDATES && pages_go_on(&pages, s));
	session_listen(s, NULL, NULL);
	pages_release(&pages);
}

/* First those that are called so, which is quick; then those that begin so. */
static bool resolve_short(struct session *s, const char *word, struct str *id, struct err *err)
{
	static const char *const ends[] = { "", "*" };
	struct candidates found = { .word = word };
	struct str filter = {0};
	s->outcome = OUTCOME_OK;
	for (size_t i = 0; i < 2 && s->outcome == OUTCOME_OK && !found.n; i++) {
		str_clear(&filter);
		str_addf(&filter, "id:%s%s", word, ends[i]);
		look_for(s, str_text(&filter), &found);
	}
	bool ok = s->outcome == OUTCOME_OK && found.n == 1;
	if (ok)
		str_add(id, view_of_str(&found.id));
	else if (s->outcome != OUTCOME_OK)
		session_error(s, err);
	else if (found.n == 0)
		err_set(err, ERR_NOT_FOUND, "run %s: there is none", word);
	else
		err_set(err, ERR_USAGE, "run %s: ambiguous, it could be:%s%s", word,
			str_text(&found.list), found.n < CANDIDATES ? "" : "\n  ...");
	str_release(&filter);
	str_release(&found.list);
	str_release(&found.id);
	return ok;
}

static bool is_plain_word(const char *word)
{
	for (const char *p = word; *p; p++)
		if (strchr(" \"|:,*?()<>=", *p))
			return false;
	return word[0] && word[0] != '-';
}

bool session_resolve(struct session *s, const char *word, struct str *id, struct err *err)
{
	if (ident_is_uuid(view_of(word)))
		return str_add_text(id, word);
	if (!is_plain_word(word))
		return err_set(err, ERR_NOT_FOUND, "run %s: there is none", word);
	return resolve_short(s, word, id, err);
}
