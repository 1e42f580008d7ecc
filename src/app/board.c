/* The board, live on a terminal: the first frame is drawn before anything is
 * connected. */
#include "app/board.h"

#include "app/cache.h"
#include "app/frame.h"

bool app_board(const struct app_options *options, struct err *err)
{
	struct app a;
	bool ok = app_init(&a, options, err) && frame_open(&a, err);
	if (ok) {
		cache_load(&a);
		frame_end_of_turn(&a);
		app_connect(&a);
		loop_run(a.loop);
		cache_save(&a);
		frame_close(&a);
		/* What the operator could no longer be shown. */
		if (a.last_words.len)
			ok = err_set(err, ERR_REFUSED, "quit: %s", str_text(&a.last_words));
	}
	app_release(&a);
	return ok;
}
