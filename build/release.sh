#!/usr/bin/env bash
# Makes a release, up to the push: build/release.sh VERSION. docs/releasing.md describes it.
#
# Sets the version, closes the changelog's section, moves the public surface to what is shipped, runs all tests on .NET 10 and .NET 11, makes the
# packages, tries them, builds the site; then commits and tags. What it has changed before a step failed is left for you to look at:
# `git checkout .` takes it back.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'release.sh: %s\n' "$@" >&2
    exit 1
}

version=${1:-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail 'name a version, as in 0.2.0 or 1.0.0-rc.1'
[ -z "$(git status --porcelain)" ] || fail 'there are changes that are not committed'
[ "$(git branch --show-current)" = main ] || fail 'releases are made from main'
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || fail "there is a tag v$version already"
grep -q '^## Unreleased$' CHANGELOG.md || fail 'CHANGELOG.md has no section Unreleased'
[ -n "$(sed -n '/^## Unreleased$/,/^## [0-9]/p' CHANGELOG.md | grep '^- ')" ] || fail 'nothing has changed, says CHANGELOG.md'

# The version, and the one before it, with which package validation compares.
previous=$(sed -n 's/^## \([0-9][^ ]*\) - .*/\1/p' CHANGELOG.md | head -1)
sed -i "s|<Version>.*</Version>|<Version>$version</Version>|; s|<S2nBaselineVersion>.*</S2nBaselineVersion>|<S2nBaselineVersion>$previous</S2nBaselineVersion>|" Directory.Build.props
sed -i "s/^## Unreleased$/## Unreleased\n\n## $version - $(date -u +%F)/" CHANGELOG.md

# What is public now is what later versions are held to.
for unshipped in src/*/PublicAPI.Unshipped.txt; do
    shipped=${unshipped/Unshipped/Shipped}
    removed=$(sed -n 's/^\*REMOVED\*//p' "$unshipped")
    { sed 1d "$shipped"; sed 1d "$unshipped"; } | grep -v '^\*REMOVED\*' | { [ -n "$removed" ] && grep -vxF "$removed" || cat; } | LC_ALL=C sort -u >"$shipped.new"
    { echo '#nullable enable'; cat "$shipped.new"; } >"$shipped"
    rm "$shipped.new"
    echo '#nullable enable' >"$unshipped"
done

build/test.sh --install
dotnet build -warnaserror
dotnet format --verify-no-changes --no-restore
build/test.sh
S2NSTREAM_NO_SKIPPED_TESTS=1 build/dotnet11.sh --no-build
build/site.sh
build/pack.sh --version "0.0.0-try$(date +%s)" --output artifacts/tried
build/template.sh --packages artifacts/tried
build/aot.sh
build/platforms.sh --packages artifacts/tried
build/pack.sh # these are the ones to publish

git commit -qam "Version $version"
git tag -a "v$version" -m "Version $version"
cat <<DONE

Version $version is committed and tagged, and its packages are in artifacts/packages. What is left is yours:

    git push origin main v$version
    dotnet nuget push 'artifacts/packages/*.nupkg' --source NAME --api-key KEY     (the symbols go with them)

and artifacts/site, to where the site is served.
DONE
