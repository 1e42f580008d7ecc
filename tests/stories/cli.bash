#!/usr/bin/env bash
# The command line against a real engine: starting, watching, deciding, reading,
# and an exit status for every way that it can end.
NAME=cli
. "${srcdir:-.}/tests/stories/lib.bash"

cat >"$WF/hello.yaml" <<'Y'
name: hello
params:
  who: {type: string, default: world}
  times: {type: integer, minimum: 1, maximum: 5, default: 1}
steps:
  - id: greet
    run: |
      i=0
      while [ $i -lt "$PARAM_times" ]; do echo "hello $PARAM_who"; i=$((i + 1)); done
      echo "to stderr" >&2
      echo "greeted=$PARAM_who" >>"$RUNBOARD_OUTPUT"
Y
cat >"$WF/gate.yaml" <<'Y'
name: gate
steps:
  - {id: before, run: echo evidence}
  - id: review
    approve: {prompt: "Go on?"}
  - {id: after, run: echo after}
Y
cat >"$WF/broken-step.yaml" <<'Y'
name: broken-step
steps:
  - {id: one, run: "echo useful >&2; exit 3"}
  - {id: two, run: echo never}
Y
cat >"$WF/slow.yaml" <<'Y'
name: slow
steps:
  - {id: wait, run: "echo begun; sleep 600"}
Y

# nobody answers yet
expect 5 "a list without an engine" "$RB" runs
has "says where" "^runboard: "
expect 5 "snapshot starts no engine" "$RB" snapshot

# start launches the engine
expect 0 "start launches the engine and prints an id" "$RB" start hello -p who=you -p times=2
has "the id is a UUID" '^[0-9a-f]{8}-[0-9a-f]{4}-7'
hello=$out
expect 0 "watch ends with the run" "$RB" watch "$hello"
has "watch says completed" completed
expect 0 "logs" "$RB" logs "$hello" greet --stream stdout
is "stdout is what was printed" "$out" $'hello you\nhello you'
expect 0 "stderr apart" "$RB" logs "$hello" greet --stream stderr
is "stderr is what was printed" "$out" "to stderr"
is "the result is what the step gave" "$(field "$hello" 'r["tasks"][0]["result"]["greeted"]')" you
is "parameters keep their types" "$(field "$hello" 'r["params"]["times"]')" 2
is "the lane" "$(field "$hello" 'r["lane"]')" completed

expect 0 "a run that has ended earlier is watched to its end" "$RB" watch "$hello"
expect 3 "nobody waits for a run that there is not" "$RB" watch 01900000-0000-7000-8000-000000000000
short=$(field "$hello" 'r["short"]')
expect 0 "a short id is enough" "$RB" show "$short"
has "show names the workflow" 'hello'
expect 3 "no such run" "$RB" show zzzzzz
expect 3 "no such workflow" "$RB" start nothing-of-that-name
expect 2 "an unknown option" "$RB" runs --colour
expect 2 "an unknown command" "$RB" rnus
has "did you mean" "runs"
expect 2 "a parameter out of range" "$RB" start hello -p times=9
has "names the parameter" "times"
expect 2 "a parameter of the wrong type" "$RB" start hello -p times=many
expect 0 "the same key starts once" "$RB" start hello --key k1
first=$out
expect 0 "the same key again" "$RB" start hello --key k1
is "is the same run" "$out" "$first"
expect 4 "the same key with other parameters" "$RB" start hello --key k1 -p who=other

# a failure
expect 1 "waiting for a run that fails" "$RB" start broken-step --wait
broken=$("$RB" runs --filter workflow:broken-step --jsonl | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["id"])')
is "it failed" "$(status_of "$broken")" failed
is "its exit status is known" "$(field "$broken" 'r["tasks"][0]["exit_code"]')" 3
is "what depends on it was skipped" "$(field "$broken" 'r["tasks"][1]["status"]')" skipped
expect 0 "runs --json is an array" "$RB" runs --json
is "of all runs" "$(printf %s "$out" | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))')" 3
expect 0 "a filter" "$RB" runs --filter status:failed --json
is "finds the failed one" "$(printf %s "$out" | python3 -c 'import json,sys; print([r["workflow"] for r in json.load(sys.stdin)])')" "['broken-step']"
expect 2 "a filter that is wrong" "$RB" runs --filter 'status:'

