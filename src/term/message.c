/* OSC messages. Text from outside goes as base64 or made safe, so that it can
 * never end the message and begin another. */
#include "term/message.h"

#include "base/clean.h"

static void add_base64(struct str *s, struct view v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < v.len; i += 3) {
		size_t left = v.len - i;
		unsigned bits = (unsigned)(unsigned char)v.ptr[i] << 16;
		bits |= left > 1 ? (unsigned)(unsigned char)v.ptr[i + 1] << 8 : 0;
		bits |= left > 2 ? (unsigned)(unsigned char)v.ptr[i + 2] : 0;
		str_add_char(s, digits[bits >> 18]);
		str_add_char(s, digits[bits >> 12 & 63]);
		str_add_char(s, left > 1 ? digits[bits >> 6 & 63] : '=');
		str_add_char(s, left > 2 ? digits[bits & 63] : '=');
	}
}

bool message_add_copy(struct str *s, struct view text)
{
	if (text.len > MESSAGE_COPY_MAX)
		return false;
	str_add_text(s, "\x1b]52;c;");
	add_base64(s, text);
	str_add_text(s, "\a");
	return true;
}

void message_add_notice(struct str *s, struct view text)
{
	struct str safe = { 0 };
	clean_label(&safe, view_cut(text, 0, 1024));
	/* ';' separates the parts of OSC 777. */
	for (size_t i = 0; i < safe.len; i++)
		safe.ptr[i] = safe.ptr[i] == ';' ? ',' : safe.ptr[i];
	str_addf(s, "\x1b]9;%s\a", str_text(&safe));
	str_addf(s, "\x1b]777;notify;runboard;%s\a", str_text(&safe));
	str_release(&safe);
}
