/* JSON text laid out in lines for reading: one member a line. Views point into the
 * text; nothing is decoded. Pure. */
#ifndef CORE_PRETTY_H
#define CORE_PRETTY_H

#include "base/str.h"
#include "base/vec.h"

enum pretty_kind { PRETTY_BRACKET, PRETTY_STRING, PRETTY_NUMBER, PRETTY_WORD };

struct pretty_line {
	int depth;
	struct view key;		/* with its quotes; empty: none */
	struct view value;		/* a scalar as it stands, or a bracket, or "{}" "[]" */
	enum pretty_kind kind;
	bool comma;
};

struct pretty {
	VEC(struct pretty_line) lines;
};

/* Replaces the lines. Text that is no JSON becomes one line as it is. At most
 * PRETTY_LINES_MAX lines; a last line says what was left out. */
enum { PRETTY_LINES_MAX = 100000 };
void pretty_read(struct pretty *p, struct view json);
void pretty_release(struct pretty *p);

#endif
