/* How serious a line of a log is, by its own words (INTERFACES.md "Workflow
 * file"): JSON "level", level=, a leading word, syslog's <3>. Pure. */
#ifndef CORE_SEVERITY_H
#define CORE_SEVERITY_H

#include <stdbool.h>

#include "base/str.h"

enum severity { SEVERITY_NONE, SEVERITY_DEBUG, SEVERITY_INFO, SEVERITY_WARN, SEVERITY_ERROR,
		SEVERITIES };

/* SEVERITY_NONE where the line does not say. Escape sequences at its begin are
 * passed over. */
enum severity severity_of_line(struct view line);
/* Whether a line is set in, as in a stack trace: without a level of its own it has that of
 * the line of its stream before it. */
bool severity_continues(struct view line);
/* "debug", "info", "warn", "error" (and what loggers call them: "warning",
 * "fatal", "trace", ...), letters folded. */
bool severity_parse(struct view word, enum severity *out);
/* Whether a line of s is among those of at least `least`; a line that does not say
 * is information. */
bool severity_passes(enum severity s, enum severity least);
const char *severity_name(enum severity s);	/* "" for none */

#endif
