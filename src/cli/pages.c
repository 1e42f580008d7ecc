/* Pages of a list (pages.h). */
#include "cli/pages.h"

/* Every cursor is compared with the one of the last page whose number is a power of two:
 * on a circle that one comes again. */
static bool leads_in_a_circle(struct pages *p)
{
	if (view_eq(view_of_str(&p->cursor), view_of_str(&p->mark)))
		return true;
	if ((p->n & (p->n - 1)) == 0) {
		str_clear(&p->mark);
		str_add(&p->mark, view_of_str(&p->cursor));
	}
	p->n++;
	return false;
}

bool pages_go_on(struct pages *p, struct session *s)
{
	str_clear(&p->cursor);
	str_add(&p->cursor, view_of_str(&s->cursor));
	if (s->outcome != OUTCOME_OK || !p->cursor.len)
		return false;
	if (!leads_in_a_circle(p))
		return true;
	s->outcome = OUTCOME_UNREACHABLE;
	str_clear(&s->sentence);
	str_add_text(&s->sentence, "the server's pages lead in a circle: what was read is not all of it");
	return false;
}

void pages_release(struct pages *p)
{
	str_release(&p->cursor);
	str_release(&p->mark);
}
