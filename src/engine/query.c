/* Facts of runs for the API: one run, its history, pages of the list. */
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/edit.h"
#include "engine/engine_inside.h"
#include "engine/sizes.h"
#include "engine/where.h"
#include "wire/encode.h"
#include "wire/proto.h"

enum { PAGE = 50, PAGE_MAX = 1000, SLICE = 4000, SLICE_LEAST = 1000, SLICE_MS = 8 };

/* ---- one run ------------------------------------------------------------------------ */

/* A state to look at: of an open run, or loaded for now. */
struct look {
	const struct machine *m;
	struct machine *loaded;
};

static bool look_at(struct engine *e, struct view id, struct look *look, struct err *err)
{
	const struct live_run *run = engine_live(e, id);
	*look = (struct look){ .m = run ? run->m : NULL };
	if (run)
		return true;
	int64_t num = journal_find(e->journal, id);
	if (!num)
		return err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)id.len, id.ptr);
	look->m = look->loaded = journal_load(e->journal, num, err);
	return look->m != NULL;
}

/* Sizes of logs: from the supervisor while it runs, else from the files. */
static void live_of(void *arg, const struct machine *m, const struct machine_task *t,
		    struct task_live *out)
{
	const struct engine *e = arg;
	struct runner_live live;
	struct attempt_name name = { m->id, t->id, t->attempt };
	if (runner_live(e->runner, &name, &live))
		*out = (struct task_live){ live.progress, live.words, live.stdout_bytes,
					   live.stderr_bytes, live.usage };
	attempt_sizes(e->state, &name, &out->stdout_bytes, &out->stderr_bytes);
}

static void caller_of(const struct engine_caller *caller, struct machine_order *out)
{
	*out = (struct machine_order){
		.by = caller->by, .roles = caller->roles, .n_roles = caller->n_roles,
		.admin = caller->admin,
	};
}

static void detail_of(struct engine *e, const struct machine *m,
		      const struct machine_order *caller, struct run_detail *out,
		      struct arena *arena)
{
	struct facts_source source;
	engine_source(e, m, &source);
	source.caller = caller;
	source.live = live_of;
	facts_detail(&source, arena, out);
}

bool engine_run(struct engine *e, struct view id, const struct engine_caller *caller,
		struct str *out, int64_t *version, struct err *err)
{
	struct look look;
	struct run_detail detail;
	struct machine_order who;
	struct arena arena = {0};
	struct jsonw w;
	if (!look_at(e, id, &look, err))
		return false;
	caller_of(caller, &who);
	detail_of(e, look.m, &who, &detail, &arena);
	jsonw_init(&w, out);
	encode_detail(&w, NULL, &detail);
	*version = look.m->version;
	arena_release(&arena);
	machine_free(look.loaded);
	return true;
}

bool engine_task(struct engine *e, struct view run, struct view task,
		 const struct engine_caller *caller, struct str *out, int64_t *version,
		 struct err *err)
{
	struct look look;
	struct run_detail detail;
	struct machine_order who;
	struct arena arena = {0};
	struct jsonw w;
	bool found = false;
	if (!look_at(e, run, &look, err))
		return false;
	caller_of(caller, &who);
	detail_of(e, look.m, &who, &detail, &arena);
	jsonw_init(&w, out);
	for (size_t i = 0; !found && i < detail.n_tasks; i++) {
		found = view_eq(detail.tasks[i].id, task);
		if (found)
			encode_task(&w, NULL, &detail.tasks[i]);
		if (found)
			*version = detail.tasks[i].version;
	}
	arena_release(&arena);
	machine_free(look.loaded);
	return found || err_set(err, ERR_NOT_FOUND, "there is no task %.*s", (int)task.len,
				task.ptr);
}

/* ---- history --------------------------------------------------------------------------- */

struct telling {
	struct journal *journal;
	struct machine *m;		/* folded on the way: it knows the secrets */
	struct jsonw w;
	struct arena arena;
};

/* Without what is a secret of the run. */
static struct view shown(struct telling *t, struct view text)
{
	struct str masked = {0};
	if (mask_empty(t->m->mask))
		return text;
	mask_text(t->m->mask, text, &masked);
	text = arena_view(&t->arena, view_of_str(&masked));
	str_release(&masked);
	return text;
}

/* What a person reads of a fact beside its kind. */
static void add_words(struct str *text, const struct event *e)
{
	if (e->run_status != RUN_STATUSES)
		str_addf(text, "%s ", run_status_name(e->run_status));
	if (e->task_status != TASK_STATUSES)
		str_addf(text, "%s ", task_status_name(e->task_status));
	if (e->verb != VERBS)
		str_addf(text, "%s ", verb_past(e->verb));
	str_add(text, e->prompt);
	str_add(text, e->error);
	str_add(text, e->reason);
}

