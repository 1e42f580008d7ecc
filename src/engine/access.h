/* Who may do what on which workflows: people by the Unix socket's peer, or by a bearer
 * token on TCP; roles; capabilities. Knows no routes and no runs. */
#ifndef ENGINE_ACCESS_H
#define ENGINE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/front.h"
#include "engine/porch.h"
#include "engine/settings.h"

enum capability {
	CAN_LIST_WORKFLOWS, CAN_RUN_WORKFLOW, CAN_VIEW_RUNS, CAN_VIEW_DETAILS, CAN_CANCEL_RUN,
	CAN_RETRY_STEP, CAN_EDIT_STEP, CAN_APPROVE_STEP, CAN_FORCE_ADVANCE, CAN_ADMIN,
	CAPABILITIES
};

enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_APPROVER, ROLE_ADMINISTRATOR, ROLES };

/* One word of "roles": operator, operator:deploy-*, CANCEL_RUN:report. */
struct grant {
	char *workflows;	/* glob over their names; "*": all there are and will be */
	uint32_t can;		/* bit 1u << enum capability */
	unsigned roles;		/* bit 1u << enum role */
};

struct caller {
	char *name;
	VEC(struct grant) grants;
};

/* On some workflow; on this one; on all. */
bool caller_can(const struct caller *c, enum capability what);
bool caller_can_on(const struct caller *c, enum capability what, struct view workflow);
bool caller_can_everywhere(const struct caller *c, enum capability what);
/* The roles on this workflow (empty: on any), into out (ROLES of them); how many. */
size_t caller_roles(const struct caller *c, struct view workflow, struct view *out);

struct access;

/* own: the uid that the engine runs as; it and root are administrators unless the
 * settings give them other roles. ERR_CONFIG for a role or capability that there is not. */
struct access *access_new(const struct settings *settings, uid_t own, struct err *err);
void access_free(struct access *a);
/* People and tokens of the settings are these now; tokens made by command stay. Callers
 * that were given out stay valid, with the rights that they have now: those who are no
 * longer named have none. False, and nothing has changed: ERR_CONFIG. */
bool access_take(struct access *a, const struct settings *settings, struct err *err);
/* A token that was made by command, kept as its hash. ERR_REFUSED where the name is
 * taken, ERR_CONFIG for a role that there is not. */
struct access_token {
	struct view name, sha256, roles;
};
bool access_add_token(struct access *a, const struct access_token *t, struct err *err);
/* Its caller stays valid, without rights: streams that are open see it. False where no
 * token of this name was added so. */
bool access_drop_token(struct access *a, struct view name);
/* Without any token TCP must not be listened on. */
bool access_has_tokens(const struct access *a);
/* NULL and *why (401, 403) for who is not let in. Lives as long as access. */
const struct caller *access_caller(struct access *a, const struct porch_peer *peer,
				   const struct front_head *head, struct front_refusal *why);

const char *capability_name(enum capability c);		/* "RUN_WORKFLOW" */

#endif
