/* Queues with their slots. */
#include "engine/queues.h"

#include "base/mem.h"

static struct queue *add(struct queues *q, struct view name, int slots)
{
	struct queue *new = mem_zero(sizeof *new);
	new->name = mem_bytes(name.ptr, name.len);
	new->slots = slots;
	vec_push(&q->list, new);
	return new;
}

static struct queue *find(const struct queues *q, struct view name)
{
	for (size_t i = 0; i < q->list.len; i++) {
		if (view_is(name, q->list.items[i]->name))
			return q->list.items[i];
	}
	return NULL;
}

void queues_take(struct queues *q, const struct engine_config *config, int default_slots)
{
	for (size_t i = 0; i < q->list.len; i++)
		q->list.items[i]->slots = 0;
	queues_get(q, VIEW("default"))->slots = config->slots > 0 ? config->slots : default_slots;
	for (size_t i = 0; i < config->n_queues; i++)
		queues_get(q, view_of(config->queues[i].name))->slots = config->queues[i].slots;
}

void queues_release(struct queues *q)
{
	for (size_t i = 0; i < q->list.len; i++) {
		mem_free(q->list.items[i]->name);
		mem_free(q->list.items[i]);
	}
	vec_release(&q->list);
}

struct queue *queues_get(struct queues *q, struct view name)
{
	struct queue *found = find(q, name.len ? name : VIEW("default"));
	return found ? found : add(q, name, 0);
}

void queues_reset_counts(struct queues *q)
{
	for (size_t i = 0; i < q->list.len; i++) {
		q->list.items[i]->running = q->list.items[i]->queued = 0;
		q->list.items[i]->oldest_ms = 0;
	}
}
