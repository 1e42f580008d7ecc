/* What holds for every frame of every set, hostile ones too, from one cell up and
 * after a resize: no control byte reaches a cell, ASCII stays ASCII. */
#include "lib/session.h"
#include "lib/unit.h"
#include "view/view.h"

static const char *const sets[] = { "empty", "three-runs", "night", "hostile", "question",
				    "two-contexts" };

/* Keys that lead from the board to each screen. */
static const char *const ways[] = {
	"", "Enter", "Enter 1", "Enter 2", "Enter 3", "Enter 4", "Enter 5 s w", "Enter 6",
	"4 Enter", "4 Enter 5 / \"o\"", "I", "D", "W", "n Enter", "H", "T", "?", ":", "v", "x",
	"a", "a \"some words\" Enter", "r Enter y D", "c Enter", "i \"12\" Enter", "Ctrl-C",
	"Space Space c", "/ \"status:\"", "z", "z z", "7", "3 -", "p",
};

static const struct {
	int rows, cols;
} sizes[] = {
	{ 1, 1 }, { 2, 3 }, { 3, 20 }, { 5, 40 }, { 12, 40 }, { 20, 60 }, { 24, 80 },
	{ 30, 129 }, { 30, 130 }, { 50, 160 }, { 100, 300 },
};

enum { N_SETS = sizeof sets / sizeof *sets, N_WAYS = sizeof ways / sizeof *ways,
       N_SIZES = sizeof sizes / sizeof *sizes };

static bool is_safe(const struct cell *cell, bool ascii)
{
	for (const unsigned char *c = (const unsigned char *)cell->text; *c; c++) {
		if (*c < 0x20 || *c == 0x7f || (ascii && *c >= 0x80))
			return false;
		/* The second byte of C1 controls in UTF-8. */
		if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			return false;
	}
	return true;
}

/* One assertion a frame: libcheck writes a line for each. */
static void ck_frame(const struct canvas *c, const char *set, const char *way)
{
	int unsafe = -1;

	for (int i = 0; i < c->rows * c->cols && unsafe < 0; i++) {
		if (!is_safe(&c->cells[i], !c->unicode))
			unsafe = i;
	}
	ck_assert_msg(unsafe < 0, "%s, keys %s, %dx%d: cell %d,%d", set, way, c->cols, c->rows,
		      unsafe / c->cols, unsafe % c->cols);
	ck_assert_int_lt(c->cursor_row, c->rows);
	ck_assert_int_lt(c->cursor_col, c->cols);
}

static void draw_all_sizes(struct fixture *f, const char *set, const char *way)
{
	for (int i = 0; i < N_SIZES; i++) {
		struct canvas unicode, ascii;

		fixture_send(f, (struct msg){ .kind = MSG_RESIZE,
					      .size = { sizes[i].rows, sizes[i].cols } });
		canvas_init(&unicode, sizes[i].rows, sizes[i].cols, true);
		canvas_init(&ascii, sizes[i].rows, sizes[i].cols, false);
		view_draw(f->model, &unicode);
		view_draw(f->model, &ascii);
		ck_frame(&unicode, set, way);
		ck_frame(&ascii, set, way);
		canvas_release(&unicode);
		canvas_release(&ascii);
	}
}

START_TEST(every_screen_is_drawn_safely_at_every_size)
{
	for (int way = 0; way < N_WAYS; way++) {
		struct fixture f;

		ck_assert(fixture_open(&f, sets[_i], 24, 80));
		press(&f, ways[way]);
		draw_all_sizes(&f, sets[_i], ways[way]);
		fixture_close(&f);
	}
}
END_TEST

START_TEST(keys_on_a_tiny_terminal_are_harmless)
{
	for (int way = 0; way < N_WAYS; way++) {
		struct fixture f;

		ck_assert(fixture_open(&f, "night", 1, 1));
		press(&f, ways[way]);
		press(&f, "j k l h G g PgDn PgUp Tab Enter Esc");
		draw_all_sizes(&f, "night", ways[way]);
		fixture_close(&f);
	}
}
END_TEST

Suite *suite_frames(void);

Suite *suite_frames(void)
{
	Suite *s = suite_create("frames");
	TCase *t = tcase_create("frames");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_screen_is_drawn_safely_at_every_size, 0, N_SETS);
	tcase_add_test(t, keys_on_a_tiny_terminal_are_harmless);
	suite_add_tcase(s, t);
	return s;
}
