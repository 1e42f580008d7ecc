/* A run as one file from the local engine: octets to a descriptor as they come. */
#include "backend/local_inside.h"

#include "base/file.h"

enum { SILENCE_MS = 60000 };

static void on_chunk(void *arg, struct view bytes)
{
	struct local_job *j = arg;
	struct err err = { 0 };
	struct local *l = j->local;
	j->spoken = true;
	if (file_write_all(j->fd, bytes, &err))
		return;
	local_enter(l);
	local_finish(j, OUTCOME_REFUSED, err_text(&err));
	local_leave(l);
	err_release(&err);
}

/* What was written once is not written again: a try after that would double it. */
static void on_end(void *arg, const struct http_answer *a)
{
	struct local_job *j = arg;
	struct local *l = j->local;
	j->request = NULL;
	local_enter(l);
	if (local_outcome(a->status) == OUTCOME_OK)
		local_finish(j, OUTCOME_OK, NULL);
	else if (j->spoken)
		local_finish(j, OUTCOME_UNREACHABLE, "the engine's answer broke off");
	else
		local_fail(j, a);
	local_leave(l);
}

void local_export_send(struct local_job *j)
{
	const struct http_order order = {
		.method = "GET",
		.target = j->target,
		.max_bytes = SIZE_MAX,
		.timeout_ms = -1,
		.silence_ms = SILENCE_MS,
	};
	j->tries++;
	j->request = http_send(j->local->http, &order, on_chunk, on_end, j);
}

ticket_id local_export(struct backend *b, struct view run, int fd)
{
	struct str target = { 0 };
	str_add_text(&target, "/v1/runs/");
	http_add_encoded(&target, run);
	str_add_text(&target, "/export");
	struct local_job *j = local_get(local_of(b), &target, NULL);
	j->exporting = true;
	j->fd = fd;
	local_export_send(j);
	return j->ticket;
}
