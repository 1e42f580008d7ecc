/* JSON on stdout, one line a value. */
#include "cli/json_out.h"

#include "wire/encode.h"

void json_out_line(struct out *out, struct str *s)
{
	str_add_char(s, '\n');
	out_json(out, view_of_str(s));
	str_clear(s);
}

void json_out_run(struct out *out, const struct run_facts *r)
{
	struct str s = {0};
	struct jsonw w;
	jsonw_init(&w, &s);
	encode_run(&w, NULL, r);
	json_out_line(out, &s);
	str_release(&s);
}

void json_out_detail(struct out *out, const struct run_detail *d)
{
	struct str s = {0};
	struct jsonw w;
	jsonw_init(&w, &s);
	encode_detail(&w, NULL, d);
	json_out_line(out, &s);
	str_release(&s);
}
