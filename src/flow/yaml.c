/* The door to libyaml: events become nodes. What a key means is not known here. */
#include "flow/yaml.h"

#include <assert.h>
#include <yaml.h>

#include "base/jtext.h"
#include "base/map.h"
#include "base/utf8.h"

/* A list or map that is still open. */
struct frame {
	struct yaml_node *node, **tail;
	struct map keys;		/* key to node */
	struct view key;
	struct place key_at;
	bool has_key;
};

struct builder {
	struct arena *arena;
	struct problems *problems;
	struct yaml_node *root;
	struct frame stack[YAML_MAX_DEPTH];
	int depth;
	size_t nodes;
	int documents;
	bool veiled;			/* control characters are veiled: see veil() */
	bool stop;
};

/* YAML allows no raw control characters, our titles and prompts do: each is
 * replaced by a private character while libyaml looks. */
enum { VEIL = 0x10ff00 };

static bool is_forbidden(uint32_t c)
{
	return (c < 32 && c != '\t' && c != '\n' && c != '\r') || (c >= 127 && c < 160 && c != 133);
}

static bool veil(struct view text, struct str *out)
{
	bool any = false;
	for (size_t at = 0; at < text.len;) {
		uint32_t c = utf8_next(text, &at);
		any |= is_forbidden(c);
		utf8_add(out, is_forbidden(c) ? VEIL + c : c);
	}
	return any;
}

static struct view unveil(struct builder *b, struct view text)
{
	if (!b->veiled)
		return arena_view(b->arena, text);
	struct str s = { 0 };
	for (size_t at = 0; at < text.len;) {
		uint32_t c = utf8_next(text, &at);
		utf8_add(&s, c > VEIL && c < VEIL + 160 ? c - VEIL : c);
	}
	struct view out = arena_view(b->arena, view_of_str(&s));
	str_release(&s);
	return out;
}

static struct place place_at(const yaml_mark_t *mark)
{
	return (struct place){ (int)mark->line + 1, (int)mark->column + 1 };
}

static bool is_word(struct view v, const char *const *words)
{
	for (; *words; words++)
		if (view_is(v, *words))
			return true;
	return false;
}

static enum yaml_kind resolve(struct view v, enum yaml_style style)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const bools[] = { "true", "True", "TRUE", "false", "False", "FALSE",
					     NULL };
	double number = 0;
	if (style != YAML_PLAIN)
		return YAML_TEXT;
	if (is_word(v, nulls))
		return YAML_NULL;
	if (is_word(v, bools))
		return YAML_BOOL;
	return number_parse_real(v, &number) ? YAML_NUMBER : YAML_TEXT;
}

static struct frame *top(struct builder *b)
{
	return b->depth ? &b->stack[b->depth - 1] : NULL;
}

static bool expects_key(struct builder *b)
{
	return b->depth && top(b)->node->kind == YAML_MAP && !top(b)->has_key;
}

static struct yaml_node *add_node(struct builder *b, enum yaml_kind kind, struct place at)
{
	struct yaml_node *n = arena_alloc(b->arena, sizeof *n);
	n->kind = kind;
	n->at = at;
	if (++b->nodes > YAML_MAX_NODES && !b->stop) {
		problem_add(b->problems, at, "too many values: at most %d are read",
			    YAML_MAX_NODES);
		b->stop = true;
	}
	struct frame *f = top(b);
	if (!f) {
		b->root = n;
		return n;
	}
	n->key = f->key;
	n->key_at = f->key_at;
	struct yaml_node *before = f->has_key ? map_get(&f->keys, f->key) : NULL;
	if (before)
		problem_add(b->problems, n->key_at, "key '%.*s' stands twice: first at %d:%d",
			    (int)n->key.len, n->key.ptr, before->key_at.line,
			    before->key_at.column);
	if (f->has_key && !before)
		map_put(&f->keys, f->key, n);
	f->has_key = false;
	if (before)
		return n;
	*f->tail = n;
	f->tail = &n->next;
	f->node->len++;
	return n;
}

