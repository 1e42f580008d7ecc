/* Effects out: each kind has a function in a table. Orders carry what the operator
 * was shown; ids are looked up in the store only here. */
#include "app/perform.h"

#include "app/command.h"
#include "app/frame.h"
#include "app/logs.h"
#include "app/saves.h"
#include "base/file.h"
#include "base/path.h"

enum { PAGE_RUNS = 200 };

typedef void perform_fn(struct app *a, const struct effect *e);

const struct pending *pending_find(const struct app *a, uint16_t context, ticket_id ticket)
{
	for (size_t i = 0; i < a->pending.len; i++) {
		const struct pending *p = &a->pending.items[i];
		if (p->ticket == ticket && p->context == context)
			return p;
	}
	for (size_t i = 0; i < a->follows.len; i++) {
		const struct pending *p = &a->follows.items[i];
		if (p->ticket == ticket && p->context == context)
			return p;
	}
	return NULL;
}

void pending_drop(struct app *a, uint16_t context, ticket_id ticket)
{
	const struct pending *p = pending_find(a, context, ticket);
	if (p && p->kind == PENDING_FOLLOW)
		vec_remove(&a->follows, (size_t)(p - a->follows.items));
	else if (p)
		vec_remove(&a->pending, (size_t)(p - a->pending.items));
}

static void pending_add(struct app *a, const struct effect *e, uint16_t context,
			struct pending p)
{
	p.request = e->request;
	p.context = context;
	p.key = e->key;
	vec_push(&a->pending, p);
}

/* The run of an effect; NULL where the store has lost it meanwhile: then the
 * request ends here. */
static struct source *source_of(struct app *a, const struct effect *e, struct run_facts *run)
{
	if (store_facts(a->store, e->key, run, &a->scratch) && run->context < a->n_sources)
		return &a->sources[run->context];
	if (e->request) {
		struct msg msg = { .kind = MSG_DONE, .request = e->request, .key = e->key };
		msg.done = (struct msg_done){ .outcome = OUTCOME_NOT_FOUND,
					      .text = VIEW("the run is gone") };
		app_send(a, &msg);
	}
	return NULL;
}

static void fetch(struct app *a, const struct effect *e, enum run_part part, struct view cursor)
{
	struct run_facts run;
	struct source *s = source_of(a, e, &run);
	if (!s)
		return;
	ticket_id t = backend_fetch(s->backend, run.id, part, cursor);
	pending_add(a, e, s->number, (struct pending){
		.kind = part == PART_HISTORY_END ? PENDING_HISTORY : PENDING_DETAIL, .ticket = t });
}

static void perform_detail(struct app *a, const struct effect *e)
{
	fetch(a, e, e->more ? PART_DETAIL_MORE : PART_DETAIL_SOON, VIEW(""));
}

static void perform_follow(struct app *a, const struct effect *e)
{
	struct run_facts run;
	struct source *s = source_of(a, e, &run);
	if (!s)
		return;
	const struct pending p = { .kind = PENDING_FOLLOW, .request = e->request,
				   .context = s->number, .key = e->key,
				   .ticket = backend_follow(s->backend, run.id) };
	vec_push(&a->follows, p);
}

static void perform_unfollow(struct app *a, const struct effect *e)
{
	for (size_t i = 0; i < a->follows.len; i++) {
		const struct pending p = a->follows.items[i];
		if (p.request != e->request)
			continue;
		vec_remove(&a->follows, i);
		backend_cancel(a->sources[p.context].backend, p.ticket);
		return;
	}
}

static void perform_history(struct app *a, const struct effect *e)
{
	fetch(a, e, PART_HISTORY_END, e->text);
}

static void perform_order(struct app *a, const struct effect *e)
{
	struct run_facts run = {0};
	struct source *s;
	if (e->order.verb == VERB_START)
		s = e->context < a->n_sources ? &a->sources[e->context] : NULL;
	else
		s = source_of(a, e, &run);
	if (!s)
		return;
	struct order o = {
		.verb = e->order.verb,
		.run = run.id,
		.task = e->order.task,
		.attempt = e->order.attempt,
		.version = e->order.version,
		.comment = e->order.comment,
		.name = e->order.name,
		.value = e->order.value,
		.edit = e->order.edit,
		.workflow = e->order.workflow,
		.params = e->order.params,
		.debug = e->order.debug,
		.preview = e->order.preview,
	};
	ticket_id t = backend_order(s->backend, &o);
	pending_add(a, e, s->number, (struct pending){ .kind = PENDING_ORDER, .ticket = t });
}

static void perform_catalog(struct app *a, const struct effect *e)
{
	if (e->context >= a->n_sources)
		return;
	ticket_id t = backend_catalog(a->sources[e->context].backend, e->catalog, VIEW(""));
	pending_add(a, e, e->context, (struct pending){ .kind = PENDING_CATALOG, .ticket = t });
}

/* Of what the context shows at all. */
static void perform_page(struct app *a, const struct effect *e)
{
	if (e->context >= a->n_sources)
		return;
	struct source *s = &a->sources[e->context];
	struct str filter = { 0 };
	str_add(&filter, view_of_str(&s->filter));
	if (filter.len && e->text.len)
		str_add_char(&filter, ' ');
	str_add(&filter, e->text);
	ticket_id t = backend_page(s->backend, view_of_str(&filter), e->path, PAGE_RUNS);
	str_release(&filter);
	pending_add(a, e, s->number, (struct pending){ .kind = PENDING_PAGE, .ticket = t });
}

