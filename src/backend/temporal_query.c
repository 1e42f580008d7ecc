/* Filter trees to visibility queries (temporal_query.h). */
#include "backend/temporal_query.h"

#include "base/when.h"

/* What was said of a node. */
enum said { SAID_NOTHING, SAID_MORE, SAID_EXACTLY };

void temporal_query_text(struct str *out, struct view text)
{
	str_add_char(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
			str_add_char(out, text.ptr[i]);
		str_add_char(out, text.ptr[i]);
	}
	str_add_char(out, '\'');
}

void temporal_query_time(struct str *out, const char *name, const char *op, int64_t at_ms)
{
	str_addf(out, "%s %s '", name, op);
	when_add_rfc3339(out, at_ms);
	str_add_char(out, '\'');
}

void temporal_query_and(struct str *out, struct view part)
{
	if (!part.len)
		return;
	str_add_text(out, out->len ? " AND (" : "(");
	str_add(out, part);
	str_add_char(out, ')');
}

/* ---- fields ---- */

/* Statuses as the store knows them; bits of the board's that each stands for. */
static const struct {
	const char *word;
	uint32_t means;
} statuses[] = {
	{ "Running", 1U << RUN_PLANNED | 1U << RUN_PENDING | 1U << RUN_RUNNING |
		     1U << RUN_WAITING | 1U << RUN_PAUSED },
	{ "Completed", 1U << RUN_COMPLETED },
	{ "Failed", 1U << RUN_FAILED | 1U << RUN_REJECTED | 1U << RUN_ERROR },
	{ "TimedOut", 1U << RUN_TIMED_OUT },
	{ "Canceled", 1U << RUN_CANCELLED },
	{ "Terminated", 1U << RUN_CANCELLED },
};

static enum said add_statuses(struct str *out, uint32_t set)
{
	enum said said = SAID_EXACTLY;
	bool any = false;
	str_add_text(out, "ExecutionStatus IN (");
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (!(set & statuses[i].means))
			continue;
		str_addf(out, "%s'%s'", any ? ", " : "", statuses[i].word);
		any = true;
		if ((set & statuses[i].means) != statuses[i].means)
			said = SAID_MORE;
	}
	str_add_char(out, ')');
	return any ? said : SAID_NOTHING;
}

static uint32_t statuses_of_lanes(uint32_t lanes)
{
	uint32_t set = 0;
	for (int s = 0; s < RUN_STATUSES; s++) {
		if (lanes & 1U << run_status_lane((enum run_status)s))
			set |= 1U << s;
	}
	return set;
}

static bool is_prefix_glob(struct view v)
{
	return v.len > 1 && view_find_byte(v, '*', 0) == v.len - 1;
}

/* One value of a name. */
static bool add_value(struct str *out, const char *name, struct view value, bool glob)
{
	if (glob && !is_prefix_glob(value))
		return false;
	str_addf(out, "%s %s ", name, glob ? "STARTS_WITH" : "=");
	temporal_query_text(out, glob ? view_cut(value, 0, value.len - 1) : value);
	return true;
}

static enum said add_names(struct str *out, const struct filter_node *n, const char *name,
			   const char *other)
{
	for (size_t i = 0; i < n->n_values; i++) {
		str_add_text(out, i ? " OR " : "");
		if (!add_value(out, name, n->values[i], n->globs[i]))
			return SAID_NOTHING;
		if (!other || n->globs[i])
			continue;
		str_add_text(out, " OR ");
		add_value(out, other, n->values[i], n->globs[i]);
	}
	return n->n_values ? SAID_EXACTLY : SAID_NOTHING;
}

static enum said add_triggers(struct str *out, uint32_t set)
{
	if (set == 1U << TRIGGER_SCHEDULE) {
		str_add_text(out, "TemporalScheduledById IS NOT NULL");
		return SAID_MORE;	/* children of them are told as children */
	}
	if (set == 1U << TRIGGER_PARENT) {
		str_add_text(out, "ParentWorkflowId IS NOT NULL");
		return SAID_EXACTLY;
	}
	return SAID_NOTHING;
}

