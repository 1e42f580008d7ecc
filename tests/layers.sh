#!/bin/sh
# The house rules that a machine can see: includes point only down, each outside
# library has one door, functions and files stay short, no stdio above base.
# One pass of awk over src/. Prints every break as FILE:LINE: what.
cd "${srcdir:-.}" || exit 1
find src -name '*.[ch]' | sort | xargs awk '
BEGIN {
	split("base: core:base screen:base io:base wire:base,core flow:base,core step:base " \
	      "backend:base,core,wire,io model:base,core,screen view:base,core,screen,model " \
	      "term:base,screen cli:base,core,wire,io,flow,backend engine:base,core,wire,io,flow " \
	      "app:base,core,screen,io,wire,flow,backend,model,view,term", rows, " ")
	for (i in rows) {
		split(rows[i], row, ":")
		known[row[1]] = 1
		allowed[row[1]] = "," row[1] "," row[2] ","
	}
	split("curses.h=term/curses.c ncurses.h=term/curses.c ncursesw/curses.h=term/curses.c " \
	      "ncursesw/ncurses.h=term/curses.c term.h=term/curses.c ncursesw/term.h=term/curses.c " \
	      "curl/curl.h=io/http.c ev.h=io/loop.c cjson/cJSON.h=wire/json.c cJSON.h=wire/json.c " \
	      "sqlite3.h=engine/db.c microhttpd.h=engine/server.c sodium.h=engine/crypto.c " \
	      "yaml.h=flow/yaml.c pcre2.h=base/regex.c utf8proc.h=base/utf8.c vterm.h=nowhere",
	      doors, " ")
	for (i in doors) {
		split(doors[i], pair, "=")
		door[pair[1]] = "src/" pair[2]
	}
	status = 0
}
function broken(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what
	status = 1
}
function end_file()
{
	if (last_lines > 500) {
		printf "%s:%d: a file of more than 500 lines\n", last_file, last_lines
		status = 1
	}
}
FNR == 1 {
	if (last_file)
		end_file()
	last_file = FILENAME
	split(FILENAME, path, "/")
	floor = path[3] ? path[2] : "main"
	header = FILENAME ~ /\.h$/
	start = 0
}
{ last_lines = FNR }
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	target = quoted[2]
	sub("/.*", "", target)
	if (quoted[2] in door)
		broken("an outside header in quotes: " quoted[2])
	else if (quoted[2] !~ "/") {
		if (quoted[2] != "config.h")
			broken("an include without its floor: " quoted[2])
	} else if (floor != "main" && !(floor in known))
		broken("a folder that is no floor: " floor)
	else if (floor != "main" && !index(allowed[floor], "," target ","))
		broken(floor " must not include " target)
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, angle, "[<>]")
	if (angle[2] in door && FILENAME != door[angle[2]])
		broken("<" angle[2] "> has its door in " door[angle[2]])
}
floor != "base" && /(^|[^A-Za-z0-9_])(printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|fputc|putc|perror)[ ]*\(/ &&
!/^[ \t]*\*/ && !/^[ \t]*\/\*/ && !/format\(printf/ {
	broken("stdio printing outside base")
}
# A body begins and ends in the first column (kernel layout); its head may be counted from the
# first line that stood there before.
/^\{/ { start = FNR }
/^\}/ {
	if (start && FNR - start + 2 > 60)
		broken("a function of " (FNR - start + 2) " lines, more than 60")
	start = 0
}
END {
	end_file()
	if (!status)
		print "layers: every rule is kept"
	exit status
}
'
