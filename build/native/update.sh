#!/bin/sh
# Moves to another version of aws-crt, and with it to another s2n-tls and AWS-LC, and says what changed:
#
#   build/native/update.sh [VERSION]      default: the newest on npm
#
# Writes aws-crt.pin, makes libs2n for all four RIDs, and compares the old library with the new one: versions, exported functions, security policies,
# size. Then run the tests (build/test.sh) and read what s2n-tls says of the versions in between. Needs npm, gcc, clang, lld and binutils.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
pin=$here/aws-crt.pin
native=${here%/*/*}/artifacts/native
addon=linux-x64/aws-crt-nodejs.node
for tool in npm nm strings; do
    command -v "$tool" >/dev/null || { echo "update.sh needs $tool (Debian: npm, binutils)." >&2; exit 1; }
done

pinned() { sed -n "s/^$1=//p" "$pin"; }

old=$(pinned version)
new=${1:-$(npm view aws-crt version)}
integrity=$(npm view "aws-crt@$new" dist.integrity)
[ -n "$integrity" ] || { echo "update.sh: npm has no aws-crt $new." >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
describe() { # describe FILE INTO : what can be told from the outside
    mkdir "$2"
    nm -D --defined-only "$1" | awk '$3 ~ /^s2n_/ { print $3 }' | sort >"$2/functions"
    strings "$1" | grep -E '^(default(_[a-z0-9]+)?|20[0-9]{6}(_[a-z]+)?|(AWS-CRT|CloudFront|ELBSecurityPolicy|KMS|PQ|test)[A-Za-z0-9_.-]+|rfc[0-9]+|cnsa_[0-9a-z_]+)$' | sort -u >"$2/policies"
    strings "$1" | sed -n 's/^AWS-LC \([0-9][0-9.]*\)$/\1/p' | head -1 >"$2/aws-lc"
    wc -c <"$1" >"$2/size"
}

"$here/provision.sh" linux-x64 >/dev/null
describe "$native/$addon" "$work/old"

# The version of AWS-LC is in the file itself: it is written into the pin when the file is here.
sed -i "s/^version=.*/version=$new/; s|^integrity=.*|integrity=$integrity|; s/^aws_lc=.*/aws_lc=/" "$pin"
"$here/provision.sh" linux-x64 >/dev/null
describe "$native/$addon" "$work/new"
sed -i "s/^aws_lc=.*/aws_lc=$(cat "$work/new/aws-lc")/" "$pin"
"$here/provision.sh" --all

echo
echo "aws-crt $old -> $new"
echo "AWS-LC $(cat "$work/old/aws-lc") -> $(cat "$work/new/aws-lc")"
echo "bytes $(cat "$work/old/size") -> $(cat "$work/new/size") (linux-x64)"
for what in functions policies; do
    added=$(comm -13 "$work/old/$what" "$work/new/$what" | paste -sd' ')
    removed=$(comm -23 "$work/old/$what" "$work/new/$what" | paste -sd' ')
    echo "$what added: ${added:-none}"
    echo "$what removed: ${removed:-none}"
done
echo
echo "s2n_tls=$(pinned s2n_tls) in aws-crt.pin is yours to check: s2n-tls does not name its version. It is what aws-crt $new has as its submodule crt/s2n."
