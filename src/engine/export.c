/* A run as one file: what the API says of it, its definition, its logs as they lie on
 * disk. The texts are made at once, the logs read as they are wanted. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ident.h"
#include "base/mem.h"
#include "base/when.h"
#include "engine/engine_inside.h"
#include "engine/tar.h"

/* One file of an attempt. */
struct log_part {
	char *task;
	int number;
	const char *file;
};

struct engine_export {
	char *state, *run, *folder;	/* folder: the name inside the archive, with no slash */
	int64_t at_ms;
	struct str out;			/* made and not taken yet, from `taken` on */
	size_t taken;
	VEC(struct log_part) logs;
	size_t next;
	int fd;				/* the log that is being read; -1: none */
	int64_t size, left;		/* of it */
	bool ended;
};

/* ---- what is made at once ------------------------------------------------------------- */

static void add_file(struct engine_export *x, const char *name, struct view content)
{
	struct str path = {0};
	str_addf(&path, "%s/%s", x->folder, name);
	tar_add_text(&x->out, str_text(&path), x->at_ms, content);
	str_release(&path);
}

static bool add_run(struct engine_export *x, struct engine *e, const struct engine_caller *caller,
		    struct err *err)
{
	struct str run = {0}, history = {0};
	int64_t version;
	bool good = engine_run(e, view_of(x->run), caller, &run, &version, err) &&
		    engine_history(e, view_of(x->run), &history, err);
	if (good) {
		add_file(x, "run.json", view_of_str(&run));
		add_file(x, "history.json", view_of_str(&history));
	}
	str_release(&run);
	str_release(&history);
	return good;
}

/* As it was frozen for this run; a secret that stands in it is not told. */
static void add_definition(struct engine_export *x, struct engine *e, const struct machine *m)
{
	struct str source = {0}, masked = {0};
	if (journal_source(e->journal, m->hash, &source)) {
		mask_text(m->mask, view_of_str(&source), &masked);
		add_file(x, "workflow.yaml", mask_empty(m->mask) ? view_of_str(&source) :
								   view_of_str(&masked));
	}
	str_release(&source);
	str_release(&masked);
}

static void note_logs(struct engine_export *x, const struct machine *m)
{
	static const char *const files[] = { "stdout", "stderr", "notes" };
	for (size_t i = 0; i < m->n_tasks; i++) {
		const struct machine_task *t = &m->tasks[i];
		for (size_t k = 0; k < t->attempts.len * 3; k++) {
			const struct log_part part = {
				mem_bytes(t->id.ptr, t->id.len), t->attempts.items[k / 3].number,
				files[k % 3],
			};
			vec_push(&x->logs, part);
		}
	}
}

static void name_folder(struct engine_export *x, const struct machine *m)
{
	struct str name = {0};
	char random[20] = "";
	if (ident_is_uuid(m->id))
		ident_random_part(m->id, random);
	str_addf(&name, "%.*s-%.*s", (int)m->workflow.len, m->workflow.ptr, IDENT_SHORT_MIN, random);
	x->folder = str_steal(&name);
}

struct engine_export *engine_export_new(struct engine *e, struct view id,
					const struct engine_caller *caller, struct err *err)
{
	const struct live_run *run = engine_live(e, id);
	int64_t num = run ? 0 : journal_find(e->journal, id);
	struct machine *loaded = num ? journal_load(e->journal, num, err) : NULL;
	const struct machine *m = run ? run->m : loaded;
	if (!m) {
		if (!num)
			err_set(err, ERR_NOT_FOUND, "there is no run %.*s", (int)id.len, id.ptr);
		return NULL;
	}
	struct engine_export *x = mem_zero(sizeof *x);
	x->fd = -1;
	x->state = mem_text(e->state);
	x->run = mem_bytes(m->id.ptr, m->id.len);
	x->at_ms = m->ended ? m->ended_ms : when_now_ms();
	name_folder(x, m);
	bool good = add_run(x, e, caller, err);
	if (good) {
		add_definition(x, e, m);
		note_logs(x, m);
	}
	if (good && num && !journal_has_files(e->journal, num))
		add_file(x, "logs-removed", VIEW("The logs of this run were removed (retention).\n"));
	machine_free(loaded);
	if (good)
		return x;
	engine_export_free(x);
	return NULL;
}

void engine_export_free(struct engine_export *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->logs.len; i++)
		mem_free(x->logs.items[i].task);
	vec_release(&x->logs);
	if (x->fd >= 0)
		close(x->fd);
	str_release(&x->out);
	mem_free(x->state);
	mem_free(x->run);
	mem_free(x->folder);
	mem_free(x);
}

/* ---- the logs, as they are wanted --------------------------------------------------------- */

/* Its size now is what is told, whatever is still written. */
static bool open_log(struct engine_export *x, const struct log_part *part)
{
	const struct attempt_name name = { view_of(x->run), view_of(part->task), part->number };
	struct stat st;
	int folder = attempt_open_folder(x->state, &name);
	if (folder < 0)
		return false;
	x->fd = openat(folder, part->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	close(folder);
	if (x->fd < 0)
		return false;
	if (!fstat(x->fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0) {
		x->size = x->left = st.st_size;
		return true;
	}
	close(x->fd);
	x->fd = -1;
	return false;
}

static void add_log_head(struct engine_export *x, const struct log_part *part)
{
	const struct attempt_name name = { view_of(x->run), view_of(part->task), part->number };
	struct str path = {0}, inside = {0};
	attempt_path(&path, "", &name);
	/* "/runs/RUN/TASK/NUMBER": the last two are encoded, plain names. */
	struct view rest = view_of_str(&path), word;
	for (int i = 0; i < 3; i++)
		view_split(&rest, '/', &word);
	str_addf(&inside, "%s/logs/%.*s/%s", x->folder, (int)rest.len, rest.ptr, part->file);
	tar_add_head(&x->out, &(struct tar_entry){ str_text(&inside), x->size, x->at_ms });
	str_release(&path);
	str_release(&inside);
}

/* Something more into `out`, or a log opened. */
static void go_on(struct engine_export *x)
{
	str_clear(&x->out);
	x->taken = 0;
	if (x->next == x->logs.len) {
		tar_add_end(&x->out);
		x->ended = true;
		return;
	}
	const struct log_part *part = &x->logs.items[x->next++];
	if (open_log(x, part))
		add_log_head(x, part);
}

/* What was cut off meanwhile is filled up: the size was told. */
static size_t read_log(struct engine_export *x, char *buf, size_t max)
{
	size_t wanted = (int64_t)max < x->left ? max : (size_t)x->left;
	ssize_t n = read(x->fd, buf, wanted);
	if (n <= 0) {
		memset(buf, 0, wanted);
		n = (ssize_t)wanted;
	}
	x->left -= n;
	if (!x->left) {
		close(x->fd);
		x->fd = -1;
		str_clear(&x->out);
		x->taken = 0;
		tar_add_padding(&x->out, x->size);
	}
	return (size_t)n;
}

size_t engine_export_read(struct engine_export *x, char *buf, size_t max)
{
	while (x->taken == x->out.len && x->fd < 0 && !x->ended)
		go_on(x);
	struct view part = view_cut(view_of_str(&x->out), x->taken, max);
	if (!part.len)
		return x->fd >= 0 ? read_log(x, buf, max) : 0;
	memcpy(buf, part.ptr, part.len);
	x->taken += part.len;
	return part.len;
}