static void perform_ask(struct app *a, const struct effect *e)
{
	struct run_facts run;
	struct source *s = source_of(a, e, &run);
	if (!s)
		return;
	const struct run_question q = { .run = run.id, .verb = e->order.verb,
					.name = e->order.name, .args = e->order.value };
	ticket_id t = backend_ask(s->backend, &q);
	pending_add(a, e, s->number, (struct pending){ .kind = PENDING_CATALOG, .ticket = t });
}

static void perform_schedule(struct app *a, const struct effect *e)
{
	if (e->context >= a->n_sources)
		return;
	const struct schedule_order o = { .verb = e->order.verb, .id = e->text };
	ticket_id t = backend_schedule(a->sources[e->context].backend, &o);
	pending_add(a, e, e->context, (struct pending){ .kind = PENDING_ORDER, .ticket = t });
}

static void perform_space(struct app *a, const struct effect *e)
{
	if (e->context >= a->n_sources)
		return;
	ticket_id t = backend_space(a->sources[e->context].backend, e->text);
	pending_add(a, e, e->context, (struct pending){ .kind = PENDING_SPACE, .ticket = t });
}

static void perform_quit(struct app *a, const struct effect *e)
{
	app_quit(a);
}

static void perform_suspend(struct app *a, const struct effect *e)
{
	frame_suspend(a);
}

static void perform_redraw(struct app *a, const struct effect *e)
{
	frame_redraw(a);
}

static void perform_bell(struct app *a, const struct effect *e)
{
	if (a->config.bell)
		frame_bell(a);
}

static void perform_copy(struct app *a, const struct effect *e)
{
	frame_copy(a, e->text);
}

static void perform_theme(struct app *a, const struct effect *e)
{
	frame_theme(a, e->text);
}

static void perform_save(struct app *a, const struct effect *e)
{
	app_save_text(a, e->text, e->path);
}

/* A history: one a line, the newest last. */
static void perform_remember(struct app *a, const struct effect *e)
{
	struct str path = {0}, text = {0}, name = {0};
	str_add(&name, e->path);
	if (path_state(&path, str_text(&name), NULL)) {
		file_read(str_text(&path), 1 << 16, &text, NULL);
		str_add(&text, e->text);
		str_add_char(&text, '\n');
		while (text.len > 1 << 14)
			str_drop(&text, view_find_byte(view_of_str(&text), '\n', 0) + 1);
		file_replace(str_text(&path), view_of_str(&text), 0600, NULL);
	}
	str_release(&name);
	str_release(&path);
	str_release(&text);
}

/* A name that would steer the terminal is not handed to a command. */
static bool is_tame(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.ptr[i] < ' ' || v.ptr[i] == 0x7f)
			return false;
	return true;
}

static void perform_command(struct app *a, const struct effect *e)
{
	struct run_facts run = {0};
	struct source *s = run_key_is_set(e->key) ? source_of(a, e, &run) : NULL;
	if (is_tame(run.id) && is_tame(run.workflow) && is_tame(e->order.task))
		app_command(a, &run, e->order.task, s ? s->context->name : "", e->text);
	else
		app_notice(a, VIEW("Its names have control characters: no command gets them."), APP_BAD);
}

static void perform_export(struct app *a, const struct effect *e)
{
	struct run_facts run;
	struct source *s = source_of(a, e, &run);
	if (s)
		app_save_run(a, s, run.id, e->path);
}

static void perform_log_newer(struct app *a, const struct effect *e)
{
	app_log_newer(a, e->request);
}

static void perform_log_search_end(struct app *a, const struct effect *e)
{
	app_log_search_end(a, e->request);
}

static void perform_log_close(struct app *a, const struct effect *e)
{
	app_log_close(a, e->request);
}

static perform_fn *const performers[] = {
	[EFFECT_QUIT] = perform_quit,
	[EFFECT_SUSPEND] = perform_suspend,
	[EFFECT_REDRAW] = perform_redraw,
	[EFFECT_BELL] = perform_bell,
	[EFFECT_DETAIL] = perform_detail,
	[EFFECT_FOLLOW] = perform_follow,
	[EFFECT_UNFOLLOW] = perform_unfollow,
	[EFFECT_HISTORY] = perform_history,
	[EFFECT_LOG_OPEN] = app_log_open,
	[EFFECT_LOG_OLDER] = app_log_older,
	[EFFECT_LOG_NEWER] = perform_log_newer,
	[EFFECT_LOG_SEARCH] = app_log_search,
	[EFFECT_LOG_SEARCH_END] = perform_log_search_end,
	[EFFECT_LOG_CLOSE] = perform_log_close,
	[EFFECT_ORDER] = perform_order,
	[EFFECT_PAGE] = perform_page,
	[EFFECT_CATALOG] = perform_catalog,
	[EFFECT_ASK] = perform_ask,
	[EFFECT_SCHEDULE] = perform_schedule,
	[EFFECT_SPACE] = perform_space,
	[EFFECT_COPY] = perform_copy,
	[EFFECT_LINK] = perform_copy,	/* over SSH nothing can be opened: the address is copied */
	[EFFECT_SAVE] = perform_save,
	[EFFECT_SAVE_LOG] = app_log_save,
	[EFFECT_EXPORT] = perform_export,
	[EFFECT_THEME] = perform_theme,
	[EFFECT_COMMAND] = perform_command,
	[EFFECT_REMEMBER] = perform_remember,
};

void perform(struct app *a, const struct effects *fx)
{
	/* A performer may send a message, which may add to the list and move it. */
	for (size_t i = 0; i < fx->list.len; i++) {
		struct effect e = fx->list.items[i];
		performers[e.kind](a, &e);
	}
}
