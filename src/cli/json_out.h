/* JSON on stdout: lists as one array, or one object a line. */
#ifndef CLI_JSON_OUT_H
#define CLI_JSON_OUT_H

#include "base/out.h"
#include "core/run.h"
#include "wire/jsonw.h"

/* Prints s as one line of JSON and clears it. */
void json_out_line(struct out *out, struct str *s);
/* One run as the API's object, with a newline. */
void json_out_run(struct out *out, const struct run_facts *r);
void json_out_detail(struct out *out, const struct run_detail *d);

#endif
