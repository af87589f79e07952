namespace S2nTls.Tests.Engine;

/// <summary>A call on a stream that comes to a hook, and its peer.</summary>
/// <param name="Stream">The stream whose hook it is.</param>
/// <param name="Call">What comes to the hook.</param>
/// <param name="Peer">The other stream.</param>
/// <param name="PeerCall">What the other stream does meanwhile.</param>
internal sealed record HookedCall(S2nStream Stream, Task Call, S2nStream Peer, Task PeerCall) : IAsyncDisposable
{
    public List<IDisposable> Owned { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await Peer.DisposeAsync();
        foreach (Task call in new[] { Call, PeerCall })
        {
            await EndedAsync(call);
        }

        Owned.ForEach(owned => owned.Dispose());
    }

    /// <summary>Waits for the end of a call, whatever it is.</summary>
    public static async Task<Exception?> EndedAsync(Task call)
    {
        try
        {
            await call.WithDeadline();
            return null;
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            return e;
        }
    }
}
