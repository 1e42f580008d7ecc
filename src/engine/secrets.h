/* The store of secrets: a folder of files, one a secret, that nobody else may read.
 * Knows no runs. Never logs or keeps a value. */
#ifndef ENGINE_SECRETS_H
#define ENGINE_SECRETS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { SECRET_MAX = 65536 };

/* Appends the value: the file's content without its last newline. Fails with a
 * sentence that names the file where there is none, or where it is not a plain file of
 * our own with mode 0600 or less. */
bool secrets_read(const char *folder, struct view name, struct str *value, struct err *err);

#endif
