/* The board, live on a terminal: the first frame is drawn before anything is
 * connected. */
#include "app/board.h"

#include <unistd.h>

#include "app/cache.h"
#include "app/frame.h"

static int board_fail(struct app *a, const struct err *err)
{
	int status = err_exit_status(err->kind);
	app_release(a);
	out_error("runboard", err_text(err));
	return status;
}

int app_board(const struct app_options *options)
{
	struct app a;
	struct err err = {0};
	int status = 0;
	if (!app_init(&a, options, &err) || !frame_open(&a, &err)) {
		status = board_fail(&a, &err);
		err_release(&err);
		return status;
	}
	cache_load(&a);
	frame_end_of_turn(&a);
	app_connect(&a);
	loop_run(a.loop);
	cache_save(&a);
	frame_close(&a);
	app_release(&a);
	return status;
}
