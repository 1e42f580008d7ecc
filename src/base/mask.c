/* Secrets searched for in a stream. Patterns stand in buckets by a hash of their first bytes;
 * at most places of a text the bucket is empty and one look suffices. */
#include "base/mask.h"

#include <string.h>

#include "base/map.h"
#include "base/mask_forms.h"
#include "base/mem.h"
#include "base/vec.h"

enum { LEAST = 4, BUCKETS = 4096 };

struct pattern {
	struct pattern *next;	/* in its bucket */
	size_t len;
	char bytes[];
};

struct mask {
	struct map known;	/* bytes to struct pattern */
	struct pattern *buckets[BUCKETS];
};

/* What was found at one place of a text. */
struct found {
	size_t end;	/* of the longest secret that begins here; 0: none */
	bool cut;	/* the text ends within one that may begin here */
};

struct mask *mask_new(void)
{
	return mem_zero(sizeof(struct mask));
}

static size_t bucket_of(const char *p)
{
	uint32_t first = 0;
	memcpy(&first, p, LEAST);
	return first * 2654435761u >> 20;
}

static void take_form(void *arg, struct view form)
{
	struct mask *m = arg;
	if (form.len < LEAST || map_get(&m->known, form))
		return;
	struct pattern *p = mem_zero(sizeof *p + form.len);
	struct pattern **bucket = &m->buckets[bucket_of(form.ptr)];
	memcpy(p->bytes, form.ptr, form.len);
	p->len = form.len;
	p->next = *bucket;
	*bucket = p;
	map_put(&m->known, form, p);
}

bool mask_add(struct mask *m, struct view secret)
{
	if (secret.len < LEAST)
		return false;
	mask_each_form(secret, take_form, m);
	return true;
}

bool mask_empty(const struct mask *m)
{
	return !m || !m->known.len;
}

void mask_free(struct mask *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct pattern *p = m->buckets[i]; p;) {
			struct pattern *next = p->next;
			explicit_bzero(p->bytes, p->len);
			mem_free(p);
			p = next;
		}
	}
	map_release(&m->known);
	mem_free(m);
}

static struct found look_in_bucket(const struct mask *m, struct view text, size_t at)
{
	struct found f = { 0 };
	size_t left = text.len - at;
	for (const struct pattern *p = m->buckets[bucket_of(text.ptr + at)]; p; p = p->next) {
		size_t shared = p->len < left ? p->len : left;
		if (memcmp(text.ptr + at, p->bytes, shared) != 0)
			continue;
		if (p->len > left)
			f.cut = true;
		else if (at + p->len > f.end)
			f.end = at + p->len;
	}
	return f;
}

/* The last bytes are too few for a bucket: all patterns are asked. */
static struct found look_at_tail(const struct mask *m, struct view text, size_t at)
{
	struct found f = { 0 };
	void *value = NULL;
	for (size_t step = 0; !f.cut && map_next(&m->known, &step, NULL, &value);) {
		const struct pattern *p = value;
		f.cut = memcmp(text.ptr + at, p->bytes, text.len - at) == 0;
	}
	return f;
}

static struct found look(const struct mask *m, struct view text, size_t at)
{
	return text.len - at >= LEAST ? look_in_bucket(m, text, at) : look_at_tail(m, text, at);
}

/* From a secret on: secrets that begin within it lengthen what is hidden. */
static struct found cover(const struct mask *m, struct view text, size_t at, struct found f)
{
	for (size_t i = at + 1; i < f.end; i++) {
		struct found inner = look(m, text, i);
		if (inner.end > f.end)
			f.end = inner.end;
		f.cut = f.cut || inner.cut;
	}
	return f;
}

enum ending { MORE_COMES, NOTHING_COMES };

/* Masks text into out; returns where it stopped: the end, or a place that must be looked at
 * again when more is there. */
static size_t mask_part(const struct mask *m, struct view text, struct str *out, enum ending ending)
{
	size_t at = 0, plain = 0;
	while (at < text.len) {
		struct found f = look(m, text, at);
		if (f.end)
			f = cover(m, text, at, f);
		if (f.cut && ending == MORE_COMES)
			break;
		if (!f.end) {
			at++;
			continue;
		}
		str_add(out, view_cut(text, plain, at - plain));
		str_add_text(out, "***");
		at = plain = f.end;
	}
	str_add(out, view_cut(text, plain, at - plain));
	return at;
}

void mask_feed(const struct mask *m, struct mask_stream *s, struct view in, struct str *out)
{
	if (mask_empty(m)) {
		str_add(out, in);
		return;
	}
	if (!s->held.len) {
		size_t done = mask_part(m, in, out, MORE_COMES);
		str_add(&s->held, view_cut(in, done, in.len));
		return;
	}
	str_add(&s->held, in);
	str_drop(&s->held, mask_part(m, view_of_str(&s->held), out, MORE_COMES));
}

void mask_flush(const struct mask *m, struct mask_stream *s, struct str *out)
{
	if (mask_empty(m))
		str_add(out, view_of_str(&s->held));
	else
		mask_part(m, view_of_str(&s->held), out, NOTHING_COMES);
	str_clear(&s->held);
}

void mask_text(const struct mask *m, struct view in, struct str *out)
{
	if (mask_empty(m))
		str_add(out, in);
	else
		mask_part(m, in, out, NOTHING_COMES);
}

void mask_stream_release(struct mask_stream *s)
{
	if (s)
		str_release(&s->held);
}
