/* Text over several rows, broken at blanks. Knows no canvas: who draws it and who only
 * asks how long it is break it alike. */
#ifndef SCREEN_WRAP_H
#define SCREEN_WRAP_H

#include <stdbool.h>

#include "base/str.h"

/* Takes the next row off the text; false where there is none. */
bool wrap_row(struct view *rest, int cols, struct view *row);
/* How many rows it is. */
int wrap_rows(struct view text, int cols);
/* The text behind so many of them. */
struct view wrap_from(struct view text, int cols, int rows);

#endif
