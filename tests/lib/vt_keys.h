/* A key by its name ("j", "Ctrl-D", "PgUp") pressed on a virtual terminal. */
#ifndef TESTS_LIB_VT_KEYS_H
#define TESTS_LIB_VT_KEYS_H

#include <stdbool.h>

#include <vterm.h>

#include "base/str.h"

/* What it sends is left in libvterm's output buffer. */
void vt_press(VTerm *term, struct view name);

#endif
