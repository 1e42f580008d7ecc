/* The names of the style roles, as themes and golden screens write them. */
#include "screen/style.h"

#include <assert.h>

static const char *const NAMES[] = {
	[STYLE_PLAIN] = "plain",
	[STYLE_DIM] = "dim",
	[STYLE_STRONG] = "strong",
	[STYLE_TITLE] = "title",
	[STYLE_STATUS] = "status",
	[STYLE_KEY] = "key",
	[STYLE_LANE] = "lane",
	[STYLE_LANE_FOCUS] = "lane_focus",
	[STYLE_BORDER] = "border",
	[STYLE_SELECTED] = "selected",
	[STYLE_SELECTED_DIM] = "selected_dim",
	[STYLE_MARKED] = "marked",
	[STYLE_PENDING] = "pending",
	[STYLE_RUNNING] = "running",
	[STYLE_WAITING] = "waiting",
	[STYLE_PAUSED] = "paused",
	[STYLE_COMPLETED] = "completed",
	[STYLE_FAILED] = "failed",
	[STYLE_CANCELLED] = "cancelled",
	[STYLE_PLANNED] = "planned",
	[STYLE_BAR_DONE] = "bar_done",
	[STYLE_BAR_REST] = "bar_rest",
	[STYLE_BADGE] = "badge",
	[STYLE_LABEL] = "label",
	[STYLE_INPUT] = "input",
	[STYLE_BUTTON] = "button",
	[STYLE_BUTTON_FOCUS] = "button_focus",
	[STYLE_BUTTON_DANGER] = "button_danger",
	[STYLE_DIALOG] = "dialog",
	[STYLE_NOTICE] = "notice",
	[STYLE_WARNING] = "warning",
	[STYLE_ERROR] = "error",
	[STYLE_STALE] = "stale",
	[STYLE_MATCH] = "match",
	[STYLE_MATCH_FOCUS] = "match_focus",
	[STYLE_STDERR] = "stderr",
	[STYLE_TIME] = "time",
	[STYLE_JSON_KEY] = "json_key",
	[STYLE_JSON_STRING] = "json_string",
	[STYLE_JSON_NUMBER] = "json_number",
	[STYLE_ESCAPED] = "escaped",
};

static_assert(sizeof(NAMES) / sizeof(NAMES[0]) == STYLE_ROLES, "a name for every role");

const char *style_name(enum style_role role)
{
	return (unsigned)role < STYLE_ROLES ? NAMES[role] : "plain";
}

bool style_parse(struct view name, enum style_role *role)
{
	for (unsigned i = 0; i < STYLE_ROLES; i++) {
		if (view_is(name, NAMES[i])) {
			*role = (enum style_role)i;
			return true;
		}
	}
	return false;
}
