/* People, roles and capabilities as tables. */
#include "engine/access.h"

#include <errno.h>
#include <pwd.h>
#include <strings.h>

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "engine/crypto.h"

#define CAN(what) (UINT32_C(1) << CAN_##what)

static const char *const capability_names[] = {
	[CAN_LIST_WORKFLOWS] = "LIST_WORKFLOWS", [CAN_RUN_WORKFLOW] = "RUN_WORKFLOW",
	[CAN_VIEW_RUNS] = "VIEW_RUNS",		 [CAN_VIEW_DETAILS] = "VIEW_DETAILS",
	[CAN_CANCEL_RUN] = "CANCEL_RUN",	 [CAN_RETRY_STEP] = "RETRY_STEP",
	[CAN_EDIT_STEP] = "EDIT_STEP",		 [CAN_APPROVE_STEP] = "APPROVE_STEP",
	[CAN_FORCE_ADVANCE] = "FORCE_ADVANCE",	 [CAN_ADMIN] = "ADMIN",
};
_Static_assert(sizeof(capability_names) / sizeof(*capability_names) == CAPABILITIES, "a name each");

enum {
	SEES = CAN(LIST_WORKFLOWS) | CAN(VIEW_RUNS) | CAN(VIEW_DETAILS),
	OPERATES = SEES | CAN(RUN_WORKFLOW) | CAN(CANCEL_RUN) | CAN(RETRY_STEP),
	EVERYTHING = (1 << CAPABILITIES) - 1,
};

static const struct {
	const char *name;
	uint32_t can;
} roles[] = {
	[ROLE_VIEWER] = { "viewer", SEES },
	[ROLE_OPERATOR] = { "operator", OPERATES },
	[ROLE_APPROVER] = { "approver", SEES | CAN(APPROVE_STEP) },
	[ROLE_ADMINISTRATOR] = { "administrator", EVERYTHING },
};
_Static_assert(sizeof(roles) / sizeof(*roles) == ROLES, "a record each");

enum { WRONG_TOKENS = 20, WRONG_TOKENS_MS = 60000 };

struct token {
	char *sha256;
	size_t caller;		/* index */
	bool added;		/* by command, not from the settings */
};

/* Somebody of the Unix socket; looked up once. */
struct local {
	uid_t uid;
	size_t caller;
};

struct access {
	uid_t own;
	VEC(struct caller *) callers;
	VEC(struct token) tokens;
	VEC(struct local) locals;
	int wrong;		/* tokens since wrong_ms */
	int64_t wrong_ms;
};

const char *capability_name(enum capability c)
{
	return capability_names[c];
}

static struct caller *new_caller(struct access *a, const char *name)
{
	struct caller *c = mem_zero(sizeof *c);
	c->name = mem_text(name);
	vec_push(&a->callers, c);
	return c;
}

/* ---- what callers may ------------------------------------------------------------ */

static bool grants(const struct grant *g, enum capability what)
{
	return g->can & (UINT32_C(1) << what);
}

bool caller_can(const struct caller *c, enum capability what)
{
	for (size_t i = 0; i < c->grants.len; i++)
		if (grants(&c->grants.items[i], what))
			return true;
	return false;
}

static bool is_on(const struct grant *g, struct view workflow)
{
	return view_glob(view_of(g->workflows), workflow);
}

bool caller_can_on(const struct caller *c, enum capability what, struct view workflow)
{
	for (size_t i = 0; i < c->grants.len; i++)
		if (grants(&c->grants.items[i], what) && is_on(&c->grants.items[i], workflow))
			return true;
	return false;
}

bool caller_can_everywhere(const struct caller *c, enum capability what)
{
	for (size_t i = 0; i < c->grants.len; i++)
		if (grants(&c->grants.items[i], what) && str_eq(c->grants.items[i].workflows, "*"))
			return true;
	return false;
}

size_t caller_roles(const struct caller *c, struct view workflow, struct view *out)
{
	unsigned all = 0;
	size_t n = 0;
	for (size_t i = 0; i < c->grants.len; i++)
		if (!workflow.len || is_on(&c->grants.items[i], workflow))
			all |= c->grants.items[i].roles;
	for (int role = 0; role < ROLES; role++)
		if (all & 1U << role)
			out[n++] = view_of(roles[role].name);
	return n;
}

/* ---- from the settings ------------------------------------------------------------- */

static void give(struct caller *c, struct grant g, struct view workflows)
{
	g.workflows = mem_bytes(workflows.ptr, workflows.len);
	vec_push(&c->grants, g);
}

static void give_role(struct caller *c, enum role role, struct view workflows)
{
	give(c, (struct grant){ .can = roles[role].can, .roles = 1U << role }, workflows);
}

