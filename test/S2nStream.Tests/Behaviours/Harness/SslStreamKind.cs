using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

internal sealed class SslStreamKind() : StreamKind(Kind.SslStream)
{
    public override TlsEnd Create(
        Stream inner,
        bool leaveOpen,
        RemoteCertificateValidationCallback? validation,
        LocalCertificateSelectionCallback? selection,
        EncryptionPolicy policy) =>
        new End(new SslStream(inner, leaveOpen, validation, selection, policy), inner);

    private sealed class End(SslStream stream, Stream inner) : TlsEnd(Kind.SslStream, stream, inner)
    {
        public override SslProtocols SslProtocol => stream.SslProtocol;

        public override TlsCipherSuite CipherSuite => stream.NegotiatedCipherSuite;

        public override SslApplicationProtocol ApplicationProtocol => stream.NegotiatedApplicationProtocol;

        public override X509Certificate? RemoteCertificate => stream.RemoteCertificate;

        public override X509Certificate? LocalCertificate => stream.LocalCertificate;

        public override bool CheckCertRevocationStatus => stream.CheckCertRevocationStatus;

        public override TransportContext TransportContext => stream.TransportContext;

        public override string TargetHostName => stream.TargetHostName;

        public override Task AuthenticateAsync(bool asServer, TlsSettings? settings, CancellationToken cancellationToken) =>
            asServer
                ? stream.AuthenticateAsServerAsync((settings ?? TlsSettings.Default).ForServer(), cancellationToken)
                : stream.AuthenticateAsClientAsync((settings ?? TlsSettings.Default).ForClient(), cancellationToken);

        public override Task AuthenticateAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken) =>
            stream.AuthenticateAsClientAsync(options, cancellationToken);

        public override Task AuthenticateAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken) =>
            stream.AuthenticateAsServerAsync(options, cancellationToken);

        public override Task AuthenticateAsync(ServerOptionsSelectionCallback choose, object? state, CancellationToken cancellationToken) =>
            stream.AuthenticateAsServerAsync(choose, state, cancellationToken);

        public override void Authenticate(bool asServer, TlsSettings? settings)
        {
            if (asServer)
            {
                stream.AuthenticateAsServer((settings ?? TlsSettings.Default).ForServer());
            }
            else
            {
                stream.AuthenticateAsClient((settings ?? TlsSettings.Default).ForClient());
            }
        }

        public override Task AuthenticateWithoutSettingsAsync(bool asServer) =>
            asServer
                ? stream.AuthenticateAsServerAsync((SslServerAuthenticationOptions)null!)
                : stream.AuthenticateAsClientAsync((SslClientAuthenticationOptions)null!);

        public override Task NegotiateClientCertificateAsync(CancellationToken cancellationToken) =>
            stream.NegotiateClientCertificateAsync(cancellationToken);

        public override Task ShutdownAsync() => stream.ShutdownAsync();

        public override void Write(byte[] buffer) => stream.Write(buffer);
    }
}
