#include "logpane_scene.h"

#include "base/str.h"
#include "lib/unit.h"

struct scene scene_open(void)
{
	struct scene s = { .store = store_new() };
	static const char *const contexts[] = { "local", NULL };
	struct model_setup setup = { .store = s.store, .contexts = contexts, .rows = 24,
				     .cols = 80, .now_ms = 1000 };
	struct log_source source = { .key = { 1, 1 }, .task = VIEW("build"), .attempt = 1 };
	s.model = model_new(&setup);
	logpane_init(&s.pane);
	s.pane.height = 4;
	s.pane.width = 22;
	logpane_open(s.model, &s.pane, &source, &s.fx);
	return s;
}

void scene_close(struct scene *s)
{
	logpane_release(&s->pane);
	effects_release(&s->fx);
	model_free(s->model);
	store_free(s->store);
}

void say(struct scene *s, enum log_stream stream, const char *text)
{
	struct log_line_facts line = { .at_ms = 5, .stream = stream, .text = view_of(text) };
	struct msg msg = { .kind = MSG_LOG, .request = s->pane.request };
	msg.log = (struct msg_log){ .lines = &line, .len = 1, .state = LOG_FOLLOWING };
	logpane_arrive(s->model, &s->pane, &msg);
}

void say_many(struct scene *s, int n)
{
	for (int i = 0; i < n; i++) {
		struct str text = { 0 };
		str_addf(&text, "line %d", i);
		say(s, LOG_STREAM_STDOUT, str_text(&text));
		str_release(&text);
	}
}

void act(struct scene *s, enum action a)
{
	ck_assert(logpane_act(s->model, &s->pane, a, &s->fx));
}

void expect_first(struct scene *s, const char *text)
{
	size_t first = logpane_first(&s->pane, s->pane.height, 80);
	ck_assert_uint_lt(first, s->pane.shown.len);
	const struct log_row *row = logpane_row(&s->pane, first);
	ck_assert(view_is(view_bytes(row->text, row->len), text));
}

void search(struct scene *s, const char *needle)
{
	act(s, ACTION_FILTER);
	ck_assert_ptr_nonnull(logpane_field(&s->pane));
	lineedit_set(logpane_field(&s->pane), view_of(needle));
	logpane_typed(&s->pane);
	logpane_end_typing(s->model, &s->pane, LOG_SEARCH_KEEP, &s->fx);
}

void arrive(struct scene *s, int from, int n, enum log_state state)
{
	struct log_line_facts lines[50];
	struct str texts[50] = {0};
	struct msg msg = { .kind = MSG_LOG, .request = s->pane.request };
	for (int i = 0; i < n; i++) {
		str_addf(&texts[i], "line %d", from + i);
		lines[i] = (struct log_line_facts){ .stream = LOG_STREAM_STDOUT,
						    .text = view_of_str(&texts[i]) };
	}
	msg.log = (struct msg_log){ .lines = lines, .len = (size_t)n, .state = state,
				    .at_start = from == 0 };
	logpane_arrive(s->model, &s->pane, &msg);
	for (int i = 0; i < n; i++)
		str_release(&texts[i]);
}
