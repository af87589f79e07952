#!/usr/bin/env bash
# Has certificate chains judged by five judges: build/chains.sh --count N [--seed S] [--gnutls-every N] [--findings DIR], or --named for those with names.
# A line every five seconds, and a summary; exit code 0 where every difference is a known one. Needs openssl and certtool (gnutls-bin).
set -euo pipefail
exec dotnet run -c Release --project "$(dirname "$0")/../test/S2nStream.Reliability" -- chains "$@"
