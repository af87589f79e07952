using S2nTls.Interop;

namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>Whose TLS a server or a client has: s2n's, or .NET's own.</summary>
public enum Tls
{
    S2n,
    SslStream,
}
