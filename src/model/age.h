/* Ages as they are shown: by the second below a minute, then by the minute and all
 * at once, at the wall clock's full minutes, so that a board of old cards changes
 * (and wakes up) once a minute and not once a card. */
#ifndef MODEL_AGE_H
#define MODEL_AGE_H

#include <stdint.h>

/* The span to show for something that began at at_ms; 0 for what lies ahead. */
int64_t age_shown_ms(int64_t at_ms, int64_t now_ms);
/* As age_shown_ms for what has ended: nothing below a full minute. */
int64_t age_ended_ms(int64_t at_ms, int64_t now_ms);
/* What is left until then; negative behind it. */
int64_t age_left_ms(int64_t until_ms, int64_t now_ms);
/* How long until what the functions above give changes. */
int64_t age_shown_due_ms(int64_t at_ms, int64_t now_ms);
int64_t age_ended_due_ms(int64_t at_ms, int64_t now_ms);
int64_t age_left_due_ms(int64_t until_ms, int64_t now_ms);

#endif
