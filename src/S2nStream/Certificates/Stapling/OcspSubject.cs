using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Stapling;

/// <summary>A certificate that names its OCSP responders (RFC 5280 §4.2.2.1), and its issuer: whom to ask, and about what. Immutable.</summary>
internal sealed class OcspSubject
{
    private readonly byte[] _issuer;

    private OcspSubject(X509Certificate2 certificate, X509Certificate2 issuer, Uri[] responders)
    {
        _issuer = issuer.RawData;
        Id = new OcspCertificateId(certificate, issuer);
        Responders = responders;
        Name = certificate.Subject;
        Request = OcspRequest.Encode(Id);
        Key = Convert.ToHexString(SHA256.HashData([.. certificate.RawDataMemory.Span, .. _issuer]));
    }

    internal OcspCertificateId Id { get; }

    internal IReadOnlyList<Uri> Responders { get; }

    /// <summary>The certificate's subject, for messages.</summary>
    internal string Name { get; }

    internal byte[] Request { get; }

    /// <summary>Equal for the same certificate and issuer.</summary>
    internal string Key { get; }

    /// <summary>The issuer's certificate. The caller disposes it.</summary>
    internal X509Certificate2 LoadIssuer() => X509CertificateLoader.LoadCertificate(_issuer);

    /// <param name="chain">The chain that is shown, DER, the end-entity certificate first.</param>
    /// <param name="besides">The issuer, if it is known but not shown, as with roots.</param>
    /// <returns>Null if the certificate names no responder to ask.</returns>
    /// <exception cref="InvalidOperationException">The certificate names a responder, but its issuer is missing.</exception>
    internal static OcspSubject? Find(IReadOnlyList<byte[]> chain, byte[]? besides)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(chain[0]);
        if (RespondersOf(certificate) is not { Length: > 0 } responders)
        {
            return null;
        }

        foreach (byte[] candidate in besides is null ? chain.Skip(1) : chain.Skip(1).Append(besides))
        {
            using X509Certificate2 issuer = X509CertificateLoader.LoadCertificate(candidate);
            if (OcspSignature.IsIssuedBy(certificate, issuer))
            {
                return new OcspSubject(certificate, issuer, responders);
            }
        }

        throw new InvalidOperationException(
            $"The OCSP responder of the certificate '{certificate.Subject}' cannot be asked: the certificate of its issuer, '{certificate.Issuer}', is not in the chain.");
    }

    /// <summary>Only http, as with SslStream: the response is signed, so it needs no TLS, which would itself need a responder.</summary>
    private static Uri[] RespondersOf(X509Certificate2 certificate)
    {
        try
        {
            return
            [
                .. certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>()
                    .SelectMany(extension => extension.EnumerateOcspUris())
                    .Select(text => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) ? uri : null)
                    .OfType<Uri>()
                    .Where(uri => uri.Scheme == Uri.UriSchemeHttp),
            ];
        }
        catch (CryptographicException)
        {
            return []; // the extension cannot be read
        }
    }
}
