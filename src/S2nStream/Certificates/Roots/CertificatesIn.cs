using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.Certificates.Roots;

/// <summary>Reads the certificates in files of trusted roots.</summary>
internal static class CertificatesIn
{
    private const string Begin = "-----BEGIN ", Dashes = "-----";

    /// <summary>
    /// Reads PEM, up to the first certificate that cannot be read: .NET trusts such a file up to there, while OpenSSL refuses all of it. Anything
    /// that is not a certificate is skipped, and so is OpenSSL's own <c>TRUSTED CERTIFICATE</c>: that states its trusted uses, perhaps none, and
    /// .NET does not trust it either.
    /// </summary>
    internal static void Bundle(byte[] content, X509Certificate2Collection certificates)
    {
        ReadOnlySpan<char> rest = Encoding.Latin1.GetString(content);
        for (int begin; (begin = rest.IndexOf(Begin, StringComparison.Ordinal)) >= 0;)
        {
            rest = rest[begin..];
            ReadOnlySpan<char> label = LabelOf(rest);
            if (label is not ("CERTIFICATE" or "X509 CERTIFICATE"))
            {
                rest = rest[Begin.Length..];
            }
            else if (!TryRead(rest, certificates, out int length))
            {
                return;
            }
            else
            {
                rest = rest[length..];
            }
        }
    }

    /// <summary>Reads PKCS #12, as .NET keeps its own stores.</summary>
    internal static void Store(byte[] content, X509Certificate2Collection certificates)
    {
        try
        {
            certificates.Add(X509CertificateLoader.LoadPkcs12(content, password: null));
        }
        catch (CryptographicException)
        {
            // .NET also skips what it cannot read.
        }
    }

    private static ReadOnlySpan<char> LabelOf(ReadOnlySpan<char> block)
    {
        ReadOnlySpan<char> label = block[Begin.Length..];
        int end = label.IndexOf(Dashes, StringComparison.Ordinal);
        return end < 0 ? default : label[..end];
    }

    private static bool TryRead(ReadOnlySpan<char> block, X509Certificate2Collection certificates, out int length)
    {
        length = 0;
        if (!PemEncoding.TryFind(block, out PemFields fields) || fields.Location.Start.Value != 0)
        {
            return false;
        }

        byte[] encoded = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(block[fields.Base64Data], encoded, out int _))
        {
            return false;
        }

        try
        {
            certificates.Add(X509CertificateLoader.LoadCertificate(encoded));
            length = fields.Location.End.Value;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
