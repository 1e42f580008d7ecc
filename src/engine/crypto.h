/* Hashes, signatures, tokens and comparisons that tell nothing by their time.
 * The door to libsodium. */
#ifndef ENGINE_CRYPTO_H
#define ENGINE_CRYPTO_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { CRYPTO_HEX = 64, CRYPTO_TOKEN = 43, CRYPTO_KEY = 32 };

/* Lower case hex and a NUL. */
void crypto_sha256(struct view v, char hex[CRYPTO_HEX + 1]);
void crypto_hmac_sha256(struct view key, struct view v, char hex[CRYPTO_HEX + 1]);
/* In a time that depends on the lengths only. */
bool crypto_equal(struct view a, struct view b);
/* 256 random bits, base64url. */
void crypto_token(char token[CRYPTO_TOKEN + 1]);

/* The key in a file of ours (0600, checked), made where there is none. */
bool crypto_key(const char *path, unsigned char key[CRYPTO_KEY], struct err *err);
void crypto_wipe(void *ptr, size_t len);
/* Appends the text encrypted and authenticated (secretbox), as base64url. */
void crypto_seal(const unsigned char key[CRYPTO_KEY], struct view plain, struct str *out);
/* False where it was not sealed with this key, or changed. */
bool crypto_open(const unsigned char key[CRYPTO_KEY], struct view sealed, struct str *out);

#endif
