using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Context;

/// <summary>
/// The config that new connections get. s2n's configs must not be changed while connections use them, so where
/// ticket keys rotate, or certificates are replaced, another config takes the place of the last; older
/// connections keep theirs, which is freed with the last of them. Thread-safe.
/// </summary>
/// <remarks>
/// Whoever has something new makes the next config: who replaces certificates, with the keys at hand, and the thread that
/// has asked for keys, with the certificates at hand. Handshakes wait for neither, and neither waits for the provider of keys.
/// </remarks>
internal sealed class ConfigSource : IDisposable
{
    /// <summary>One config is made at a time, beside the handshakes, which do not wait for it.</summary>
    private readonly Lock _making = new();

    /// <summary>Held for moments: no config is let go of while a connection takes it.</summary>
    private readonly Lock _taking = new();

    private readonly TicketKeyRotation? _keys;
    private readonly Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> _build;

    /// <summary>Null while the first is made.</summary>
    private volatile ContextState? _current;
    private bool _isDisposed;

    /// <param name="certificates">The first ones.</param>
    /// <param name="ring">Has the ticket keys; null where there are none.</param>
    /// <param name="build">Makes a config with some keys: any number of times, all alike.</param>
    /// <exception cref="Exception">What the ring's provider throws, where no keys are at hand.</exception>
    internal ConfigSource(IEnumerable<S2nCertificate> certificates, S2nTicketKeyRing? ring, Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> build)
    {
        _keys = ring?.Keys;
        _build = build;
        var first = new OwnCertificates(certificates);
        try
        {
            _keys?.Join(this);
            _current = Make(first);
            Renew(); // keys that came meanwhile found nothing to renew
        }
        catch
        {
            Dispose();
            first.Dispose();
            throw;
        }
    }

    /// <summary>The state for a new connection, whose config stays alive until <see cref="ContextState.Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal ContextState Acquire()
    {
        _keys?.AskIfDue();
        lock (_taking)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(S2nContext));
            ContextState current = _current!;
            bool counted = false;
            current.Config.DangerousAddRef(ref counted);
            return current;
        }
    }

    /// <summary>Has new connections show other certificates. All or nothing: what throws has changed nothing.</summary>
    internal void Replace(OwnCertificates certificates)
    {
        lock (_making)
        {
            OwnCertificates old = _current!.Certificates;
            Put(Make(certificates));
            old.Dispose();
        }
    }

    /// <summary>Has new connections use the keys that the ring has now. All or nothing too.</summary>
    internal void Renew()
    {
        lock (_making)
        {
            try
            {
                if (_current is { } current && _keys is not null && !HasKeysAtHand(_keys, current))
                {
                    Put(Make(current.Certificates));
                }
            }
            catch (ObjectDisposedException) when (Volatile.Read(ref _isDisposed))
            {
                // disposed meanwhile: whatever was made is freed
            }
        }
    }

    public void Dispose()
    {
        lock (_taking)
        {
            _isDisposed = true;
            _current?.Config.Dispose();
            _current?.Certificates.Dispose();
        }

        _keys?.Leave(this);
    }

    private static bool HasKeysAtHand(TicketKeyRotation keys, ContextState state)
    {
        TicketKeySet? atHand = keys.Acquire();
        atHand?.DangerousRelease();
        return atHand is null || atHand.Version == state.KeysVersion;
    }

    private ContextState Make(OwnCertificates certificates)
    {
        if (_keys is null)
        {
            return Make(certificates, null);
        }

        TicketKeySet keys = _keys.Acquire() ?? throw new ObjectDisposedException(nameof(S2nContext)); // it has left the ring
        try
        {
            return Make(certificates, keys);
        }
        finally
        {
            keys.DangerousRelease();
        }
    }

    private ContextState Make(OwnCertificates certificates, TicketKeySet? keys)
    {
        (ConfigHandle config, TrustAnchors? trust) = _build(certificates, keys);
        return new ContextState(config, certificates, keys?.Version ?? 0, trust);
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

            _current!.Config.Dispose();
            _current = state;
        }
    }
}
