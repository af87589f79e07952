#!/usr/bin/env bash
# Disposes streams in the middle of every other call, from another thread: build/dispose.sh [--times N] [--seed S].
# A line a second, and a summary; exit code 0 where nothing was found.
set -euo pipefail
exec dotnet run -c Release --project "$(dirname "$0")/../test/S2nStream.Reliability" -- dispose "$@"
