using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Stapling;

/// <summary>A certificate that names its OCSP responders (RFC 5280 §4.2.2.1), and its issuer: what is asked about, and whom. Immutable.</summary>
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

    /// <summary>The same for the same certificate and issuer.</summary>
    internal string Key { get; }

    /// <summary>The issuer's certificate. The caller disposes it.</summary>
    internal X509Certificate2 LoadIssuer() => X509CertificateLoader.LoadCertificate(_issuer);

    /// <param name="chain">What is shown, DER, the end-entity's certificate first.</param>
    /// <param name="besides">The issuer, where it is known and not shown, as roots are not.</param>
    /// <returns>Null where the certificate names no responder: there is nobody to ask.</returns>
    /// <exception cref="InvalidOperationException">It names one, and its issuer is not there.</exception>
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

    /// <summary>By http alone, as SslStream does: what is signed needs no TLS, which would need a responder in its turn.</summary>
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
