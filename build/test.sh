#!/usr/bin/env bash
# All tests, none skipped: installs the programs that some of them need, and runs `dotnet test`.
#
#   build/test.sh [arguments of dotnet test]
#   build/test.sh --install      installs them, and nothing more
#
# Without apt, or the right to use it, it says what to install, and stops.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}
# For the native library, which the build makes.
need cc gcc
need npm npm
# The peers of the tests: the same that [Needs] names.
need openssl openssl
need curl curl
need gnutls-cli gnutls-bin
need sslscan sslscan
need tshark tshark
need nginx nginx-light
need redis-server redis-server
need chromium chromium
need h2load nghttp2-client
need wrk wrk
if [ ${#missing[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
        echo "test.sh: these are needed, by the names of Debian's packages: ${missing[*]}" >&2
        exit 1
    fi
    echo "Installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" libc6-dev >/dev/null
fi

[ "${1:-}" != --install ] || exit 0

export S2NSTREAM_NO_SKIPPED_TESTS=1
exec dotnet test "$@"
