using System.Formats.Asn1;

namespace S2nTls.Certificates.Stapling;

/// <summary>Encodes the question about one certificate (RFC 6960 §4.1), in the short form that responders prepare answers to (RFC 5019 §2.1): no nonce, no signature.</summary>
internal static class OcspRequest
{
    /// <summary>RFC 5019 §5: what is shorter must be asked by GET, so that caches on the way can answer.</summary>
    private const int LongestGet = 255;

    internal static byte[] Encode(OcspCertificateId certificate)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) // OCSPRequest
        using (writer.PushSequence()) // TBSRequest
        using (writer.PushSequence()) // requestList
        using (writer.PushSequence()) // Request
        {
            certificate.WriteTo(writer);
        }

        return writer.Encode();
    }

    /// <summary>The address to ask by GET (RFC 6960 appendix A.1).</summary>
    /// <returns>Null where it would be too long, or the responder's address has a query, which leaves no place for it.</returns>
    internal static Uri? ForGet(Uri responder, ReadOnlySpan<byte> request)
    {
        if (responder.Query.Length > 0)
        {
            return null;
        }

        string address = $"{responder.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{Uri.EscapeDataString(Convert.ToBase64String(request))}";
        return address.Length <= LongestGet ? new Uri(address) : null;
    }
}
