#!/bin/sh
# make check-temporal: builds the real server with its fixtures (Go, once), starts it
# and runs the backend's live tests against it. Without Go it says so and is skipped.
#   check.sh SOURCE-FOLDER BUILD-FOLDER
source=$1/tests/temporal
build=$2
if ! command -v go >/dev/null 2>&1; then
	echo "check-temporal: SKIPPED: there is no Go to build the Temporal server with"
	exit 0
fi
(cd "$source" && CGO_ENABLED=0 go build -p "${GO_JOBS:-1}" -trimpath -ldflags '-s -w' \
	-o "$build/temporal-fixture" .) || exit 1
folder=$(mktemp -d) || exit 1
"$build/live_temporal" "$build/temporal-fixture" "$folder/temporal.db"
status=$?
rm -rf "$folder"
exit $status
