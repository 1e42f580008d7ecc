/* Which endpoint answers, the frontend's HTTP port or the UI server, and what the
 * latter has switched off. Only a UI server has settings; frontends say 404. */
#include "backend/temporal_inside.h"

#include <assert.h>

#define OFF(name) VIEW("switched off by the UI server (" name ")")

/* Whoever may not write at all may do nothing of it. */
static const struct {
	const char *name;
	struct view why;
	uint32_t verbs;		/* that need it */
} switches[TEMPORAL_SWITCHES] = {
	[TEMPORAL_WRITE] = { "DisableWriteActions", OFF("DisableWriteActions"),
			     ~(1U << VERB_QUERY | 1U << VERB_STACK) },
	[TEMPORAL_TERMINATE] = { "WorkflowTerminateDisabled", OFF("WorkflowTerminateDisabled"),
				 1U << VERB_TERMINATE },
	[TEMPORAL_CANCEL] = { "WorkflowCancelDisabled", OFF("WorkflowCancelDisabled"),
			      1U << VERB_CANCEL },
	[TEMPORAL_SIGNAL] = { "WorkflowSignalDisabled", OFF("WorkflowSignalDisabled"),
			      1U << VERB_SIGNAL },
	[TEMPORAL_UPDATE] = { "WorkflowUpdateDisabled", OFF("WorkflowUpdateDisabled"),
			      1U << VERB_UPDATE },
	[TEMPORAL_RESET] = { "WorkflowResetDisabled", OFF("WorkflowResetDisabled"), 0 },
	[TEMPORAL_PAUSE] = { "WorkflowPauseDisabled", OFF("WorkflowPauseDisabled"),
			     1U << VERB_PAUSE | 1U << VERB_RESUME },
	[TEMPORAL_BATCH] = { "BatchActionsDisabled", OFF("BatchActionsDisabled"), 0 },
	[TEMPORAL_START] = { "StartWorkflowDisabled", OFF("StartWorkflowDisabled"),
			     1U << VERB_START | 1U << VERB_RERUN },
	[TEMPORAL_ACTIVITY] = { "ActivityCommandsDisabled", OFF("ActivityCommandsDisabled"), 0 },
};

static_assert(VERBS <= 32, "a bit for each verb");

static void read_switches(struct temporal_settings *s, const struct json *root)
{
	s->off = 0;
	for (int i = 0; i < TEMPORAL_SWITCHES; i++) {
		if (json_true(json_get(root, switches[i].name)))
			s->off |= 1U << i;
	}
	for (int v = 0; v < VERBS; v++)
		s->why[v] = VIEW("");
	for (int i = TEMPORAL_SWITCHES; i-- > 0;) {
		for (int v = 0; v < VERBS; v++) {
			if (s->off & 1U << i && switches[i].verbs & 1U << v)
				s->why[v] = switches[i].why;
		}
	}
}

void temporal_take_settings(struct temporal *t, const struct http_answer *a)
{
	struct temporal_settings *s = &t->settings;
	if (!temporal_ok(a) && a->status != 404)
		return;
	struct json_doc *doc = temporal_ok(a) ? json_parse(a->body, 0, NULL) : NULL;
	const struct json *root = doc ? json_root(doc) : NULL;
	s->known = true;
	s->is_ui = json_get_text(root, "Version").len || json_get(root, "DisableWriteActions");
	read_switches(s, root);
	if (s->is_ui)
		temporal_codec_settings(t, root);
	json_free(doc);
}

void temporal_forget_settings(struct temporal *t)
{
	temporal_call_cancel(t->settings.call);
	t->settings = (struct temporal_settings){ 0 };
}

void temporal_take_space(struct temporal *t, struct view body)
{
	struct json_doc *doc = json_parse(body, 0, NULL);
	const struct json *info = doc ? json_get(json_root(doc), "namespaceInfo") : NULL;
	const struct json *can = json_get(info, "capabilities");
	static const enum verb verbs[] = { VERB_PAUSE, VERB_RESUME };
	for (size_t i = 0; can && i < sizeof verbs / sizeof *verbs; i++) {
		if (!json_true(json_get(can, "workflowPause")) && !t->settings.why[verbs[i]].len)
			t->settings.why[verbs[i]] =
				VIEW("this server has the pausing of workflows switched off");
	}
	json_free(doc);
}

struct view temporal_off(const struct temporal *t, enum temporal_switch s)
{
	if (t->settings.off & 1U << TEMPORAL_WRITE)
		s = TEMPORAL_WRITE;
	return t->settings.off & 1U << s ? switches[s].why : VIEW("");
}

struct view temporal_off_way(const struct temporal *t, enum mapping_way way)
{
	static const enum temporal_switch needed[] = { [MAPPING_UPDATE] = TEMPORAL_UPDATE,
						       [MAPPING_SIGNAL] = TEMPORAL_SIGNAL,
						       [MAPPING_ACTIVITY] = TEMPORAL_ACTIVITY,
						       [MAPPING_AUTO] = TEMPORAL_UPDATE };
	return temporal_off(t, needed[way]);
}

/* ---- before the first order ---- */

static struct temporal_job *oldest_waiting(struct temporal *t)
{
	struct temporal_job *oldest = NULL;
	for (struct temporal_job *j = t->jobs; j; j = j->next)
		oldest = j->known ? j : oldest;
	return oldest;
}

/* All in one turn of the loop: what was ordered together stays together. */
static void on_settings(void *arg, const struct http_answer *a)
{
	struct temporal *t = arg;
	struct temporal_job *j;
	t->settings.call = NULL;
	temporal_take_settings(t, a);
	temporal_send_held(t);
	while (!t->dead && (j = oldest_waiting(t)) != NULL) {
		temporal_then_fn *then = j->known;
		j->known = NULL;
		then(j);
	}
}

void temporal_ask_settings(struct temporal *t)
{
	struct str target = { 0 };
	if (t->settings.call)
		return;
	str_add_text(&target, "/api/v1/settings");
	const struct temporal_ask ask = { .target = &target, .heard = on_settings, .arg = t };
	t->settings.call = temporal_ask(t, &ask);
}

void temporal_know_codec(struct temporal_job *j, temporal_then_fn *then)
{
	if (j->t->codec.http)
		then(j);
	else
		temporal_know(j, then);
}

void temporal_know(struct temporal_job *j, temporal_then_fn *then)
{
	if (j->t->settings.known) {
		then(j);
		return;
	}
	j->known = then;
	temporal_ask_settings(j->t);
}
