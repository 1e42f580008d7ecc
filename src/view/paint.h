/* What all views draw with: the pen they are handed, the look of each status,
 * text pushed to the right, ages, progress bars, bars of hints. */
#ifndef VIEW_PAINT_H
#define VIEW_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "core/run.h"
#include "model/action.h"
#include "model/lineedit.h"
#include "screen/canvas.h"

struct model;

struct pen {
	struct canvas *canvas;
	const struct model *m;
	struct arena arena;	/* for facts; emptied card by card */
	struct str text;	/* for words being put together */
};

/* A screen's drawing. r is what it may use. */
typedef void view_fn(struct pen *p, struct rect r);

/* How a status looks. */
struct look {
	const char *glyph, *ascii;
	enum style_role role;
};

struct look look_of_run(enum run_status s);
struct look look_of_task(enum task_status s);
/* "waiting", "timed out": for people. */
const char *run_status_words(enum run_status s);
const char *task_status_words(enum task_status s);

/* Starts p->text anew and returns it. */
struct str *pen_text(struct pen *p);
/* Draws p->text; returns the cells used. */
int pen_put(struct pen *p, int row, int col, int cells, enum style_role role);
/* Draws p->text so that it ends before column `end`, not left of `from`; returns
 * the column where it begins (end, when there was no room at all). */
int pen_put_right(struct pen *p, int row, int from, int end, enum style_role role);
/* Where p->text takes more cells, its longest words lose their middle: a long name must
 * not push what stands behind it out of sight. */
void pen_squeeze(struct pen *p, int cells);
/* " · " or " - ". */
const char *pen_dot(const struct pen *p);
/* "label   value" with the label LABEL and `at` cells wide; returns rows used. */
int pen_field(struct pen *p, struct rect r, int at, const char *label, struct view value);
/* Text over several rows, broken at blanks; returns the rows used (at most r.rows). */
int pen_wrap(struct pen *p, struct rect r, enum style_role role, struct view text);
/* "↑ 2 more  ↓ 3 more": what is out of sight, dim. */
void pen_more(struct pen *p, struct rect r, size_t above, size_t below);
/* Of n rows r shows those from `top` on. Where not all fit, its last row is taken off, unless
 * it is the only one, and says how many are out of sight. Returns top, clipped. */
size_t pen_scrolled(struct pen *p, struct rect *r, size_t n, size_t top);
/* ▕████▌   ▏ of so many cells; fraction < 0: unknown. */
void pen_bar(struct pen *p, int row, int col, int cells, float fraction);
/* A text field with its cursor, when it has the focus. */
void pen_field_line(struct pen *p, struct rect r, const struct lineedit *e, bool focused);
/* "Enter open  a approve ..." in keys and words, as many as fit, from actions up
 * to ACTION_NONE; room for help is kept. Returns the cells used. */
int pen_hints(struct pen *p, int row, int col, int cells, const enum action *actions);
/* A title bar of a screen: name left, words right. */
void pen_title(struct pen *p, struct rect r, const char *title, struct view right);
/* A sentence in the middle of an empty place. */
void pen_empty(struct pen *p, struct rect r, const char *sentence);

/* The same where there is nothing; but "UNKNOWN: local does not answer." where that is not
 * known. */
void pen_nothing(struct pen *p, struct rect r, const char *sentence, const char *unknown);

/* Appends the elapsed time of a run: since it began, until it ended. */
void add_elapsed(struct str *s, int64_t from_ms, int64_t to_ms, int64_t now_ms);
void add_age(struct str *s, int64_t at_ms, int64_t now_ms);
/* For what has ended: "now" within the minute, then as add_age. */
void add_ended_age(struct str *s, int64_t at_ms, int64_t now_ms);

#endif
