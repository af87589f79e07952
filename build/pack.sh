#!/usr/bin/env bash
# Makes the packages, ready to publish: build/pack.sh [--version VERSION] [--output DIRECTORY]
#
#   --version VERSION     default: the one in Directory.Build.props
#   --output DIRECTORY    default: artifacts/packages; what was in it is removed
#
# S2nStream, S2nStream.Native (libs2n for all four RIDs), S2nStream.AspNetCore and S2nStream.Http, with their symbols, and sbom.cdx.json, the bill of
# materials of all. Needs npm and a C compiler, clang, lld and unzip: where there is apt, and it may, it installs what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'pack.sh: %s\n' "$@" >&2
    exit 1
}

version=
output=$PWD/artifacts/packages
while [ $# -gt 0 ]; do
    case $1 in
        --version) version=${2:?}; shift ;;
        --output) output=$(realpath -m "${2:?}"); shift ;;
        *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
done
version=${version:-$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)}

missing=()
command -v npm >/dev/null || missing+=(npm)
command -v unzip >/dev/null || missing+=(unzip)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v clang >/dev/null || missing+=(clang)
command -v ld.lld >/dev/null || [ -n "$(clang -print-prog-name=ld.lld 2>/dev/null | grep / || true)" ] || missing+=(lld)
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "These are needed: ${missing[*]} (Debian: apt-get install -y ${missing[*]})."
    echo "Installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

sh build/native/provision.sh --all

# The address is where git's origin is, if that is one that others can reach.
address=$(git config --get remote.origin.url || true)
case $address in
    https://*) ;;
    *) address= ;;
esac

rm -rf "$output"
mkdir -p "$output"
packages="S2nStream.Native S2nStream S2nStream.AspNetCore S2nStream.Http"
for package in $packages; do
    dotnet pack "src/$package" -c Release -o "$output" -p:Version="$version" -p:ContinuousIntegrationBuild=true \
        ${address:+-p:RepositoryUrl="${address%.git}" -p:PackageProjectUrl="${address%.git}"} -warnaserror --nologo -v quiet
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet tool restore >/dev/null
for package in S2nStream S2nStream.AspNetCore S2nStream.Http; do
    dotnet dotnet-CycloneDX "src/$package/$package.csproj" --output "$work" --filename "$package.json" --output-format Json --include-project-references \
        --set-name "$package" --set-version "$version" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "CycloneDX failed for $package."; }
done
S2N_PACKAGE_VERSION=$version node build/native/sbom.mjs "$output/sbom.cdx.json" "$work"/S2nStream*.json

# What each must have; a package without it is not to be published.
for package in $packages; do
    unzip -Z1 "$output/$package.$version.nupkg" >"$work/files"
    wanted="PACKAGE.md package-icon.png CHANGELOG.md"
    if [ "$package" = S2nStream.Native ]; then
        for rid in linux-x64 linux-arm64 linux-musl-x64 linux-musl-arm64; do
            wanted="$wanted runtimes/$rid/native/libs2n.so runtimes/$rid/native/aws-crt-nodejs.node"
        done
        wanted="$wanted aws-crt.LICENSE aws-crt.NOTICE sbom.cdx.json"
    else
        wanted="$wanted lib/net10.0/$package.dll lib/net10.0/$package.xml"
        [ -e "$output/$package.$version.snupkg" ] || fail "$package has no symbols."
    fi
    for file in $wanted; do
        grep -qxF "$file" "$work/files" || fail "$package.$version.nupkg does not have $file."
    done
done
unzip -p "$output/S2nStream.$version.nupkg" S2nStream.nuspec | grep -q 'id="S2nStream.Native"' || fail 'S2nStream does not depend on S2nStream.Native.'

(cd "$output" && ls -l | awk 'NR > 1 { printf "%12d  %s\n", $5, $9 }')
