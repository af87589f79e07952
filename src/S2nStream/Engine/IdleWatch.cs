using S2nTls.Telemetry;

namespace S2nTls.Engine;

/// <summary>
/// Detects idle connections, for the whole process: one timer, which checks each connection that has recently moved data, twice. Connections on
/// which data moves pay only for checking a flag.
/// </summary>
internal static class IdleWatch
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly Lock s_lock = new();
    private static readonly List<WeakReference<ConnectionBuffers>> s_watched = [];
    private static Timer? s_timer;

    static IdleWatch() => WireTraffic.Refresh = TellTraffic;

    /// <summary>Watches a connection until it is idle. This keeps nothing alive.</summary>
    internal static void Add(WeakReference<ConnectionBuffers> buffers)
    {
        lock (s_lock)
        {
            s_watched.Add(buffers);
            s_timer ??= StartTimer();
        }
    }

    /// <summary>Those that are idle have told already, and those that have ended.</summary>
    private static void TellTraffic()
    {
        lock (s_lock)
        {
            foreach (WeakReference<ConnectionBuffers> watched in s_watched)
            {
                if (watched.TryGetTarget(out ConnectionBuffers? buffers))
                {
                    buffers.TellTraffic();
                }
            }
        }
    }

    private static Timer StartTimer()
    {
        // Without the caller's context, which the timer would keep for all others.
        using (ExecutionContext.SuppressFlow())
        {
            return new Timer(static _ => Look(), null, s_interval, s_interval);
        }
    }

    private static void Look()
    {
        lock (s_lock)
        {
            s_watched.RemoveAll(static buffers => !buffers.TryGetTarget(out ConnectionBuffers? watched) || watched.ReleaseIfIdle());
            if (s_watched.Count == 0)
            {
                s_timer?.Dispose();
                s_timer = null;
            }
        }
    }
}
