# What the stories in bash share: a private engine, checks that count, waiting for
# a state by the event stream (never by sleeping).
set -u
export LC_ALL=C.UTF-8 TZ=UTC
: "${builddir:=.}" "${srcdir:=.}"
RB=$(cd "$builddir" && pwd)/runboard
RBD=$(cd "$builddir" && pwd)/runboardd
SRC=$(cd "$srcdir" && pwd)
NAME=${NAME:-story}
PATIENCE=120	# seconds until a wait is a failure, also on a slow machine
passed=0 failed=0

T=$(mktemp -d "${TMPDIR:-/tmp}/runboard-$NAME-XXXXXX")
export HOME=$T XDG_CONFIG_HOME=$T/config XDG_STATE_HOME=$T/state-home XDG_RUNTIME_DIR=$T/run
export RUNBOARD_STATE=$T/state RUNBOARD_SOCKET=$T/run/engine.sock TMPDIR=$T/tmp
unset RUNBOARD_CONTEXT RUNBOARD_CONFIG
mkdir -p "$T/config/runboard/workflows" "$T/run" "$T/tmp"
chmod 0700 "$T/run"
WF=$T/config/runboard/workflows

finish() {
	"$RB" engine stop >/dev/null 2>&1
	jobs -p | xargs -r kill 2>/dev/null
	[ "$failed" = 0 ] && rm -rf "$T" || echo "left for a look: $T" >&2
	echo "$NAME: $passed passed, $failed failed"
	exit $((failed > 0))
}
trap finish EXIT

ok() { passed=$((passed + 1)); }
not_ok() {
	failed=$((failed + 1))
	echo "FAILED: $*" >&2
}
# expect STATUS WHAT COMMAND...: runs it, keeps its output in $out and $err.
expect() {
	local wanted=$1 what=$2 got
	shift 2
	out=$("$@" 2>"$T/stderr")
	got=$?
	err=$(cat "$T/stderr")
	if [ "$got" = "$wanted" ]; then
		ok
	else
		not_ok "$what: status $got, expected $wanted"
		printf '%s\n%s\n' "$out" "$err" | sed 's/^/    /' >&2
	fi
}
# has WHAT PATTERN: the last output matches (grep -E).
has() {
	if printf '%s\n%s\n' "$out" "$err" | grep -Eq -- "$2"; then
		ok
	else
		not_ok "$1: nothing matches $2"
		printf '%s\n%s\n' "$out" "$err" | sed 's/^/    /' >&2
	fi
}
is() {
	if [ "$2" = "$3" ]; then ok; else not_ok "$1: got '$2', expected '$3'"; fi
}
# until_run RUN STATUS: blocks until the run has it, by the event stream.
until_run() {
	local line got pid
	exec {got}< <(exec "$RB" events -f --filter "id:$1 status:$2" 2>/dev/null)
	pid=$!
	read -r -t "$PATIENCE" -u "$got" line || not_ok "run $1 did not become $2 within $PATIENCE s"
	exec {got}<&-
	kill "$pid" 2>/dev/null
}
status_of() { "$RB" show "$1" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["status"])'; }
# field RUN EXPRESSION: of the run object r.
field() { "$RB" show "$1" --json | python3 -c "import json,sys; r=json.load(sys.stdin); print($2)"; }
