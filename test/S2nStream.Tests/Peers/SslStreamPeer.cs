using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Peers;

/// <summary><see cref="SslStream"/>, in this process, at the other end of a TCP connection.</summary>
internal sealed class SslStreamPeer : ForeignPeer
{
    private SslStreamPeer(S2nStream stream, SslStream ssl)
        : base(stream) => Ssl = ssl;

    public SslStream Ssl { get; }

    public override Stream Input => Ssl;

    public override Stream Output => new AnsweringStream(Ssl);

    /// <summary>Connects a client that is an <see cref="SslStream"/> to this library's server.</summary>
    public static async Task<SslStreamPeer> ClientAsync(SslProtocols protocol, S2nContext? server = null, X509Certificate2? certificate = null)
    {
        (Stream client, Stream own) = await TcpPair.ConnectAsync();
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = TrustTestAuthority(),
            ClientCertificates = certificate is null ? null : [certificate],
        };
        return await HandshakeAsync(
            own, client,
            stream => stream.AuthenticateAsServerAsync(server ?? TestContexts.ServerFor(protocol)),
            ssl => ssl.AuthenticateAsClientAsync(options));
    }

    /// <summary>Connects this library's client to a server that is an <see cref="SslStream"/>.</summary>
    public static async Task<SslStreamPeer> ServerAsync(SslProtocols protocol, S2nContext? client = null, bool asksForCertificate = false)
    {
        (Stream own, Stream server) = await TcpPair.ConnectAsync();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(TestAuthority.Localhost, additionalCertificates: null, offline: true),
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = TrustTestAuthority(),
            ClientCertificateRequired = asksForCertificate,
        };
        return await HandshakeAsync(
            own, server,
            stream => stream.AuthenticateAsClientAsync(client ?? TestContexts.ClientFor(protocol), "localhost"),
            ssl => ssl.AuthenticateAsServerAsync(options));
    }

    public override Task EndInputAsync() => Ssl.ShutdownAsync();

    public override async Task ExpectSuccessAsync() => Assert.Equal(0, await Ssl.ReadAsync(new byte[1]).WithDeadline());

    public override Task ExplainAsync(Func<Task> conversation) => conversation().WithDeadline(PeerProgram.Patience);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Ssl.DisposeAsync();
    }

    private static X509ChainPolicy TrustTestAuthority()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(TestAuthority.Default.Roots);
        return policy;
    }

    private static async Task<SslStreamPeer> HandshakeAsync(
        Stream own, Stream other, Func<S2nStream, Task> authenticateOwn, Func<SslStream, Task> authenticateOther)
    {
        var peer = new SslStreamPeer(new S2nStream(own), new SslStream(other));
        try
        {
            await Task.WhenAll(authenticateOwn(peer.Stream), authenticateOther(peer.Ssl)).WithDeadline();
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does what programs do at the end of the data: it answers with its own.</summary>
    private sealed class AnsweringStream(SslStream ssl) : WrappedStream(ssl)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0 && !buffer.IsEmpty)
            {
                await ssl.ShutdownAsync();
            }

            return count;
        }
    }
}
