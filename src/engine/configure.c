/* Of the configuration what may change while the engine runs. */
#include <unistd.h>

#include "base/mem.h"
#include "engine/engine_inside.h"

static const int64_t usual_log_max = INT64_C(1) << 30, usual_run_log_max = INT64_C(16) << 30;

static int default_slots(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	return cpus > 0 ? (int)cpus * 2 : 2;
}

void engine_take_settings(struct engine *e, const struct engine_config *config)
{
	mem_free(e->secret_command);
	e->secret_command = config->secret_command ? mem_text(config->secret_command) : NULL;
	e->secret_timeout_ms = config->secret_timeout_ms;
	e->notice_specs = config->notices;
	e->n_notice_specs = config->n_notices;
	e->log_max = config->log_max ? config->log_max : usual_log_max;
	e->run_log_max = config->run_log_max ? config->run_log_max : usual_run_log_max;
	queues_take(&e->queues, config, default_slots());
}

/* The turn that follows starts what has slots now. */
void engine_configure(struct engine *e, const struct engine_config *config)
{
	engine_take_settings(e, config);
	notices_renew(e->notices);
	e->kick = true;
	loop_timer_set(e->retry, 0);
}

void engine_tell_settings(struct engine *e, const char *why)
{
	bool same = why ? e->settings_error && str_eq(e->settings_error, why) : !e->settings_error;
	if (same)
		return;
	mem_free(e->settings_error);
	e->settings_error = why ? mem_text(why) : NULL;
	engine_tell_trouble(e);
}

const char *engine_settings_error(const struct engine *e)
{
	return e->settings_error;
}
