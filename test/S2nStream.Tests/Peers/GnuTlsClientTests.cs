using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is <c>gnutls-cli</c>.</summary>
[Needs("gnutls-cli")]
public class GnuTlsClientTests : TransferTests
{
    private protected override async Task<ForeignPeer> ConnectAsync(SslProtocols protocol) => await GnuTls.ClientAsync(protocol);

    /// <summary>gnutls-cli turns the buffering of its output off and writes every byte by itself.</summary>
    private protected override Stream OutputOf(ForeignPeer peer) => new UnhurriedStream(peer.Output);

    /// <summary>gnutls-cli, when the server ends first, drops the connection without a <c>close_notify</c> of its own.</summary>
    private protected override Task EndAsync(ForeignPeer peer) => peer.Stream.ShutdownWriteAsync();
}
