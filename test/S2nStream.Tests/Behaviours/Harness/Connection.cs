using System.Net.Security;

namespace S2nTls.Tests.Behaviours;

/// <summary>Two authenticated ends: the one that is looked at, and its peer.</summary>
public sealed class Connection : IAsyncDisposable
{
    private Connection(TlsEnd subject, TlsEnd peer)
    {
        SubjectEnd = subject;
        PeerEnd = peer;
    }

    public TlsEnd SubjectEnd { get; }

    public TlsEnd PeerEnd { get; }

    public AuthenticatedStream Subject => SubjectEnd.Stream;

    public AuthenticatedStream Peer => PeerEnd.Stream;

    public Kind Kind => SubjectEnd.Kind;

    /// <param name="pair">The types of the two ends.</param>
    /// <param name="settings">What the handshake is about.</param>
    /// <param name="wrap">Makes the stream below the subject, from one end of a connection in memory.</param>
    /// <param name="wrapPeer">The same for the peer.</param>
    /// <param name="leaveOpen">Whether the subject leaves its inner stream open.</param>
    /// <param name="pauseAt">How many bytes may be under way before a writer waits.</param>
    public static Task<Connection> OpenAsync(
        Pair pair,
        TlsSettings? settings = null,
        Func<Stream, Stream>? wrap = null,
        Func<Stream, Stream>? wrapPeer = null,
        bool leaveOpen = false,
        long pauseAt = 64 * 1024)
    {
        (Stream subject, Stream peer) = DuplexPipe.CreateStreams(pauseAt);
        return OpenAsync(pair, wrap?.Invoke(subject) ?? subject, wrapPeer?.Invoke(peer) ?? peer, settings, leaveOpen);
    }

    public static async Task<Connection> OverTcpAsync(Pair pair, TlsSettings? settings = null, bool leaveOpen = false)
    {
        (Stream subject, Stream peer) = await TcpPair.ConnectAsync();
        return await OpenAsync(pair, subject, peer, settings, leaveOpen);
    }

    /// <summary>Two ends that are not authenticated yet.</summary>
    public static Connection Create(Pair pair, Func<Stream, Stream>? wrap = null)
    {
        (Stream subject, Stream peer) = DuplexPipe.CreateStreams();
        return new Connection(pair.Subject().Create(wrap?.Invoke(subject) ?? subject), pair.Peer().Create(peer));
    }

    public async ValueTask DisposeAsync()
    {
        // Both at once: where one still has data to send, that ends when the other has gone.
        await Task.WhenAll(DisposeQuietlyAsync(Subject), DisposeQuietlyAsync(Peer));
    }

    private static async Task<Connection> OpenAsync(Pair pair, Stream subjectInner, Stream peerInner, TlsSettings? settings, bool leaveOpen)
    {
        TlsEnd subject = pair.Subject().Create(subjectInner, leaveOpen);
        TlsEnd peer = pair.Peer().Create(peerInner);

        // On the pool, because a stream below may block in its asynchronous calls.
        await Task.WhenAll(
            Task.Run(() => subject.AuthenticateAsync(pair.SubjectIsServer(), settings)),
            Task.Run(() => peer.AuthenticateAsync(!pair.SubjectIsServer(), settings))).WithDeadline();
        return new Connection(subject, peer);
    }

    /// <summary>The behaviour is over; what a stream below that was made to fail throws here is no part of it.</summary>
    private static async Task DisposeQuietlyAsync(AuthenticatedStream stream)
    {
        try
        {
            await stream.DisposeAsync().WithDeadline();
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            // See above.
        }
    }
}
