/* How much an attempt has printed so far. */
#include "engine/sizes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void attempt_sizes(const char *state, const struct attempt_name *name, struct attempt_sizes *out)
{
	struct stat st;
	int folder = attempt_open_folder(state, name);
	if (folder < 0)
		return;
	if (!fstatat(folder, "stdout", &st, AT_SYMLINK_NOFOLLOW))
		out->stdout_bytes = st.st_size;
	if (!fstatat(folder, "stderr", &st, AT_SYMLINK_NOFOLLOW))
		out->stderr_bytes = st.st_size;
	out->truncated = !fstatat(folder, "truncated", &st, AT_SYMLINK_NOFOLLOW);
	close(folder);
}
