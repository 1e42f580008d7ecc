# ./try --temporal: builds the Temporal server of the tests (Go, a few minutes the first
# time), starts it on free ports, and opens the board on it with a configuration of its
# own. The server ends with the board. Read by ./try: $top, $home, $board.
command -v go >/dev/null || {
	echo "./try --temporal needs Go (1.26 or newer) to build the Temporal server" >&2
	exit 1
}
fixture="$top/build/temporal-fixture"
[ -x "$fixture" ] || echo "Building the Temporal server (some minutes, once)..." >&2
"$top/tests/temporal/build.sh" "$fixture"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$fixture" -http "$port" -moving >"$home/temporal.out" 2>&1 &
server=$!
echo "$server" >"$home/temporal.pid"
trap 'kill "$server" 2>/dev/null || true; rm -f "$home/temporal.pid"' EXIT
trap 'exit 1' INT TERM
until grep -q '^ready' "$home/temporal.out"; do
	kill -0 "$server" 2>/dev/null || { cat "$home/temporal.out" >&2; exit 1; }
	sleep 0.2
done

decision='{"approved":${approved},"comment":${comment},"reviewer":${user}}'
cat >"$home/temporal.config" <<END
[board]
context = temporal

[context temporal]
backend = temporal
url = http://127.0.0.1:$port
waiting_memo = waitingFor
approve.Shipment = update:decide:$decision
reject.Shipment = update:decide:$decision
approve.ApprovalUpdate = update:decide:$decision
reject.ApprovalUpdate = update:decide:$decision
approve.ApprovalSignal = signal:approve:$decision
reject.ApprovalSignal = signal:approve:$decision
approve.ApprovalNoArg = signal:approve
reject.ApprovalNoArg = signal:reject
approve.ApprovalAsync = activity:HumanApproval:"APPROVED"
reject.ApprovalAsync = activity:HumanApproval
END
export RUNBOARD_CONFIG="$home/temporal.config"
if [ -t 1 ]; then
	"$board" "$@"
else
	timeout 60 "$board" events -f --filter 'status:waiting' | head -n 1 >/dev/null
	"$board" snapshot
fi
exit 0
