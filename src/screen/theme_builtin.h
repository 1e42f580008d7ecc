/* The themes that are compiled in: theme_builtin.c is made from themes/ when the
 * program is built. */
#ifndef SCREEN_THEME_BUILTIN_H
#define SCREEN_THEME_BUILTIN_H

struct theme_builtin {
	const char *name;	/* NULL ends the table */
	const char *text;
};

extern const struct theme_builtin THEME_BUILTINS[];

#endif
