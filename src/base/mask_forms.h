/* The forms in which a secret may come by: as it is, its lines, JSON, URL,
 * base64. Only for mask.c. */
#ifndef BASE_MASK_FORMS_H
#define BASE_MASK_FORMS_H

#include "base/str.h"

typedef void mask_form_fn(void *arg, struct view form);

/* Calls take for each form; the same form may come more than once. */
void mask_each_form(struct view secret, mask_form_fn *take, void *arg);

#endif
