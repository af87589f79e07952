using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;

namespace S2nTls.Translation;

/// <summary>
/// Finds the intermediates that a peer needs besides a certificate, where .NET finds them for SslStream: in the stores, and at the issuer's
/// address.
/// </summary>
internal static class IntermediateSearch
{
    /// <returns>The intermediates that were found, in order, without the root.</returns>
    internal static X509Certificate2Collection Of(X509Certificate2 certificate)
    {
        var intermediates = new X509Certificate2Collection();
        if (CertificateValidation.IsSelfIssued(certificate))
        {
            return intermediates;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.Build(certificate); // if something is wrong with it, the peer decides
        intermediates.AddRange(chain.ChainElements
            .Select(element => element.Certificate)
            .Skip(1)
            .TakeWhile(issuer => !CertificateValidation.IsSelfIssued(issuer))
            .ToArray());
        return intermediates;
    }
}
