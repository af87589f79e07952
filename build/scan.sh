#!/usr/bin/env bash
# What sslscan and testssl.sh find in examples/EchoServer at the default policy: build/scan.sh [--policy NAME].
# Some minutes: whatever is refused is refused after the blinding delay. Exit code 0 where testssl.sh finds nothing but
# what docs/reliability.md explains. Needs what is installed by: apt-get install -y sslscan testssl.sh bsdextrautils dnsutils
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in sslscan testssl; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed: apt-get install -y sslscan testssl.sh bsdextrautils dnsutils" >&2; exit 2; }
done

# Of the example's certificate, which nobody revokes and no zone speaks of; and that CBC suites are there for old peers.
explained='^(cert_revocation|DNS_CAArecord|cipherlist_AVERAGE|LUCKY13)$'

directory=$(mktemp -d)
dotnet build -c Release examples/EchoServer -v quiet
dotnet examples/EchoServer/bin/Release/net10.0/EchoServer.dll --port 0 --write-ca "$directory/ca.pem" "$@" >"$directory/server.log" &
trap 'kill %1 2>/dev/null; rm -rf "$directory"' EXIT
until port=$(sed -n 's/^Listening on .*:\([0-9]*\)$/\1/p' "$directory/server.log") && [ -n "$port" ]; do
    kill -0 %1
    sleep 0.1
done

sslscan --no-colour --timeout=1 "localhost:$port"
# Its exit code is the number of findings: they are judged below.
testssl --color 0 --warnings batch --quiet --jsonfile "$directory/findings.json" --add-ca "$directory/ca.pem" "localhost:$port" || true

# A report that ends too early judges nothing.
[ "$(tail -n 1 "$directory/findings.json")" = ']' ] || { echo 'testssl has not finished.' >&2; exit 2; }

# One field a line: whatever has a severity that is worth a look, and is not explained.
awk -F'"' -v explained="$explained" '
    $2 == "id" { id = $4 }
    $2 == "severity" { severity = $4 }
    $2 == "finding" && severity ~ /^(LOW|MEDIUM|HIGH|CRITICAL)$/ {
        known = id ~ explained
        print (known ? "explained: " : "FOUND: ") id " (" severity "): " $4
        found += !known
    }
    END { exit found > 0 }' "$directory/findings.json"
