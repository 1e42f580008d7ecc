/* The frames of the event stream, but for runs. */
#include "wire/proto.h"

#include <assert.h>

#include "wire/proto_parts.h"

static const char *const event_names[] = {
	[PROTO_EVENT_UNKNOWN] = "",
	[PROTO_EVENT_SNAPSHOT_BEGIN] = "snapshot_begin",
	[PROTO_EVENT_RUN] = "run",
	[PROTO_EVENT_SNAPSHOT_END] = "snapshot_end",
	[PROTO_EVENT_GONE] = "gone",
	[PROTO_EVENT_PROGRESS] = "progress",
	[PROTO_EVENT_RESET] = "reset",
	[PROTO_EVENT_HEARTBEAT] = "heartbeat",
	[PROTO_EVENT_TASK] = "task",
	[PROTO_EVENT_LINES] = "lines",
	[PROTO_EVENT_EOF] = "eof",
};
static_assert(sizeof event_names / sizeof *event_names == PROTO_EVENTS, "a name for each event");

enum proto_event proto_event_parse(struct view name)
{
	for (int i = 1; i < PROTO_EVENTS; i++)
		if (view_is(name, event_names[i]))
			return (enum proto_event)i;
	return PROTO_EVENT_UNKNOWN;
}

const char *proto_event_name(enum proto_event e)
{
	return (int)e < PROTO_EVENTS ? event_names[e] : "";
}

static void member_counts(struct reader *r, void *field)
{
	int64_t *counts = field;
	struct view key;
	if (!jtext_enter(&r->text, JTEXT_OBJECT)) {
		jtext_value(&r->text);
		return;
	}
	while (jtext_member(&r->text, r->arena, &key)) {
		int64_t n = jtext_int(&r->text, -1);
		enum lane lane;
		if (lane_parse(key, &lane))
			counts[lane] = n;
	}
}

static const struct member frame_members[] = {
	MEMBER("filter", member_text, struct proto_frame, filter),
	MEMBER("id", member_text, struct proto_frame, id),
	MEMBER("reason", member_text, struct proto_frame, reason),
	MEMBER("trouble", member_text, struct proto_frame, trouble),
	MEMBER("ended", member_int64, struct proto_frame, ended),
	MEMBER("time", member_time, struct proto_frame, time_ms),
	MEMBER("complete", member_true, struct proto_frame, complete),
	MEMBER("counts", member_counts, struct proto_frame, counts),
	{ 0 },
};

bool proto_frame(struct view json, struct arena *arena, struct proto_frame *out,
		 struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_frame){ .ended = -1 };
	for (int i = 0; i < LANES; i++)
		out->counts[i] = -1;
	return reader_done(&r, read_members(&r, frame_members, out), "an event", err);
}

static const struct member task_members[] = {
	MEMBER("run", member_text, struct proto_task, run),
	MEMBER("task", member_text, struct proto_task, task),
	MEMBER("attempt", member_int, struct proto_task, attempt),
	MEMBER("stdout_bytes", member_int64, struct proto_task, stdout_bytes),
	MEMBER("stderr_bytes", member_int64, struct proto_task, stderr_bytes),
	MEMBER("progress", member_real, struct proto_task, progress),
	{ 0 },
};

bool proto_task(struct view json, struct arena *arena, struct proto_task *out, struct err *err)
{
	struct reader r = reader_of(json, arena);
	*out = (struct proto_task){ .progress = -1 };
	return reader_done(&r, read_members(&r, task_members, out), "an event", err);
}
