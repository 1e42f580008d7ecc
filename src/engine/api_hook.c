/* POST /v1/hooks/NAME: who delivers shows by a signature that he knows the secret;
 * no user and no token is asked for. */
#include "engine/route.h"

static void on_reply(void *arg, const struct engine_reply *reply)
{
	exchange_json(arg, reply->status, reply->body, reply->version);
}

/* The first of these headers that is there. */
static struct view any_header(const struct front_head *head, const char *const *names)
{
	struct view value = { 0 };
	while (*names && !front_header(head, *names, &value))
		names++;
	return value;
}

void api_hook(struct call *c)
{
	static const char *const signatures[] = { "X-Hub-Signature-256", NULL };
	static const char *const deliveries[] = { "X-Runboard-Delivery", "X-GitHub-Delivery",
						  "Idempotency-Key", NULL };
	static const char *const times[] = { "X-Runboard-Timestamp", NULL };
	const struct front_head *head = exchange_head(c->x);
	const struct engine_hook hook = {
		.workflow = call_word(c, 0),
		.body = exchange_body(c->x),
		.signature = any_header(head, signatures),
		.delivery = any_header(head, deliveries),
		.timestamp = any_header(head, times),
	};
	struct err err = { 0 };
	if (engine_hook(c->api->with.engine, &hook,
			(struct engine_answer_to){ on_reply, c->x }, &err))
		return;
	if (err.kind == ERR_REFUSED)
		call_error(c, 401, "unauthorized", err_text(&err));
	else
		call_failed(c, &err);
	err_release(&err);
}