static void set_key(struct builder *b, struct view text, const yaml_event_t *e)
{
	struct frame *f = top(b);
	struct place at = place_at(&e->start_mark);
	if (view_is(text, "<<") && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		problem_add(b->problems, at, "merge keys (<<) are not allowed: write it out");
	if (!text.len)
		problem_add(b->problems, at, "a key is missing before the colon");
	f->key = unveil(b, text);
	f->key_at = at;
	f->has_key = true;
}

static void on_scalar(struct builder *b, const yaml_event_t *e)
{
	static const enum yaml_style styles[] = {
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = YAML_QUOTED,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = YAML_QUOTED,
		[YAML_LITERAL_SCALAR_STYLE] = YAML_LITERAL,
		[YAML_FOLDED_SCALAR_STYLE] = YAML_FOLDED,
	};
	struct view text = view_bytes(e->data.scalar.value, e->data.scalar.length);
	if (view_find_byte(text, '\0', 0) != SIZE_MAX) {
		problem_add(b->problems, place_at(&e->start_mark), "a NUL character is not allowed");
		text = view_cut(text, 0, view_find_byte(text, '\0', 0));
	}
	if (expects_key(b)) {
		set_key(b, text, e);
		return;
	}
	enum yaml_style style = styles[e->data.scalar.style];
	struct yaml_node *n = add_node(b, resolve(text, style), place_at(&e->start_mark));
	n->style = style;
	n->text = unveil(b, text);
}

static void on_open(struct builder *b, const yaml_event_t *e, enum yaml_kind kind)
{
	struct place at = place_at(&e->start_mark);
	if (expects_key(b)) {
		problem_add(b->problems, at, "a key must be a plain word, not %s",
			    yaml_kind_words(kind));
		b->stop = true;
		return;
	}
	struct yaml_node *n = add_node(b, kind, at);
	if (b->depth == YAML_MAX_DEPTH) {
		problem_add(b->problems, at, "nested too deeply: at most %d levels",
			    YAML_MAX_DEPTH);
		b->stop = true;
		return;
	}
	b->stack[b->depth++] = (struct frame){ .node = n, .tail = &n->first };
}

static void on_close(struct builder *b)
{
	map_release(&b->stack[--b->depth].keys);
}

static void on_alias(struct builder *b, const yaml_event_t *e)
{
	problem_add(b->problems, place_at(&e->start_mark),
		    "aliases (*%s) are not allowed: write the value out",
		    (const char *)e->data.alias.anchor);
	if (expects_key(b))
		b->stop = true;
	else
		add_node(b, YAML_NULL, place_at(&e->start_mark));
}

static void refuse_marks(struct builder *b, const yaml_event_t *e)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;
	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	}
	if (anchor)
		problem_add(b->problems, place_at(&e->start_mark),
			    "anchors (&%s) are not allowed", (const char *)anchor);
	if (tag)
		problem_add(b->problems, place_at(&e->start_mark),
			    "tags (%s) are not allowed: a text that begins with ! stands in quotes",
			    (const char *)tag);
}

static void on_document(struct builder *b, const yaml_event_t *e)
{
	if (++b->documents == 1)
		return;
	problem_add(b->problems, place_at(&e->start_mark),
		    "a second document begins: one file holds one document");
	b->stop = true;
}

static void take(struct builder *b, const yaml_event_t *e)
{
	refuse_marks(b, e);
	if (e->type == YAML_SCALAR_EVENT)
		on_scalar(b, e);
	else if (e->type == YAML_SEQUENCE_START_EVENT)
		on_open(b, e, YAML_LIST);
	else if (e->type == YAML_MAPPING_START_EVENT)
		on_open(b, e, YAML_MAP);
	else if (e->type == YAML_SEQUENCE_END_EVENT || e->type == YAML_MAPPING_END_EVENT)
		on_close(b);
	else if (e->type == YAML_ALIAS_EVENT)
		on_alias(b, e);
	else if (e->type == YAML_DOCUMENT_START_EVENT)
		on_document(b, e);
}

