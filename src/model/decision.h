/* The decision dialog: names what an order acts on, shows why it is asked, takes a
 * comment, and does nothing until Yes is chosen. When its target changes while it
 * is open it says so and Yes is dead. */
#ifndef MODEL_DECISION_H
#define MODEL_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"
#include "model/lineedit.h"
#include "model/screen.h"
#include "model/shown.h"
#include "model/target.h"
#include "screen/rect.h"

enum {
	DECISION_SHOWN_MS = 300,	/* it is seen at least that long before it acts */
	EVIDENCE_LINES = 40,
	DECISION_COLS = 72,	/* of the dialog's inside */
	DECISION_LABEL_COLS = 10
};

enum decision_stage { DECISION_TEXT, DECISION_BUTTONS };

struct decision_state {
	enum verb verb;
	VEC(struct target) targets;	/* several: the marked runs */
	struct str task;		/* the task that had the focus */
	struct lineedit line;		/* comment, reason or answer */
	struct str line_error;
	struct str hint;		/* which answers it takes */
	enum decision_stage stage;
	bool yes;			/* the button that has the focus */
	int64_t opened_ms;
	int64_t confirmed_ms;		/* Yes was given before it was shown long enough */
	struct str changed;		/* what changed meanwhile */
	/* the detail of a single target, for its versions and the evidence */
	uint64_t request;
	struct arena arena;
	const struct run_detail *detail;
	uint64_t log_request;
	struct str evidence_of;
	VEC(struct str) evidence;	/* the last lines that its step printed */
	struct shown_state shown;	/* what it would send */
	size_t scroll;			/* as the layout's, not clipped */
};

extern const struct screen screen_decision;

/* Whether orders go to the marked cards: on the board, where some are marked. */
bool decision_is_of_marks(const struct model *m);
/* What asks for more than a comment is for the run in focus, whatever is marked. */
bool decision_is_for_one(enum verb verb);
/* Opens the dialog for the marked runs, else for the focus; a notice where it is
 * not possible at all. */
void decision_open(struct model *m, enum verb verb, struct effects *fx);
/* The same for one run, whatever is marked. Running again and editing a step have
 * forms of their own. */
void decision_open_one(struct model *m, enum verb verb, const struct focus *focus,
		       struct effects *fx);
/* Opens this dialog and no other. */
void decision_ask(struct model *m, enum verb verb, const struct focus *focus,
		  struct effects *fx);
/* What the text field is for: "comment", "reason", "answer"; NULL: it has none. */
const char *decision_field_name(enum verb verb);
/* What stands below the text field: what is wrong with it, else which answers it takes. */
struct view decision_hint(const struct decision_state *d);
size_t decision_allowed(const struct decision_state *d);
/* Yes can be given now. */
bool decision_is_armed(const struct decision_state *d);
void decision_release(struct decision_state *d);

/* ---- where its parts stand, for scrolling and drawing ---- */

struct decision_layout {
	int rows;		/* of the inside, as many as it would like to have */
	struct rect in;		/* what the parts below leave of the inside */
	struct rect sent, field, changed, footer;	/* empty: not drawn */
	int prompt_rows;
	int prompt_shown;	/* of them; where not all, a row below says so */
	int prompt_scroll, prompt_most;	/* those in front, passed over; the most that can be */
	int sent_rows;		/* all of them; without the head */
	int list_rows;		/* of the runs, those seen at a time */
	/* First row that is seen, clipped, and the last that can be: of the list; of one run
	 * first of its prompt, then of what is sent. */
	int scroll, scroll_most;
};

void decision_layout_make(const struct model *m, struct decision_layout *out);

#endif