# a gate
expect 0 "start gate" "$RB" start gate
gate=$out
until_run "$gate" waiting
expect 0 "the inbox" "$RB" inbox --json
has "names the prompt" 'Go on\?'
is "waiting says what it waits for" "$(field "$gate" 'r["waiting"]["task"]')" review
expect 4 "a completed task cannot be approved" "$RB" approve "$gate" before
expect 3 "a task that is not there" "$RB" approve "$gate" nothing
expect 0 "approve" "$RB" approve "$gate" -m "looks good"
expect 0 "the run completes" "$RB" watch "$gate"
expect 4 "nothing waits any more" "$RB" approve "$gate"
expect 0 "history" "$RB" history "$gate"
has "who and why" "looks good"

# reject
gate=$("$RB" start gate)
until_run "$gate" waiting
expect 0 "reject" "$RB" reject "$gate" -m "not today"
expect 1 "a rejected run did not complete" "$RB" watch "$gate"
is "its status" "$(status_of "$gate")" rejected

# cancel
slow=$("$RB" start slow)
until_run "$slow" running
expect 0 "cancel" "$RB" cancel "$slow" -m "too slow"
until_run "$slow" cancelled
is "cancelled" "$(status_of "$slow")" cancelled
a=$("$RB" start slow) b=$("$RB" start slow)
expect 2 "many need --yes" "$RB" cancel --filter workflow:slow
expect 0 "a dry run only lists" "$RB" cancel --filter workflow:slow --dry-run
is "both" "$(printf '%s\n' "$out" | grep -c slow)" 2
expect 0 "with --yes" "$RB" cancel --filter workflow:slow --yes
until_run "$a" cancelled
until_run "$b" cancelled
expect 4 "an ended run cannot be cancelled" "$RB" cancel "$a"

# the rest
expect 0 "workflows" "$RB" workflows
has "lists them" "broken-step"
expect 0 "snapshot" "$RB" snapshot --size 120x30
has "the board as text" "Running"
expect 0 "engine status" "$RB" engine status
cat >"$T/bad.yaml" <<'Y'
name: bad
stepz: []
Y
expect 6 "check finds errors" "$RB" check "$T/bad.yaml"
has "with line and column" 'bad\.yaml:2:1: '
expect 0 "check agrees with the examples" "$RB" check "$SRC"/doc/examples/*.yaml
expect 0 "engine stop" "$RB" engine stop
expect 5 "and it is gone" "$RB" runs

# the configuration
mkdir -p "$T/config/runboard"
printf '[board]\nlanes = nowhere\nsort = sideways\ndensity = tiny\n[keys]\napprove = A\nfly = F\n' >"$T/config/runboard/config"
expect 6 "a configuration that is not understood" "$RB" snapshot
has "names each wrong value, with file and line" 'config:3: sort: '
has "all at once" 'config:4: density: '
has "lanes too" 'config:2: lanes: .nowhere'
has "and unknown actions" 'config:7: fly: '
printf '[board]\ncolour = red\n[context x]\nbackend = local\n' >"$T/config/runboard/config"
expect 6 "an unknown word" "$RB" runs
has "with file and line" 'config:2: '

# completion
rm "$T/config/runboard/config"
is "bash completes commands" "$(bash -c "source <('$RB' completion); COMP_WORDS=(runboard snap); COMP_CWORD=1; _runboard; echo \${COMPREPLY[@]}")" snapshot
is "and options" "$(bash -c "source <('$RB' completion); COMP_WORDS=(runboard runs --jsonl); COMP_CWORD=2; _runboard; echo \${COMPREPLY[@]}")" --jsonl
