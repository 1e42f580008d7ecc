/* Workflow files and frozen definitions. */
#include "engine/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "engine/crypto.h"

enum { WORKFLOW_MAX = 1 << 20 };

struct catalog {
	VEC(char *) folders;
	VEC(struct catalog_entry *) entries;
	struct map frozen;		/* hash/name -> struct workflow, owned */
};

struct catalog *catalog_new(const char *const *folders, size_t n)
{
	struct catalog *c = mem_zero(sizeof *c);
	for (size_t i = 0; i < n; i++)
		vec_push(&c->folders, mem_text(folders[i]));
	return c;
}

static void entry_free(struct catalog_entry *e)
{
	workflow_free(e->workflow);
	mem_free(e->path);
	mem_free(e->name);
	mem_free(e->error);
	mem_free(e);
}

void catalog_free(struct catalog *c)
{
	if (!c)
		return;
	size_t at = 0;
	struct view key;
	void *w;
	while (map_next(&c->frozen, &at, &key, &w))
		workflow_free(w);
	map_release(&c->frozen);
	for (size_t i = 0; i < c->entries.len; i++)
		entry_free(c->entries.items[i]);
	vec_release(&c->entries);
	for (size_t i = 0; i < c->folders.len; i++)
		mem_free(c->folders.items[i]);
	vec_release(&c->folders);
	mem_free(c);
}

static struct catalog_entry *entry_for(struct catalog *c, const char *path, const char *file)
{
	for (size_t i = 0; i < c->entries.len; i++) {
		if (str_eq(c->entries.items[i]->path, path))
			return c->entries.items[i];
	}
	struct catalog_entry *e = mem_zero(sizeof *e);
	size_t dot = (size_t)(strrchr(file, '.') - file);
	e->path = mem_text(path);
	e->name = mem_bytes(file, dot);
	vec_push(&c->entries, e);
	return e;
}

static void set_error(struct catalog_entry *e, const char *text)
{
	mem_free(e->error);
	e->error = text ? mem_text(text) : NULL;
}

static void load(struct catalog_entry *e)
{
	struct str text = {0};
	struct err err = {0};
	struct workflow *w = NULL;
	if (file_read(e->path, WORKFLOW_MAX, &text, &err))
		w = workflow_load(view_of_str(&text), e->path, &err);
	set_error(e, w ? NULL : err_text(&err));
	e->unread = !w && err.kind == ERR_BUSY;
	if (!w)
		log_warn("%s%s", err_text(&err), e->workflow ? "; the version before counts" : "");
	if (w) {
		crypto_sha256(w->source, w->hash);
		workflow_free(e->workflow);
		e->workflow = w;
		mem_free(e->name);
		e->name = mem_bytes(w->name.ptr, w->name.len);
	}
	err_release(&err);
	str_release(&text);
}

static bool look_at(struct catalog *c, const char *folder, const char *file)
{
	struct str path = {0};
	struct stat st;
	str_addf(&path, "%s/%s", folder, file);
	bool changed = false;
	if (!stat(str_text(&path), &st) && S_ISREG(st.st_mode)) {
		struct catalog_entry *e = entry_for(c, str_text(&path), file);
		int64_t ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
		changed = e->changed_ns != ns || e->size != st.st_size || e->unread;
		e->seen = true;
		e->changed_ns = ns;
		e->size = st.st_size;
		if (changed)
			load(e);
	}
	str_release(&path);
	return changed;
}

static bool is_workflow_file(const char *name)
{
	struct view v = view_of(name);
	return name[0] != '.' && (view_ends(v, ".yaml") || view_ends(v, ".yml"));
}

/* A folder that cannot be read just now has what it had. */
static void keep_all(struct catalog *c, const char *folder)
{
	size_t len = strlen(folder);
	for (size_t i = 0; i < c->entries.len; i++) {
		struct catalog_entry *e = c->entries.items[i];
		if (view_starts(view_of(e->path), folder) && e->path[len] == '/')
			e->seen = true;
	}
}

static bool look_into(struct catalog *c, const char *folder)
{
	DIR *dir = opendir(folder);
	bool changed = false;
	if (!dir && errno != ENOENT && errno != ENOTDIR)
		keep_all(c, folder);
	if (!dir)
		return false;
	for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		if (is_workflow_file(d->d_name))
			changed = look_at(c, folder, d->d_name) || changed;
	}
	closedir(dir);
	return changed;
}

static bool drop_unseen(struct catalog *c)
{
	bool dropped = false;
	for (size_t i = c->entries.len; i-- > 0;) {
		if (c->entries.items[i]->seen)
			continue;
		entry_free(c->entries.items[i]);
		vec_remove(&c->entries, i);
		dropped = true;
	}
	return dropped;
}

