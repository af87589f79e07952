using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// The config that new connections get. s2n's configs must not be changed while connections use them, so where
/// ticket keys rotate, the first connection of a new period has another config made; older connections keep theirs.
/// </summary>
internal sealed class ConfigSource : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TicketKeyRing? _ring;
    private readonly Func<long, ConfigHandle>? _build;
    private volatile Dated _current;

    /// <summary>One that never changes.</summary>
    internal ConfigSource(ConfigHandle config) => _current = new Dated(config, 0);

    /// <param name="ring">Tells the period.</param>
    /// <param name="build">Makes the config of a period.</param>
    internal ConfigSource(TicketKeyRing ring, Func<long, ConfigHandle> build)
    {
        _ring = ring;
        _build = build;
        long period = ring.CurrentPeriod;
        _current = new Dated(build(period), period);
    }

    internal ConfigHandle Current
    {
        get
        {
            if (_ring is not null && _current.Period != _ring.CurrentPeriod)
            {
                Rotate(_ring);
            }

            return _current.Config;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current.Config.Dispose();
        }
    }

    /// <summary>The old config is not disposed, since a connection may just have been given it; its handle frees it.</summary>
    private void Rotate(TicketKeyRing ring)
    {
        lock (_lock)
        {
            long period = ring.CurrentPeriod;
            if (_current.Period != period && !_current.Config.IsClosed)
            {
                _current = new Dated(_build!(period), period);
            }
        }
    }

    private sealed record Dated(ConfigHandle Config, long Period);
}
