/* libsodium, as little of it as is needed. */
#include "engine/crypto.h"

#include <sodium.h>

#include "base/ident.h"

enum { TOKEN_BYTES = 32 };

void crypto_sha256(struct view v, char hex[CRYPTO_HEX + 1])
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256(sum, (const unsigned char *)v.ptr, v.len);
	sodium_bin2hex(hex, CRYPTO_HEX + 1, sum, sizeof sum);
}

void crypto_hmac_sha256(struct view key, struct view v, char hex[CRYPTO_HEX + 1])
{
	unsigned char sum[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.ptr, key.len);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)v.ptr, v.len);
	crypto_auth_hmacsha256_final(&state, sum);
	sodium_bin2hex(hex, CRYPTO_HEX + 1, sum, sizeof sum);
}

bool crypto_equal(struct view a, struct view b)
{
	return a.len == b.len && (!a.len || !sodium_memcmp(a.ptr, b.ptr, a.len));
}

void crypto_token(char token[CRYPTO_TOKEN + 1])
{
	unsigned char bytes[TOKEN_BYTES];
	ident_random(bytes, sizeof bytes);
	sodium_bin2base64(token, CRYPTO_TOKEN + 1, bytes, sizeof bytes,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof bytes);
}
