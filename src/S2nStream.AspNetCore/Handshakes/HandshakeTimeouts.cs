using System.Collections.Concurrent;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Token sources that end handshakes after a time, pooled because nearly every handshake ends in time. They are not reused if the application has
/// seen the token: it may have kept it, and must not be notified of another connection.
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
