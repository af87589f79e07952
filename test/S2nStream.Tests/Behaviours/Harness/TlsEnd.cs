using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>
/// One end of a TLS connection: the stream, and the members that <see cref="SslStream"/> and
/// <see cref="S2nStream"/> share beyond their base class.
/// </summary>
public abstract class TlsEnd(Kind kind, AuthenticatedStream stream, Stream inner)
{
    public Kind Kind { get; } = kind;

    public AuthenticatedStream Stream { get; } = stream;

    public Stream Inner { get; } = inner;

    public abstract SslProtocols SslProtocol { get; }

    public abstract TlsCipherSuite CipherSuite { get; }

    public abstract SslApplicationProtocol ApplicationProtocol { get; }

    public abstract X509Certificate? RemoteCertificate { get; }

    public abstract X509Certificate? LocalCertificate { get; }

    public abstract bool CheckCertRevocationStatus { get; }

    public abstract TransportContext TransportContext { get; }

    public abstract string TargetHostName { get; }

    public abstract Task AuthenticateAsync(bool asServer, TlsSettings? settings = null, CancellationToken cancellationToken = default);

    public abstract Task AuthenticateAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken = default);

    public abstract Task AuthenticateAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken = default);

    public abstract Task AuthenticateAsync(ServerOptionsSelectionCallback choose, object? state, CancellationToken cancellationToken = default);

    public abstract void Authenticate(bool asServer, TlsSettings? settings = null);

    /// <summary>Calls the asynchronous client's authentication with a null where its settings belong.</summary>
    public abstract Task AuthenticateWithoutSettingsAsync(bool asServer);

    public abstract Task NegotiateClientCertificateAsync(CancellationToken cancellationToken = default);

    public abstract Task ShutdownAsync();

    /// <summary>The overload that the base class does not have.</summary>
    public abstract void Write(byte[] buffer);
}
