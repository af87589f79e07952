namespace S2nTls.Errors;

/// <summary>.NET's names for s2n's verdicts on certificates: the words in SslStream's messages, so that searches of logs find them.</summary>
internal static class ChainStatusNames
{
    /// <returns>A name of X509ChainStatusFlags or SslPolicyErrors, or several; null if the error is not a verdict with such a name.</returns>
    internal static string? Of(string error) => error switch
    {
        "S2N_ERR_CERT_UNTRUSTED" => "PartialChain or UntrustedRoot",
        "S2N_ERR_CERT_EXPIRED" or "S2N_ERR_CERT_NOT_YET_VALID" => "NotTimeValid",
        "S2N_ERR_CERT_INVALID_HOSTNAME" => "RemoteCertificateNameMismatch",
        "S2N_ERR_CERT_REVOKED" => "Revoked",
        "S2N_ERR_CRL_LOOKUP_FAILED" or "S2N_ERR_CRL_EXPIRED" or "S2N_ERR_CRL_NOT_YET_VALID" => "RevocationStatusUnknown",
        "S2N_ERR_CERT_INTENT_INVALID" => "NotValidForUsage",
        "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION" => "HasNotSupportedCriticalExtension",
        _ => null,
    };

    /// <summary>The error's name, and .NET's name if there is one.</summary>
    internal static string WithName(string error) => Of(error) is { } name ? $"{error}; .NET: {name}" : error;
}
