/* What the Temporal CLI of this user is set to: its environment variables, and behind
 * them the profile file (temporal.toml). Defaults for a context that does not say. */
#ifndef BACKEND_TEMPORAL_PROFILE_H
#define BACKEND_TEMPORAL_PROFILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* NULL: not set. */
struct temporal_profile {
	char *address;		/* of gRPC: only its host is of use */
	char *space, *api_key;
	char *ca_file, *cert_file, *key_file;
	bool tls, tls_off;	/* said so; neither: not said */
};

/* name: of the profile; NULL: TEMPORAL_PROFILE, else "default". No file is fine;
 * false and err where one is named that cannot be read. Lines that are not
 * understood are passed over. */
bool temporal_profile_load(struct temporal_profile *p, const char *name, struct err *err);
/* Only the text of a file. */
void temporal_profile_read(struct temporal_profile *p, struct view text, const char *name);
void temporal_profile_release(struct temporal_profile *p);
/* Where the HTTP API is, by the CLI's address: its host, and the usual port. */
void temporal_profile_url(const struct temporal_profile *p, struct str *url);

#endif
