/* The sanitiser's class LOG: tab and SGR mean something, a CR restarts the line, every other
 * sequence is passed over. Nothing of a sequence ever reaches the output, so that where one is
 * believed to end is a question of what is seen, not of safety. */
#include "base/clean.h"

#include "base/sgr.h"
#include "base/utf8.h"
#include "base/visible.h"

enum { TAB = 8, BEL = 0x07, CAN = 0x18, SUB = 0x1a, ESC = 0x1b,
       C1_DCS = 0x90, C1_SOS = 0x98, C1_CSI = 0x9b, C1_ST = 0x9c, C1_OSC = 0x9d,
       C1_PM = 0x9e, C1_APC = 0x9f };

struct reader {
	struct view line;
	size_t at;
	struct clean_style *style;
	struct clean_style shown;	/* *style as it may be shown */
	struct clean_line *out;
	struct visible to;
	bool restart;			/* a CR was met: the next text begins anew */
};

struct clean_style clean_style_plain(void)
{
	return (struct clean_style){ .fore = -1, .back = -1 };
}

/* Before text is added: the line is begun anew if it must be, and its style is noted. */
static void begin_text(struct reader *r)
{
	struct clean_line *out = r->out;
	if (r->restart) {
		out->dropped += out->text.len > 0;
		str_clear(&out->text);
		vec_clear(&out->spans);
		r->to = (struct visible){ .out = &out->text };
		r->restart = false;
	}
	struct clean_span *last = out->spans.len ? &out->spans.items[out->spans.len - 1] : NULL;
	if (last && sgr_same(&last->style, &r->shown))
		return;
	struct clean_span span = { out->text.len, out->text.len, r->shown };
	if (last)
		last->end = out->text.len;
	vec_push(&out->spans, span);
}

static bool at_end(const struct reader *r)
{
	return r->at >= r->line.len;
}

static unsigned char here(const struct reader *r)
{
	return (unsigned char)r->line.ptr[r->at];
}

static void skip_range(struct reader *r, unsigned char from, unsigned char to)
{
	while (!at_end(r) && here(r) >= from && here(r) <= to)
		r->at++;
}

/* Behind "ESC [" or its C1 form. A byte that may not stand in the sequence ends it and is looked
 * at again as text. */
static void read_csi(struct reader *r)
{
	size_t from = r->at;
	skip_range(r, 0x30, 0x3f);
	struct view params = view_cut(r->line, from, r->at - from);
	size_t before = r->at;
	skip_range(r, 0x20, 0x2f);
	if (at_end(r) || here(r) < 0x40 || here(r) > 0x7e) {
		r->out->dropped++;
		return;
	}
	bool is_sgr = here(r) == 'm' && r->at == before;
	r->at++;
	if (!is_sgr) {
		r->out->dropped++;
		return;
	}
	sgr_apply(params, r->style);
	r->shown = sgr_readable(*r->style);
}

/* The next character, with a byte that is no UTF-8 as itself where it could be a C1. */
static uint32_t next_code(struct reader *r, bool *bad)
{
	unsigned char byte = here(r);
	uint32_t code = utf8_next(r->line, &r->at);
	*bad = code == UTF8_BAD;
	return *bad ? byte : code;
}

/* OSC, DCS and their like: up to ST, BEL, CAN or SUB, or the end of the line. */
static void skip_string(struct reader *r)
{
	bool bad = false;
	r->out->dropped++;
	while (!at_end(r)) {
		if (here(r) == ESC) {
			if (r->at + 1 < r->line.len && r->line.ptr[r->at + 1] == '\\')
				r->at += 2;
			return;	/* another ESC begins a new sequence */
		}
		uint32_t code = next_code(r, &bad);
		if (code == BEL || code == CAN || code == SUB || code == C1_ST)
			return;
	}
}

/* Whether it opens something: code is a C1, or what stands behind ESC plus 0x40. */
static void read_c1(struct reader *r, uint32_t code)
{
	if (code == C1_CSI)
		read_csi(r);
	else if (code == C1_DCS || code == C1_SOS || code == C1_OSC || code == C1_PM ||
		 code == C1_APC)
		skip_string(r);
	else
		r->out->dropped++;
}

/* Behind an ESC. */
static void read_escape(struct reader *r)
{
	if (!at_end(r) && here(r) >= 0x40 && here(r) <= 0x5f) {
		uint32_t code = here(r) + 0x40u;
		r->at++;
		read_c1(r, code);
		return;
	}
	skip_range(r, 0x20, 0x2f);
	if (!at_end(r) && here(r) >= 0x30 && here(r) <= 0x7e)
		r->at++;
	r->out->dropped++;
}

static void add_tab(struct reader *r)
{
	static const char blanks[] = "        ";
	begin_text(r);
	visible_add_plain(&r->to, view_bytes(blanks, (size_t)(TAB - r->to.cells % TAB)));
}

static void read_control(struct reader *r, uint32_t code)
{
	if (code == ESC)
		read_escape(r);
	else if (code == '\t')
		add_tab(r);
	else if (code == '\r')
		r->restart = true;
	else if (code >= 0x80)
		read_c1(r, code);
	else
		r->out->dropped++;
}

static void read_one(struct reader *r)
{
	bool bad = false;
	uint32_t code = next_code(r, &bad);
	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
		read_control(r, code);
		return;
	}
	begin_text(r);
	if (bad)
		visible_add_byte(&r->to, (unsigned char)code);
	else
		visible_add_code(&r->to, code);
}

void clean_log_line(struct view line, struct clean_style *style, struct clean_line *out)
{
	str_clear(&out->text);
	vec_clear(&out->spans);
	out->dropped = 0;
	struct reader r = { .line = line, .style = style, .shown = sgr_readable(*style),
			    .out = out, .to = { .out = &out->text } };
	while (!at_end(&r)) {
		size_t end = visible_plain_end(line, r.at);
		if (end > r.at) {
			begin_text(&r);
			visible_add_plain(&r.to, view_cut(line, r.at, end - r.at));
			r.at = end;
		}
		if (!at_end(&r))
			read_one(&r);
	}
	if (out->spans.len)
		out->spans.items[out->spans.len - 1].end = out->text.len;
}

void clean_line_release(struct clean_line *line)
{
	if (!line)
		return;
	str_release(&line->text);
	vec_release(&line->spans);
	*line = (struct clean_line){ 0 };
}
