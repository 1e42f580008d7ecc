/* runboard-step: the supervisor of one attempt. Joins only: takes over its
 * descriptors, reads the specification, supervises (doc/protocols.md 1). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "step/spec.h"
#include "step/supervise.h"

enum { CHUNK = 64 << 10, STATUS_USAGE = 2, STATUS_FAILED = 1 };

static bool read_spec(struct str *text, struct err *err)
{
	str_init(text, SPEC_MAX);
	for (;;) {
		char *room = str_reserve(text, CHUNK);
		if (!room)
			return err_set(err, ERR_LIMIT, "the specification is too long");
		ssize_t n = read(SUPERVISE_SPEC, room, CHUNK);
		if (n < 0 && errno != EINTR)
			return err_system(err, errno, "cannot read the specification");
		if (n == 0)
			return true;
		text->len += n > 0 ? (size_t)n : 0;
	}
}

/* A session of its own, deaf to what is meant for the engine, and nothing of it
 * reaches the command. */
static void stand_alone(void)
{
	static const int deaf[] = { SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGXFSZ };
	for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++)
		signal(deaf[i], SIG_IGN);
	setsid();
	umask(077);
	for (int fd = SUPERVISE_FOLDER; fd <= SUPERVISE_SPEC; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	/* Secrets are in this memory: no core, no look from outside. */
	prctl(PR_SET_DUMPABLE, 0);
}

int main(void)
{
	struct stat st;
	struct err err = { 0 };
	struct str text = { 0 };
	struct spec spec = { 0 };
	log_open(STDERR_FILENO, LOG_LEVEL_WARN);
	if (fstat(SUPERVISE_FOLDER, &st) || !S_ISDIR(st.st_mode)) {
		log_error("runboard-step is started by runboardd only");
		return STATUS_USAGE;
	}
	stand_alone();
	bool good = read_spec(&text, &err) && spec_parse(view_of_str(&text), &spec, &err);
	close(SUPERVISE_SPEC);
	explicit_bzero(text.ptr, text.cap);
	str_release(&text);
	good = good && supervise(SUPERVISE_FOLDER, &spec, &err);
	if (!good)
		log_error("%s", err_text(&err));
	spec_release(&spec);
	err_release(&err);
	return good ? 0 : STATUS_FAILED;
}
