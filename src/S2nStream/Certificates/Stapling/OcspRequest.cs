using System.Formats.Asn1;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Encodes a request about one certificate (RFC 6960 §4.1), in the short form for which responders prepare answers (RFC 5019 §2.1): no nonce, no
/// signature.
/// </summary>
internal static class OcspRequest
{
    /// <summary>RFC 5019 §5: shorter requests must use GET, so that caches on the path can answer.</summary>
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

    /// <summary>The URL for GET (RFC 6960 appendix A.1).</summary>
    /// <returns>Null if it would be too long, or the responder's URL has a query, which leaves no room for the request.</returns>
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
