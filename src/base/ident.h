/* Identifiers: UUIDv7 (RFC 9562), monotonic within the process, and random
 * bytes from the kernel. */
#ifndef BASE_IDENT_H
#define BASE_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { IDENT_LEN = 36, IDENT_SHORT_MIN = 6 };

void ident_random(void *ptr, size_t len);
/* 36 characters and a NUL, lower case. */
void ident_uuid7(char out[IDENT_LEN + 1], int64_t now_ms);
bool ident_is_uuid(struct view v);
/* The random part of a run id (its last 12 hex digits and on to the left),
 * without dashes: short ids are prefixes of it, from IDENT_SHORT_MIN on. */
void ident_random_part(struct view uuid, char out[20]);

#endif
