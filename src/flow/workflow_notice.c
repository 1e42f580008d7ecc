/* `notify`: who is told what. */
#include "core/filter.h"
#include "flow/workflow_inside.h"

static const char *const more_words[] = { "ended", "long_running" };
enum { MORE_WORDS = sizeof more_words / sizeof *more_words };

bool notice_is_word(struct view word)
{
	enum run_status status;
	for (size_t i = 0; i < MORE_WORDS; i++)
		if (view_is(word, more_words[i]))
			return true;
	return run_status_parse(word, &status);
}

bool notice_is_url(struct view url)
{
	return (view_starts(url, "http://") || view_starts(url, "https://")) &&
	       view_find_byte(url, ' ', 0) == SIZE_MAX;
}

static bool has_word(const struct notice_spec *n, const char *word)
{
	for (size_t i = 0; i < n->n_on; i++)
		if (view_is(n->on[i], word))
			return true;
	return false;
}

const char *notice_wrong(const struct notice_spec *n)
{
	if (!n->command.len == !n->url.len)
		return "must have a command or a url";
	if (!n->n_on && !n->filter.len)
		return "on is missing, as failed";
	if (n->secret.len && !n->url.len)
		return "secret goes with url: it signs what is sent";
	if (n->after_ms && !has_word(n, "long_running"))
		return "after goes with on: long_running";
	return NULL;
}

static void read_secret(struct loader *l, const struct yaml_node *n, const struct field *f,
			void *target)
{
	struct notice_spec *s = target;
	field_text(l, n, f, target);
	if (s->secret.len && !name_is_variable(s->secret))
		problem_add(l->problems, n->at, "secret must be the name of a secret");
}

#define AT(member) offsetof(struct notice_spec, member)
static const struct field notice_fields[] = {
	{ "on", field_words, AT(on), AT(n_on) },
	{ "filter", field_text, AT(filter) },
	{ "command", field_text, AT(command) },
	{ "url", field_text, AT(url) },
	{ "secret", read_secret, AT(secret) },
	{ "after", field_span, AT(after_ms), .min = 1 },
	{ 0 },
};
#undef AT

static void check_notice_word(struct loader *l, const struct yaml_node *n, struct view word)
{
	const char *words[RUN_STATUSES + MORE_WORDS];
	size_t len = 0;
	if (notice_is_word(word))
		return;
	for (int s = 0; s < RUN_STATUSES; s++)
		words[len++] = run_status_name((enum run_status)s);
	for (size_t i = 0; i < MORE_WORDS; i++)
		words[len++] = more_words[i];
	struct str guess = problem_guess(word, words, len);
	problem_add(l->problems, n->at, "on: '%.*s' is no status of a run, nor ended or "
		    "long_running%s", (int)word.len, word.ptr, str_text(&guess));
	str_release(&guess);
}

static void check_filter(struct loader *l, const struct yaml_node *n, struct view text)
{
	struct err err = { 0 };
	struct filter *f = filter_parse(text, NULL, &err);
	if (!f)
		problem_add(l->problems, n->at, "filter: %s", err_text(&err));
	filter_free(f);
	err_release(&err);
}

static void read_notice(struct loader *l, const struct yaml_node *n, struct notice_spec *s)
{
	if (!fields_read(l, n, notice_fields, s))
		return;
	const struct yaml_node *on = yaml_get(n, "on");
	for (size_t i = 0; i < s->n_on; i++)
		check_notice_word(l, on, s->on[i]);
	if (yaml_get(n, "filter"))
		check_filter(l, yaml_get(n, "filter"), s->filter);
	if (s->url.len && !notice_is_url(s->url))
		problem_add(l->problems, yaml_get(n, "url")->at,
			    "url: an address with http:// or https:// is expected");
	const char *why = notice_wrong(s);
	if (why)
		problem_add(l->problems, n->at, "%s", why);
}

void workflow_read_notify(struct loader *l, const struct yaml_node *n, const struct field *f,
			  void *target)
{
	struct workflow *w = target;
	(void)f;
	if (!fields_want(l, n, YAML_LIST))
		return;
	struct notice_spec *items = arena_array(l->arena, n->len, sizeof *items);
	for (const struct yaml_node *item = n->first; item; item = item->next)
		read_notice(l, item, &items[w->n_notices++]);
	w->notices = items;
}
