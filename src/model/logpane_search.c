/* Searching in the log pane: plain text, letters folded unless the needle has a
 * capital (as less -i and vim's smartcase do). */
#include "base/utf8.h"
#include "model/logpane_parts.h"
#include "model/model.h"

static bool has_capital(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] >= 'A' && v.ptr[i] <= 'Z')
			return true;
	return false;
}

bool logpane_find(const struct logpane *p, struct view text, size_t from, size_t *start,
		  size_t *end)
{
	struct view needle = view_of_str(&p->needle);
	if (!needle.len)
		return false;
	size_t at = has_capital(needle) ? view_find(text, needle, from) :
					  view_find_fold(text, needle, from);
	if (at == SIZE_MAX)
		return false;
	*start = at;
	*end = at + needle.len;
	return true;
}

static bool line_matches(const struct logpane *p, size_t shown)
{
	const struct log_row *row = logpane_row(p, shown);
	size_t start, end;
	return logpane_find(p, view_bytes(row->text, row->len), 0, &start, &end);
}

void logpane_count_line(struct logpane *p, size_t shown)
{
	if (p->needle.len && line_matches(p, shown))
		p->matches++;
}

void logpane_count_matches(struct logpane *p)
{
	p->matches = p->match_number = 0;
	if (!p->needle.len) {
		p->has_match = false;
		return;
	}
	for (size_t i = 0; i < p->shown.len; i++) {
		if (!line_matches(p, i))
			continue;
		p->matches++;
		if (p->has_match && i == p->match)
			p->match_number = p->matches;
	}
	if (!p->match_number)
		p->has_match = false;
}

void logpane_go(struct logpane *p, size_t shown)
{
	size_t last_page = p->shown.len > (size_t)p->height ? p->shown.len - (size_t)p->height : 0;
	p->top = shown < p->shown.len ? shown : (p->shown.len ? p->shown.len - 1 : 0);
	if (p->more_below) {	/* the last one here is not the end */
		p->top = p->top < last_page ? p->top : last_page;
		return;
	}
	p->follow = p->top >= last_page;
	if (p->follow && p->shown.len)
		p->top = p->shown.len - 1;
}

/* Puts a line a third below the upper edge. */
static void show(struct logpane *p, size_t shown)
{
	size_t above = (size_t)(p->height > 0 ? p->height / 3 : 0);
	p->follow = false;
	p->top = shown > above ? shown - above : 0;
}

/* Turns the pane sideways, if it must, so that the first match of a line is seen. */
static void turn_to(struct logpane *p, size_t shown)
{
	const struct log_row *row = logpane_row(p, shown);
	struct clean_style style = row->style;
	struct clean_line line = {0};
	size_t start, end;
	int cols = p->width - logpane_margin(p);
	clean_log_line(view_bytes(row->text, row->len), &style, &line);
	struct view text = view_of_str(&line.text);
	if (!p->wrap && cols > 0 && logpane_find(p, text, 0, &start, &end)) {
		int from = utf8_width(view_cut(text, 0, start));
		int to = utf8_width(view_cut(text, 0, end));
		if (to < cols)
			p->sideways = 0;
		else if (from < p->sideways || to >= p->sideways + cols)
			p->sideways = from - cols / 3;
	}
	clean_line_release(&line);
}

bool logpane_go_match(struct logpane *p, enum log_way way)
{
	if (!p->needle.len || !p->shown.len)
		return false;
	size_t first = logpane_first(p, p->height, 0);
	size_t at = p->has_match ? p->match : (way == LOG_WAY_ON ? first - 1 : first);
	while (way == LOG_WAY_ON ? at + 1 < p->shown.len || at == SIZE_MAX : at > 0) {
		at += way == LOG_WAY_ON ? (size_t)1 : SIZE_MAX;
		if (!line_matches(p, at))
			continue;
		p->match = at;
		p->has_match = true;
		logpane_count_matches(p);
		show(p, at);
		turn_to(p, at);
		return true;
	}
	return false;
}

bool logpane_go_error(struct logpane *p)
{
	size_t from = logpane_first(p, p->height, 0) + (size_t)(p->height > 0 ? p->height / 3 : 0);
	if (p->follow)
		from = 0;	/* at the end there is no next one: begin at the first */
	for (size_t i = from + (p->follow ? 0 : 1); i < p->shown.len; i++) {
		const struct log_row *row = logpane_row(p, i);
		bool begins = i == 0 || logpane_row(p, i - 1)->severity != SEVERITY_ERROR;
		if (row->severity == SEVERITY_ERROR && begins) {
			show(p, i);
			return true;
		}
	}
	return false;
}

/* ---- beyond the lines that are here -------------------------------------------- */

static void say_none(struct model *m, const struct logpane *p, enum log_quest quest)
{
	if (quest != LOG_QUEST_PLACE)
		model_notice(m, "No %s further %s.", quest == LOG_QUEST_ERROR ? "error" : "match",
			     p->quest_back ? "up" : "down");
}

void logpane_seek(struct model *m, struct logpane *p, enum log_quest quest, enum log_way way,
		  struct effects *fx)
{
	/* At the end there is no next error: from the first line on. */
	bool anew = quest == LOG_QUEST_ERROR && p->follow;
	bool back = way == LOG_WAY_BACK;
	p->quest_back = back;
	if (!p->request || (back || anew ? p->at_start : !p->more_below)) {
		say_none(m, p, quest);
		return;
	}
	struct effect e = { .kind = EFFECT_LOG_SEARCH, .request = p->request };
	bool match = quest == LOG_QUEST_MATCH;
	enum severity level = quest == LOG_QUEST_ERROR ? SEVERITY_ERROR : p->level;
	e.log = (struct effect_log){ .streams = p->streams, .from_start = anew, .back = back,
				     .exact = has_capital(view_of_str(&p->needle)),
				     .level = view_of(severity_name(level)),
				     .before = view_of_str(&p->before) };
	e.text = match ? view_of_str(&p->needle) : VIEW("");
	effects_add(fx, e);
	p->quest = quest;
}

bool logpane_stop(struct logpane *p, struct effects *fx)
{
	if (p->quest == LOG_QUEST_NONE)
		return false;
	p->quest = LOG_QUEST_NONE;
	if (p->request)
		effects_add(fx, (struct effect){ .kind = EFFECT_LOG_SEARCH_END,
						 .request = p->request });
	return true;
}

void logpane_found(struct logpane *p)
{
	enum log_quest quest = p->quest;
	p->quest = LOG_QUEST_NONE;
	p->follow = false;
	p->top = 0;
	p->has_match = false;
	if (!p->shown.len)
		return;
	p->match = p->shown.len - 1;
	p->has_match = quest == LOG_QUEST_MATCH && line_matches(p, p->match);
	logpane_count_matches(p);
	show(p, p->shown.len - 1);
	if (p->has_match)
		turn_to(p, p->match);
}

void logpane_not_found(struct model *m, struct logpane *p, const struct msg_done *done)
{
	enum log_quest quest = p->quest;
	p->quest = LOG_QUEST_NONE;
	if (quest == LOG_QUEST_NONE)
		return;
	if (done->outcome == OUTCOME_OK)
		say_none(m, p, quest);
	else
		model_notice(m, "Not searched to the end: %.*s", (int)done->text.len,
			     done->text.ptr);
}
