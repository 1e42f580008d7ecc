#!/bin/sh
# make check-temporal: builds the real server with its fixtures (Go, once), starts it
# and runs the backend's live tests against it. Without Go it says so and is skipped,
# unless RUNBOARD_NEED_GO is set: then it fails.
#   check.sh SOURCE-FOLDER BUILD-FOLDER
source=$1/tests/temporal
build=$2
if ! command -v go >/dev/null 2>&1; then
	if [ -n "${RUNBOARD_NEED_GO:-}" ]; then
		echo "check-temporal: there is no Go to build the Temporal server with" >&2
		exit 1
	fi
	echo "check-temporal: SKIPPED: there is no Go to build the Temporal server with"
	exit 0
fi
"$source/build.sh" "$build/temporal-fixture" || exit 1
folder=$(mktemp -d) || exit 1
status=0
for program in live_temporal live_story; do
	"$build/$program" "$build/temporal-fixture" "$folder" || status=1
done
rm -rf "$folder"
exit $status
