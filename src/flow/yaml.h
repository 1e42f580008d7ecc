/* YAML as a small neutral tree with places: the door to libyaml (event API). A
 * strict part of YAML 1.2: one document, no anchors, aliases, tags or merge keys,
 * no key twice; true, false, null and JSON's numbers are what they look like, all
 * else that is plain and all that is quoted is text. */
#ifndef FLOW_YAML_H
#define FLOW_YAML_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "flow/problem.h"

enum { YAML_MAX_SIZE = 1 << 20, YAML_MAX_DEPTH = 64, YAML_MAX_NODES = 100000 };

enum yaml_kind { YAML_NULL, YAML_BOOL, YAML_NUMBER, YAML_TEXT, YAML_LIST, YAML_MAP };
enum yaml_style { YAML_PLAIN, YAML_QUOTED, YAML_LITERAL, YAML_FOLDED };

struct yaml_node {
	enum yaml_kind kind;
	enum yaml_style style;		/* of a scalar */
	struct place at;
	struct view text;		/* of a scalar; never holds a NUL */
	struct view key;		/* where its parent is a map */
	struct place key_at;
	struct yaml_node *first, *next;	/* children; the next sibling */
	size_t len;			/* number of children */
};

/* NULL where there is no tree at all. Problems may be added though a tree is
 * returned: it is then good enough to look for more. Lies in the arena. Raw
 * control characters, which YAML forbids, are read as they are (not NUL). */
struct yaml_node *yaml_parse(struct view text, struct arena *arena, struct problems *problems);
/* NULL where there is none, or where n is no map. */
const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key);
/* The value as JSON text. */
void yaml_add_json(const struct yaml_node *n, struct str *out);
const char *yaml_kind_words(enum yaml_kind kind);	/* "a list" */

#endif
