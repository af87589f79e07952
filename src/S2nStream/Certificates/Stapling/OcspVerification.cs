using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Verifies a response as a client would (RFC 6960 §3.2): that it is for the certificate, current, and signed by someone whom the issuer allows to.
/// </summary>
internal static class OcspVerification
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>How far clocks may differ.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <summary>How long s2n's clients accept a response that does not say when the next one comes.</summary>
    private static readonly TimeSpan s_withoutNextUpdate = TimeSpan.FromHours(1);

    /// <param name="response">The responder's answer.</param>
    /// <param name="subject">The certificate in question.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidDataException">The response is not acceptable; the message says why.</exception>
    internal static OcspStaple Check(ReadOnlyMemory<byte> response, OcspSubject subject, DateTimeOffset now)
    {
        OcspResponse parts = OcspResponse.Read(response);
        OcspAnswer answer = Find(parts, subject);
        DateTimeOffset until = CheckTimes(answer, now);
        if (answer.Status == OcspStatus.Unknown)
        {
            throw new InvalidDataException("The OCSP responder does not know the certificate.");
        }

        CheckSignature(parts, subject, now);
        return new OcspStaple(response, answer.ThisUpdate, until, answer.Status == OcspStatus.Revoked);
    }

    private static OcspAnswer Find(OcspResponse response, OcspSubject subject)
    {
        try
        {
            return response.Answers.FirstOrDefault(answer => subject.Id.IsNamedBy(answer.CertificateId))
                ?? throw new InvalidDataException("The OCSP response is about another certificate.");
        }
        catch (System.Formats.Asn1.AsnContentException e)
        {
            throw new InvalidDataException($"The OCSP response's certificate identifier cannot be read: {e.Message}", e);
        }
    }

    private static DateTimeOffset CheckTimes(OcspAnswer answer, DateTimeOffset now)
    {
        if (answer.ThisUpdate > now + s_skew)
        {
            throw new InvalidDataException($"The OCSP response is of the future: {answer.ThisUpdate:u}.");
        }

        DateTimeOffset until = answer.NextUpdate ?? answer.ThisUpdate + s_withoutNextUpdate;
        return until <= answer.ThisUpdate ? throw new InvalidDataException("The OCSP response ends before it begins.")
            : until <= now ? throw new InvalidDataException($"The OCSP response has expired: {until:u}.")
            : until;
    }

    private static void CheckSignature(OcspResponse response, OcspSubject subject, DateTimeOffset now)
    {
        using X509Certificate2 issuer = subject.LoadIssuer();
        if (IsResponder(response, issuer) && HasSigned(response, issuer))
        {
            return;
        }

        foreach (ReadOnlyMemory<byte> encoded in response.Certificates)
        {
            using X509Certificate2? appointed = TryLoad(encoded);
            if (appointed is not null && IsResponder(response, appointed) && IsAppointed(appointed, issuer, now) && HasSigned(response, appointed))
            {
                return;
            }
        }

        throw new InvalidDataException("The OCSP response is signed neither by the certificate's issuer nor by a responder that the issuer has authorized.");
    }

    /// <summary>RFC 6960 §4.2.2.3: the responder is identified by its name or by the SHA-1 of its key.</summary>
    private static bool IsResponder(OcspResponse response, X509Certificate2 certificate) =>
#pragma warning disable CA5350 // it identifies, and protects nothing
        response.ResponderName.IsEmpty
            ? SHA1.HashData(certificate.PublicKey.EncodedKeyValue.RawData).AsSpan().SequenceEqual(response.ResponderKeyHash)
            : certificate.SubjectName.RawData.AsSpan().SequenceEqual(response.ResponderName.Span);
#pragma warning restore CA5350

    private static bool HasSigned(OcspResponse response, X509Certificate2 signer) =>
        OcspSignature.Verifies(signer, response.SignatureAlgorithm, response.Signed.Span, response.Signature);

    /// <summary>RFC 6960 §4.2.2.2: issued by the same issuer, for this purpose.</summary>
    private static bool IsAppointed(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset now)
    {
        try
        {
            return now >= certificate.NotBefore - s_skew && now <= certificate.NotAfter
                && certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == OcspSigning))
                && certificate.Extensions.OfType<X509KeyUsageExtension>().All(usage => (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != 0)
                && OcspSignature.IsIssuedBy(certificate, issuer);
        }
        catch (CryptographicException)
        {
            return false; // an extension that cannot be read
        }
    }

    private static X509Certificate2? TryLoad(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(encoded.Span);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
