#!/usr/bin/env bash
# What a newcomer does: the stock template of ASP.NET Core in an empty folder, the package from a feed, and the one line
# that puts its https on s2n-tls. Nothing outside of a temporary directory is touched.
#
#   build/template.sh [--packages DIRECTORY] [--library FILE] [TEMPLATE...]      default: web webapi
#
#   --packages DIRECTORY   what build/pack.sh has made; without it, packages are made
#   --library FILE         a libs2n.so of one's own, in the place of the package S2nStream.Native
set -euo pipefail
repository="$(cd "$(dirname "$0")/.." && pwd)"
packages=""
library=""
templates=()
while [ $# -gt 0 ]; do
    case $1 in
        --packages) packages="$(realpath "${2:?}")"; shift ;;
        --library) library="$(realpath "${2:?}")"; shift ;;
        *) templates+=("$1") ;;
    esac
    shift
done
[ ${#templates[@]} -gt 0 ] || templates=(web webapi)

work="$(mktemp -d)"
server=""
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# A version of their own, so that no cache has them already.
if [ -z "$packages" ]; then
    packages="$work/feed"
    "$repository/build/pack.sh" --version "0.0.0-try$(date +%s)" --output "$packages"
fi
version="$(basename "$packages"/S2nStream.Native.*.nupkg .nupkg)"
version="${version#S2nStream.Native.}"

export HOME="$work/home" DOTNET_CLI_HOME="$work/home" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
mkdir -p "$HOME"
dotnet dev-certs https --export-path "$work/ca.pem" --format PEM --no-password >/dev/null

for name in "${templates[@]}"; do
    mkdir "$work/$name" && cd "$work/$name"
    dotnet new "$name" --name Newcomer --output . >/dev/null
    sed -i 's|^var builder = WebApplication.CreateBuilder(args);|&\nbuilder.WebHost.UseS2n();|' Program.cs
    grep -q 'UseS2n' Program.cs
    sed -i 's|</PropertyGroup>|<RestoreAdditionalProjectSources>'"$packages"'</RestoreAdditionalProjectSources></PropertyGroup>|' Newcomer.csproj
    dotnet add package S2nStream.AspNetCore --version "$version" --no-restore >/dev/null
    if [ -n "$library" ]; then
        sed -i 's|</ItemGroup>|<PackageReference Include="S2nStream.Native" Version="'"$version"'" ExcludeAssets="all" /></ItemGroup>|' Newcomer.csproj
        export S2N_LIBRARY_PATH="$library"
    fi
    # UseS2n warns of nothing, not even that it is for Linux. NU1603: a feed may lack a version that the template names.
    dotnet build --nologo -v quiet -warnaserror -warnnotaserror:NU1603
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
    pid="$(grep -ls "^PPid:[[:space:]]*$server\$" /proc/[0-9]*/status | head -1 | cut -d/ -f3)"
    grep -qF "${library:-libs2n.so}" "/proc/$pid/maps" || { echo "$name: s2n-tls is not loaded." >&2; exit 1; }
    kill "$pid"
    wait "$server" || true
    server=""
    echo "$name: served over s2n-tls with one line."
done
