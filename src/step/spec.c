/* The specification's records, read. Pure. */
#include "step/spec.h"

#include "base/mem.h"

enum { GRACE_MS = 10000, LOG_MAX_MIB = 1024 };

typedef bool record_fn(struct spec *spec, struct view value);

static bool add_to(struct spec_list *list, struct view value)
{
	if (view_find_byte(value, '\0', 0) != SIZE_MAX)
		return false;
	vec_push(list, mem_bytes(value.ptr, value.len));
	return true;
}

static bool take_arg(struct spec *spec, struct view value)
{
	return add_to(&spec->args, value);
}

static bool take_env(struct spec *spec, struct view value)
{
	return view_find_byte(value, '=', 0) != SIZE_MAX && add_to(&spec->env, value);
}

static bool take_note(struct spec *spec, struct view value)
{
	return add_to(&spec->notes, value);
}

static bool take_dir(struct spec *spec, struct view value)
{
	if (view_find_byte(value, '\0', 0) != SIZE_MAX)
		return false;
	mem_free(spec->dir);
	spec->dir = mem_bytes(value.ptr, value.len);
	return true;
}

static bool take_timeout(struct spec *spec, struct view value)
{
	return number_parse(value, 0, INT64_MAX / 2, &spec->timeout_ms);
}

static bool take_grace(struct spec *spec, struct view value)
{
	return number_parse(value, 0, INT64_MAX / 2, &spec->grace_ms);
}

static bool take_log_max(struct spec *spec, struct view value)
{
	return number_parse(value, 0, INT64_MAX / 2, &spec->log_max);
}

/* One that is too short to be hidden is not: that would hide everything. */
static bool take_mask(struct spec *spec, struct view value)
{
	mask_add(spec->mask, value);
	return true;
}

static bool take_debug(struct spec *spec, struct view value)
{
	spec->debug = view_is(value, "1");
	return true;
}

static const struct record {
	const char *name;
	record_fn *take;
} records[] = {
	{ "arg", take_arg },		 { "env", take_env },	    { "dir", take_dir },
	{ "timeout_ms", take_timeout },	 { "grace_ms", take_grace }, { "log_max", take_log_max },
	{ "mask", take_mask },		 { "debug", take_debug },
	{ "note", take_note },
};

static const struct record *record_named(struct view name)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++)
		if (view_is(name, records[i].name))
			return &records[i];
	return NULL;
}

/* Takes one record off the front. False where it is cut or malformed. */
static bool next_record(struct view *rest, struct view *name, struct view *value)
{
	size_t eol = view_find_byte(*rest, '\n', 0);
	if (eol == SIZE_MAX)
		return false;
	struct view length = view_cut(*rest, 0, eol);
	int64_t len;
	if (!view_split(&length, ' ', name) || !number_parse(length, 0, SPEC_MAX, &len))
		return false;
	size_t end = eol + 1 + (size_t)len;
	if (end >= rest->len || rest->ptr[end] != '\n')
		return false;
	*value = view_cut(*rest, eol + 1, (size_t)len);
	*rest = view_cut(*rest, end + 1, rest->len);
	return true;
}

static bool parse_records(struct view rest, struct spec *spec, struct err *err)
{
	struct view name, value;
	for (;;) {
		if (!next_record(&rest, &name, &value))
			return err_set(err, ERR_PARSE, "the specification is cut or malformed");
		if (view_is(name, "end"))
			break;
		const struct record *record = record_named(name);
		if (!record || !record->take(spec, value))
			return err_set(err, ERR_PARSE, "the specification has a wrong record");
	}
	if (rest.len)
		return err_set(err, ERR_PARSE, "the specification goes on after its end");
	if (!spec->args.len)
		return err_set(err, ERR_PARSE, "the specification has no command");
	return true;
}

/* The lists become NULL-terminated for exec. */
static void close_list(struct spec_list *list)
{
	vec_push(list, NULL);
	list->len--;
}

bool spec_parse(struct view text, struct spec *spec, struct err *err)
{
	*spec = (struct spec){
		.grace_ms = GRACE_MS,
		.log_max = (int64_t)LOG_MAX_MIB << 20,
		.mask = mask_new(),
	};
	if (!parse_records(text, spec, err)) {
		spec_release(spec);
		return false;
	}
	close_list(&spec->args);
	close_list(&spec->env);
	return true;
}

static void release_list(struct spec_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		mem_free(list->items[i]);
	vec_release(list);
}

void spec_release(struct spec *spec)
{
	release_list(&spec->args);
	release_list(&spec->env);
	release_list(&spec->notes);
	mem_free(spec->dir);
	mask_free(spec->mask);
	*spec = (struct spec){ 0 };
}
