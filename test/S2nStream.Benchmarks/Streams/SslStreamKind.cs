using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Benchmarks.Streams;

/// <summary>SslStream as its documentation advises for servers and clients with many connections: options and certificate context made once.</summary>
internal sealed class SslStreamKind(TlsSetup setup) : StreamKind
{
    private readonly Lazy<SslClientAuthenticationOptions> _client = new(() => ClientOptions(setup));

    private readonly Lazy<SslServerAuthenticationOptions> _server = new(() => new SslServerAuthenticationOptions
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(setup.Credentials.Server, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls13,
        CipherSuitesPolicy = CipherSuites(setup.Resumes),
        AllowTlsResume = setup.Resumes,
    });

    internal static SslClientAuthenticationOptions ClientOptions(TlsSetup setup) => new()
    {
        TargetHost = Credentials.Host,
        EnabledSslProtocols = SslProtocols.Tls13,
        CipherSuitesPolicy = CipherSuites(setup.Resumes),
        AllowTlsResume = setup.Resumes,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { setup.Credentials.Root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
    };

    internal override async Task<Stream> AsClientAsync(Stream inner)
    {
        var stream = new SslStream(inner);
        await stream.AuthenticateAsClientAsync(_client.Value);
        return stream;
    }

    internal override async Task<Stream> AsServerAsync(Stream inner)
    {
        var stream = new SslStream(inner);
        await stream.AuthenticateAsServerAsync(_server.Value);
        return stream;
    }

    /// <remarks>Disposing alone sends no <c>close_notify</c>, which S2nStream's does: both are to do the same.</remarks>
    internal override Task EndAsync(Stream stream) => ((SslStream)stream).ShutdownAsync();

    internal override (SslProtocols Protocol, TlsCipherSuite CipherSuite) Negotiated(Stream stream)
    {
        var tls = (SslStream)stream;
        return (tls.SslProtocol, tls.NegotiatedCipherSuite);
    }

    public override void Dispose() { }

    /// <remarks>With a policy .NET does not keep OpenSSL's context from one connection to the next, and so resumes nothing.</remarks>
    internal static CipherSuitesPolicy? CipherSuites(bool resumes) =>
        resumes ? null : new CipherSuitesPolicy([TlsSetup.CipherSuite]);
}
