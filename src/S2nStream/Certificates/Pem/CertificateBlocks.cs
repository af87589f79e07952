using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Errors;

namespace S2nTls.Certificates.Pem;

/// <summary>
/// The certificates in PEM text that may hold other things: keys, parameters, explanations. s2n wants nothing else beside them; .NET
/// skips the rest, and so it is done here.
/// </summary>
internal static class CertificateBlocks
{
    internal const string Begin = "-----BEGIN CERTIFICATE-----";

    /// <summary>s2n reads fewer or more dashes than RFC 7468 has.</summary>
    private const string LaxBegin = "BEGIN CERTIFICATE--";

    /// <summary>Selects what s2n is to be given.</summary>
    /// <remarks>
    /// Where not every certificate that begins can be read, s2n gets the text as it is: it takes forms that .NET does not, and refuses
    /// the rest. .NET would leave such a certificate out, and clients would miss it.
    /// </remarks>
    /// <returns>It is pinned, and the caller wipes it: there may be a key in it.</returns>
    /// <exception cref="S2nException">There is no certificate in the text.</exception>
    internal static byte[] Select(ReadOnlySpan<char> text)
    {
        int begun = text.Count(Begin);
        var blocks = new List<Range>(begun);
        int offset = 0;
        while (PemEncoding.TryFind(text[offset..], out PemFields fields))
        {
            if (text[offset..][fields.Label] is "CERTIFICATE")
            {
                blocks.Add((offset + fields.Location.Start.Value)..(offset + fields.Location.End.Value));
            }

            offset += fields.Location.End.Value;
        }

        if (blocks.Count == 0 || blocks.Count < begun)
        {
            ThrowIfNone(text);
            return SecretText.Encode(text);
        }

        return Join(text, blocks);
    }

    /// <summary>The object identifier of the key in the first certificate; null where it cannot be read.</summary>
    internal static string? KeyAlgorithm(byte[] selected)
    {
        try
        {
            using X509Certificate2 leaf = X509Certificate2.CreateFromPem(System.Text.Encoding.UTF8.GetString(selected));
            return leaf.PublicKey.Oid.Value;
        }
        catch (CryptographicException)
        {
            return null; // s2n says what is wrong with it, if anything is
        }
    }

    private static byte[] Join(ReadOnlySpan<char> text, List<Range> blocks)
    {
        byte[] joined = SecretText.Pinned(blocks.Sum(block => block.End.Value - block.Start.Value + 1));
        int written = 0;
        foreach (Range block in blocks)
        {
            written += System.Text.Encoding.ASCII.GetBytes(text[block], joined.AsSpan(written));
            joined[written++] = (byte)'\n';
        }

        return joined;
    }

    private static void ThrowIfNone(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && !text.Contains(LaxBegin, StringComparison.Ordinal))
        {
            throw new S2nFault(S2nErrorType.Usage, "S2N_ERR_NO_CERTIFICATE_IN_PEM", $"There is no {Begin} in the PEM text of the certificate (S2N_ERR_NO_CERTIFICATE_IN_PEM).")
                .ToException();
        }
    }
}
