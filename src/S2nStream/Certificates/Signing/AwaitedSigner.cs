using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Signing;

/// <summary>The signer of a certificate that signs asynchronously. The caller owns it: it is not disposed here.</summary>
internal sealed record AwaitedSigner(S2nSigner Signer, PublicKey PublicKey)
{
    private static readonly HashSet<string?> s_rsaAndEcdsa = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1"];

    /// <exception cref="NotSupportedException">The certificate's key is neither RSA nor ECDSA.</exception>
    internal static AwaitedSigner For(X509Certificate2 certificate, S2nSigner signer) =>
        s_rsaAndEcdsa.Contains(certificate.PublicKey.Oid.Value)
            ? new AwaitedSigner(signer, certificate.PublicKey)
            : throw new NotSupportedException(
                $"The key of the certificate '{certificate.Subject}' is neither RSA nor ECDSA ({certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value}).");
}
