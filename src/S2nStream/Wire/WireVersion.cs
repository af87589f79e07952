using System.Security.Authentication;

namespace S2nTls.Wire;

/// <summary>The wire numbers of the protocol versions (RFC 8446 §4.2.1): three, and a minor version that is one more than TLS's own.</summary>
internal static class WireVersion
{
    internal const int Ssl3 = 0x0300;
    internal const int Tls12 = 0x0303;
    internal const int Tls13 = 0x0304;

    internal static SslProtocols ToSslProtocols(int version) => version switch
    {
#pragma warning disable CA5397, CS0618, SYSLIB0039 // obsolete protocols: a peer may name them, which must then be reported
        Ssl3 => SslProtocols.Ssl3,
        0x0301 => SslProtocols.Tls,
        0x0302 => SslProtocols.Tls11,
#pragma warning restore CA5397, CS0618, SYSLIB0039
        Tls12 => SslProtocols.Tls12,
        Tls13 => SslProtocols.Tls13,
        _ => SslProtocols.None,
    };
}
