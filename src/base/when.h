/* Time: instants are milliseconds since 1970 UTC (int64_t, _ms); 0 means
 * "none". Spans are milliseconds. The clock can be replaced in tests. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

int64_t when_now_ms(void);		/* wall clock */
int64_t when_mono_ms(void);		/* CLOCK_MONOTONIC; for durations and deadlines */
/* As when_mono_ms, but goes on while the machine sleeps. */
int64_t when_steady_ms(void);
/* Test only: freezes all clocks; 0 thaws. */
void when_freeze(int64_t now_ms);
/* Test only: sets the wall clock forward against the others, or back. */
void when_jump(int64_t by_ms);

/* RFC 3339, UTC, milliseconds: 2026-11-20T03:00:00.000Z. 0 adds nothing. */
void when_add_rfc3339(struct str *s, int64_t at_ms);
/* Any RFC 3339 offset, 0 to 9 fraction digits. */
bool when_parse_rfc3339(struct view v, int64_t *at_ms);
/* "2026-11-20", "2026-11-20T03:00" (both by the local clock), the same with an offset
 * ("2026-11-20T03:00Z"), RFC 3339, or a span back from now ("24h"). */
bool when_parse_point(struct view v, int64_t now_ms, int64_t *at_ms);
/* "500ms" "2s" "10m" "2h" "1d" "1h30m"; a bare number is refused. */
bool when_parse_span(struct view v, int64_t *span_ms);
/* At most two units: "9s" "1m 05s" "3h 20m" "2d 4h"; "420ms" under a second. */
void when_add_span(struct str *s, int64_t span_ms);
/* One unit, for cards: "9s" "3m" "2h" "5d". */
void when_add_age(struct str *s, int64_t span_ms);
/* Local wall clock "03:04:05" and "2026-11-20 03:04:05". */
void when_add_clock(struct str *s, int64_t at_ms);
void when_add_stamp(struct str *s, int64_t at_ms);

#endif