static enum said add_field(struct str *out, const struct filter_node *n)
{
	switch (n->field) {
	case FILTER_STATUS:
		return add_statuses(out, n->set);
	case FILTER_LANE:
		return add_statuses(out, statuses_of_lanes(n->set));
	case FILTER_WORKFLOW:
		return add_names(out, n, "WorkflowType", NULL);
	case FILTER_QUEUE:
		return add_names(out, n, "TaskQueue", NULL);
	case FILTER_ID:
		return add_names(out, n, "WorkflowId", "RunId");
	case FILTER_TRIGGER:
		return add_triggers(out, n->set);
	case FILTER_BY:
	case FILTER_WORKER:
	case FILTER_LABEL:
	case FILTER_PARAM:
	case FILTER_TASK:
	case FILTER_BACKEND:
	case FILTER_CREATED:
	case FILTER_DURATION:
	case FILTER_WAIT:
	case FILTER_RETRIES:
	case FILTER_FIELDS:
		break;
	}
	return SAID_NOTHING;
}

static enum said add_compare(struct str *out, const struct filter_node *n, int64_t now_ms)
{
	static const char *const words[] = { [FILTER_GT] = ">", [FILTER_GE] = ">=",
					     [FILTER_LT] = "<", [FILTER_LE] = "<=",
					     [FILTER_EQ] = "=" };
	if (n->field != FILTER_CREATED || n->op == FILTER_EQ)
		return SAID_NOTHING;
	temporal_query_time(out, "StartTime", words[n->op],
			    n->relative ? now_ms - n->number : n->number);
	return SAID_EXACTLY;
}

/* ---- the tree ---- */

static enum said add_node(struct str *out, const struct filter_node *n, int64_t now_ms);

static enum said add_and(struct str *out, const struct filter_node *n, int64_t now_ms)
{
	enum said all = SAID_EXACTLY;
	bool any = false;
	for (size_t i = 0; i < n->n_children; i++) {
		struct str part = { 0 };
		enum said said = add_node(&part, &n->children[i], now_ms);
		if (said != SAID_EXACTLY)
			all = SAID_MORE;
		if (said != SAID_NOTHING && part.len) {
			str_add_text(out, any ? " AND (" : "(");
			str_add(out, view_of_str(&part));
			str_add_char(out, ')');
			any = true;
		}
		str_release(&part);
	}
	return any || all == SAID_EXACTLY ? all : SAID_NOTHING;
}

static enum said add_or(struct str *out, const struct filter_node *n, int64_t now_ms)
{
	enum said all = SAID_EXACTLY;
	for (size_t i = 0; i < n->n_children; i++) {
		str_add_text(out, i ? " OR (" : "(");
		size_t before = out->len;
		enum said said = add_node(out, &n->children[i], now_ms);
		str_add_char(out, ')');
		if (said == SAID_NOTHING || out->len == before + 1)
			return SAID_NOTHING;
		if (said == SAID_MORE)
			all = SAID_MORE;
	}
	return n->n_children ? all : SAID_NOTHING;
}

static enum said add_not(struct str *out, const struct filter_node *n, int64_t now_ms)
{
	str_add_text(out, "NOT (");
	size_t before = out->len;
	enum said said = add_node(out, n->children, now_ms);
	str_add_char(out, ')');
	return said == SAID_EXACTLY && out->len > before + 1 ? SAID_EXACTLY : SAID_NOTHING;
}

static enum said add_node(struct str *out, const struct filter_node *n, int64_t now_ms)
{
	switch (n->kind) {
	case FILTER_AND:
		return add_and(out, n, now_ms);
	case FILTER_OR:
		return add_or(out, n, now_ms);
	case FILTER_NOT:
		return add_not(out, n, now_ms);
	case FILTER_FIELD:
		return add_field(out, n);
	case FILTER_COMPARE:
		return add_compare(out, n, now_ms);
	case FILTER_WORD:
	case FILTER_REGEX:
		break;
	}
	return SAID_NOTHING;
}

bool temporal_query(const struct filter *f, int64_t now_ms, struct str *out)
{
	struct str text = { 0 };
	if (filter_is_empty(f))
		return true;
	enum said said = add_node(&text, filter_root(f), now_ms);
	if (said != SAID_NOTHING)
		str_add(out, view_of_str(&text));
	str_release(&text);
	return said == SAID_EXACTLY;
}
