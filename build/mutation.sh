#!/usr/bin/env bash
# Changes what decides (a condition turned round, a statement left out; texts stay as they are) and sees whether a test fails: build/mutation.sh [GROUP...].
# A GROUP is one of those below; without any, all are tried, which takes two hours and more.
# Prints each file's score, and the changes that no test noticed; exit code 1 where there are any. Needs what the tests need, and jq.
# Nothing else should keep the machine busy: a test that fails because it is late would pass for one that has noticed.
set -euo pipefail
cd "$(dirname "$0")/.."

# The files of each group, and the classes of tests that are to notice: the few that are quick and to the point. One run has a whole group, because every
# run begins with changing and building all of the library.
declare -A files=(
  [names]="HostNameMatch SubjectAttributes NameConstraints ConstrainedNames HostLikeness"
  [chains]="ChainDemands CertificateFields DerReader PolicyExtensions SignatureAlgorithm"
  [verification]="SelfSignature TrustAnchors MisleadingCertificates SystemRoots CertificatesIn PeerVerification RootList VerificationSettings CertificateValidation CertificateRefusal CertificateAlerts"
  [sessions]="SessionTerms TicketRules S2nTicketKey TicketKeySet S2nTicketKeyRing TicketKeyRotation AskingSchedule QuietTime RandomTicketKeys S2nSharedSecretTicketKeys"
  [blinding]="BlindingDelays FaultAnswer TlsConnection.Fault"
)
declare -A tests=(
  [names]="HostNameMatchTests HostLikenessTests SubjectAttributesTests TargetHostTests NameConstraintsTests ChainDemandsTests"
  [chains]="ChainDemandsTests CertificateFieldsTests PolicyExtensionsTests SignatureAlgorithmTests"
  [verification]="SelfSignatureTests TrustAnchorsTests MisleadingCertificatesTests SystemRootsTests CertificatesInTests PeerVerificationTests CertificateValidationTests ContextSettingsTests"
  [sessions]="SessionTermsTests TicketRulesTests TicketKeySetTests TicketKeyRingTests TicketKeyRotationTests FailingKeysTests"
  [blinding]="BlindingDelaysTests BlindingTests FaultAnswerTests CertificateRefusalTests"
)
order="names chains verification sessions blinding"
output="$PWD/artifacts/mutation"

# Without the programs that other tests run, which would be built each time.
export S2nTestsOnly=true

# The changes that do not compile are not counted, nor those inside of a block that is left out as a whole.
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
mkdir -p "$output"
survivors=0
for group in ${@:-$order}; do
  if [[ -z "${tests[$group]:-}" ]]; then
    echo "$group is no group of build/mutation.sh: $order." >&2
    exit 2
  fi
  filter=$(printf '|FullyQualifiedName~.%s.' ${tests[$group]})
  mapfile -t mutated < <(printf -- '--mutate\n**/%s.cs\n' ${files[$group]})
  if ! (cd test/S2nStream.Tests && dotnet stryker --config-file ../../build/mutation.json "${mutated[@]}" --test-case-filter "${filter:1}" \
    --output "$output/$group" --skip-version-check) > "$output/$group.log" 2>&1; then
    tail -n 20 "$output/$group.log"
    exit 2
  fi
  report "$output/$group/reports/mutation.json" | tee "$output/$group.txt"
  if grep -q '^  ' "$output/$group.txt"; then
    survivors=1
  fi
done
exit $survivors
