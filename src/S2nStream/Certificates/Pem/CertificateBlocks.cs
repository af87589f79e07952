using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Errors;

namespace S2nTls.Certificates.Pem;

/// <summary>
/// The certificates in PEM text that may contain other things: keys, parameters, explanations. s2n accepts nothing else beside them; this skips the
/// rest, as .NET does.
/// </summary>
internal static class CertificateBlocks
{
    internal const string Begin = "-----BEGIN CERTIFICATE-----";

    /// <summary>s2n also accepts fewer or more dashes than RFC 7468 allows.</summary>
    private const string LaxBegin = "BEGIN CERTIFICATE--";

    /// <summary>Selects what to give s2n.</summary>
    /// <remarks>
    /// If not every certificate that begins in it can be read, s2n gets the text unchanged: it accepts forms that .NET does not, and refuses the rest.
    /// .NET would leave such a certificate out, and clients would miss it.
    /// </remarks>
    /// <returns>Pinned memory, which the caller wipes: it may contain a key.</returns>
    /// <exception cref="S2nException">The text contains no certificate.</exception>
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

    /// <summary>The object identifier of the first certificate's key algorithm; null if it cannot be read.</summary>
    internal static string? KeyAlgorithm(byte[] selected)
    {
        try
        {
            using X509Certificate2 leaf = X509Certificate2.CreateFromPem(System.Text.Encoding.UTF8.GetString(selected));
            return leaf.PublicKey.Oid.Value;
        }
        catch (CryptographicException)
        {
            return null; // s2n reports what is wrong with it, if anything
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