/* libyaml's words with ours where they help. */
static void tell_syntax(struct builder *b, const yaml_parser_t *parser, struct view text)
{
	struct place at = place_at(&parser->problem_mark);
	if (parser->error == YAML_READER_ERROR)
		at = place_of(text, parser->problem_offset);
	size_t offset = 0;
	for (int line = 1; line < at.line && offset != SIZE_MAX;)
		if ((offset = view_find_byte(text, '\n', offset)) != SIZE_MAX)
			offset++, line++;
	struct view line = offset == SIZE_MAX ? VIEW("") : view_cut(text, offset, SIZE_MAX);
	size_t blanks = 0;
	while (blanks < line.len && line.ptr[blanks] == ' ')
		blanks++;
	if (blanks < line.len && line.ptr[blanks] == '\t') {
		at.column = (int)blanks + 1;
		problem_add(b->problems, at, "a tab cannot indent: use blanks");
		return;
	}
	problem_add(b->problems, at, "%s%s%s", parser->problem ? parser->problem : "no YAML",
		    parser->context ? ", " : "", parser->context ? parser->context : "");
}

static void read_events(struct builder *b, yaml_parser_t *parser, struct view text)
{
	for (bool end = false; !end && !b->stop;) {
		yaml_event_t e;
		if (!yaml_parser_parse(parser, &e)) {
			tell_syntax(b, parser, text);
			b->root = NULL;
			return;
		}
		take(b, &e);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
}

static bool check_bytes(struct view text, struct problems *problems)
{
	if (text.len > YAML_MAX_SIZE) {
		problem_add(problems, (struct place){ 1, 1 }, "the file is over %d KiB",
			    YAML_MAX_SIZE / 1024);
		return false;
	}
	for (size_t at = 0, from = 0; at < text.len; from = at) {
		uint32_t code = utf8_next(text, &at);
		if (code != UTF8_BAD && code)
			continue;
		problem_add(problems, place_of(text, from), "%s",
			    code ? "the text is not UTF-8" : "a NUL character is not allowed");
		return false;
	}
	return true;
}

struct yaml_node *yaml_parse(struct view text, struct arena *arena, struct problems *problems)
{
	if (view_starts(text, "\xef\xbb\xbf"))
		text = view_cut(text, 3, SIZE_MAX);
	if (!check_bytes(text, problems))
		return NULL;
	struct builder b = { .arena = arena, .problems = problems };
	struct str veiled = { 0 };
	b.veiled = veil(text, &veiled);
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		problem_add(problems, (struct place){ 1, 1 }, "no memory to read it");
		str_release(&veiled);
		return NULL;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const yaml_char_t *)str_text(&veiled), veiled.len);
	read_events(&b, &parser, view_of_str(&veiled));
	yaml_parser_delete(&parser);
	while (b.depth)
		on_close(&b);
	str_release(&veiled);
	return b.root;
}

const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key)
{
	if (!n || n->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *child = n->first; child; child = child->next)
		if (view_is(child->key, key))
			return child;
	return NULL;
}

static void add_scalar(const struct yaml_node *n, struct str *out)
{
	if (n->kind == YAML_TEXT)
		jtext_add_quoted(out, n->text);
	else if (n->kind == YAML_NULL)
		str_add_text(out, "null");
	else if (n->kind == YAML_BOOL)
		str_add_text(out, n->text.ptr[0] == 't' || n->text.ptr[0] == 'T' ? "true" :
										   "false");
	else
		str_add(out, n->text);
}

/* Recurses at most YAML_MAX_DEPTH deep. */
void yaml_add_json(const struct yaml_node *n, struct str *out)
{
	bool map = n->kind == YAML_MAP;
	if (!map && n->kind != YAML_LIST) {
		add_scalar(n, out);
		return;
	}
	str_add_char(out, map ? '{' : '[');
	for (const struct yaml_node *child = n->first; child; child = child->next) {
		if (child != n->first)
			str_add_char(out, ',');
		if (map) {
			jtext_add_quoted(out, child->key);
			str_add_char(out, ':');
		}
		yaml_add_json(child, out);
	}
	str_add_char(out, map ? '}' : ']');
}

const char *yaml_kind_words(enum yaml_kind kind)
{
	static const char *const words[] = {
		[YAML_NULL] = "nothing", [YAML_BOOL] = "true or false", [YAML_NUMBER] = "a number",
		[YAML_TEXT] = "a text",	 [YAML_LIST] = "a list",	[YAML_MAP] = "a map of keys",
	};
	static_assert(sizeof words / sizeof *words == YAML_MAP + 1, "words for each kind");
	return words[kind];
}
