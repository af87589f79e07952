#!/usr/bin/env bash
# What a newcomer does: the stock template of ASP.NET Core in an empty folder, the packages from a feed, and the one line
# that puts its https on s2n-tls. Nothing outside of a temporary directory is touched.
#
#   build/template.sh [TEMPLATE...]      default: web webapi
set -euo pipefail
repository="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
server=""
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# A version of its own, so that no cache has it already. Of the native library, what this machine has.
version="0.0.0-try$(date +%s)"
for project in S2nStream S2nStream.AspNetCore; do
    dotnet pack "$repository/src/$project" -c Release -o "$work/feed" -p:Version="$version" --nologo -v quiet
done
dotnet pack "$repository/src/S2nStream.Native" -c Release -o "$work/feed" -p:Version="$version" -p:S2nProvisionNative=false --nologo -v quiet

export HOME="$work/home" DOTNET_CLI_HOME="$work/home" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mkdir -p "$HOME"
dotnet dev-certs https --export-path "$work/ca.pem" --format PEM --no-password >/dev/null

for template in "${@:-web webapi}"; do
    for name in $template; do
        mkdir "$work/$name" && cd "$work/$name"
        dotnet new "$name" --name Newcomer --output . >/dev/null
        sed -i 's|^var builder = WebApplication.CreateBuilder(args);|&\nbuilder.WebHost.UseS2n();|' Program.cs
        grep -q 'UseS2n' Program.cs
        sed -i 's|</PropertyGroup>|<RestoreAdditionalProjectSources>../feed</RestoreAdditionalProjectSources></PropertyGroup>|' Newcomer.csproj
        dotnet add package S2nStream.AspNetCore --version "$version" --no-restore >/dev/null
        dotnet add package S2nStream.Native --version "$version" --no-restore >/dev/null
        dotnet build --nologo -v quiet
        dotnet run --no-build --launch-profile https >log 2>&1 &
        server=$!
        for _ in $(seq 300); do
            if grep -q 'Application started' log || ! kill -0 "$server" 2>/dev/null; then break; fi
            sleep 0.1
        done
        url="$(sed -n 's|.*Now listening on: \(https://.*\)|\1|p' log)"
        [ -n "$url" ] || { cat log; echo "$name: it does not listen on https." >&2; exit 1; }
        path=/
        [ "$name" = webapi ] && path=/weatherforecast
        curl -sS --fail --cacert "$work/ca.pem" "$url$path" | head -c 60
        echo
        # The program that serves is a child of dotnet run; s2n-tls is loaded into it.
        pid="$(pgrep -P "$server" | head -1)"
        grep -q libs2n.so "/proc/$pid/maps" || { echo "$name: s2n-tls is not loaded." >&2; exit 1; }
        kill "$pid"
        wait "$server" || true
        server=""
        echo "$name: served over s2n-tls with one line."
    done
done
