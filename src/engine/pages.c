/* Pages of the list of runs. */
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/walk.h"
#include "wire/encode.h"
#include "wire/proto.h"

/* Others wait while a slice is looked at: the clock ends it, asked at every step, since one
 * may have to wait for the disk; where the clock stands still, their number. Where every row
 * fits, a page of usual length is whole whatever the clock says: only a search is cut. */
enum { PAGE = 50, PAGE_MAX = 1000, SLICE_MS = 5, SLICE_MOST = 20000 };

struct page {
	struct engine *e;
	const struct filter *filter;
	const struct engine_viewer *viewer;
	struct walk *walk;
	struct jsonw w;
	struct str cursor;		/* behind what was shown, or where the slice ended */
	int limit, shown;
	bool more;
};

/* Open runs are shown as they are this moment, with their progress. */
static void show(struct page *p, const struct walk_row *row)
{
	const struct live_run *run = row->open ? engine_live(p->e, row->id) : NULL;
	struct view frame = row->frame;
	struct str now = {0}, own = {0};
	if (run && !run->m->ended) {
		engine_frame(p->e, run->m, &now);
		frame = view_of_str(&now);
	}
	if (p->viewer && p->viewer->own && p->viewer->own(p->viewer->arg, frame, &own))
		frame = view_of_str(&own);
	jsonw_raw(&p->w, NULL, frame);
	str_release(&now);
	str_release(&own);
	p->shown++;
}

bool engine_sees_frame(const struct engine_viewer *viewer, struct view frame)
{
	struct arena arena = {0};
	struct run_facts facts;
	if (!viewer || !viewer->sees)
		return true;
	bool seen = proto_run(frame, &arena, &facts, NULL) && engine_sees(viewer, facts.workflow);
	arena_release(&arena);
	return seen;
}

/* Until the page is full and one more was found, or the slice is over. */
static void read_page(struct page *p)
{
	int64_t until_ms = when_mono_ms() + SLICE_MS;
	struct walk_row row;
	bool searches = false;
	for (int steps = 1; steps < SLICE_MOST; steps++) {
		enum walk_step step = walk_next(p->walk, &row);
		if (step == WALK_FIT && !engine_sees_frame(p->viewer, row.frame))
			step = WALK_PASSED;
		p->more = step != WALK_OVER;
		if (step == WALK_OVER || (step == WALK_FIT && p->shown == p->limit))
			break;
		if (step == WALK_FIT)
			show(p, &row);
		if (p->shown < p->limit || step == WALK_FIT) {
			str_clear(&p->cursor);
			walk_cursor(p->walk, &p->cursor);
		}
		searches = searches || step != WALK_FIT;
		if ((searches || p->shown >= PAGE) && when_mono_ms() >= until_ms)
			break;
	}
}

/* The i-th of what is planned, from whichever side. */
static const struct planned *planned_at(const struct page *p, size_t i, bool last_first)
{
	return p->e->planned.items[last_first ? i : p->e->planned.len - 1 - i];
}

static bool planned_fits(struct page *p, const struct planned *planned)
{
	struct arena arena = {0};
	struct filter_env env = filter_env_of(when_now_ms(), NULL);
	struct facts_source source;
	struct run_facts facts;
	engine_source(p->e, planned->m, &source);
	facts_run(&source, &arena, &facts);
	bool fits = filter_match(p->filter, &facts, &env) && engine_sees(p->viewer, facts.workflow);
	if (fits && p->shown < p->limit) {
		encode_run(&p->w, NULL, &facts);
		p->shown++;
		str_clear(&p->cursor);
		str_addf(&p->cursor, "p%s", planned->id);
	}
	arena_release(&arena);
	return fits;
}

/* Behind the one named `after`, if any, as far as there is room; p->more: there was not. */
static void show_planned(struct page *p, struct view after, bool last_first)
{
	bool full = p->shown == p->limit;
	p->more = false;
	for (size_t i = 0; i < p->e->planned.len && !p->more; i++) {
		const struct planned *planned = planned_at(p, i, last_first);
		int order = after.len ? view_cmp(view_of(planned->id), after) : 0;
		if (!planned->m || (after.len && (last_first ? order >= 0 : order <= 0)))
			continue;
		p->more = planned_fits(p, planned) && full;
		full = p->shown == p->limit;
	}
	if (p->more && !p->cursor.len)
		str_add_char(&p->cursor, 'p');
}

static void end_page(struct page *p)
{
	jsonw_end_array(&p->w);
	if (p->more)
		jsonw_text(&p->w, "next_cursor", view_of_str(&p->cursor));
	else
		jsonw_null(&p->w, "next_cursor");
	jsonw_end_object(&p->w);
}

/* What is planned comes before all that has begun where the newest come first, else
 * behind: a cursor that begins with 'p' lies among it. */
static bool fill_page(struct page *p, const struct walk_order *order, struct view cursor,
		      struct err *err)
{
	bool first = order->sort == WALK_CREATED && !order->ascending;
	bool among = view_starts(cursor, "p");
	struct view after = among ? view_cut(cursor, 1, cursor.len) : (struct view){0};
	p->walk = walk_new(p->e->journal, p->filter, *order, among ? (struct view){0} : cursor, err);
	if (!p->walk)
		return false;
	jsonw_object(&p->w, NULL);
	jsonw_array(&p->w, "runs");
	if (first && (among || !cursor.len))
		show_planned(p, after, first);
	if (!p->more && (first || !among))
		read_page(p);
	if (!p->more && !first)
		show_planned(p, after, first);
	end_page(p);
	return true;
}

bool engine_runs(struct engine *e, const struct engine_query *q, struct str *out, struct err *err)
{
	struct page p = { .e = e, .limit = q->limit > 0 ? q->limit : PAGE };
	struct walk_order order;
	p.limit = p.limit > PAGE_MAX ? PAGE_MAX : p.limit;
	if (!walk_order_parse(q->sort, &order))
		return err_set(err, ERR_USAGE, "sort: created, ended, duration, workflow or status, "
					       "with '-' before it the other way round");
	struct filter *filter = filter_parse(q->filter, NULL, err);
	p.filter = filter;
	p.viewer = q->viewer;
	jsonw_init(&p.w, out);
	bool good = filter && fill_page(&p, &order, q->cursor, err);
	walk_free(p.walk);
	filter_free(filter);
	str_release(&p.cursor);
	return good;
}
