/* What users put into Temporal: payloads (base64 with an encoding) to JSON text and
 * back, failures with their causes. Pure; all bytes are foreign. */
#ifndef BACKEND_TEMPORAL_PAYLOAD_H
#define BACKEND_TEMPORAL_PAYLOAD_H

#include "base/arena.h"
#include "core/run.h"
#include "wire/json.h"

/* Standard base64, padded or not. False (and `out` as it was) where it is none. */
bool temporal_base64(struct view text, struct str *out);
void temporal_add_base64(struct str *out, struct view bytes);

/* One payload as JSON text: what is JSON as it is; other text quoted; other bytes
 * said in words ("<12 bytes, binary/encrypted>", quoted). Empty: no payload. */
struct view temporal_payload(const struct json *payload, struct arena *arena);
/* {"payloads": [...]}: none gives empty, one gives itself, more give a JSON array. */
struct view temporal_payloads(const struct json *payloads, struct arena *arena);
/* The same for people: a string without its quotes. */
struct view temporal_payload_text(const struct json *payload, struct arena *arena);
/* JSON values as {"payloads": [...]}, appended. */
void temporal_add_payloads(struct str *out, const struct view *values, size_t n);

/* A failure: wrappers (activity error, child error) give their task, what they wrap
 * gives the words. False where there is none. */
bool temporal_failure(const struct json *failure, struct arena *arena, struct error_facts *out);

#endif
