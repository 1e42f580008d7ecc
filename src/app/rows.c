/* A catalogue's JSON as a table of texts, for the screens that only list. */
#include "app/rows.h"

#include "base/ident.h"
#include "base/vec.h"
#include "base/when.h"
#include "core/pretty.h"
#include "wire/catalog.h"

enum { COLUMNS_MAX = 10 };

/* Of an answer. */
struct lines {
	VEC(struct view) views;
};

struct table {
	const char *list;		/* the member that holds the rows */
	const char *members[COLUMNS_MAX];
	const char *titles[COLUMNS_MAX + 1];
	unsigned optional;		/* bits of columns that are shown only if a row has them */
};

static const struct table tables[] = {
	[CATALOG_WORKFLOWS] = { 0 },
	[CATALOG_SCHEDULES] = { "schedules",
		{ "id", "workflow", "cron", "timezone", "next", "paused" },
		{ "schedule", "workflow", "cron", "zone", "next", "paused" } },
	[CATALOG_QUEUES] = { "queues",
		{ "name", "slots", "running", "queued", "oldest", "added_per_s", "taken_per_s" },
		{ "queue", "slots", "running", "queued", "oldest", "in/s", "out/s" }, 0x70 },
	[CATALOG_WORKERS] = { "workers",
		{ "name", "queue", "state", "slots", "running", "last_seen", "polls", "sdk", "host" },
		{ "worker", "queue", "state", "slots", "running", "last seen", "polls", "sdk", "host" },
		0x1e4 },
	/* In the order that view/metrics_view.c draws. */
	[CATALOG_STATS] = { "workflows",
		{ "workflow", "ended", "success_rate", "duration_ms.p50", "duration_ms.p95",
		  "duration_ms.avg", "duration_ms.min", "duration_ms.max", "wait_ms.p95", "started" },
		{ "workflow", "ended", "success", "half in", "95% in", "average", "least", "most",
		  "95% wait", "started" } },
	/* In the order that model/throughput.c reads. */
	[CATALOG_THROUGHPUT] = { "buckets",
		{ "at", "completed", "failed", "timed_out", "rejected", "error" },
		{ "hour", "completed", "failed", "timed out", "rejected", "error" } },
	[CATALOG_AUDIT] = { "audit", { "at", "by", "what", "why" },
		{ "when", "who", "what", "note" } },
	[CATALOG_SPACES] = { "namespaces", { "name", "here", "retention", "description" },
		{ "namespace", "", "kept", "description" } },
	[CATALOG_INBOX] = { "inbox", { "short", "workflow", "task", "since", "prompt" },
		{ "run", "workflow", "task", "since", "prompt" } },
};

static size_t columns_of(const struct table *t)
{
	size_t n = 0;
	while (n < COLUMNS_MAX && t->members[n])
		n++;
	return n;
}

/* Instants are shown as the local clock, everything else as it stands. */
static struct view cell_text(const struct json *v, struct arena *arena)
{
	struct str s = {0};
	int64_t at_ms;
	if (v && json_kind(v) == JSON_STRING) {
		if (when_parse_rfc3339(json_text(v), &at_ms))
			when_add_stamp(&s, at_ms);
		else
			str_add(&s, json_text(v));
	} else if (v && json_kind(v) != JSON_NULL) {
		json_print(v, &s);
	}
	struct view out = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return out;
}

/* "cancel 01a2...": the run by what its card calls it, as far as that is known here. */
static struct view shorten_ids(struct view text, struct arena *arena)
{
	struct view rest = text, word;
	struct str s = {0};
	char part[20];
	while (view_split(&rest, ' ', &word)) {
		if (s.len)
			str_add_char(&s, ' ');
		if (ident_is_uuid(word)) {
			ident_random_part(word, part);
			word = view_bytes(part, IDENT_SHORT_MIN);
		}
		str_add(&s, word);
	}
	struct view out = arena_view(arena, view_of_str(&s));
	str_release(&s);
	return out;
}

static struct view read_cell(enum catalog_kind kind, const struct json *v, struct arena *arena)
{
	struct view text = cell_text(v, arena);
	return kind == CATALOG_AUDIT ? shorten_ids(text, arena) : text;
}

/* A member of the row, or one within it: "duration_ms.p50". */
static const struct json *cell_of(const struct json *row, const char *member)
{
	struct view rest = view_of(member), name;
	struct str key = {0};
	while (row && view_split(&rest, '.', &name)) {
		str_clear(&key);
		str_add(&key, name);
		row = json_get(row, str_text(&key));
	}
	str_release(&key);
	return row;
}

