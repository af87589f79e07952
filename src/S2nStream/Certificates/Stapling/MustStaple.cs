using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates.Stapling;

/// <summary>Reads the TLS feature extension (RFC 7633), by which a certificate demands that its server staple an OCSP response.</summary>
internal static class MustStaple
{
    private const string TlsFeature = "1.3.6.1.5.5.7.1.24";
    private const int StatusRequest = 5;

    /// <param name="certificate">DER.</param>
    /// <returns>Whether it demands it; true if the extension cannot be read, since it might.</returns>
    internal static bool IsDemandedBy(byte[] certificate)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate);
        return leaf.Extensions.FirstOrDefault(extension => extension.Oid?.Value == TlsFeature) is { } found && HasStatusRequest(found.RawData);
    }

    private static bool HasStatusRequest(byte[] extension)
    {
        try
        {
            AsnReader features = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (features.HasData)
            {
                if (features.ReadInteger() == StatusRequest)
                {
                    return true;
                }
            }

            return false;
        }
        catch (AsnContentException)
        {
            return true;
        }
    }
}
