/* Payloads that only a codec server can read: found in an answer of Temporal, handed
 * over in its words, and put back in their places. Pure; all bytes are foreign. */
#ifndef BACKEND_TEMPORAL_CODEC_H
#define BACKEND_TEMPORAL_CODEC_H

#include "base/str.h"
#include "wire/json.h"

/* A payload of an encoding that is none of ours. */
bool temporal_codec_needs(const struct json *payload);
/* Appends {"payloads": [...]} of those that cannot be read without it; how many they
 * are. Nothing is appended where there are none. */
size_t temporal_codec_collect(const struct json *answer, struct str *out);
/* Appends the answer with the decoded ones in their places. False (and `out` as it
 * was) where the codec's answer has not as many. */
bool temporal_codec_put(const struct json *answer, const struct json *decoded, struct str *out);

#endif
