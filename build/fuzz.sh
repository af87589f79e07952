#!/usr/bin/env bash
# Feeds clients and servers damaged ciphertext: build/fuzz.sh --minutes N [--inputs N] [--seed S].
# A line a second, and a summary; exit code 0 where nothing was found. Needs what the tests need.
set -euo pipefail
exec dotnet run -c Release --project "$(dirname "$0")/../test/S2nStream.Reliability" -- fuzz "$@"