static bool tell_event(void *arg, struct db_stmt *row)
{
	struct telling *t = arg;
	struct event e;
	struct str text = {0};
	arena_clear(&t->arena);
	if (!journal_read_event(t->journal, row, &t->arena, &e, NULL))
		return true;
	const struct machine_task *task = machine_task(t->m, e.task);
	add_words(&text, &e);
	if (e.kind == EVENT_TASK_RESET && e.value.len && task)
		edit_say(t->m, task, e.value, &text);
	machine_fold(t->m, &e);
	const struct history_facts facts = {
		.seq = e.seq, .at_ms = e.at_ms, .kind = view_of(event_name(e.kind)),
		.by = e.by, .task = e.task, .text = shown(t, view_trim(view_of_str(&text))),
		.comment = shown(t, e.comment), .attempt = e.attempt,
	};
	encode_history(&t->w, NULL, &facts);
	str_release(&text);
	return true;
}

bool engine_history(struct engine *e, struct view run, struct str *out, struct err *err)
{
	struct telling t = { .journal = e->journal };
	int64_t num = journal_find(e->journal, run);
	if (!num)
		return err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)run.len, run.ptr);
	t.m = machine_new();
	jsonw_init(&t.w, out);
	jsonw_object(&t.w, NULL);
	jsonw_array(&t.w, "history");
	journal_history(e->journal, num, tell_event, &t);
	jsonw_end_array(&t.w);
	jsonw_end_object(&t.w);
	arena_release(&t.arena);
	machine_free(t.m);
	return true;
}

/* ---- pages ------------------------------------------------------------------------------ */

struct page {
	struct engine *e;
	struct filter *filter;
	struct jsonw w;
	int limit, shown, seen;
	int64_t until_ms;		/* of the monotonic clock: then the slice ends */
	int64_t last;			/* number of the last run looked at */
	bool more;
};

/* Open runs are shown as they are this moment, with their progress. */
static void show(struct page *p, struct view id, struct view frame)
{
	const struct live_run *run = engine_live(p->e, id);
	struct str now = {0};
	if (run && !run->m->ended) {
		engine_frame(p->e, run->m, &now);
		frame = view_of_str(&now);
	}
	jsonw_raw(&p->w, NULL, frame);
	str_release(&now);
	p->shown++;
}

static void look_at_row(struct page *p, struct db_stmt *row)
{
	struct run_facts facts;
	struct arena arena = {0};
	struct filter_env env = { .now_ms = when_now_ms() };
	struct view frame = db_text(row, 1);
	p->last = db_int(row, 0);
	p->seen++;
	if (proto_run(frame, &arena, &facts, NULL) && filter_match(p->filter, &facts, &env))
		show(p, facts.id, frame);
	arena_release(&arena);
}

/* Others wait while a slice is looked at: what does not fit counts, and ends it by its
 * number or by the clock. */
static bool slice_is_over(const struct page *p)
{
	int passed = p->seen - p->shown;
	return passed >= SLICE || (passed >= SLICE_LEAST && when_mono_ms() >= p->until_ms);
}

static bool read_page(struct page *p, int64_t before, struct err *err)
{
	struct where where = {0};
	struct str sql = {0};
	str_add_text(&sql, "SELECT num, frame FROM runs WHERE num < ?");
	where_build(&where, p->filter, &sql);
	str_add_text(&sql, " ORDER BY num DESC");
	struct db_stmt *st = db_prepare(journal_db(p->e->journal), str_text(&sql), err);
	if (st) {
		db_bind_int(st, 1, before);
		where_bind(&where, st, 2);
		p->until_ms = when_mono_ms() + SLICE_MS;
		bool over = false;
		while (p->shown < p->limit && !over && db_step(st, NULL) == DB_ROW) {
			look_at_row(p, st);
			over = slice_is_over(p);
		}
		p->more = (p->shown == p->limit || over) && db_step(st, NULL) == DB_ROW;
		db_finish(st);
	}
	str_release(&sql);
	where_release(&where);
	return st != NULL;
}

static void end_page(struct page *p)
{
	struct str cursor = {0};
	str_addf(&cursor, "%lld", (long long)p->last);
	jsonw_end_array(&p->w);
	if (p->more)
		jsonw_text(&p->w, "next_cursor", view_of_str(&cursor));
	else
		jsonw_null(&p->w, "next_cursor");
	jsonw_end_object(&p->w);
	str_release(&cursor);
}

bool engine_runs(struct engine *e, const struct engine_query *q, struct str *out, struct err *err)
{
	int64_t before = INT64_MAX;
	if (q->cursor.len && !number_parse(q->cursor, 1, INT64_MAX, &before))
		return err_set(err, ERR_USAGE, "cursor: it is none of this list");
	if (q->sort.len && !view_is(q->sort, "-created") && !view_is(q->sort, "created_at"))
		return err_set(err, ERR_USAGE, "sort: runs come newest first only");
	struct page p = { .e = e, .limit = q->limit > 0 ? q->limit : PAGE };
	p.limit = p.limit > PAGE_MAX ? PAGE_MAX : p.limit;
	p.filter = filter_parse(q->filter, NULL, err);
	if (!p.filter)
		return false;
	jsonw_init(&p.w, out);
	jsonw_object(&p.w, NULL);
	jsonw_array(&p.w, "runs");
	bool ok = read_page(&p, before, err);
	end_page(&p);
	filter_free(p.filter);
	return ok;
}
