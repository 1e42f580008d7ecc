/* libsodium, as little of it as is needed. */
#include "engine/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/ident.h"
#include "base/mem.h"

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

/* ---- sealing ------------------------------------------------------------------ */

_Static_assert(CRYPTO_KEY == crypto_secretbox_KEYBYTES, "the key of secretbox");

enum {
	NONCE = crypto_secretbox_NONCEBYTES,
	BEFORE = NONCE + crypto_secretbox_MACBYTES,
	VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static bool is_private(int fd)
{
	struct stat st;
	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 077);
}

static bool make_key(const char *path, struct err *err)
{
	unsigned char fresh[CRYPTO_KEY];
	ident_random(fresh, sizeof fresh);
	bool made = file_replace(path, (struct view){ (const char *)fresh, sizeof fresh }, 0600, err);
	sodium_memzero(fresh, sizeof fresh);
	return made;
}

bool crypto_key(const char *path, unsigned char key[CRYPTO_KEY], struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && make_key(path, err))
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err && err->kind != ERR_NONE ? false :
						      err_system(err, errno, "cannot open %s", path);
	bool private = is_private(fd);
	bool whole = private && read(fd, key, CRYPTO_KEY) == CRYPTO_KEY;
	close(fd);
	if (!private)
		return err_set(err, ERR_CONFIG, "%s must be a file of your own with mode 0600", path);
	return whole || err_set(err, ERR_CONFIG, "%s is no key: it has not 32 octets", path);
}

void crypto_wipe(void *ptr, size_t len)
{
	sodium_memzero(ptr, len);
}

void crypto_seal(const unsigned char key[CRYPTO_KEY], struct view plain, struct str *out)
{
	size_t len = BEFORE + plain.len, room = sodium_base64_ENCODED_LEN(len, VARIANT);
	unsigned char *box = mem_alloc(len);
	ident_random(box, NONCE);
	crypto_secretbox_easy(box + NONCE, (const unsigned char *)plain.ptr, plain.len, box, key);
	sodium_bin2base64(str_reserve(out, room), room, box, len, VARIANT);
	out->len += room - 1;
	mem_free(box);
}

bool crypto_open(const unsigned char key[CRYPTO_KEY], struct view sealed, struct str *out)
{
	unsigned char *box = mem_alloc(sealed.len + 1);
	size_t len = 0;
	bool good = !sodium_base642bin(box, sealed.len + 1, sealed.ptr, sealed.len, NULL, &len, NULL,
				       VARIANT) &&
		    len >= BEFORE;
	if (good) {
		size_t plain = len - BEFORE;
		unsigned char *room = (unsigned char *)str_reserve(out, plain + 1);
		good = !crypto_secretbox_open_easy(room, box + NONCE, len - NONCE, box, key);
		out->len += good ? plain : 0;
	}
	mem_free(box);
	return good;
}
