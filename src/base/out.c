/* Plain text to stdout and stderr: whatever is foreign goes through the sanitiser here. */
#include "base/out.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/utf8.h"
#include "base/visible.h"

enum { FLUSH_AT = 64 << 10, RGB = 0x1000000 };

static bool wants_colour(void)
{
	const char *term = getenv("TERM");
	const char *none = getenv("NO_COLOR");
	return term && *term && !str_eq(term, "dumb") && !(none && *none);
}

void out_init(struct out *o, int fd)
{
	*o = (struct out){ .fd = fd, .tty = isatty(fd) == 1 };
	o->colour = o->tty && wants_colour();
	o->unicode = utf8_is_unicode_locale();
	signal(SIGPIPE, SIG_IGN);	/* a closed reader is seen as EPIPE */
}

/* One write may take less; what is left stays in front. */
static bool write_some(struct out *o, struct err *err)
{
	size_t done = 0;
	bool good = true;
	while (done < o->buf.len) {
		ssize_t put = write(o->fd, o->buf.ptr + done, o->buf.len - done);
		if (put > 0) {
			done += (size_t)put;
		} else if (put < 0 && errno == EPIPE) {
			o->closed = true;
			done = o->buf.len;
		} else if (put < 0 && errno != EINTR) {
			good = err_system(err, errno, "cannot write the output");
			done = o->buf.len;
		}
	}
	str_drop(&o->buf, done);
	return good;
}

/* A failed write is kept for out_flush to tell: its text cannot come out any more. */
static void added(struct out *o)
{
	if (o->closed)
		str_clear(&o->buf);
	else if (o->buf.len >= FLUSH_AT && !o->failed && !write_some(o, NULL))
		o->failed = errno;
	if (o->failed)
		str_clear(&o->buf);
}

void out_text(struct out *o, const char *text)
{
	str_add_text(&o->buf, text);
	added(o);
}

void out_format(struct out *o, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	str_addv(&o->buf, format, args);
	va_end(args);
	added(o);
}

void out_label(struct out *o, struct view v)
{
	clean_label(&o->buf, v);
	added(o);
}

void out_column(struct out *o, struct view v, int cells)
{
	struct str label = { 0 };
	clean_label(&label, v);
	size_t from = o->buf.len;
	utf8_add_cut(&o->buf, view_of_str(&label), cells - 1, o->unicode);
	int used = utf8_width(view_cut(view_of_str(&o->buf), from, o->buf.len));
	if (used < cells)
		str_add_many(&o->buf, ' ', (size_t)(cells - used));
	str_release(&label);
	added(o);
}

static void add_colour(struct str *s, int32_t colour, int plane)
{
	if (colour < 0)
		return;
	if (colour & RGB)
		str_addf(s, ";%d;2;%d;%d;%d", plane, colour >> 16 & 255, colour >> 8 & 255,
			 colour & 255);
	else
		str_addf(s, ";%d;5;%d", plane, colour);
}

/* Made anew from the style: no foreign sequence is copied. */
static void add_style(struct str *s, const struct clean_style *style)
{
	str_add_text(s, "\033[0");
	if (style->bold)
		str_add_text(s, ";1");
	if (style->dim)
		str_add_text(s, ";2");
	if (style->italic)
		str_add_text(s, ";3");
	if (style->underline)
		str_add_text(s, ";4");
	if (style->reverse)
		str_add_text(s, ";7");
	add_colour(s, style->fore, 38);
	add_colour(s, style->back, 48);
	str_add_char(s, 'm');
}

static bool is_plain(const struct clean_line *line)
{
	struct clean_style plain = clean_style_plain();
	if (line->spans.len > 1)
		return false;
	if (!line->spans.len)
		return true;
	const struct clean_style *s = &line->spans.items[0].style;
	return s->fore == plain.fore && s->back == plain.back && !s->bold && !s->dim &&
		!s->italic && !s->underline && !s->reverse;
}

static void add_terminal_line(struct out *o, struct view line)
{
	struct clean_style style = clean_style_plain();
	struct clean_line clean = { 0 };
	clean_log_line(line, &style, &clean);
	bool styled = o->colour && !is_plain(&clean);
	for (size_t i = 0; i < clean.spans.len; i++) {
		const struct clean_span *span = &clean.spans.items[i];
		if (styled)
			add_style(&o->buf, &span->style);
		str_add(&o->buf, view_cut(view_of_str(&clean.text), span->start,
					  span->end - span->start));
	}
	if (styled)
		str_add_text(&o->buf, "\033[0m");
	clean_line_release(&clean);
}

void out_log(struct out *o, struct view line)
{
	if (o->tty)
		add_terminal_line(o, line);
	else
		str_add(&o->buf, line);
	str_add_char(&o->buf, '\n');
	added(o);
}

static void add_unit(struct str *s, uint32_t unit)
{
	str_addf(s, "\\u%04x", (unsigned)unit);
}

static void add_json_code(struct str *s, uint32_t code)
{
	if (code == UTF8_BAD)
		code = 0xfffd;
	if (code == '\n' || code == '\t' || code == '\r' || !visible_is_hidden(code)) {
		utf8_add(s, code);
	} else if (code > 0xffff) {
		add_unit(s, 0xd800 + ((code - 0x10000) >> 10));
		add_unit(s, 0xdc00 + ((code - 0x10000) & 0x3ff));
	} else {
		add_unit(s, code);
	}
}

void out_json(struct out *o, struct view json)
{
	for (size_t at = 0; at < json.len;) {
		size_t end = visible_plain_end(json, at);
		str_add(&o->buf, view_cut(json, at, end - at));
		at = end;
		if (at < json.len)
			add_json_code(&o->buf, utf8_next(json, &at));
	}
	added(o);
}

void out_octets(struct out *o, struct view v)
{
	struct view line;
	if (!o->tty) {
		str_add(&o->buf, v);
		added(o);
		return;
	}
	if (view_ends(v, "\n"))
		v.len--;
	else if (!v.len)
		return;
	while (view_split(&v, '\n', &line))
		out_log(o, line);
}

bool out_flush(struct out *o, struct err *err)
{
	if (o->closed)
		return true;
	if (o->failed)
		return err_system(err, o->failed, "cannot write the output");
	return write_some(o, err);
}

void out_release(struct out *o)
{
	if (o)
		str_release(&o->buf);
}

void out_error(const char *program, const char *text)
{
	struct out o;
	out_init(&o, STDERR_FILENO);
	out_label(&o, view_of(program));
	out_text(&o, ": ");
	out_label(&o, view_of(text));
	out_text(&o, "\n");
	out_flush(&o, NULL);
	out_release(&o);
}
