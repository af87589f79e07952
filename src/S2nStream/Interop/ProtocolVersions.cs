using System.Security.Authentication;

namespace S2nTls.Interop;

/// <summary>s2n's numbers for the protocol versions (<c>S2N_TLS12</c>, …): ten times the major, plus the minor.</summary>
internal static class ProtocolVersions
{
    internal const int Tls10 = 31;
    internal const int Tls12 = 33;
    internal const int Tls13 = 34;

    internal static SslProtocols ToSslProtocols(int version) => version switch
    {
#pragma warning disable CA5397, CS0618, SYSLIB0039 // obsolete protocols: s2n's oldest policies can negotiate them, which must then be reported
        30 => SslProtocols.Ssl3,
        Tls10 => SslProtocols.Tls,
        32 => SslProtocols.Tls11,
#pragma warning restore CA5397, CS0618, SYSLIB0039
        Tls12 => SslProtocols.Tls12,
        Tls13 => SslProtocols.Tls13,
        _ => SslProtocols.None,
    };
}
