/* Any bytes: the sanitiser's output holds nothing hidden, is valid UTF-8 and stays
 * as it is when cleaned again; spans cover it. */
#include "base/clean.h"

#include <locale.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/visible.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(struct view text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t code = utf8_next(text, &at);
		must(code != UTF8_BAD && !visible_is_hidden(code) && utf8_code_width(code) >= 0);
	}
}

static void check_label(struct view in)
{
	struct str once = { 0 }, twice = { 0 };
	clean_label(&once, in);
	check_text(view_of_str(&once));
	must(clean_label(&twice, view_of_str(&once)) == 0);
	must(view_eq(view_of_str(&once), view_of_str(&twice)));
	str_release(&once);
	str_release(&twice);
}

static void check_spans(const struct clean_line *line)
{
	size_t at = 0;
	for (size_t i = 0; i < line->spans.len; i++) {
		must(line->spans.items[i].start == at && line->spans.items[i].end >= at);
		at = line->spans.items[i].end;
	}
	must(at == line->text.len);
}

static void check_log(struct view in)
{
	struct clean_line once = { 0 }, twice = { 0 };
	struct clean_style style = clean_style_plain();
	clean_log_line(in, &style, &once);
	check_text(view_of_str(&once.text));
	check_spans(&once);
	clean_log_line(view_of_str(&once.text), &style, &twice);
	must(twice.dropped == 0 && twice.spans.len <= 1);
	must(view_eq(view_of_str(&once.text), view_of_str(&twice.text)));
	clean_line_release(&once);
	clean_line_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	setlocale(LC_ALL, "C.UTF-8");
	check_label(view_bytes(bytes, len));
	check_log(view_bytes(bytes, len));
	return 0;
}
