/* `on` (what starts runs by itself) and `notify` (who is told). */
#include "core/filter.h"
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

#define AT(member) offsetof(struct notice_spec, member)
static const struct field notice_fields[] = {
	{ "on", field_words, AT(on), AT(n_on) },
	{ "filter", field_text, AT(filter) },
	{ "command", field_text, AT(command) },
	{ "url", field_text, AT(url) },
	{ 0 },
};
#undef AT

static void check_notice_word(struct loader *l, const struct yaml_node *n, struct view word)
{
	static const char *const more[] = { "ended", "long_running" };
	const char *words[RUN_STATUSES + 2];
	size_t len = 0;
	for (int s = 0; s < RUN_STATUSES; s++)
		words[len++] = run_status_name((enum run_status)s);
	for (size_t i = 0; i < 2; i++)
		words[len++] = more[i];
	for (size_t i = 0; i < len; i++)
		if (view_is(word, words[i]))
			return;
	struct str guess = problem_guess(word, words, len);
	problem_add(l->problems, n->at, "on: '%.*s' is no status of a run, nor ended or "
		    "long_running%s", (int)word.len, word.ptr, str_text(&guess));
	str_release(&guess);
}

static void check_filter(struct loader *l, const struct yaml_node *n, struct view text)
{
	struct err err = { 0 };
	struct filter *f = filter_parse(text, NULL, &err);
	if (!f)
		problem_add(l->problems, n->at, "filter: %s", err_text(&err));
	filter_free(f);
	err_release(&err);
}

static void read_notice(struct loader *l, const struct yaml_node *n, struct notice_spec *s)
{
	if (!fields_read(l, n, notice_fields, s))
		return;
	const struct yaml_node *on = yaml_get(n, "on");
	for (size_t i = 0; i < s->n_on; i++)
		check_notice_word(l, on, s->on[i]);
	if (yaml_get(n, "filter"))
		check_filter(l, yaml_get(n, "filter"), s->filter);
	else if (!on)
		problem_add(l->problems, n->at, "on is missing, as failed");
	if (!yaml_get(n, "command") == !yaml_get(n, "url"))
		problem_add(l->problems, n->at, "must have a command or a url");
}

void workflow_read_notify(struct loader *l, const struct yaml_node *n, const struct field *f,
			  void *target)
{
	struct workflow *w = target;
	(void)f;
	if (!fields_want(l, n, YAML_LIST))
		return;
	struct notice_spec *items = arena_array(l->arena, n->len, sizeof *items);
	for (const struct yaml_node *item = n->first; item; item = item->next)
		read_notice(l, item, &items[w->n_notices++]);
	w->notices = items;
}
