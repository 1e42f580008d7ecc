/* GET /v1/runs/ID/export: a run as one file, read from disk as its peer takes it. */
#include "base/mem.h"
#include "engine/route.h"

static ssize_t pull(void *arg, char *buf, size_t max)
{
	size_t n = engine_export_read(arg, buf, max);
	return n ? (ssize_t)n : STREAM_END;
}

/* An archive has no room for one; what is dead is found by writing. */
static void beat(void *arg)
{
	(void)arg;
}

static void close_export(void *arg)
{
	engine_export_free(arg);
}

void api_export(struct call *c)
{
	static const struct stream_ops stream = { .pull = pull, .beat = beat, .close = close_export };
	struct engine_caller caller = call_caller(c);
	struct err err = { 0 };
	struct engine_export *x =
		engine_export_new(c->api->with.engine, call_word(c, 0), &caller, &err);
	if (x)
		exchange_stream(c->x, "application/x-tar", &stream, x);
	else
		call_failed(c, &err);
	err_release(&err);
}
