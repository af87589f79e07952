#!/usr/bin/env bash
# Changes what decides (a condition turned round, a statement left out) and sees whether a test fails: build/mutation.sh [NAME...].
# A NAME is a group below, or one of its files; without any, all groups are tried, which takes hours.
# Prints each file's score, and the changes that no test noticed; exit code 1 where there are any. Needs what the tests need, and jq.
# Nothing else should keep the machine busy: a test that fails because it is late would pass for one that has noticed.
set -euo pipefail
cd "$(dirname "$0")/.."

# Which files, and the classes of tests that are to notice. Files that do not exist (any more) are passed over.
declare -A files=(
  [verdicts]="HostNameMatch ChainDemands UnmetDemand CertificateFields CertificatesIn DerReader SelfSignature PeerVerification CertificateValidation TlsEngine.ValidatedChain"
  [roots]="SystemRoots TrustAnchors"
  [refusals]="CertificateRefusal CertificateAlerts"
  [origins]="SessionOrigins"
  [tickets]="TicketRules TicketKey TicketKeySet TicketKeyRing TicketKeyRotation RandomTicketKeys SharedSecretTicketKeys ConfigSource"
  [blinding]="BlindingDelays BlindingBudget FaultAnswer TlsEngine.Blinding"
)
declare -A tests=(
  [verdicts]="S2nTls.Tests.Certificates S2nTls.Tests.Behaviours"
  [roots]="S2nTls.Tests.Certificates"
  [refusals]="S2nTls.Tests.Certificates S2nTls.Tests.Errors"
  [origins]="S2nTls.Tests.Sessions.Resumption S2nTls.Tests.Sessions.SessionKeeping S2nTls.Tests.Certificates.Session"
  [tickets]="TicketRulesTests TicketKeyRingTests TicketKeyRotationTests FailingKeysTests ReplacementTests"
  [blinding]="Blinding"
)

output="$PWD/artifacts/mutation"
survivors=0

# try GROUP FILE...
try() {
  local group=$1 filter="" arguments=() name class
  shift
  for name in "$@"; do
    if [[ -n "$(find src/S2nStream -name "$name.cs" -not -path '*/obj/*')" ]]; then
      arguments+=(--mutate "**/$name.cs")
    fi
  done
  if [[ ${#arguments[@]} == 0 ]]; then
    return
  fi
  for class in ${tests[$group]}; do
    filter+="${filter:+|}FullyQualifiedName~$class"
  done
  mkdir -p "$output"
  # A test project is built without the programs that other tests run.
  (cd test/S2nStream.Tests && S2nTestsOnly=true dotnet stryker --config-file ../../build/mutation.json --test-case-filter "$filter" \
    --output "$output/$group" --skip-version-check "${arguments[@]}") > "$output/$group.log" 2>&1 || { tail -n 20 "$output/$group.log"; exit 2; }
  report "$output/$group/reports/mutation.json" | tee "$output/$group.txt"
  if grep -q '^  ' "$output/$group.txt"; then
    survivors=1
  fi
}

report() {
  jq -r '
    def count(status): map(select(.status == status)) | length;
    .files | to_entries[]
    | (.value.source | split("\n")) as $lines
    | (.key | split("/") | last) as $name
    | (.value.mutants | map(select(.status | IN("Killed", "Timeout", "Survived", "NoCoverage")))) as $tried
    | select($tried | length > 0)
    | "\($name): \(($tried | count("Killed")) + ($tried | count("Timeout"))) of \($tried | length) noticed"
      + (if ($tried | count("Timeout")) > 0 then ", \($tried | count("Timeout")) of them by a test that did not end" else "" end),
      ($tried[] | select(.status | IN("Survived", "NoCoverage"))
        | "  line \(.location.start.line), \(.mutatorName | ascii_downcase): \($lines[.location.start.line - 1] | gsub("^\\s+"; "")) => \(.replacement // "" | gsub("\\s+"; " "))")
  ' "$1"
}

dotnet tool restore > /dev/null
for wanted in "${@:-verdicts roots refusals origins tickets blinding}"; do
  for name in $wanted; do
    if [[ -n "${files[$name]:-}" ]]; then
      try "$name" ${files[$name]}
      continue
    fi
    found=
    for group in "${!files[@]}"; do
      if [[ " ${files[$group]} " == *" $name "* ]]; then
        found=1
        try "$group" "$name"
      fi
    done
    if [[ -z "$found" ]]; then
      echo "No group has $name." >&2
      exit 2
    fi
  done
done
exit $survivors
