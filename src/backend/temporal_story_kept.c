/* A story that is read once and told often (temporal_story.h): copies of it that hold on
 * to what their words lie in. Pure. */
#include "backend/temporal_story.h"

#include "base/mem.h"

struct story_kept {
	struct story story;
	unsigned holders;
};

void story_copy(struct story_kept *k, struct story *out)
{
	*out = k->story;
	out->arena = (struct arena){ 0 };
	out->tasks.items = NULL;
	out->tasks.len = out->tasks.cap = 0;
	for (size_t i = 0; i < k->story.tasks.len; i++)
		vec_push(&out->tasks, k->story.tasks.items[i]);
	out->kept = k;
	k->holders++;
}

struct story_kept *story_keep(struct story *s)
{
	struct story_kept *k = mem_zero(sizeof *k);
	k->story = *s;
	k->holders = 1;
	story_copy(k, s);
	return k;
}

struct story *story_of_kept(struct story_kept *k)
{
	return &k->story;
}

void story_let_go(struct story_kept *k)
{
	if (!k || --k->holders)
		return;
	story_release(&k->story);
	mem_free(k);
}
