using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Context;

/// <summary>
/// The config that new connections get. s2n's configs must not be changed while connections use them, so when ticket keys rotate or certificates
/// are replaced, a new config replaces the last; older connections keep theirs, which is freed with the last of them. Thread-safe.
/// </summary>
/// <remarks>
/// The thread that has something new makes the next config: one that replaces certificates does so with the current keys, and one that has asked
/// for keys with the current certificates. Handshakes wait for neither, and neither waits for the provider of keys.
/// </remarks>
internal sealed class ConfigSource : IDisposable
{
    /// <summary>One config is made at a time; handshakes do not wait for it.</summary>
    private readonly Lock _making = new();

    /// <summary>Held briefly: no config is released while a connection acquires it.</summary>
    private readonly Lock _taking = new();

    private readonly TicketKeyRotation? _keys;
    private readonly Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> _build;

    /// <summary>Null while the first is being made.</summary>
    private volatile ContextState? _current;
    private bool _isDisposed;

    /// <param name="certificates">The initial certificates.</param>
    /// <param name="ring">The ticket keys; null if there are none.</param>
    /// <param name="build">Makes a config with given keys: any number of times, all alike.</param>
    /// <exception cref="Exception">Whatever the ring's provider throws, if there are no keys yet.</exception>
    internal ConfigSource(IEnumerable<S2nCertificate> certificates, S2nTicketKeyRing? ring, Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> build)
    {
        _keys = ring?.Keys;
        _build = build;
        var first = new OwnCertificates(certificates);
        try
        {
            _keys?.Join(this);
            _current = Make(first);
            Renew(); // keys that arrived meanwhile found no config to renew
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

    /// <summary>Makes new connections use other certificates. All or nothing: if it throws, nothing has changed.</summary>
    internal void Replace(OwnCertificates certificates)
    {
        lock (_making)
        {
            OwnCertificates old = _current!.Certificates;
            Put(Make(certificates));
            old.Dispose();
        }
    }

    /// <summary>Makes new connections use the ring's current keys. Also all or nothing.</summary>
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
                // disposed meanwhile: the new config is freed
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