/* A role's or a capability's name, with the workflows behind a colon. */
static bool give_word(struct caller *c, struct view word)
{
	struct view name, workflows = word;
	bool some = view_split(&workflows, ':', &name) && name.len < word.len;
	workflows = some ? view_trim(workflows) : VIEW("*");
	name = view_trim(name);
	for (int role = 0; workflows.len && role < ROLES; role++) {
		if (view_is(name, roles[role].name)) {
			give_role(c, (enum role)role, workflows);
			return true;
		}
	}
	for (int what = 0; workflows.len && what < CAPABILITIES; what++) {
		if (view_is(name, capability_names[what])) {
			give(c, (struct grant){ .can = UINT32_C(1) << what }, workflows);
			return true;
		}
	}
	return false;
}

/* "operator, approver:deploy-*, CANCEL_RUN:report" */
static bool give_roles(struct caller *c, const char *text, struct err *err)
{
	struct view rest = view_of(text), word;
	while (view_split(&rest, ',', &word)) {
		word = view_trim(word);
		if (!give_word(c, word))
			return err_set(err, ERR_CONFIG,
				       "%s has '%.*s', which is no role and no capability", c->name,
				       (int)word.len, word.ptr);
	}
	return true;
}

static bool try_person(struct access *a, const struct settings_person *p, struct err *err)
{
	if (p->who == SETTINGS_TOKEN && !p->sha256)
		return err_set(err, ERR_CONFIG, "the token %s has no sha256", p->name);
	struct caller *c = new_caller(a, p->name);
	if (!give_roles(c, p->roles ? p->roles : "viewer", err))
		return false;
	size_t index = a->callers.len - 1;
	if (p->who == SETTINGS_TOKEN) {
		struct token token = { .sha256 = mem_text(p->sha256), .caller = index };
		vec_push(&a->tokens, token);
		return true;
	}
	errno = 0;
	const struct passwd *user = getpwnam(p->name);
	if (!user)
		return err_set(err, ERR_CONFIG, "there is no user %s on this machine", p->name);
	struct local local = { user->pw_uid, index };
	vec_push(&a->locals, local);
	return true;
}

static bool add_person(struct access *a, const struct settings *s, size_t i, struct err *err)
{
	const struct settings_person *p = &s->people.items[i];
	return try_person(a, p, err) || err_prefix(err, "%.*s:%d", (int)s->file.len, s->file.ptr, p->line);
}

static struct token *find_token(struct access *a, struct view name)
{
	for (size_t i = 0; i < a->tokens.len; i++)
		if (view_is(name, a->callers.items[a->tokens.items[i].caller]->name))
			return &a->tokens.items[i];
	return NULL;
}

bool access_add_token(struct access *a, const struct access_token *t, struct err *err)
{
	if (find_token(a, t->name))
		return err_set(err, ERR_REFUSED, "there is a token %.*s already", (int)t->name.len,
			       t->name.ptr);
	char *name = mem_bytes(t->name.ptr, t->name.len), *words = mem_bytes(t->roles.ptr, t->roles.len);
	struct caller *c = new_caller(a, name);
	bool good = give_roles(c, words, err);
	if (good) {
		struct token token = { mem_bytes(t->sha256.ptr, t->sha256.len), a->callers.len - 1, good };
		vec_push(&a->tokens, token);
	}
	mem_free(name);
	mem_free(words);
	return good;
}

/* Its caller stays: a request of his may be under way. */
static void drop_rights(struct caller *c)
{
	for (size_t i = 0; i < c->grants.len; i++)
		mem_free(c->grants.items[i].workflows);
	vec_clear(&c->grants);
}

bool access_drop_token(struct access *a, struct view name)
{
	struct token *t = find_token(a, name);
	if (!t || !t->added)
		return false;
	drop_rights(a->callers.items[t->caller]);
	mem_free(t->sha256);
	vec_remove(&a->tokens, (size_t)(t - a->tokens.items));
	return true;
}

static const struct caller *find_local(const struct access *a, uid_t uid)
{
	for (size_t i = 0; i < a->locals.len; i++)
		if (a->locals.items[i].uid == uid)
			return a->callers.items[a->locals.items[i].caller];
	return NULL;
}

/* Who runs the engine, and root, unless the settings said otherwise. */
static void add_master(struct access *a, uid_t uid)
{
	if (find_local(a, uid))
		return;
	const struct passwd *user = getpwuid(uid);
	struct str name = { 0 };
	if (user)
		str_add_text(&name, user->pw_name);
	else
		str_addf(&name, "uid-%u", (unsigned)uid);
	give_role(new_caller(a, str_text(&name)), ROLE_ADMINISTRATOR, VIEW("*"));
	struct local local = { uid, a->callers.len - 1 };
	vec_push(&a->locals, local);
	str_release(&name);
}

struct access *access_new(const struct settings *settings, uid_t own, struct err *err)
{
	struct access *a = mem_zero(sizeof *a);
	a->own = own;
	for (size_t i = 0; i < settings->people.len; i++) {
		if (!add_person(a, settings, i, err)) {
			access_free(a);
			return NULL;
		}
	}
	add_master(a, own);
	add_master(a, 0);
	return a;
}

