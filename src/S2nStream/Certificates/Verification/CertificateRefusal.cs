using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Errors;

namespace S2nTls.Certificates.Verification;

/// <summary>Says why a certificate is refused, with s2n's names for the same reasons.</summary>
internal static class CertificateRefusal
{
    private const X509ChainStatusFlags Untrusted =
        X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.Cyclic | X509ChainStatusFlags.NotSignatureValid;

    /// <summary>The certificates differ from those in the handshake: there is nothing to pass to a callback.</summary>
    internal static S2nFault NotReadable() =>
        S2nFault.CertificateRefused("S2N_ERR_BAD_MESSAGE", "The peer's certificates could not be read from the handshake", TlsAlert.BadCertificate);

    /// <summary>A certificate that can be loaded, but whose content .NET cannot process.</summary>
    internal static S2nFault NotUnderstood(Exception thrown) =>
        S2nFault.CertificateRefused("S2N_ERR_CERT_INVALID", $"The peer's certificate cannot be decoded: {thrown.Message}");

    /// <summary>A chain that s2n has verified, but that is refused all the same.</summary>
    internal static S2nFault For(UnmetDemand unmet) =>
        S2nFault.CertificateRefused(
            unmet.Error, $"The peer's certificate is refused: {unmet.Reason}{(ChainStatusNames.Of(unmet.Error) is { } name ? $"; .NET: {name}" : "")}");

    internal static S2nFault TooLong(int count) =>
        S2nFault.CertificateRefused("S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED", $"The peer sent a chain of {count} certificates");

    internal static S2nFault RevocationListNotCurrent(string error, S2nRevocationList list) => S2nFault.CertificateRefused(
        error,
        $"The list of revoked certificates of '{list.Issuer.Name}' is not valid now, only from {list.ThisUpdate:u} to {list.NextUpdate:u}");

    internal static S2nFault RevocationLookupThrew(Exception thrown) =>
        S2nFault.CertificateRefused("S2N_ERR_CRL_LOOKUP_FAILED", $"The lookup of revoked certificates threw {thrown.GetType()}: {thrown.Message}");

    /// <summary>A server that sent no OCSP response although it must.</summary>
    internal static S2nFault NotStapled(string because) =>
        S2nFault.CertificateRefused("S2N_ERR_INVALID_OCSP_RESPONSE", $"The server sent no OCSP response, and {because}");

    internal static S2nFault ValidationThrew(Exception thrown) =>
        S2nFault.CertificateRefused("S2N_ERR_CANCELLED", $"The validation of the peer's certificate threw {thrown.GetType()}: {thrown.Message}", TlsAlert.InternalError);

    /// <remarks><paramref name="unmet"/> has any failure beyond the chain's statuses.</remarks>
    internal static S2nFault For(SslPolicyErrors errors, X509Chain? chain, UnmetDemand? unmet, bool byCallback)
    {
        string who = byCallback ? "The validation callback refused the peer's certificate" : "The peer's certificate is refused";
        string reasons = string.Join(", ", (chain?.ChainStatus ?? [])
            .Select(status => $"{status.Status}: {status.StatusInformation.Trim()}")
            .Concat(unmet is { } demand ? [demand.Reason] : []));
        return S2nFault.CertificateRefused(
            Name(errors, chain, unmet?.Error),
            $"{who}; SslPolicyErrors: {errors}{(reasons.Length > 0 ? $"; chain: {reasons}" : "")}");
    }

    private static string Name(SslPolicyErrors errors, X509Chain? chain, string? unmet) =>
        errors == SslPolicyErrors.None ? "S2N_ERR_CERT_REJECTED"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "S2N_ERR_MISSING_CLIENT_CERT"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "S2N_ERR_CERT_INVALID_HOSTNAME"
        : Name(chain!) ?? unmet ?? "S2N_ERR_CERT_UNTRUSTED";

    /// <returns>Null if the chain's statuses have no specific name.</returns>
    private static string? Name(X509Chain chain)
    {
        X509ChainStatusFlags all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return
            (all & Untrusted) != 0 ? "S2N_ERR_CERT_UNTRUSTED"
            : all.HasFlag(X509ChainStatusFlags.Revoked) ? "S2N_ERR_CERT_REVOKED"
            : all.HasFlag(X509ChainStatusFlags.NotTimeValid) ? TimeError(chain)
            : all.HasFlag(X509ChainStatusFlags.RevocationStatusUnknown) ? "S2N_ERR_CRL_LOOKUP_FAILED"
            : all.HasFlag(X509ChainStatusFlags.NotValidForUsage) ? "S2N_ERR_CERT_INTENT_INVALID"
            : null;
    }

    private static string TimeError(X509Chain chain)
    {
        DateTime time = chain.ChainPolicy.VerificationTimeIgnored ? DateTime.Now : chain.ChainPolicy.VerificationTime.ToLocalTime();
        return chain.ChainElements.Any(element => element.Certificate.NotBefore > time) ? "S2N_ERR_CERT_NOT_YET_VALID" : "S2N_ERR_CERT_EXPIRED";
    }
}