static int by_name(const void *a, const void *b)
{
	const struct catalog_entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);
	return order ? order : strcmp((*x)->path, (*y)->path);
}

/* Two files of one name: the first of them by path counts. */
static void refuse_doubles(struct catalog *c)
{
	for (size_t i = 0; i < c->entries.len; i++) {
		if (c->entries.items[i]->doubled)
			set_error(c->entries.items[i], NULL);
		c->entries.items[i]->doubled = false;
	}
	for (size_t i = 1; i < c->entries.len; i++) {
		const struct catalog_entry *first = c->entries.items[i - 1];
		struct catalog_entry *e = c->entries.items[i];
		if (!str_eq(first->name, e->name) || e->error)
			continue;
		struct str text = {0};
		str_addf(&text, "%s: the workflow %s stands in %s already", e->path, e->name,
			 first->path);
		set_error(e, str_text(&text));
		e->doubled = true;
		str_release(&text);
	}
}

bool catalog_reload(struct catalog *c)
{
	bool changed = false;
	for (size_t i = 0; i < c->entries.len; i++)
		c->entries.items[i]->seen = false;
	for (size_t i = 0; i < c->folders.len; i++)
		changed = look_into(c, c->folders.items[i]) || changed;
	changed = drop_unseen(c) || changed;
	if (c->entries.len)
		qsort(c->entries.items, c->entries.len, sizeof *c->entries.items, by_name);
	refuse_doubles(c);
	return changed;
}

size_t catalog_count(const struct catalog *c)
{
	return c->entries.len;
}

const struct catalog_entry *catalog_at(const struct catalog *c, size_t i)
{
	return c->entries.items[i];
}

const struct workflow *catalog_find(const struct catalog *c, struct view name)
{
	for (size_t i = 0; i < c->entries.len; i++) {
		const struct catalog_entry *e = c->entries.items[i];
		if (e->workflow && view_is(name, e->name))
			return e->workflow;
	}
	return NULL;
}

/* Two files may have the same text and differ by the name that they lend. */
static void add_key(struct str *key, struct view hash, struct view name)
{
	str_add(key, hash);
	str_add_char(key, '/');
	str_add(key, name);
}

static const struct workflow *get_frozen(const struct catalog *c, struct view hash,
					 struct view name)
{
	struct str key = {0};
	add_key(&key, hash, name);
	const struct workflow *w = map_get(&c->frozen, view_of_str(&key));
	str_release(&key);
	return w;
}

static const struct workflow *keep_frozen(struct catalog *c, struct view source, struct view name,
					  struct err *err)
{
	struct str file = {0}, key = {0};
	str_add(&file, name);
	str_add_text(&file, ".yaml");
	struct workflow *w = workflow_load(source, str_text(&file), err);
	if (w) {
		crypto_sha256(w->source, w->hash);
		add_key(&key, view_of(w->hash), name);
		workflow_free(map_put(&c->frozen, view_of_str(&key), w));
	}
	str_release(&file);
	str_release(&key);
	return w;
}

const struct workflow *catalog_frozen(struct catalog *c, struct journal *j,
				      const struct machine *m, struct err *err)
{
	const struct workflow *w = get_frozen(c, m->hash, m->workflow);
	struct str source = {0};
	if (w)
		return w;
	if (journal_source(j, m->hash, &source))
		w = keep_frozen(c, view_of_str(&source), m->workflow, err);
	else
		err_set(err, ERR_NOT_FOUND, "the definition of %.*s is lost", (int)m->workflow.len,
			m->workflow.ptr);
	str_release(&source);
	return w;
}

const struct workflow *catalog_freeze(struct catalog *c, const struct workflow *w, struct err *err)
{
	const struct workflow *kept = get_frozen(c, view_of(w->hash), w->name);
	return kept ? kept : keep_frozen(c, w->source, w->name, err);
}

/* One that is of this hash and not used, or NULL. */
static struct workflow *unused(const struct catalog *c, struct view hash, catalog_used_fn *used,
			       void *arg)
{
	size_t at = 0;
	struct view key;
	void *w;
	while (map_next(&c->frozen, &at, &key, &w)) {
		const struct workflow *frozen = w;
		if (view_is(hash, frozen->hash) && !used(arg, frozen))
			return w;
	}
	return NULL;
}

void catalog_forget(struct catalog *c, struct view hash, catalog_used_fn *used, void *arg)
{
	struct str key = {0};
	struct workflow *w;
	while ((w = unused(c, hash, used, arg))) {
		str_clear(&key);
		add_key(&key, hash, w->name);
		map_remove(&c->frozen, view_of_str(&key));
		workflow_free(w);
	}
	str_release(&key);
}
