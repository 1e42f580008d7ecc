/* How an attempt ended, read from its folder: the exit line, the result, the tail
 * of stderr, the progress. All of it foreign bytes. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exitline.h"
#include "base/file.h"
#include "base/jscan.h"
#include "engine/attempt.h"
#include "wire/jsonw.h"

enum { RESULT_MAX = 1 << 20, TAIL_MAX = 4096, TAIL_LINES = 12, MESSAGE_MAX = 200 };

static struct view keep(struct arena *arena, const struct str *s)
{
	return arena_view(arena, view_of_str(s));
}

/* ---- the result --------------------------------------------------------------- */

/* `name=value` lines, the last of a name counts. */
static bool is_last_of_name(struct view rest, struct view name)
{
	struct view line;
	while (view_split(&rest, '\n', &line)) {
		size_t eq = view_find_byte(line, '=', 0);
		if (eq != SIZE_MAX && view_eq(view_cut(line, 0, eq), name))
			return false;
	}
	return true;
}

static bool is_name(struct view v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.ptr[i];
		if (c <= ' ' || c == 127)
			return false;
	}
	return v.len > 0;
}

static void lines_to_json(struct view text, struct str *out)
{
	struct jsonw w;
	struct view line;
	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	while (view_split(&text, '\n', &line)) {
		size_t eq = view_find_byte(line, '=', 0);
		struct view name = view_cut(line, 0, eq == SIZE_MAX ? 0 : eq);
		if (!is_name(name) || !is_last_of_name(text, name))
			continue;
		jsonw_key(&w, name);
		jsonw_text(&w, NULL, view_cut(line, eq + 1, line.len));
	}
	jsonw_end_object(&w);
}

static void drop_zeros(struct str *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->len; i++) {
		if (s->ptr[i])
			s->ptr[kept++] = s->ptr[i];
	}
	if (s->len)
		str_shorten(s, kept);
}

/* Empty where the step said nothing. An object that is no JSON is an error. */
static bool read_result(int folder, struct str *json, struct err *err)
{
	struct str text = {0};
	struct err none = {0};
	bool ok = file_read_at(folder, "output", RESULT_MAX, &text, &none);
	struct view v = view_trim(view_of_str(&text));
	if (!ok) {
		bool missing = none.kind == ERR_NOT_FOUND;
		if (!missing)
			err_set(err, ERR_LIMIT, "its result: %s", err_text(&none));
		ok = missing;
	} else if (v.len && v.ptr[0] == '{') {
		ok = jscan_check(v, (struct jscan_limits){ .size = RESULT_MAX }, NULL, err);
		if (ok)
			str_add(json, v);
		else
			err_prefix(err, "its result (RUNBOARD_OUTPUT)");
	} else if (v.len) {
		drop_zeros(&text);
		lines_to_json(view_of_str(&text), json);
	}
	err_release(&none);
	str_release(&text);
	return ok;
}

/* ---- what went wrong ------------------------------------------------------------ */

