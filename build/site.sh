#!/usr/bin/env bash
# Builds the documentation as a site, from docs/ and the XML documentation of the libraries: artifacts/site. A link, a bookmark or a
# reference that leads nowhere fails the build.
#
#   build/site.sh      then: python3 -m http.server --directory artifacts/site 8000
set -euo pipefail
cd "$(dirname "$0")/.."
source=artifacts/site-source # what docfx reads: the pages and what they link to

rm -rf artifacts/site "$source"
mkdir -p "$source"
dotnet tool restore >/dev/null
for project in S2nStream.AspNetCore S2nStream.Http; do # and S2nStream, which both are built on
    dotnet build "src/$project" --nologo -v quiet
done

dotnet docfx metadata build/site/docfx.json --warningsAsErrors --logLevel warning
dotnet run build/site/Stage.cs . "$source"
cp -r build/site/docfx.json build/site/toc.yml build/site/template "$source"
dotnet docfx build "$source/docfx.json" --warningsAsErrors --logLevel warning

# docfx says nothing about a <see cref> to what is not part of the reference: it shows the full name.
if grep -rnoE '<span class="xref">[^<]*\.[^<]*' artifacts/site/api; then
    echo "These references in XML documentation lead nowhere." >&2
    exit 1
fi

rm -f artifacts/site/public/*.map artifacts/site/logo.svg artifacts/site/favicon.ico # docfx's own
echo "The site is in artifacts/site."
