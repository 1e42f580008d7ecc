#!/usr/bin/env bash
# Socket activation and readiness, as a service manager does them: a socket that is
# open before the engine, and a datagram when it takes orders.
NAME=systemd
. "${srcdir:-.}/tests/stories/lib.bash"

cat >"$WF/hello.yaml" <<'Y'
name: hello
steps:
  - {id: greet, run: 'env | grep -c ^LISTEN_ || true'}
Y
cat >"$T/manager.py" <<'P'
import os, socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(os.environ["RUNBOARD_SOCKET"])
os.chmod(os.environ["RUNBOARD_SOCKET"], 0o600)
listening.listen(16)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(sys.argv[2])
notify.settimeout(int(sys.argv[3]))
child = os.fork()
if child == 0:
    os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=sys.argv[2])
    os.execv(sys.argv[1], [sys.argv[1], "--foreground"])
listening.close()
print(notify.recv(100).decode(), flush=True)
os.kill(child, 0)
print(notify.recv(100).decode(), flush=True)
os.waitpid(child, 0)
P
exec {manager}< <(exec python3 "$T/manager.py" "$RBD" "$T/notify" "$PATIENCE" 2>"$T/manager.err")
read -r -t "$PATIENCE" -u "$manager" line
is "it says when it takes orders" "$line" "READY=1"
expect 0 "the board's socket is the one that was open before" "$RB" start hello --wait --json
id=$(printf %s "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
expect 0 "the step's output" "$RB" logs "$id" greet
is "steps hear nothing of the manager" "$out" 0
expect 0 "engine stop" "$RB" engine stop
read -r -t "$PATIENCE" -u "$manager" line
is "it says that it ends" "$line" "STOPPING=1"

# The units are what systemd itself takes for right, also with the stricter drop-in.
if command -v systemd-analyze >/dev/null; then
	for more in /dev/null "$SRC/doc/systemd/hardening.conf"; do
		sed "s#/usr/local/bin/runboardd#$RBD#" "$SRC/doc/systemd/runboardd.service" >"$T/runboardd.service"
		cat "$more" >>"$T/runboardd.service"
		cp "$SRC/doc/systemd/runboardd.socket" "$T"
		expect 0 "the units verify" systemd-analyze verify --user --man=no "$T/runboardd.service" "$T/runboardd.socket"
		is "without a word" "$out$err" ""
	done
else
	echo "systemd: no systemd-analyze here, the units are not verified" >&2
fi
