/* Encodings of a secret; see mask_forms.h. Knows no streams. */
#include "base/mask_forms.h"

#include <string.h>

#include "base/jtext.h"
#include "base/utf8.h"

enum { LEAST_LINE = 6, LEAST_BASE64 = 5 };

struct sink {
	mask_form_fn *take;
	void *arg;
	struct str form;
};

static void give(struct sink *s)
{
	s->take(s->arg, view_of_str(&s->form));
	str_clear(&s->form);
}

static void give_lines(struct sink *s, struct view secret)
{
	struct view line;
	while (view_split(&secret, '\n', &line)) {
		line = view_trim(line);
		if (line.len >= LEAST_LINE)
			s->take(s->arg, line);
	}
}

/* As our own writer makes it, and in ASCII only, as others do. */
static void give_json(struct sink *s, struct view secret)
{
	struct str quoted = { 0 };
	jtext_add_quoted(&quoted, secret);
	struct view text = view_cut(view_of_str(&quoted), 1, quoted.len - 2);
	s->take(s->arg, text);
	for (size_t at = 0; at < text.len;) {
		uint32_t code = utf8_next(text, &at);
		if (code < 0x80)
			str_add_char(&s->form, (char)code);
		else if (code > 0xffff)
			str_addf(&s->form, "\\u%04x\\u%04x",
				 (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
				 (unsigned)(0xdc00 + (code & 0x3ff)));
		else
			str_addf(&s->form, "\\u%04x", (unsigned)code);
	}
	give(s);
	str_release(&quoted);
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void add_percent(struct str *s, unsigned char byte, bool upper)
{
	const char *hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[] = { '%', hex[byte >> 4], hex[byte & 15] };
	str_add_bytes(s, text, sizeof text);
}

static void give_url(struct sink *s, struct view secret)
{
	static const struct {
		bool upper, plus;
	} styles[] = { { true, false }, { true, true }, { false, false }, { false, true } };
	for (size_t k = 0; k < sizeof styles / sizeof *styles; k++) {
		for (size_t i = 0; i < secret.len; i++) {
			char c = secret.ptr[i];
			if (is_alphanumeric(c) || (c && strchr("-._~", c)))
				str_add_char(&s->form, c);
			else if (c == ' ' && styles[k].plus)
				str_add_char(&s->form, '+');
			else
				add_percent(&s->form, (unsigned char)c, styles[k].upper);
		}
		give(s);
	}
}

/* The six bits of the encoded text at place n, with `before` unknown bytes in front. */
static unsigned six_bits(struct view secret, size_t before, size_t n)
{
	unsigned value = 0;
	for (size_t bit = n * 6; bit < n * 6 + 6; bit++) {
		unsigned char byte = (unsigned char)secret.ptr[bit / 8 - before];
		value = value << 1 | (byte >> (7 - bit % 8) & 1u);
	}
	return value;
}

/* Only the letters that the secret alone decides. */
static void give_base64(struct sink *s, struct view secret, const char *alphabet)
{
	for (size_t before = 0; before < 3; before++) {
		size_t first = (before * 8 + 5) / 6;
		size_t end = (before + secret.len) * 8 / 6;
		for (size_t n = first; n < end; n++)
			str_add_char(&s->form, alphabet[six_bits(secret, before, n)]);
		if (s->form.len >= LEAST_BASE64)
			give(s);
		str_clear(&s->form);
	}
}

void mask_each_form(struct view secret, mask_form_fn *take, void *arg)
{
	struct sink s = { take, arg, { 0 } };
	take(arg, secret);
	give_lines(&s, secret);
	give_json(&s, secret);
	give_url(&s, secret);
	give_base64(&s, secret,
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	give_base64(&s, secret,
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
	str_release(&s.form);
}
