/* The part of a filter that the database can decide. */
#include "engine/where.h"

#include "base/ident.h"
#include "core/status.h"

static void add_number(struct where *w, struct str *sql, const char *condition, int64_t n)
{
	struct where_value v = { .number = n };
	str_add_text(sql, condition);
	vec_push(&w->values, v);
}

static void add_text(struct where *w, struct view text)
{
	struct where_value v = { .is_text = true, .text = text };
	vec_push(&w->values, v);
}

/* status IN (...) from the bits. */
static void add_statuses(struct where *w, const struct filter_node *n, struct str *sql)
{
	bool first = true;
	str_add_text(sql, " AND status IN (");
	for (int s = 0; s < RUN_STATUSES; s++) {
		bool is_meant = n->field == FILTER_STATUS
			? n->set >> s & 1
			: n->set >> run_status_lane((enum run_status)s) & 1;
		if (!is_meant)
			continue;
		str_add_text(sql, first ? "?" : ",?");
		add_text(w, view_of(run_status_name((enum run_status)s)));
		first = false;
	}
	str_add_text(sql, ")");
}

static void add_workflows(struct where *w, const struct filter_node *n, struct str *sql)
{
	for (size_t i = 0; i < n->n_values; i++) {
		if (n->globs && n->globs[i])
			return;
	}
	str_add_text(sql, " AND workflow COLLATE NOCASE IN (");
	for (size_t i = 0; i < n->n_values; i++) {
		str_add_text(sql, i ? ",?" : "?");
		add_text(w, n->values[i]);
	}
	str_add_text(sql, ")");
}

static bool is_whole_id(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] >= 'A' && v.ptr[i] <= 'F')
			return false;
	}
	return ident_is_uuid(v);
}

/* Only whole ones: a filter also takes short and partial ids. */
static void add_ids(struct where *w, const struct filter_node *n, struct str *sql)
{
	for (size_t i = 0; i < n->n_values; i++) {
		if (!is_whole_id(n->values[i]))
			return;
	}
	str_add_text(sql, " AND id IN (");
	for (size_t i = 0; i < n->n_values; i++) {
		str_add_text(sql, i ? ",?" : "?");
		add_text(w, n->values[i]);
	}
	str_add_text(sql, ")");
}

static void add_created(struct where *w, const struct filter_node *n, struct str *sql)
{
	static const char *const conditions[] = {
		[FILTER_GT] = " AND created > ?", [FILTER_GE] = " AND created >= ?",
		[FILTER_LT] = " AND created < ?", [FILTER_LE] = " AND created <= ?",
		[FILTER_EQ] = " AND created = ?",
	};
	if (!n->relative)
		add_number(w, sql, conditions[n->op], n->number);
}

static void add_node(struct where *w, const struct filter_node *n, struct str *sql)
{
	if (n->kind == FILTER_AND) {
		for (size_t i = 0; i < n->n_children; i++)
			add_node(w, &n->children[i], sql);
	} else if (n->kind == FILTER_FIELD &&
		   (n->field == FILTER_STATUS || n->field == FILTER_LANE)) {
		add_statuses(w, n, sql);
	} else if (n->kind == FILTER_FIELD && n->field == FILTER_WORKFLOW) {
		add_workflows(w, n, sql);
	} else if (n->kind == FILTER_FIELD && n->field == FILTER_ID) {
		add_ids(w, n, sql);
	} else if (n->kind == FILTER_COMPARE && n->field == FILTER_CREATED) {
		add_created(w, n, sql);
	}
}

void where_build(struct where *w, const struct filter *filter, struct str *sql)
{
	const struct filter_node *root = filter_root(filter);
	if (root)
		add_node(w, root, sql);
}

void where_bind(const struct where *w, struct db_stmt *st, int first)
{
	for (size_t i = 0; i < w->values.len; i++) {
		if (w->values.items[i].is_text)
			db_bind_text(st, first + (int)i, w->values.items[i].text);
		else
			db_bind_int(st, first + (int)i, w->values.items[i].number);
	}
}

void where_release(struct where *w)
{
	vec_release(&w->values);
}
