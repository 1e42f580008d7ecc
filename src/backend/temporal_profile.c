/* The Temporal CLI's settings (temporal_profile.h). Of TOML only what such a file has:
 * sections, and strings and words as values. */
#include "backend/temporal_profile.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

enum { PROFILE_MAX = 1 << 20 };

#define HTTP_PORT "7243"

/* ---- one setting ---- */

static bool is_true(struct view v)
{
	return view_is(v, "true") || view_is(v, "1");
}

static void set(char **place, struct view v)
{
	if (*place || !v.len)
		return;
	*place = mem_bytes(v.ptr, v.len);
}

static const struct {
	const char *key;	/* of the file; those of TLS in its section */
	bool of_tls;
	const char *variables[2];
	size_t offset;
} texts[] = {
	{ "address", false, { "TEMPORAL_ADDRESS" }, offsetof(struct temporal_profile, address) },
	{ "namespace", false, { "TEMPORAL_NAMESPACE" }, offsetof(struct temporal_profile, space) },
	{ "api_key", false, { "TEMPORAL_API_KEY" }, offsetof(struct temporal_profile, api_key) },
	{ "server_ca_cert_path", true, { "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_CA" },
	  offsetof(struct temporal_profile, ca_file) },
	{ "client_cert_path", true, { "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CERT" },
	  offsetof(struct temporal_profile, cert_file) },
	{ "client_key_path", true, { "TEMPORAL_TLS_CLIENT_KEY_PATH", "TEMPORAL_TLS_KEY" },
	  offsetof(struct temporal_profile, key_file) },
};

static char **place_of(struct temporal_profile *p, size_t i)
{
	char *base = (void *)p;
	void *place = base + texts[i].offset;
	return place;
}

static void read_variables(struct temporal_profile *p)
{
	const char *tls = getenv("TEMPORAL_TLS");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		for (size_t k = 0; k < 2; k++) {
			const char *name = texts[i].variables[k];
			set(place_of(p, i), view_of(name ? getenv(name) : NULL));
		}
	}
	if (!tls || !*tls)
		return;
	p->tls = is_true(view_of(tls));
	p->tls_off = !p->tls;
}

/* ---- the file ---- */

/* "x" with its escapes, 'x' as it is, or a word; what follows is a comment. */
static void read_value(struct view v, struct str *out)
{
	char quote = v.len ? v.ptr[0] : '\0';
	if (quote != '"' && quote != '\'') {
		str_add(out, view_trim(view_cut(v, 0, view_find_byte(v, '#', 0))));
		return;
	}
	for (size_t i = 1; i < v.len && v.ptr[i] != quote; i++) {
		if (quote == '"' && v.ptr[i] == '\\' && i + 1 < v.len)
			i++;
		str_add_char(out, v.ptr[i]);
	}
}

struct section {
	bool ours, tls;
};

static struct section section_of(struct view line, const char *name)
{
	struct str wanted = { 0 }, said = { 0 };
	size_t end = view_find_byte(line, ']', 0);
	struct view inside = view_trim(view_cut(line, 1, end == SIZE_MAX ? 0 : end - 1));
	for (size_t i = 0; i < inside.len; i++) {
		if (inside.ptr[i] != '"' && inside.ptr[i] != '\'')
			str_add_char(&said, inside.ptr[i]);
	}
	str_addf(&wanted, "profile.%s", name);
	bool ours = str_eq(str_text(&said), str_text(&wanted));
	str_add_text(&wanted, ".tls");
	struct section s = { .ours = ours, .tls = str_eq(str_text(&said), str_text(&wanted)) };
	str_release(&wanted);
	str_release(&said);
	return s;
}

static void read_pair(struct temporal_profile *p, struct section in, struct view key,
		      struct view value)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (view_is(key, texts[i].key) && (texts[i].of_tls ? in.tls : in.ours))
			set(place_of(p, i), value);
	}
	if (in.tls && view_is(key, "disabled") && !p->tls)
		p->tls_off = p->tls_off || is_true(value);
	else if (in.tls && !p->tls_off)
		p->tls = true;
}

void temporal_profile_read(struct temporal_profile *p, struct view text, const char *name)
{
	struct section in = { 0 };
	struct view rest = text, line;
	while (view_split(&rest, '\n', &line)) {
		line = view_trim(line);
		size_t equals = view_find_byte(line, '=', 0);
		if (view_starts(line, "[")) {
			in = section_of(line, name);
		} else if (line.len && line.ptr[0] != '#' && equals != SIZE_MAX) {
			struct str value = { 0 };
			read_value(view_trim(view_cut(line, equals + 1, line.len)), &value);
			read_pair(p, in, view_trim(view_cut(line, 0, equals)), view_of_str(&value));
			str_release(&value);
		}
	}
}

/* Where the CLI keeps it. */
static bool find_file(struct str *path)
{
	const char *named = getenv("TEMPORAL_CONFIG_FILE");
	const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (named && *named)
		return str_add_text(path, named);
	if (folder && *folder)
		return str_addf(path, "%s/temporalio/temporal.toml", folder);
	return home && *home && str_addf(path, "%s/.config/temporalio/temporal.toml", home);
}

bool temporal_profile_load(struct temporal_profile *p, const char *name, struct err *err)
{
	struct str path = { 0 }, text = { 0 };
	struct err trouble = { 0 };
	const char *chosen = name ? name : getenv("TEMPORAL_PROFILE");
	*p = (struct temporal_profile){ 0 };
	read_variables(p);
	bool ok = true;
	if (find_file(&path)) {
		if (file_read(str_text(&path), PROFILE_MAX, &text, &trouble)) {
			temporal_profile_read(p, view_of_str(&text),
					      chosen && *chosen ? chosen : "default");
		} else if (trouble.kind != ERR_NOT_FOUND) {
			ok = err_set(err, ERR_CONFIG, "%s", err_text(&trouble));
		}
	}
	err_release(&trouble);
	str_release(&path);
	str_release(&text);
	return ok;
}

void temporal_profile_release(struct temporal_profile *p)
{
	if (p->api_key)
		explicit_bzero(p->api_key, strlen(p->api_key));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		mem_free(*place_of(p, i));
	*p = (struct temporal_profile){ 0 };
}

/* "host:7233", "[::1]:7233" or a host alone. */
static struct view host_of(struct view address)
{
	size_t colon = SIZE_MAX;
	for (size_t i = 0; i < address.len; i++) {
		if (address.ptr[i] == ':')
			colon = i;
		if (address.ptr[i] == ']')
			colon = SIZE_MAX;
	}
	return view_cut(address, 0, colon);
}

void temporal_profile_url(const struct temporal_profile *p, struct str *url)
{
	struct view host = host_of(view_of(p->address));
	bool tls = !p->tls_off && (p->tls || p->api_key || p->ca_file || p->cert_file);
	str_add_text(url, tls ? "https://" : "http://");
	str_add(url, host.len ? host : VIEW("localhost"));
	str_add_text(url, ":" HTTP_PORT);
}
