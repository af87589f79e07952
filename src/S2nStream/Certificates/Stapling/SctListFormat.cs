using S2nTls.Wire;

namespace S2nTls.Certificates.Stapling;

/// <summary>Sees whether bytes are a SignedCertificateTimestampList (RFC 6962 §3.3): a list of opaque entries, each with its length.</summary>
internal static class SctListFormat
{
    /// <exception cref="ArgumentException">They are not such a list.</exception>
    internal static void Check(ReadOnlySpan<byte> list, string parameter)
    {
        var outer = new WireReader(list);
        var entries = new WireReader(outer.ReadVector(2));
        bool isGood = !outer.Failed && outer.IsEmpty && !entries.IsEmpty;
        while (isGood && !entries.IsEmpty)
        {
            isGood = !entries.ReadVector(2).IsEmpty && !entries.Failed;
        }

        if (!isGood)
        {
            throw new ArgumentException("This is not a SignedCertificateTimestampList (RFC 6962 §3.3).", parameter);
        }
    }
}
