/* Style roles: what a piece of screen is, never how it looks. A theme gives each
 * role its colours per depth and its attributes for monochrome. */
#ifndef SCREEN_STYLE_H
#define SCREEN_STYLE_H

#include <stdbool.h>

#include "base/str.h"

enum style_role {
	STYLE_PLAIN,
	STYLE_DIM,		/* ids, ages, what matters less */
	STYLE_STRONG,		/* workflow names, values */
	STYLE_TITLE,		/* the bar on top */
	STYLE_STATUS,		/* the bar at the bottom */
	STYLE_KEY,		/* a key in the bar or help */
	STYLE_LANE,		/* lane header */
	STYLE_LANE_FOCUS,	/* header of the focused lane */
	STYLE_BORDER,
	STYLE_SELECTED,		/* the focused card or row */
	STYLE_SELECTED_DIM,	/* the selection of a pane without the focus */
	STYLE_MARKED,
	STYLE_PENDING, STYLE_RUNNING, STYLE_WAITING, STYLE_PAUSED, STYLE_COMPLETED,
	STYLE_FAILED, STYLE_CANCELLED, STYLE_PLANNED,
	STYLE_BAR_DONE, STYLE_BAR_REST,		/* progress bar */
	STYLE_BADGE,		/* retry badge, newcomers' count */
	STYLE_LABEL,		/* name of a field */
	STYLE_INPUT,		/* text field */
	STYLE_BUTTON, STYLE_BUTTON_FOCUS, STYLE_BUTTON_DANGER,
	STYLE_DIALOG,
	STYLE_NOTICE, STYLE_WARNING, STYLE_ERROR,
	STYLE_STALE,		/* data older than it should be */
	STYLE_MATCH, STYLE_MATCH_FOCUS,		/* search */
	STYLE_STDERR,		/* margin of lines from stderr */
	STYLE_TIME,		/* timestamps */
	STYLE_JSON_KEY, STYLE_JSON_STRING, STYLE_JSON_NUMBER,
	STYLE_ESCAPED,		/* bytes that had to be made visible */
	STYLE_ROLES
};

const char *style_name(enum style_role role);	/* "lane_focus" */
bool style_parse(struct view name, enum style_role *role);

#endif
