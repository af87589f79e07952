using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

internal sealed class S2nStreamKind() : StreamKind(Kind.S2nStream)
{
    public override TlsEnd Create(Stream inner, bool leaveOpen) => new End(new S2nStream(inner, leaveOpen), inner);

    /// <summary>The context for these settings, and whether it is the caller's to dispose.</summary>
    private static (S2nContext Context, bool IsOwned) ContextFor(bool isServer, TlsSettings settings)
    {
        if (settings == TlsSettings.Default with { Protocol = settings.Protocol, TargetHost = settings.TargetHost })
        {
            return (isServer ? TestContexts.ServerFor(settings.Protocol) : TestContexts.ClientFor(settings.Protocol), false);
        }

        return (isServer ? MakeServer(settings) : MakeClient(settings), true);
    }

    private static S2nContext MakeServer(TlsSettings settings) => TestContexts.MakeServer(
        options =>
        {
            Configure(options, settings, settings.ServerProtocols);
            options.ClientCertificateMode =
                settings.RequiresClientCertificate ? S2nClientCertificateMode.Required
                : settings.AsksForClientCertificate ? S2nClientCertificateMode.Optional
                : S2nClientCertificateMode.None;
        },
        settings.ServerCertificate);

    private static S2nContext MakeClient(TlsSettings settings)
    {
        using S2nCertificate? certificate = settings.ClientCertificate is null ? null : S2nCertificate.FromX509(settings.ClientCertificate);
        return TestContexts.MakeClient(options =>
        {
            Configure(options, settings, settings.ClientProtocols);
            options.Certificate = certificate;
        });
    }

    private static void Configure(S2nContextOptions options, TlsSettings settings, IReadOnlyList<string> protocols)
    {
        options.SecurityPolicy = settings.Protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        options.TrustedRoots = settings.Roots;
        if (settings.ChecksRevocation)
        {
            options.CertificateRevocationCheckMode = X509RevocationMode.Offline;
        }

        if (settings.ChecksRevocationByPolicy)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.Offline };
            policy.CustomTrustStore.AddRange(settings.Roots);
            options.TrustedRoots = null;
            options.CertificateChainPolicy = policy;
        }

        if (settings.ChecksRevocation || settings.ChecksRevocationByPolicy)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        }

        foreach (string protocol in protocols)
        {
            options.ApplicationProtocols.Add(new SslApplicationProtocol(protocol));
        }
    }

    private sealed class End(S2nStream stream, Stream inner) : TlsEnd(Kind.S2nStream, stream, inner)
    {
        public override SslProtocols SslProtocol => stream.SslProtocol;

        public override TlsCipherSuite CipherSuite => stream.NegotiatedCipherSuite;

        public override SslApplicationProtocol ApplicationProtocol => stream.NegotiatedApplicationProtocol;

        public override X509Certificate? RemoteCertificate => stream.RemoteCertificate;

        public override X509Certificate? LocalCertificate => stream.LocalCertificate;

        public override bool CheckCertRevocationStatus => stream.CheckCertRevocationStatus;

        public override TransportContext TransportContext => stream.TransportContext;

        public override string TargetHostName => stream.TargetHostName;

        public override Task AuthenticateAsync(bool asServer, TlsSettings? settings, CancellationToken cancellationToken)
        {
            settings ??= TlsSettings.Default;
            (S2nContext context, bool isOwned) = ContextFor(asServer, settings);
            Task handshake = asServer
                ? stream.AuthenticateAsServerAsync(context, cancellationToken)
                : stream.AuthenticateAsClientAsync(context, settings.TargetHost, cancellationToken);
            return isOwned ? DisposeAfterAsync(handshake, context) : handshake;
        }

        public override void Authenticate(bool asServer, TlsSettings? settings)
        {
            settings ??= TlsSettings.Default;
            (S2nContext context, bool isOwned) = ContextFor(asServer, settings);
            using S2nContext? owned = isOwned ? context : null;
            if (asServer)
            {
                stream.AuthenticateAsServer(context);
            }
            else
            {
                stream.AuthenticateAsClient(context, settings.TargetHost);
            }
        }

        public override Task AuthenticateWithoutSettingsAsync(bool asServer) =>
            asServer ? stream.AuthenticateAsServerAsync((S2nContext)null!) : stream.AuthenticateAsClientAsync(null!, "localhost");

        public override Task NegotiateClientCertificateAsync(CancellationToken cancellationToken) =>
            stream.NegotiateClientCertificateAsync(cancellationToken);

        public override Task ShutdownAsync() => stream.ShutdownAsync();

        public override void Write(byte[] buffer) => stream.Write(buffer);

        private static async Task DisposeAfterAsync(Task handshake, S2nContext context)
        {
            using (context)
            {
                await handshake;
            }
        }
    }
}
