/* `on`: what starts runs by itself. */
#include "flow/cron.h"
#include "flow/workflow_inside.h"

static const char *const missed_words[] = { "skip", "latest", "all", NULL };

#define AT(member) offsetof(struct schedule_spec, member)
static const struct field schedule_fields[] = {
	{ "cron", field_text, AT(cron) },
	{ "timezone", field_text, AT(timezone) },
	{ "params", field_values, AT(params) },
	{ "missed", field_word, AT(missed), .words = missed_words },
	{ 0 },
};
#undef AT

static void check_cron(struct loader *l, const struct yaml_node *n, struct view cron)
{
	struct err err = { 0 };
	struct cron parsed;
	if (cron.len && !cron_parse(cron, &parsed, &err))
		problem_add(l->problems, n->at, "cron: %s", err_text(&err));
	err_release(&err);
}

static void check_zone(struct loader *l, const struct yaml_node *n, struct view zone)
{
	struct err err = { 0 };
	if (!zone.len)
		return;
	struct cron_zone *loaded = cron_zone_new(zone, &err);
	if (!loaded)
		problem_add(l->problems, n->at, "timezone: %s", err_text(&err));
	cron_zone_free(loaded);
	err_release(&err);
}

static void read_schedule(struct loader *l, const struct yaml_node *n, struct schedule_spec *s)
{
	s->line = n->at.line;
	if (!fields_read(l, n, schedule_fields, s))
		return;
	const struct yaml_node *cron = yaml_get(n, "cron"), *zone = yaml_get(n, "timezone");
	if (!cron)
		problem_add(l->problems, n->at, "cron is missing, as \"0 3 * * *\"");
	else
		check_cron(l, cron, s->cron);
	if (zone)
		check_zone(l, zone, s->timezone);
}

static void read_schedules(struct loader *l, const struct yaml_node *n, const struct field *f,
			   void *target)
{
	struct workflow *w = target;
	bool list = n->kind == YAML_LIST;
	(void)f;
	if (!list && !fields_want(l, n, YAML_MAP))
		return;
	w->schedules = arena_array(l->arena, list ? n->len : 1, sizeof *w->schedules);
	for (const struct yaml_node *item = list ? n->first : n; item;
	     item = list ? item->next : NULL)
		read_schedule(l, item, &w->schedules[w->n_schedules++]);
}

#define AT(member) offsetof(struct workflow, member)
static const struct field webhook_fields[] = {
	{ "secret_env", field_text, AT(webhook_secret_env) },
	{ "params", field_values, AT(webhook_params) },
	{ 0 },
};
#undef AT

static void read_webhook(struct loader *l, const struct yaml_node *n, const struct field *f,
			 void *target)
{
	struct workflow *w = target;
	(void)f;
	w->has_webhook = fields_read(l, n, webhook_fields, w);
	if (!w->has_webhook)
		return;
	const struct yaml_node *secret = yaml_get(n, "secret_env");
	if (!secret)
		problem_add(l->problems, n->at,
			    "secret_env is missing: a webhook without a secret starts nothing");
	else if (w->webhook_secret_env.len && !name_is_variable(w->webhook_secret_env))
		problem_add(l->problems, secret->at, "secret_env must be the name of a variable");
}

void workflow_read_on(struct loader *l, const struct yaml_node *n, const struct field *f,
		      void *target)
{
	static const struct field fields[] = {
		{ "schedule", read_schedules },
		{ "webhook", read_webhook },
		{ 0 },
	};
	(void)f;
	fields_read(l, n, fields, target);
}
