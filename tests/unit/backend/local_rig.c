/* The tests' local engine (local_rig.h). */
#include "local_rig.h"

static void open_with(struct local_config config)
{
	config.name = "home";
	if (!config.url)
		config.socket = stub_path(stub);
	ear.backend = local_new(loop, &ear.sink, 3, &config);
}

void local_rig_set_up(void)
{
	rig_set_up();
	open_with((struct local_config){ .times = { .first_retry_ms = 2, .max_retry_ms = 4,
						    .heartbeat_ms = 10000 } });
	serve("GET", "/v1/info", "{\"user\":\"alice\",\"version\":\"0.1.0\",\"engine\":\"runboardd\"}");
}

void local_rig_reopen(struct local_config config)
{
	ear_release(&ear);
	ear_init(&ear);
	open_with(config);
}

void stream(const char *body)
{
	stub_on(stub, "GET", "/v1/events", &(struct stub_reply){ .body = body, .stream = true });
}
