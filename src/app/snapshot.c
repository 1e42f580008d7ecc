/* The board drawn once as text, without a terminal: the same model and view. */
#include "app/board.h"
#include "base/utf8.h"
#include "view/view.h"

enum { SNAPSHOT_MS = 10000 };

struct snapshot {
	struct app app;
	bool late;
};

static void on_late(void *arg)
{
	struct snapshot *s = arg;
	s->late = true;
}

static bool is_complete(const struct snapshot *s)
{
	for (size_t i = 0; i < s->app.n_sources; i++)
		if (!s->app.sources[i].snapshot_seen)
			return false;
	return !model_is_busy(s->app.model);
}

/* The first source that cannot be reached, or NULL. */
static const struct context *down(const struct snapshot *s)
{
	for (size_t i = 0; i < s->app.n_sources; i++)
		if (s->app.model->contexts[i].condition == CONDITION_DOWN)
			return &s->app.model->contexts[i];
	return NULL;
}

static void print_row(const struct canvas *c, int row, struct out *out)
{
	struct str line = {0};
	size_t end = 0;
	for (int col = 0; col < c->cols; col++) {
		const struct cell *cell = canvas_at(c, row, col);
		if (cell->width == 0)
			continue;
		str_add_text(&line, cell->text[0] ? cell->text : " ");
		if (cell->text[0] && cell->text[0] != ' ')
			end = line.len;
	}
	str_shorten(&line, end);
	out_label(out, view_of_str(&line));
	out_text(out, "\n");
	str_release(&line);
}

static void print(struct snapshot *s, const struct app_options *o, struct out *out)
{
	struct canvas canvas;
	canvas_init(&canvas, o->rows, o->cols, utf8_is_unicode_locale());
	view_draw(s->app.model, &canvas);
	for (int row = 0; row < canvas.rows; row++)
		print_row(&canvas, row, out);
	canvas_release(&canvas);
}

static void wait(struct snapshot *s)
{
	struct watch *timer = loop_timer(s->app.loop, on_late, s);
	loop_timer_set(timer, SNAPSHOT_MS);
	for (size_t i = 0; i < s->app.n_sources; i++)
		source_watch(&s->app.sources[i]);
	while (!is_complete(s) && !down(s) && !s->late)
		loop_turn(s->app.loop, -1);
	loop_remove(timer);
}

bool app_snapshot(const struct app_options *options, struct out *out, struct err *err)
{
	struct snapshot s = { .late = false };
	bool ok = app_init(&s.app, options, err);
	if (ok) {
		wait(&s);
		const struct context *lost = down(&s);
		ok = !lost && is_complete(&s);
		if (ok)
			print(&s, options, out);
		else
			err_set(err, ERR_UNREACHABLE, "snapshot: %s",
				lost ? str_text(&lost->sentence) : "no answer within 10 s");
	}
	app_release(&s.app);
	return ok;
}
