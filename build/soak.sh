#!/usr/bin/env bash
# Holds ten thousand connections while others come and go: build/soak.sh --minutes N [--connections N] [--comers N].
# A line a second, and a summary; exit code 0 where nothing was found. Needs what the tests need.
set -euo pipefail
exec dotnet run -c Release --project "$(dirname "$0")/../test/S2nStream.Reliability" -- soak "$@"
