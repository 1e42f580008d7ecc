#!/bin/sh
# Builds the Temporal server with its fixtures (Go from the path, modules by Go's own
# means). Seconds where Go's cache is warm, minutes where it is cold.
#   build.sh PROGRAM
set -eu
program=$1
cd "$(dirname "$0")"
CGO_ENABLED=0 exec go build -p "${GO_JOBS:-2}" -trimpath -ldflags '-s -w' -o "$program" .