/* The last lines of stderr: what a person would look at first. */
static void read_tail(int folder, struct str *out)
{
	struct stat st;
	int fd = openat(folder, "stderr", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	off_t from = !fstat(fd, &st) && st.st_size > TAIL_MAX ? st.st_size - TAIL_MAX : 0;
	char *room = str_reserve(out, TAIL_MAX);
	ssize_t n = pread(fd, room, TAIL_MAX, from);
	close(fd);
	out->len += n > 0 ? (size_t)n : 0;
	drop_zeros(out);
	int lines = 0;
	size_t at = out->len;
	while (at > 0 && lines < TAIL_LINES + 1) {
		at--;
		lines += out->ptr[at] == '\n' && at + 1 < out->len;
	}
	if (at > 0 || from > 0)
		str_drop(out, at + (at > 0));
}

static struct view last_line(struct view text)
{
	struct view line, last = {0};
	while (view_split(&text, '\n', &line)) {
		if (view_trim(line).len)
			last = view_trim(line);
	}
	return view_cut(last, 0, MESSAGE_MAX);
}

static void describe(const struct exit_line *line, struct view tail, struct str *out)
{
	struct view last = last_line(tail);
	if (line->reason == EXIT_BY_TIMEOUT)
		str_add_text(out, "over its time limit");
	else if (line->reason == EXIT_BY_CANCEL)
		str_add_text(out, "cancelled");
	else if (line->reason == EXIT_NO_SPAWN)
		str_add_text(out, "could not be started");
	else if (line->signal)
		str_addf(out, "killed by signal %d", line->signal);
	else
		str_addf(out, "exit status %d", line->code);
	if (last.len && line->reason != EXIT_BY_CANCEL) {
		str_add_text(out, ": ");
		str_add(out, last);
	}
}

static enum task_status status_of(const struct exit_line *line)
{
	static const enum task_status by_reason[EXIT_REASONS] = {
		[EXIT_BY_ITSELF] = TASK_FAILED,
		[EXIT_BY_TIMEOUT] = TASK_TIMED_OUT,
		[EXIT_BY_CANCEL] = TASK_CANCELLED,
		[EXIT_NO_SPAWN] = TASK_FAILED,
	};
	bool good = line->reason == EXIT_BY_ITSELF && !line->code && !line->signal;
	return good ? TASK_COMPLETED : by_reason[line->reason];
}

static const char *error_type(const struct exit_line *line)
{
	static const char *const types[EXIT_REASONS] = {
		[EXIT_BY_ITSELF] = "exit",
		[EXIT_BY_TIMEOUT] = "timeout",
		[EXIT_BY_CANCEL] = "cancelled",
		[EXIT_NO_SPAWN] = "spawn",
	};
	return line->signal && line->reason == EXIT_BY_ITSELF ? "signal" : types[line->reason];
}

static void tell_failure(int folder, const struct exit_line *line, struct arena *arena,
			 struct event *out)
{
	struct str tail = {0}, message = {0};
	read_tail(folder, &tail);
	describe(line, view_of_str(&tail), &message);
	out->error_type = view_of(error_type(line));
	out->error = keep(arena, &message);
	out->stack = keep(arena, &tail);
	str_release(&tail);
	str_release(&message);
}

static void tell_result(int folder, struct arena *arena, struct event *out)
{
	struct str json = {0};
	struct err err = {0};
	if (read_result(folder, &json, &err)) {
		out->result = keep(arena, &json);
	} else if (out->task_status == TASK_COMPLETED) {
		out->task_status = TASK_FAILED;
		out->error_type = VIEW("result");
		out->error = arena_view(arena, view_of(err_text(&err)));
	}
	err_release(&err);
	str_release(&json);
}

bool attempt_read_end(int folder, struct arena *arena, struct event *out)
{
	struct str text = {0};
	struct exit_line line;
	bool valid = file_read_at(folder, "exit", EXIT_LINE_SIZE, &text, NULL) &&
		     exit_line_read(view_of_str(&text), &line);
	str_release(&text);
	if (!valid)
		return false;
	*out = event_make(EVENT_ATTEMPT_ENDED, (struct view){0});
	out->task_status = status_of(&line);
	out->at_ms = line.at_ms;
	out->code = line.code;
	out->signal = line.signal;
	out->usage = (struct usage_facts){ line.cpu_ms, line.rss_kb, line.read_bytes,
					   line.write_bytes };
	if (out->task_status != TASK_COMPLETED)
		tell_failure(folder, &line, arena, out);
	tell_result(folder, arena, out);
	return true;
}

bool attempt_end_must_wait(int folder, struct err *err)
{
	struct str text = {0};
	bool read = file_read_at(folder, "exit", EXIT_LINE_SIZE, &text, err);
	str_release(&text);
	return !read && err->kind == ERR_BUSY;
}

struct event attempt_no_start(struct arena *arena, struct view why)
{
	struct event e = event_make(EVENT_ATTEMPT_ENDED, (struct view){0});
	e.task_status = TASK_FAILED;
	e.code = 127;
	e.error_type = VIEW("spawn");
	e.error = arena_view(arena, why);
	return e;
}

struct event attempt_refused(struct arena *arena, struct view why)
{
	struct event e = event_make(EVENT_ATTEMPT_ENDED, (struct view){0});
	e.task_status = TASK_ERROR;
	e.error_type = VIEW("secret");
	e.error = arena_view(arena, why);
	return e;
}

/* ---- progress --------------------------------------------------------------------- */

static float share_of(struct view number)
{
	double done, all = 100;
	size_t slash = view_find_byte(number, '/', 0);
	if (slash != SIZE_MAX && !number_parse_real(view_cut(number, slash + 1, number.len), &all))
		return -1;
	if (view_ends(number, "%"))
		number.len--;
	if (!number_parse_real(view_cut(number, 0, slash), &done) || all <= 0 || done < 0)
		return -1;
	return done >= all ? 1 : (float)(done / all);
}

float attempt_read_progress(int folder, struct str *words)
{
	struct str text = {0};
	float share = -1;
	if (file_read_at(folder, "progress", 4096, &text, NULL)) {
		drop_zeros(&text);
		struct view rest = view_trim(view_of_str(&text)), number;
		size_t newline = view_find_byte(rest, '\n', 0);
		while (newline != SIZE_MAX) {
			rest = view_cut(rest, newline + 1, rest.len);
			newline = view_find_byte(rest, '\n', 0);
		}
		if (view_split(&rest, ' ', &number))
			share = share_of(number);
		str_clear(words);
		str_add(words, view_trim(rest));
	}
	str_release(&text);
	return share;
}
