/* The parameters of "ESC [ ... m" folded into a style. Conceal and blinking are
 * ignored; text can never have the colour of its ground. */
#ifndef BASE_SGR_H
#define BASE_SGR_H

#include "base/clean.h"

/* params: what stands between '[' and 'm'; ignored where it is malformed. */
void sgr_apply(struct view params, struct clean_style *style);
/* The style as it may be shown: a ground that would hide the text is left out. */
struct clean_style sgr_readable(struct clean_style style);
bool sgr_same(const struct clean_style *a, const struct clean_style *b);

#endif
