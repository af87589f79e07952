#!/usr/bin/env bash
# Changes what decides (a condition turned round, a statement left out; texts stay as they are) and sees whether a test fails: build/mutation.sh [NAME...].
# A NAME is one of the files below; without any, all are tried, which takes hours.
# Prints each file's score, and the changes that no test noticed; exit code 1 where there are any. Needs what the tests need, and jq.
# Nothing else should keep the machine busy: a test that fails because it is late would pass for one that has noticed.
set -euo pipefail
cd "$(dirname "$0")/.."

# Each file, and the classes of tests that are to notice: the few that are quick and to the point.
declare -A tests=(
  [HostNameMatch]="TargetHostTests CertificateFieldsTests HostNameMatchTests VerificationTests"
  [CertificateFields]="CertificateFieldsTests ChainDemandsTests ClientChainTests"
  [CertificatesIn]="SystemRootsTests"
  [ChainDemands]="ChainDemandsTests"
  [NameConstraints]="NameConstraintsTests ChainDemandsTests"
  [ConstrainedNames]="NameConstraintsTests"
  [HostLikeness]="NameConstraintsTests"
  [SubjectAttributes]="NameConstraintsTests HostNameMatchTests"
  [PolicyExtensions]="PolicyExtensionsTests"
  [SignatureAlgorithm]="SignatureAlgorithmTests"
  [PolicyAlgorithms]="PolicyAlgorithmsTests"
  [MisleadingCertificates]="SystemRootsTests ChainDemandsTests"
  [DerReader]="CertificateFieldsTests PolicyExtensionsTests NameConstraintsTests"
  [SelfSignature]="SelfSignatureTests SystemRootsTests"
  [TrustAnchors]="SystemRootsTests SessionTermsTests"
  [SystemRoots]="SystemRootsTests VerificationTests"
  [PeerVerification]="VerdictTests VerificationTests ClientChainTests SystemRootsTests ValidationCallbackTests"
  [CertificateValidation]="VerdictTests VerificationTests ClientValidationTests ValidationCallbackTests ClientChainTests"
  [TlsEngine.ValidatedChain]="VerdictTests VerificationTests ClientChainTests CertificateRefusalTests"
  [CertificateRefusal]="CertificateRefusalTests VerificationTests ValidationCallbackTests"
  [CertificateAlerts]="CertificateRefusalTests"
  [SessionOrigins]="SessionOriginsTests"
  [TicketRules]="TicketRulesTests"
  [TicketKey]="TicketKeyRingTests TicketKeySetTests"
  [TicketKeySet]="TicketKeySetTests"
  [TicketKeyRing]="TicketKeyRingTests TicketKeyRotationTests"
  [TicketKeyRotation]="TicketKeyRotationTests FailingKeysTests"
  [RandomTicketKeys]="TicketKeyRingTests"
  [SharedSecretTicketKeys]="TicketKeyRingTests"
  [ConfigSource]="TicketKeyRotationTests FailingKeysTests ReplacementTests"
  [BlindingDelays]="BlindingDelaysTests"
  [FaultAnswer]="BlindingTests BlindingDelaysTests CertificateRefusalTests"
  [TlsEngine.Blinding]="BlindingTests CertificateRefusalTests"
)
order="HostNameMatch CertificateFields CertificatesIn ChainDemands NameConstraints ConstrainedNames HostLikeness SubjectAttributes PolicyExtensions
  SignatureAlgorithm PolicyAlgorithms MisleadingCertificates DerReader SelfSignature TrustAnchors SystemRoots PeerVerification
  CertificateValidation TlsEngine.ValidatedChain CertificateRefusal CertificateAlerts SessionOrigins TicketRules TicketKey TicketKeySet TicketKeyRing
  TicketKeyRotation RandomTicketKeys SharedSecretTicketKeys ConfigSource BlindingDelays FaultAnswer TlsEngine.Blinding"
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
for name in ${@:-$order}; do
  if [[ -z "${tests[$name]:-}" ]]; then
    echo "$name is not in the list of build/mutation.sh." >&2
    exit 2
  fi
  filter=$(printf '|FullyQualifiedName~.%s.' ${tests[$name]})
  if ! (cd test/S2nStream.Tests && dotnet stryker --config-file ../../build/mutation.json --mutate "**/$name.cs" --test-case-filter "${filter:1}" \
    --output "$output/$name" --skip-version-check) > "$output/$name.log" 2>&1; then
    tail -n 20 "$output/$name.log"
    exit 2
  fi
  report "$output/$name/reports/mutation.json" | tee "$output/$name.txt"
  if grep -q '^  ' "$output/$name.txt"; then
    survivors=1
  fi
done
exit $survivors
