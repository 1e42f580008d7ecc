/* The keys of the log pane, and its search line. */
#include "model/logpane_parts.h"
#include "model/model.h"
#include "model/save.h"

enum { SIDEWAYS_CELLS = 8, OLDER_MARGIN = 20 };

typedef void pane_act_fn(struct model *m, struct logpane *p, struct effects *fx);

/* Lines in front of the first are fetched before the edge is reached. */
static void ask_older(struct model *m, struct logpane *p, struct effects *fx)
{
	bool near = p->shown.len == 0 || p->top < OLDER_MARGIN;
	if (!near || p->follow || p->at_start || p->older_asked || !p->request ||
	    p->quest != LOG_QUEST_NONE)
		return;
	/* No room for more: the lines further up take the place of these. */
	if (p->rows.len + LOGPANE_OLDER_LINES > LOGPANE_LINES_MAX || p->bytes > LOGPANE_BYTES_MAX) {
		logpane_seek(m, p, LOG_QUEST_PLACE, LOG_WAY_BACK, fx);
		return;
	}
	p->older_asked = true;
	struct effect e = { .kind = EFFECT_LOG_OLDER, .request = p->request };
	e.log.before = view_of_str(&p->before);
	effects_add(fx, e);
	str_clear(&p->before);
}

static void ask_newer(struct logpane *p, struct effects *fx)
{
	bool near = p->top + (size_t)p->height + OLDER_MARGIN >= p->shown.len;
	if (!near || !p->more_below || p->newer_asked || !p->request)
		return;
	p->newer_asked = true;
	effects_add(fx, (struct effect){ .kind = EFFECT_LOG_NEWER, .request = p->request });
}

/* By so many lines; while following the place is the first line on the screen. */
static void scroll(struct model *m, struct logpane *p, int by, struct effects *fx)
{
	size_t first = logpane_first(p, p->height, 0);
	if (by < 0)
		logpane_go(p, first > (size_t)-by ? first - (size_t)-by : 0);
	else if (!p->follow)
		logpane_go(p, first + (size_t)by);
	/* Going up always leaves the end, also in a log shorter than the pane. */
	if (by < 0 && p->follow && first > 0) {
		p->follow = false;
		p->top = first - 1;
	}
	ask_older(m, p, fx);
	ask_newer(p, fx);
}

static void act_up(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, -1, fx);
}

static void act_down(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, 1, fx);
}

static void act_page_up(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, -(p->height > 2 ? p->height - 1 : 1), fx);
}

static void act_page_down(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, p->height > 2 ? p->height - 1 : 1, fx);
}

static void act_half_up(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, -(p->height > 3 ? p->height / 2 : 1), fx);
}

static void act_half_down(struct model *m, struct logpane *p, struct effects *fx)
{
	scroll(m, p, p->height > 3 ? p->height / 2 : 1, fx);
}

static void act_top(struct model *m, struct logpane *p, struct effects *fx)
{
	p->follow = false;
	p->top = 0;
	if (!p->at_start && p->request)
		logpane_jump(m, p, LOGPANE_FIRST, fx);
}

static void act_bottom(struct model *m, struct logpane *p, struct effects *fx)
{
	if (p->more_below && p->request) {
		logpane_jump(m, p, LOGPANE_LAST, fx);
		return;
	}
	p->follow = true;
	p->top = p->shown.len ? p->shown.len - 1 : 0;
}

static void act_follow(struct model *m, struct logpane *p, struct effects *fx)
{
	if (p->follow) {
		p->top = logpane_first(p, p->height, 0);
		p->follow = false;
	} else {
		act_bottom(m, p, fx);
	}
}

static void act_left(struct model *m, struct logpane *p, struct effects *fx)
{
	p->sideways = p->sideways > SIDEWAYS_CELLS ? p->sideways - SIDEWAYS_CELLS : 0;
}

/* Not beyond the longest line on the screen: a pane without a word looks like a log
 * without one. */
static void act_right(struct model *m, struct logpane *p, struct effects *fx)
{
	size_t at = logpane_first(p, p->height, 0);
	int longest = 0;
	for (int rows = p->height; rows > 0 && at < p->shown.len; rows--, at++) {
		int width = logpane_row_width(logpane_row(p, at));
		longest = width > longest ? width : longest;
	}
	if (!p->wrap && longest > p->sideways + p->width - logpane_margin(p))
		p->sideways += SIDEWAYS_CELLS;
}

static void act_wrap(struct model *m, struct logpane *p, struct effects *fx)
{
	p->wrap = !p->wrap;
	p->sideways = 0;
}

static void act_stamps(struct model *m, struct logpane *p, struct effects *fx)
{
	p->stamps = !p->stamps;
}

static void show_streams(struct logpane *p, enum log_stream streams, struct effects *fx)
{
	logpane_stop(p, fx);
	p->streams = streams;
	logpane_select(p);
}

static void act_stdout(struct model *m, struct logpane *p, struct effects *fx)
{
	show_streams(p, LOG_STREAM_STDOUT, fx);
}

static void act_stderr(struct model *m, struct logpane *p, struct effects *fx)
{
	show_streams(p, LOG_STREAM_STDERR, fx);
}

static void act_both(struct model *m, struct logpane *p, struct effects *fx)
{
	show_streams(p, LOG_STREAM_BOTH, fx);
}

