/* A completion script for bash: commands, their options, and for words that name
 * runs or workflows what the program itself lists. */
#include "cli/completion.h"

static void add_options(struct str *s, const struct opt *table)
{
	for (; table && table->name; table++)
		str_addf(s, "--%s ", table->name);
}

/* What the first word of a command is, by its usage. */
static void add_words(struct str *s, const struct command *c)
{
	if (view_starts(view_of(c->words), "RUN"))
		str_add_text(s, "$(_runboard_runs)");
	else if (view_starts(view_of(c->words), "WORKFLOW"))
		str_add_text(s, "$(_runboard_workflows)");
	else if (str_eq(c->name, "engine"))
		str_add_text(s, "start stop status");
}

static void add_case(struct str *s, const struct command *c)
{
	if (str_eq(c->name, "check")) {
		str_addf(s, "\t%s) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n",
			 c->name);
		return;
	}
	str_addf(s, "\t%s) words=\"", c->name);
	add_options(s, c->options);
	add_options(s, cli_common_options);
	add_words(s, c);
	str_add_text(s, "\" ;;\n");
}

void completion_add_bash(struct str *s, const struct command *const *const *lists)
{
	str_add_text(s,
		"# bash completion for runboard; made by 'runboard completion'\n"
		"_runboard_runs() { runboard runs --limit 30 2>/dev/null | awk 'NR > 1 { print $1 }'; }\n"
		"_runboard_workflows() { runboard workflows 2>/dev/null | awk 'NR > 1 { print $1 }'; }\n"
		"_runboard() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} command= words i\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		"\t\tcase ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac\n"
		"\tdone\n"
		"\tcase $command in\n"
		"\t'') words=\"");
	for (const struct command *const *const *list = lists; *list; list++)
		for (const struct command *const *c = *list; *c; c++)
			str_addf(s, "%s ", (*c)->name);
	add_options(s, cli_common_options);
	str_add_text(s, "\" ;;\n");
	for (const struct command *const *const *list = lists; *list; list++)
		for (const struct command *const *c = *list; *c; c++)
			add_case(s, *c);
	str_add_text(s, "\tesac\n"
			"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
			"}\n"
			"complete -F _runboard runboard\n");
}
