using S2nTls;

namespace Examples;

/// <summary>Says in one line what two peers have agreed on.</summary>
internal static class Negotiated
{
    public static string Describe(S2nStream tls, string certificateOwner)
    {
        string protocol = tls.NegotiatedApplicationProtocol.ToString();
        string agreed = string.Join(
            ", ",
            tls.SslProtocol,
            tls.NegotiatedCipherSuite,
            tls.KeyExchangeGroup?.ToString() ?? "no key exchange group",
            protocol.Length == 0 ? "no ALPN" : $"ALPN {protocol}",
            tls.RemoteCertificate is { } certificate ? $"{certificateOwner} certificate {ErrorText.OneLine(certificate.Subject)}" : $"no {certificateOwner} certificate");
        return tls.IsSessionResumed ? $"{agreed}, resumed" : agreed;
    }
}