static void act_level(struct model *m, struct logpane *p, struct effects *fx)
{
	static const enum severity next[] = {
		[SEVERITY_NONE] = SEVERITY_INFO,   [SEVERITY_DEBUG] = SEVERITY_INFO,
		[SEVERITY_INFO] = SEVERITY_WARN,   [SEVERITY_WARN] = SEVERITY_ERROR,
		[SEVERITY_ERROR] = SEVERITY_NONE,
	};
	logpane_stop(p, fx);
	p->level = next[p->level];
	logpane_select(p);
}

static void act_next_match(struct model *m, struct logpane *p, struct effects *fx)
{
	if (!p->needle.len)
		model_notice(m, "Nothing is searched: / searches.");
	else if (!logpane_go_match(p, LOG_WAY_ON))
		logpane_seek(m, p, LOG_QUEST_MATCH, LOG_WAY_ON, fx);
}

static void act_prev_match(struct model *m, struct logpane *p, struct effects *fx)
{
	if (!p->needle.len)
		model_notice(m, "Nothing is searched: / searches.");
	else if (!logpane_go_match(p, LOG_WAY_BACK))
		logpane_seek(m, p, LOG_QUEST_MATCH, LOG_WAY_BACK, fx);
}

static void act_next_error(struct model *m, struct logpane *p, struct effects *fx)
{
	if (!logpane_go_error(p))
		logpane_seek(m, p, LOG_QUEST_ERROR, LOG_WAY_ON, fx);
}

static void act_search(struct model *m, struct logpane *p, struct effects *fx)
{
	logpane_stop(p, fx);
	p->typing = true;
	p->typing_top = p->top;
	p->typing_follow = p->follow;
	p->typing_sideways = p->sideways;
	lineedit_set(&p->line, view_of_str(&p->needle));
}

static void act_save(struct model *m, struct logpane *p, struct effects *fx)
{
	struct str path = {0}, name = {0};
	struct effect e = { .kind = EFFECT_SAVE_LOG, .key = p->key };
	if (!p->request)
		return;
	model_add_run_name(m, p->key, &name);
	str_add(&path, view_of_str(&name));
	str_add_char(&path, '-');
	str_add(&path, view_of_str(&p->task));
	str_addf(&path, "-%d.log", p->attempt);
	save_plain_name(&path);
	e.log = (struct effect_log){ .task = view_of_str(&p->task), .attempt = p->attempt,
				     .streams = p->streams };
	e.path = view_of_str(&path);
	effects_add(fx, e);
	str_release(&path);
	str_release(&name);
}

static pane_act_fn *const pane_acts[ACTIONS] = {
	[ACTION_UP] = act_up,			[ACTION_DOWN] = act_down,
	[ACTION_PAGE_UP] = act_page_up,		[ACTION_PAGE_DOWN] = act_page_down,
	[ACTION_HALF_UP] = act_half_up,		[ACTION_HALF_DOWN] = act_half_down,
	[ACTION_TOP] = act_top,			[ACTION_BOTTOM] = act_bottom,
	[ACTION_LEFT] = act_left,		[ACTION_RIGHT] = act_right,
	[ACTION_FOLLOW] = act_follow,		[ACTION_WRAP] = act_wrap,
	[ACTION_STAMPS] = act_stamps,		[ACTION_STDOUT] = act_stdout,
	[ACTION_STDERR] = act_stderr,		[ACTION_BOTH] = act_both,
	[ACTION_LEVEL] = act_level,		[ACTION_NEXT_MATCH] = act_next_match,
	[ACTION_PREV_MATCH] = act_prev_match,	[ACTION_NEXT_ERROR] = act_next_error,
	[ACTION_FILTER] = act_search,		[ACTION_SAVE] = act_save,
};

bool logpane_act(struct model *m, struct logpane *p, enum action a, struct effects *fx)
{
	if (!pane_acts[a])
		return false;
	pane_acts[a](m, p, fx);
	return true;
}

struct lineedit *logpane_field(struct logpane *p)
{
	return p->typing ? &p->line : NULL;
}

/* Half a word leads elsewhere than the whole one: each letter begins where the first did. */
static void go_back(struct logpane *p)
{
	p->follow = p->typing_follow;
	p->sideways = p->typing_sideways;
	p->top = p->follow && p->shown.len ? p->shown.len - 1 : p->typing_top;
}

void logpane_typed(struct logpane *p)
{
	go_back(p);
	str_clear(&p->needle);
	str_add(&p->needle, lineedit_view(&p->line));
	p->has_match = false;
	logpane_count_matches(p);
	logpane_go_match(p, LOG_WAY_ON);
}

/* Further down first; who stands at the end means what is above. */
static void search_on(struct model *m, struct logpane *p, struct effects *fx)
{
	if (!p->needle.len || p->has_match)
		return;
	if (p->more_below)
		logpane_seek(m, p, LOG_QUEST_MATCH, LOG_WAY_ON, fx);
	else if (!logpane_go_match(p, LOG_WAY_BACK))
		logpane_seek(m, p, LOG_QUEST_MATCH, LOG_WAY_BACK, fx);
}

void logpane_end_typing(struct model *m, struct logpane *p, enum log_search how,
			struct effects *fx)
{
	p->typing = false;
	if (how == LOG_SEARCH_KEEP) {
		search_on(m, p, fx);
		return;
	}
	go_back(p);
	str_clear(&p->needle);
	logpane_count_matches(p);
}
