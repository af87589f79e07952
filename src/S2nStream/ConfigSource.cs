using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// The config that new connections get. s2n's configs must not be changed while connections use them, so where
/// ticket keys rotate, or certificates are replaced, another config takes the place of the last; older
/// connections keep theirs, which is freed with the last of them. Thread-safe.
/// </summary>
internal sealed class ConfigSource : IDisposable
{
    /// <summary>One config is made at a time, beside the handshakes, which do not wait for it.</summary>
    private readonly Lock _making = new();

    /// <summary>Held for moments: no config is let go of while a connection takes it.</summary>
    private readonly Lock _taking = new();

    private readonly TicketKeyRing? _ring;
    private readonly Func<OwnCertificates, long, ConfigHandle> _build;
    private volatile ContextState _current;
    private bool _isDisposed;

    /// <param name="certificates">The first ones.</param>
    /// <param name="ring">Tells the period; null where there are no ticket keys.</param>
    /// <param name="build">Makes the config of a period: any number of times, all alike.</param>
    internal ConfigSource(IEnumerable<S2nCertificate> certificates, TicketKeyRing? ring, Func<OwnCertificates, long, ConfigHandle> build)
    {
        _ring = ring;
        _build = build;
        var first = new OwnCertificates(certificates);
        try
        {
            _current = Make(first);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>The state for a new connection, whose config stays alive until <see cref="ContextState.Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal ContextState Acquire()
    {
        if (_ring is not null && _current.Period != _ring.CurrentPeriod)
        {
            Rotate(_ring);
        }

        lock (_taking)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(S2nContext));
            bool counted = false;
            _current.Config.DangerousAddRef(ref counted);
            return _current;
        }
    }

    /// <summary>Has new connections show other certificates. All or nothing: what throws has changed nothing.</summary>
    internal void Replace(OwnCertificates certificates)
    {
        lock (_making)
        {
            OwnCertificates old = _current.Certificates;
            Put(Make(certificates));
            old.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_taking)
        {
            _isDisposed = true;
            _current.Config.Dispose();
            _current.Certificates.Dispose();
        }
    }

    private void Rotate(TicketKeyRing ring)
    {
        lock (_making)
        {
            if (_current.Period != ring.CurrentPeriod && !Volatile.Read(ref _isDisposed))
            {
                Put(Make(_current.Certificates));
            }
        }
    }

    private ContextState Make(OwnCertificates certificates)
    {
        long period = _ring?.CurrentPeriod ?? 0;
        return new ContextState(_build(certificates, period), certificates, period);
    }

    private void Put(ContextState state)
    {
        lock (_taking)
        {
            if (_isDisposed)
            {
                state.Config.Dispose();
                throw new ObjectDisposedException(nameof(S2nContext));
            }

            _current.Config.Dispose();
            _current = state;
        }
    }
}
