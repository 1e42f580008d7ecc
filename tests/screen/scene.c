/* Scenes on the made-up world of tests/lib/fixture. */
#include "scene.h"

#include "base/when.h"
#include "lib/fixture.h"
#include "view/view.h"

struct scene {
	struct fixture f;
	int rows, cols;
	bool open, unicode, read_only;
};

typedef bool setting_fn(struct scene *s, struct view words);

static bool set_size(struct scene *s, struct view words)
{
	struct view cols, rest = words;
	int64_t c, r;

	if (!view_split(&rest, 'x', &cols) || !number_parse(cols, 20, 400, &c) ||
	    !number_parse(rest, 5, 200, &r))
		return false;
	s->rows = (int)r;
	s->cols = (int)c;
	return true;
}

static bool set_load(struct scene *s, struct view words)
{
	struct str name = { 0 };

	str_add(&name, words);
	s->open = fixture_open_with(&s->f, str_text(&name), &(struct fixture_setup){
		.rows = s->rows, .cols = s->cols, .read_only = s->read_only,
	});
	str_release(&name);
	return s->open;
}

static bool set_ascii(struct scene *s, struct view words)
{
	s->unicode = false;
	return true;
}

static bool set_read_only(struct scene *s, struct view words)
{
	s->read_only = true;
	return !s->open;
}

static bool set_happens(struct scene *s, struct view words)
{
	struct str name = { 0 };
	bool ok;

	str_add(&name, words);
	ok = s->open && fixture_happens(&s->f, str_text(&name));
	str_release(&name);
	return ok;
}

static bool set_keys(struct scene *s, struct view words)
{
	struct str keys = { 0 };
	bool ok;

	str_add(&keys, words);
	ok = s->open && fixture_keys(&s->f, str_text(&keys));
	str_release(&keys);
	return ok;
}

static bool set_wait(struct scene *s, struct view words)
{
	int64_t ms;

	if (!s->open || !when_parse_span(words, &ms))
		return false;
	fixture_wait(&s->f, ms);
	return true;
}

static bool set_condition(struct scene *s, enum condition c, struct view words)
{
	struct str sentence = { 0 };

	if (!s->open)
		return false;
	str_add(&sentence, words);
	fixture_condition(&s->f, c, str_text(&sentence));
	str_release(&sentence);
	return true;
}

static bool set_down(struct scene *s, struct view words)
{
	return set_condition(s, CONDITION_DOWN, words);
}

static bool set_stale(struct scene *s, struct view words)
{
	return set_condition(s, CONDITION_STALE, words);
}

static bool set_live(struct scene *s, struct view words)
{
	return set_condition(s, CONDITION_LIVE, words);
}

static bool set_connecting(struct scene *s, struct view words)
{
	return set_condition(s, CONDITION_CONNECTING, words);
}

static bool set_move(struct scene *s, struct view words)
{
	struct view rest = words, short_id = VIEW("");
	struct arena arena = { 0 };
	struct str id = { 0 };
	enum run_status status = RUN_PENDING;
	struct run_facts run;
	bool ok = s->open && view_split(&rest, ' ', &short_id) && run_status_parse(rest, &status);

	str_add(&id, short_id);
	ok = ok && store_facts(s->f.store, fixture_find(&s->f, str_text(&id)), &run, &arena);
	if (ok) {
		run.status = status;
		run.version++;
		run.ended_ms = run_status_is_open(status) ? 0 : s->f.now_ms;
		fixture_put(&s->f, run);
	}
	str_release(&id);
	arena_release(&arena);
	return ok;
}

static bool set_answer(struct scene *s, struct view words)
{
	const struct effect *e = s->open ? fixture_last(&s->f, EFFECT_ORDER) : NULL;
	struct view rest = words, word;
	struct str text = { 0 };

	if (!e || !view_split(&rest, ' ', &word))
		return false;
	str_add(&text, rest);
	fixture_answer(&s->f, e->request, view_is(word, "ok") ? OUTCOME_OK : OUTCOME_REFUSED,
		       str_text(&text));
	str_release(&text);
	return true;
}

/* What the decision that is open would send. */
static bool set_says(struct scene *s, struct view words)
{
	struct str text = { 0 };

	if (!s->open || !s->f.model->decision.shown.request)
		return false;
	str_add(&text, words);
	fixture_answer(&s->f, s->f.model->decision.shown.request, OUTCOME_OK, str_text(&text));
	str_release(&text);
	return true;
}

static const struct {
	const char *name;
	setting_fn *set;
} settings_known[] = {
	{ "size", set_size }, { "load", set_load }, { "ascii", set_ascii }, { "keys", set_keys },
	{ "wait", set_wait }, { "down", set_down }, { "stale", set_stale }, { "live", set_live },
	{ "connecting", set_connecting }, { "move", set_move }, { "answer", set_answer },
	{ "read-only", set_read_only }, { "happens", set_happens }, { "says", set_says },
};

static bool play(struct scene *s, struct view line)
{
	struct view rest = line, name = VIEW("");

	if (line.len == 0 || *line.ptr == '#')
		return true;
	view_split(&rest, ' ', &name);
	for (size_t i = 0; i < sizeof settings_known / sizeof *settings_known; i++) {
		if (view_is(name, settings_known[i].name))
			return settings_known[i].set(s, view_trim(rest));
	}
	return false;
}

bool scene_render(struct view settings, struct canvas *c, struct str *error)
{
	struct scene s = { .rows = 24, .cols = 80, .unicode = true };
	struct view rest = settings, line;
	bool ok = true;

	when_freeze(FIXTURE_NOW);
	while (ok && view_split(&rest, '\n', &line)) {
		ok = play(&s, line);
		if (!ok) {
			str_add_text(error, "no such setting: ");
			str_add(error, line);
		}
	}
	if (ok && !s.open)
		str_add_text(error, "nothing is loaded");
	canvas_init(c, s.rows, s.cols, s.unicode);
	if (s.open)
		view_draw(s.f.model, c);
	if (s.open)
		fixture_close(&s.f);
	return error->len == 0;
}
