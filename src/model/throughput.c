/* Throughput by the hour. */
#include "model/throughput.h"

#include <string.h>

#include "model/model.h"

/* Of a row: its instant as the local clock says it, "2026-11-21 03:00:00", and how many runs
 * ended in each way. */
enum { CELL_AT, CELL_COMPLETED, CELL_FAILED, CELLS = 6, CLOCK_FROM = 11 };

void throughput_ask(struct model *m, struct throughput *t, uint16_t context, struct effects *fx)
{
	t->request = model_request(m);
	effects_add(fx, (struct effect){ .kind = EFFECT_CATALOG, .request = t->request,
					 .context = context, .catalog = CATALOG_THROUGHPUT });
}

static int64_t count_of(struct view cell)
{
	int64_t n;

	return number_parse(cell, 0, INT32_MAX, &n) ? n : 0;
}

static void take(struct throughput *t, const struct view *cells)
{
	struct throughput_hour hour = { .completed = count_of(cells[CELL_COMPLETED]) };
	struct view clock = view_cut(cells[CELL_AT], CLOCK_FROM, sizeof hour.clock - 1);

	memcpy(hour.clock, clock.ptr, clock.len);
	for (int i = CELL_FAILED; i < CELLS; i++)
		hour.failed += count_of(cells[i]);
	vec_push(&t->hours, hour);
}

void throughput_arrive(struct throughput *t, const struct msg *msg)
{
	int columns = 0;

	if (t->request == 0 || msg->request != t->request)
		return;
	if (msg->kind == MSG_DONE)
		t->request = 0;
	while (msg->kind == MSG_CATALOG && msg->catalog.columns && msg->catalog.columns[columns])
		columns++;
	for (size_t i = 0; columns == CELLS && i < msg->catalog.len; i++)
		take(t, msg->catalog.rows + i * CELLS);
}

void throughput_clear(struct throughput *t)
{
	t->request = 0;
	vec_clear(&t->hours);
}

void throughput_release(struct throughput *t)
{
	vec_release(&t->hours);
}