static bool has_cell(const struct json *rows, const char *member)
{
	for (const struct json *row = json_first(rows); row; row = json_next(row)) {
		if (cell_of(row, member))
			return true;
	}
	return false;
}

/* Their indexes; how many. Not all backends know all of it. */
static size_t choose_columns(const struct table *t, const struct json *rows, size_t *shown)
{
	size_t n = 0, all = columns_of(t);
	for (size_t i = 0; i < all; i++) {
		if (!(t->optional >> i & 1) || has_cell(rows, t->members[i]))
			shown[n++] = i;
	}
	return n;
}

/* ---- an answer: its lines under its title ---- */

/* Tabs become blanks: a cell of the table knows no tab stops. */
static void add_text_lines(struct view text, struct arena *arena, struct lines *out)
{
	struct view line;
	struct str s = {0};
	while (view_split(&text, '\n', &line)) {
		str_clear(&s);
		for (size_t i = 0; i < line.len; i++) {
			if (line.ptr[i] == '\t')
				str_add_text(&s, "    ");
			else
				str_add_char(&s, line.ptr[i]);
		}
		vec_push(&out->views, arena_view(arena, view_of_str(&s)));
	}
	str_release(&s);
}

static void add_json_lines(struct view json, struct arena *arena, struct lines *out)
{
	struct pretty p = {0};
	struct str s = {0};
	pretty_read(&p, json);
	for (size_t i = 0; i < p.lines.len; i++) {
		const struct pretty_line *l = &p.lines.items[i];
		str_clear(&s);
		for (int k = 0; k < l->depth; k++)
			str_add_text(&s, "  ");
		str_add(&s, l->key);
		str_add_text(&s, l->key.len ? ": " : "");
		str_add(&s, l->value);
		str_add_text(&s, l->comma ? "," : "");
		vec_push(&out->views, arena_view(arena, view_of_str(&s)));
	}
	str_release(&s);
	pretty_release(&p);
}

static void read_answer(struct view json, struct arena *arena, struct msg_catalog *out)
{
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, NULL);
	const struct json *value = doc ? json_get(json_root(doc), "value") : NULL;
	const char **columns = arena_array(arena, 2, sizeof *columns);
	struct lines lines = {0};
	struct str text = {0};
	if (value)
		json_print(value, &text);
	if (value && json_kind(value) == JSON_STRING)
		add_text_lines(json_text(value), arena, &lines);
	else
		add_json_lines(view_of_str(&text), arena, &lines);
	columns[0] = arena_text(arena, json_get_text(doc ? json_root(doc) : NULL, "title"));
	struct view *rows = arena_array(arena, lines.views.len + 1, sizeof *rows);
	for (size_t i = 0; i < lines.views.len; i++)
		rows[i] = lines.views.items[i];
	out->columns = columns;
	out->rows = rows;
	out->len = lines.views.len;
	vec_release(&lines.views);
	str_release(&text);
	json_free(doc);
}

void rows_read(enum catalog_kind kind, struct view json, struct arena *arena,
	       struct msg_catalog *out)
{
	const struct table *t = &tables[kind];
	if (kind == CATALOG_ANSWER) {
		read_answer(json, arena, out);
		return;
	}
	struct json_doc *doc = json_parse(json, CATALOG_BYTES_MAX, NULL);
	const struct json *rows = doc ? catalog_rows(json_root(doc), t->list) : NULL;
	const struct json *total = doc && kind == CATALOG_STATS ? json_get(json_root(doc), "total")
								: NULL;
	size_t n = rows ? json_count(rows) : 0, shown[COLUMNS_MAX];
	size_t columns = choose_columns(t, rows, shown);
	const char **titles = arena_array(arena, columns + 1, sizeof *titles);
	struct view *cells = arena_array(arena, (n + 1) * columns + 1, sizeof *cells);
	for (size_t i = 0; i < columns; i++)
		titles[i] = t->titles[shown[i]];
	out->columns = titles;
	out->rows = cells;
	out->len = n + (total && n > 0);
	for (const struct json *row = json_first(rows); row; row = json_next(row))
		for (size_t i = 0; i < columns; i++)
			*cells++ = read_cell(kind, cell_of(row, t->members[shown[i]]), arena);
	for (size_t i = 0; i < columns && out->len > n; i++)
		*cells++ = i == 0 ? VIEW("all") : cell_text(cell_of(total, t->members[shown[i]]), arena);
	json_free(doc);
}