static void caller_free(struct caller *c)
{
	drop_rights(c);
	vec_release(&c->grants);
	mem_free(c->name);
	mem_free(c);
}

void access_free(struct access *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->callers.len; i++)
		caller_free(a->callers.items[i]);
	for (size_t i = 0; i < a->tokens.len; i++)
		mem_free(a->tokens.items[i].sha256);
	vec_release(&a->callers);
	vec_release(&a->tokens);
	vec_release(&a->locals);
	mem_free(a);
}

/* ---- other settings ------------------------------------------------------------------ */

static void swap(struct caller **x, struct caller **y)
{
	struct caller *kept = *x;
	*x = *y;
	*y = kept;
}

/* The caller that was given out goes on, with the rights of the new one. */
static void go_on_as(struct access *a, size_t old, struct access *next, size_t new)
{
	struct caller **was = &a->callers.items[old], **is = &next->callers.items[new];
	const struct caller before = **was;
	(*was)->grants = (*is)->grants;
	(*is)->grants = before.grants;
	swap(was, is);
}

static void keep_known(struct access *a, struct access *next)
{
	for (size_t i = 0; i < next->locals.len; i++)
		for (size_t k = 0; k < a->locals.len; k++)
			if (a->locals.items[k].uid == next->locals.items[i].uid)
				go_on_as(a, a->locals.items[k].caller, next, next->locals.items[i].caller);
	for (size_t i = 0; i < next->tokens.len; i++) {
		size_t new = next->tokens.items[i].caller;
		struct token *t = find_token(a, view_of(next->callers.items[new]->name));
		if (t && !t->added)
			go_on_as(a, t->caller, next, new);
	}
}

/* What was made by command; a name that the settings have now is theirs. */
static void keep_made(struct access *a, struct access *next)
{
	for (size_t i = 0; i < a->tokens.len; i++) {
		struct token *t = &a->tokens.items[i];
		struct caller *mine = a->callers.items[t->caller];
		if (!t->added || find_token(next, view_of(mine->name)))
			continue;
		struct token kept = { .sha256 = mem_text(t->sha256), .added = t->added };
		new_caller(next, mine->name);
		kept.caller = next->callers.len - 1;
		swap(&a->callers.items[t->caller], &next->callers.items[kept.caller]);
		vec_push(&next->tokens, kept);
	}
}

bool access_take(struct access *a, const struct settings *settings, struct err *err)
{
	struct access *next = access_new(settings, a->own, err);
	if (!next)
		return false;
	keep_known(a, next);
	keep_made(a, next);
	for (size_t i = 0; i < a->callers.len; i++) {
		drop_rights(a->callers.items[i]);
		vec_push(&next->callers, a->callers.items[i]);
	}
	vec_clear(&a->callers);
	next->wrong = a->wrong;
	next->wrong_ms = a->wrong_ms;
	const struct access old = *a;
	*a = *next;
	*next = old;
	access_free(next);
	return true;
}

bool access_has_tokens(const struct access *a)
{
	return a->tokens.len > 0;
}

static const struct caller *refuse(struct front_refusal *why, struct front_refusal because)
{
	*why = because;
	return NULL;
}

/* A right token is always taken, whoever guesses beside it. */
static bool too_many_wrong(struct access *a)
{
	int64_t now = when_mono_ms();
	if (now - a->wrong_ms > WRONG_TOKENS_MS) {
		a->wrong_ms = now;
		a->wrong = 0;
	}
	return a->wrong >= WRONG_TOKENS;
}

static const struct caller *by_token(struct access *a, const struct front_head *head,
				     struct front_refusal *why)
{
	static const char scheme[] = "Bearer ";
	struct view value;
	if (!front_header(head, "Authorization", &value) || value.len < sizeof scheme ||
	    strncasecmp(value.ptr, scheme, sizeof(scheme) - 1))
		return refuse(why, (struct front_refusal){ 401, "unauthorized",
							   "a bearer token is needed" });
	char hex[CRYPTO_HEX + 1];
	crypto_sha256(view_trim(view_cut(value, sizeof(scheme) - 1, value.len)), hex);
	const struct caller *found = NULL;
	for (size_t i = 0; i < a->tokens.len; i++)
		if (crypto_equal(view_of(hex), view_of(a->tokens.items[i].sha256)))
			found = a->callers.items[a->tokens.items[i].caller];
	if (found)
		return found;
	if (too_many_wrong(a))
		return refuse(why, (struct front_refusal){ 429, "too_many_requests",
							   "too many wrong tokens: wait a minute" });
	a->wrong++;
	return refuse(why, (struct front_refusal){ 401, "unauthorized", "this token is not valid" });
}

const struct caller *access_caller(struct access *a, const struct porch_peer *peer,
				   const struct front_head *head, struct front_refusal *why)
{
	if (peer->kind == PORCH_TCP)
		return by_token(a, head, why);
	const struct caller *found = find_local(a, peer->uid);
	return found ? found
		     : refuse(why, (struct front_refusal){ 403, "forbidden",
							   "this user is not let in here" });
}
