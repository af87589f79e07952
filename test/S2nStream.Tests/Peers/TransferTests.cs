using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>Data to and from a peer arrives unchanged, and its end is a clean one. A class for each peer derives from this one.</summary>
public abstract class TransferTests
{
    private protected abstract Task<ForeignPeer> ConnectAsync(SslProtocols protocol);

    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Data_crosses_to_the_peer_unchanged(SslProtocols protocol, int size) => CrossToPeerAsync(protocol, size);

    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Data_crosses_from_the_peer_unchanged(SslProtocols protocol, int size) => CrossFromPeerAsync(protocol, size);

    [Fact]
    public Task Sixty_four_MiB_cross_to_the_peer_unchanged() => CrossToPeerAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    [Fact]
    public Task Sixty_four_MiB_cross_from_the_peer_unchanged() => CrossFromPeerAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    /// <summary>Where the peer's received data can be read.</summary>
    private protected virtual Stream OutputOf(ForeignPeer peer) => peer.Output;

    /// <summary>This side ends; the peer answers with its own <c>close_notify</c> and nothing else.</summary>
    private protected virtual async Task EndAsync(ForeignPeer peer)
    {
        await peer.Stream.ShutdownWriteAsync();
        await peer.ExpectEndAsync();
        await peer.Stream.DisposeAsync(); // openssl stays for half a second unless the connection is closed
    }

    private async Task CrossToPeerAsync(SslProtocols protocol, int size)
    {
        await using ForeignPeer peer = await ConnectAsync(protocol);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, peer.Stream.SslProtocol);
            await Crossing.CheckAsync(size, peer.Stream, () => EndAsync(peer), OutputOf(peer));
            await peer.ExpectSuccessAsync();
        });
    }

    private async Task CrossFromPeerAsync(SslProtocols protocol, int size)
    {
        await using ForeignPeer peer = await ConnectAsync(protocol);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, peer.Stream.SslProtocol);
            await Crossing.CheckAsync(size, peer.Input, peer.EndInputAsync, peer.Stream);
            await peer.Stream.DisposeAsync();
            await peer.ExpectSuccessAsync();
        });
    }
}
