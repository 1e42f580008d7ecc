/* Pages of the list of runs. */
#include "base/mem.h"
#include "base/when.h"
#include "core/filter.h"
#include "engine/engine_inside.h"
#include "engine/walk.h"

/* Others wait while a slice is looked at: the clock ends it, asked every few steps; where
 * the clock stands still, their number. */
enum { PAGE = 50, PAGE_MAX = 1000, SLICE_MS = 5, SLICE_MOST = 20000, LOOK_EVERY = 16 };

struct page {
	struct engine *e;
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
	struct str now = {0};
	if (run && !run->m->ended) {
		engine_frame(p->e, run->m, &now);
		frame = view_of_str(&now);
	}
	jsonw_raw(&p->w, NULL, frame);
	str_release(&now);
	p->shown++;
}

/* Until the page is full and one more was found, or the slice is over. */
static void read_page(struct page *p)
{
	int64_t until_ms = when_mono_ms() + SLICE_MS;
	struct walk_row row;
	for (int steps = 1; steps < SLICE_MOST; steps++) {
		enum walk_step step = walk_next(p->walk, &row);
		p->more = step != WALK_OVER;
		if (step == WALK_OVER || (step == WALK_FIT && p->shown == p->limit))
			break;
		if (step == WALK_FIT)
			show(p, &row);
		if (p->shown < p->limit || step == WALK_FIT) {
			str_clear(&p->cursor);
			walk_cursor(p->walk, &p->cursor);
		}
		if (steps % LOOK_EVERY == 0 && when_mono_ms() >= until_ms)
			break;
	}
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

bool engine_runs(struct engine *e, const struct engine_query *q, struct str *out, struct err *err)
{
	struct page p = { .e = e, .limit = q->limit > 0 ? q->limit : PAGE };
	struct walk_order order;
	p.limit = p.limit > PAGE_MAX ? PAGE_MAX : p.limit;
	if (!walk_order_parse(q->sort, &order))
		return err_set(err, ERR_USAGE, "sort: created, ended, duration, workflow or status, "
					       "with '-' before it the other way round");
	struct filter *filter = filter_parse(q->filter, NULL, err);
	if (filter)
		p.walk = walk_new(e->journal, filter, order, q->cursor, err);
	if (p.walk) {
		jsonw_init(&p.w, out);
		jsonw_object(&p.w, NULL);
		jsonw_array(&p.w, "runs");
		read_page(&p);
		end_page(&p);
	}
	walk_free(p.walk);
	filter_free(filter);
	str_release(&p.cursor);
	return p.walk != NULL;
}
