/* Names and texts of a recording (recording.h). Pure. */
#include "backend/recording.h"

#include "io/http.h"

static const char *const names[TELLS] = {
	[TELL_IDENTITY] = "identity",
	[TELL_CONDITION] = "condition",
	[TELL_SNAPSHOT_BEGIN] = "snapshot_begin",
	[TELL_RUNS] = "runs",
	[TELL_GONE] = "gone",
	[TELL_PROGRESS] = "progress",
	[TELL_SNAPSHOT_END] = "snapshot_end",
	[TELL_LANE_COUNTS] = "lane_counts",
	[TELL_PAGE] = "page",
	[TELL_DETAIL] = "detail",
	[TELL_HISTORY] = "history",
	[TELL_CATALOG] = "catalog",
	[TELL_LOG] = "log",
	[TELL_DONE] = "done",
};

const char *tell_name(enum tell t)
{
	return names[t];
}

bool tell_parse(struct view name, enum tell *out)
{
	for (int t = 0; t < TELLS; t++) {
		if (view_is(name, names[t])) {
			*out = (enum tell)t;
			return true;
		}
	}
	return false;
}

static void word(struct str *s, struct view v)
{
	str_add_char(s, ' ');
	http_add_encoded(s, v);
}

static void bar(struct str *s)
{
	str_add_char(s, '|');
}

void ask_page(struct str *s, struct view filter, struct view cursor, size_t limit)
{
	str_add_text(s, "page");
	word(s, filter);
	bar(s);
	word(s, cursor);
	str_addf(s, " %zu", limit);
}

void ask_fetch(struct str *s, struct view run, enum run_part part, struct view cursor)
{
	static const struct {
		const char *what, *how;
	} parts[PARTS] = {
		[PART_DETAIL] = { " detail", "" },
		[PART_DETAIL_SOON] = { " detail", " soon" },
		[PART_DETAIL_MORE] = { " detail", " more" },
		[PART_HISTORY] = { " history", "" },
		[PART_HISTORY_END] = { " history", " end" },
	};
	str_add_text(s, "fetch");
	word(s, run);
	str_add_text(s, parts[part].what);
	bar(s);
	word(s, cursor);
	str_add_text(s, parts[part].how);
}

void ask_follow(struct str *s, struct view run)
{
	str_add_text(s, "follow");
	word(s, run);
}

void ask_catalog(struct str *s, enum catalog_kind kind, struct view cursor)
{
	static const char *const kinds[] = {
		[CATALOG_WORKFLOWS] = "workflows", [CATALOG_SCHEDULES] = "schedules",
		[CATALOG_QUEUES] = "queues",	   [CATALOG_WORKERS] = "workers",
		[CATALOG_STATS] = "stats",	   [CATALOG_AUDIT] = "audit",
		[CATALOG_INBOX] = "inbox",	   [CATALOG_ANSWER] = "answer",
		[CATALOG_SPACES] = "namespaces",   [CATALOG_THROUGHPUT] = "throughput",
	};
	str_addf(s, "catalog %s", kinds[kind]);
	bar(s);
	word(s, cursor);
}

void ask_log(struct str *s, const struct log_query *q)
{
	str_add_text(s, "log");
	word(s, q->run);
	word(s, q->task);
	str_addf(s, " %d %d %s", q->attempt, (int)q->streams, q->follow ? "follow" : "page");
	bar(s);
	word(s, q->cursor);
	str_addf(s, " %s %zu", q->backward ? "back" : "on", q->limit);
	word(s, q->search);
	word(s, q->level);
	if (q->exact)
		str_add_text(s, " exact");
}

/* For whoever reads the recording: a replay takes no orders. */
void ask_order(struct str *s, const struct order *o)
{
	str_addf(s, "order %s", verb_name(o->verb));
	word(s, o->verb == VERB_START ? o->workflow : o->run);
	word(s, o->task);
	bar(s);
	str_addf(s, " %d %lld", o->attempt, (long long)o->version);
}

struct view ask_subject(struct view ask)
{
	size_t at = view_find_byte(ask, '|', 0);
	return view_cut(ask, 0, at == SIZE_MAX ? ask.len : at);
}
