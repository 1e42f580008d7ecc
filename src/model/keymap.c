/* Keys to actions by scope: a list of bindings, short enough to be walked. */
#include "model/keymap.h"

#include "base/mem.h"

static void drop_action(struct keymap *k, enum action a)
{
	for (size_t i = k->bindings.len; i-- > 0;) {
		if (k->bindings.items[i].action == a)
			vec_remove(&k->bindings, i);
	}
}

static void drop_key(struct keymap *k, enum scope scope, struct key key)
{
	for (size_t i = k->bindings.len; i-- > 0;) {
		const struct binding *b = &k->bindings.items[i];

		if (b->scope == scope && key_eq(b->key, key))
			vec_remove(&k->bindings, i);
	}
}

bool keymap_set(struct keymap *k, enum action a, struct view keys, struct err *err)
{
	struct view rest = keys, name;
	struct key key;

	while (view_split(&rest, ' ', &name)) {
		if (name.len > 0 && !key_parse(name, &key))
			return err_set(err, ERR_CONFIG, "%s: there is no key named \"%.*s\"",
				       action_words(a)->name, (int)name.len, name.ptr);
	}
	drop_action(k, a);
	rest = keys;
	while (view_split(&rest, ' ', &name)) {
		enum scope scope = action_words(a)->scope;

		if (name.len == 0 || !key_parse(name, &key))
			continue;
		drop_key(k, scope, key);
		vec_push(&k->bindings, ((struct binding){ scope, key, a }));
	}
	return true;
}

void keymap_init(struct keymap *k)
{
	*k = (struct keymap){ 0 };
	for (int a = 1; a < ACTIONS; a++) {
		if (!keymap_set(k, a, view_of(action_words(a)->keys), NULL))
			BUG("a default key has no name");
	}
}

void keymap_release(struct keymap *k)
{
	if (k)
		vec_release(&k->bindings);
}

enum action keymap_find(const struct keymap *k, const struct scopes *chain, struct key key)
{
	for (const int *s = chain->scope; *s >= 0; s++) {
		for (size_t i = 0; i < k->bindings.len; i++) {
			const struct binding *b = &k->bindings.items[i];

			if ((int)b->scope == *s && key_eq(b->key, key))
				return b->action;
		}
	}
	return ACTION_NONE;
}

void keymap_add_keys(const struct keymap *k, enum action a, struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < k->bindings.len; i++) {
		if (k->bindings.items[i].action != a)
			continue;
		if (n++ > 0)
			str_add_char(out, ' ');
		key_add_name(out, k->bindings.items[i].key);
	}
}

bool keymap_add_key(const struct keymap *k, enum action a, struct str *out)
{
	for (size_t i = 0; i < k->bindings.len; i++) {
		if (k->bindings.items[i].action == a) {
			key_add_name(out, k->bindings.items[i].key);
			return true;
		}
	}
	return false;
}
