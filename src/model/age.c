/* Ages as they are shown. */
#include "model/age.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static int64_t full_minute(int64_t now_ms)
{
	return now_ms - now_ms % MINUTE;
}

int64_t age_shown_ms(int64_t at_ms, int64_t now_ms)
{
	int64_t span = now_ms - at_ms, coarse = full_minute(now_ms) - at_ms;

	if (span < MINUTE)
		return span > 0 ? span : 0;
	return coarse > MINUTE ? coarse : MINUTE;
}

int64_t age_ended_ms(int64_t at_ms, int64_t now_ms)
{
	int64_t coarse = full_minute(now_ms) - at_ms;

	return coarse >= MINUTE ? coarse : 0;
}

int64_t age_left_ms(int64_t until_ms, int64_t now_ms)
{
	int64_t left = until_ms - now_ms;

	return left > -MINUTE && left < MINUTE ? left : until_ms - full_minute(now_ms);
}

static int64_t to_minute(int64_t now_ms)
{
	return MINUTE - now_ms % MINUTE;
}

int64_t age_shown_due_ms(int64_t at_ms, int64_t now_ms)
{
	int64_t span = now_ms - at_ms;

	return span >= 0 && span < MINUTE ? SECOND - span % SECOND : to_minute(now_ms);
}

int64_t age_ended_due_ms(int64_t at_ms, int64_t now_ms)
{
	return to_minute(now_ms);
}

int64_t age_left_due_ms(int64_t until_ms, int64_t now_ms)
{
	int64_t left = until_ms - now_ms;

	if (left >= MINUTE || left <= -MINUTE)
		return to_minute(now_ms);
	return left > 0 ? left % SECOND + 1 : SECOND + left % SECOND;
}
