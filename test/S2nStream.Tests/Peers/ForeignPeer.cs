namespace S2nTls.Tests.Peers;

/// <summary>Two ends that have done the handshake: a stream of this library, and a peer that nobody here wrote.</summary>
internal abstract class ForeignPeer(S2nStream stream) : IAsyncDisposable
{
    /// <summary>This library's end.</summary>
    public S2nStream Stream { get; } = stream;

    /// <summary>What is written here, the peer sends.</summary>
    public abstract Stream Input { get; }

    /// <summary>What the peer has received can be read here.</summary>
    public abstract Stream Output { get; }

    /// <summary>Lets the peer send <c>close_notify</c>, after all that was written to <see cref="Input"/>.</summary>
    public abstract Task EndInputAsync();

    /// <summary>Both sides have ended: the peer must think so too, and be content.</summary>
    public abstract Task ExpectSuccessAsync();

    /// <summary>Runs a conversation. If it fails, the exception says what is known of the peer.</summary>
    public abstract Task ExplainAsync(Func<Task> conversation);

    /// <summary>Nothing more comes from the peer than its <c>close_notify</c>.</summary>
    public async Task ExpectEndAsync() => Assert.Equal(0, await Stream.ReadAsync(new byte[1]).WithDeadline());

    public virtual ValueTask DisposeAsync() => Stream.DisposeAsync();
}
