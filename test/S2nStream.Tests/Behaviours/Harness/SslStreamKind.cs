using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

internal sealed class SslStreamKind() : StreamKind(Kind.SslStream)
{
    private static readonly SslStreamCertificateContext s_localhost = Context(TestAuthority.Localhost);

    public override TlsEnd Create(Stream inner, bool leaveOpen) => new End(new SslStream(inner, leaveOpen), inner);

    private static SslStreamCertificateContext Context(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    private static List<SslApplicationProtocol>? Protocols(IReadOnlyList<string> names) =>
        names.Count == 0 ? null : [.. names.Select(name => new SslApplicationProtocol(name))];

    private static X509ChainPolicy Policy(TlsSettings settings)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = settings.ChecksRevocationByPolicy ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(settings.Roots);
        return policy;
    }

    /// <summary>Where the usual policy does not serve.</summary>
    private static RemoteCertificateValidationCallback? Callback(TlsSettings settings) =>
        settings.ChecksRevocation || settings.ChecksRevocationByPolicy || settings.AsksForClientCertificate
            ? (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            : null;

    // Without resumption, so that no handshake depends on an earlier one in the same process.
    private static SslClientAuthenticationOptions ClientOptions(TlsSettings settings) => new()
    {
        TargetHost = settings.TargetHost,
        EnabledSslProtocols = settings.Protocol,
        CertificateChainPolicy = settings.ChecksRevocation ? null : Policy(settings),
        CertificateRevocationCheckMode = settings.ChecksRevocation ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Callback(settings),
        ApplicationProtocols = Protocols(settings.ClientProtocols),
        ClientCertificateContext = settings.ClientCertificate is null ? null : Context(settings.ClientCertificate),
        AllowTlsResume = false,
    };

    private static SslServerAuthenticationOptions ServerOptions(TlsSettings settings) => new()
    {
        EnabledSslProtocols = settings.Protocol,
        CertificateChainPolicy = settings.ChecksRevocation ? null : Policy(settings),
        CertificateRevocationCheckMode = settings.ChecksRevocation ? X509RevocationMode.Offline : X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = Callback(settings),
        ApplicationProtocols = Protocols(settings.ServerProtocols),
        ServerCertificateContext = settings.ServerCertificate == TestAuthority.Localhost ? s_localhost : Context(settings.ServerCertificate),
        ClientCertificateRequired = settings.RequiresClientCertificate || settings.AsksForClientCertificate,
        AllowTlsResume = false,
    };

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
                ? stream.AuthenticateAsServerAsync(ServerOptions(settings ?? TlsSettings.Default), cancellationToken)
                : stream.AuthenticateAsClientAsync(ClientOptions(settings ?? TlsSettings.Default), cancellationToken);

        public override void Authenticate(bool asServer, TlsSettings? settings)
        {
            if (asServer)
            {
                stream.AuthenticateAsServer(ServerOptions(settings ?? TlsSettings.Default));
            }
            else
            {
                stream.AuthenticateAsClient(ClientOptions(settings ?? TlsSettings.Default));
            }
        }

        public override Task AuthenticateWithoutSettingsAsync(bool asServer) =>
            asServer
                ? stream.AuthenticateAsServerAsync((SslServerAuthenticationOptions)null!)
                : stream.AuthenticateAsClientAsync((SslClientAuthenticationOptions)null!);

#pragma warning disable CA1416 // these tests run on Linux
        public override Task NegotiateClientCertificateAsync(CancellationToken cancellationToken) =>
            stream.NegotiateClientCertificateAsync(cancellationToken);
#pragma warning restore CA1416

        public override Task ShutdownAsync() => stream.ShutdownAsync();

        public override void Write(byte[] buffer) => stream.Write(buffer);
    }
}
