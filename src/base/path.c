/* XDG folders, and the variables of ours that override them. Makes nothing. */
#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* The XDG rule: a path that is not absolute counts as not set. */
static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value == '/' ? value : NULL;
}

static const char *given(const char *variable)
{
	const char *value = getenv(variable);
	return value && *value ? value : NULL;
}

static void add_name(struct str *s, const char *name)
{
	if (name)
		str_addf(s, "/%s", name);
}

/* $variable/runboard, else $HOME/below/runboard. */
static bool add_home(struct str *s, const char *variable, const char *below, struct err *err)
{
	const char *folder = absolute(variable);
	const char *home = absolute("HOME");
	if (folder)
		return str_addf(s, "%s/runboard", folder);
	if (home)
		return str_addf(s, "%s/%s/runboard", home, below);
	return err_set(err, ERR_CONFIG, "neither %s nor HOME names a folder", variable);
}

bool path_config(struct str *s, const char *name, struct err *err)
{
	if (!add_home(s, "XDG_CONFIG_HOME", ".config", err))
		return false;
	add_name(s, name);
	return true;
}

bool path_config_file(struct str *s, struct err *err)
{
	const char *file = given("RUNBOARD_CONFIG");
	return file ? str_add_text(s, file) : path_config(s, "config", err);
}

bool path_state(struct str *s, const char *name, struct err *err)
{
	const char *folder = given("RUNBOARD_STATE");
	if (folder)
		str_add_text(s, folder);
	else if (!add_home(s, "XDG_STATE_HOME", ".local/state", err))
		return false;
	add_name(s, name);
	return true;
}

bool path_socket(struct str *s, struct err *err)
{
	const char *socket = given("RUNBOARD_SOCKET");
	const char *runtime = absolute("XDG_RUNTIME_DIR");
	if (socket)
		return str_add_text(s, socket);
	if (runtime)
		return str_addf(s, "%s/runboard/engine.sock", runtime);
	return str_addf(s, "/tmp/runboard-%lu/engine.sock", (unsigned long)getuid());
}

bool path_add_whole(struct str *s, const char *path, struct err *err)
{
	char here[PATH_MAX];
	if (*path == '/')
		return str_add_text(s, path);
	if (!getcwd(here, sizeof here))
		return err_system(err, errno, "the working folder has no path");
	return str_addf(s, "%s/%s", here, path);
}

static bool add_beside_us(struct str *s, const char *name)
{
	char own[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", own, sizeof own);
	if (len <= 0 || len == sizeof own)
		return false;
	const char *slash = memrchr(own, '/', (size_t)len);
	return slash && str_add_bytes(s, own, (size_t)(slash - own) + 1) && str_add_text(s, name);
}

bool path_program(struct str *s, const char *name, struct err *err)
{
	static const char *const folders[] = { LIBEXECDIR, BINDIR };
	size_t from = s->len;
	if (add_beside_us(s, name) && access(str_text(s) + from, X_OK) == 0)
		return true;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		str_shorten(s, from);
		str_addf(s, "%s/%s", folders[i], name);
		if (access(str_text(s) + from, X_OK) == 0)
			return true;
	}
	str_shorten(s, from);
	return err_set(err, ERR_NOT_FOUND,
		       "the program %s is neither beside this one nor in " LIBEXECDIR " or " BINDIR,
		       name);
}
