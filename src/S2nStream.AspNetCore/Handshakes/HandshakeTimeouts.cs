using System.Collections.Concurrent;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Sources of tokens that end handshakes after a time, used again: nearly every handshake is over in time. Not where
/// the application has seen the token: it may have kept it, and must not hear there of another connection.
/// </summary>
internal sealed class HandshakeTimeouts(TimeSpan limit)
{
    private const int Most = 256;

    private readonly ConcurrentQueue<CancellationTokenSource> _spare = new();

    internal CancellationTokenSource Start()
    {
        if (!_spare.TryDequeue(out CancellationTokenSource? source))
        {
            source = new CancellationTokenSource();
        }

        source.CancelAfter(limit);
        return source;
    }

    internal void End(CancellationTokenSource source, bool isShown)
    {
        if (!isShown && _spare.Count < Most && source.TryReset())
        {
            _spare.Enqueue(source);
        }
        else
        {
            source.Dispose();
        }
    }
}
