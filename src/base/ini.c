/* INI text line by line; what keys mean is for the caller to say. */
#include "base/ini.h"

#include "base/utf8.h"

enum { LINE_MAX_BYTES = 4096 };

struct reader {
	const char *file;
	struct str errors;	/* a line each */
	struct ini_pair pair;
	ini_entry_fn *entry;
	void *arg;
};

/* The key is named where there is one. */
static void complain(struct reader *r, struct view key, const char *why)
{
	if (r->errors.len)
		str_add_char(&r->errors, '\n');
	str_addf(&r->errors, "%s:%d: ", r->file, r->pair.line);
	if (key.len) {
		str_add(&r->errors, key);
		str_add_text(&r->errors, ": ");
	}
	str_add_text(&r->errors, why);
}

static void read_section(struct reader *r, struct view line)
{
	struct view none = { 0 };
	if (!view_ends(line, "]")) {
		complain(r, none, "a section needs a closing ]");
		return;
	}
	struct view name = view_trim(view_cut(line, 1, line.len - 2));
	if (!name.len || view_find_byte(name, '[', 0) != SIZE_MAX ||
	    view_find_byte(name, ']', 0) != SIZE_MAX)
		complain(r, none, "a section needs a name");
	r->pair.section = name;
}

/* True where quotes open and close the value, or where there are none. */
static bool unquote(struct view *value)
{
	if (!value->len || value->ptr[0] != '"')
		return true;
	if (value->len < 2 || value->ptr[value->len - 1] != '"')
		return false;
	*value = view_cut(*value, 1, value->len - 2);
	return true;
}

static void read_entry(struct reader *r, struct view line)
{
	struct view none = { 0 };
	size_t equals = view_find_byte(line, '=', 0);
	if (equals == SIZE_MAX) {
		complain(r, none, "expected [section] or key = value");
		return;
	}
	r->pair.key = view_trim(view_cut(line, 0, equals));
	r->pair.value = view_trim(view_cut(line, equals + 1, line.len));
	r->pair.why = NULL;
	if (!r->pair.key.len)
		complain(r, none, "there is no key before the =");
	else if (!unquote(&r->pair.value))
		complain(r, r->pair.key, "a quote is not closed");
	else if (!r->entry(r->arg, &r->pair))
		complain(r, r->pair.key, r->pair.why ? r->pair.why : "is not valid");
}

static bool has_control(struct view line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.ptr[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static void read_line(struct reader *r, struct view line)
{
	struct view none = { 0 };
	if (line.len > LINE_MAX_BYTES) {
		complain(r, none, "the line is longer than 4096 bytes");
		return;
	}
	line = view_trim(line);
	if (!line.len || line.ptr[0] == '#' || line.ptr[0] == ';')
		return;
	if (!utf8_valid(line) || has_control(line))
		complain(r, none, "the line is not plain UTF-8 text");
	else if (line.ptr[0] == '[')
		read_section(r, line);
	else
		read_entry(r, line);
}

bool ini_parse(struct view text, const char *file, ini_entry_fn *entry, void *arg, struct err *err)
{
	struct reader r = { .file = file, .entry = entry, .arg = arg,
			    .pair.section = view_of("") };
	struct view line;
	if (view_starts(text, "\xef\xbb\xbf"))
		text = view_cut(text, 3, text.len);
	while (view_split(&text, '\n', &line)) {
		r.pair.line++;
		read_line(&r, line);
	}
	bool good = !r.errors.len;
	if (!good)
		err_set(err, ERR_CONFIG, "%s", str_text(&r.errors));
	str_release(&r.errors);
	return good;
}
