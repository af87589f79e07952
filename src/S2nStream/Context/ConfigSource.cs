using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Stapling;
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
    private readonly StapleKeeper? _staples;
    private readonly Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> _build;

    /// <summary>Null while the first is being made.</summary>
    private volatile ContextState? _current;

    /// <summary>Changed under both locks.</summary>
    private StapledCertificates _certificates;
    private bool _isDisposed;

    /// <param name="certificates">The initial ones.</param>
    /// <param name="ring">Has the ticket keys; null if there are none.</param>
    /// <param name="staples">Has OCSP responses for the certificates; null if none are fetched.</param>
    /// <param name="build">Makes a config with the given keys. Called any number of times.</param>
    /// <exception cref="Exception">The ring's provider threw it, and no keys are at hand.</exception>
    internal ConfigSource(
        IEnumerable<S2nCertificate> certificates, S2nTicketKeyRing? ring, StapleKeeper? staples,
        Func<OwnCertificates, TicketKeySet?, (ConfigHandle Config, TrustAnchors? Trust)> build)
    {
        _keys = ring?.Keys;
        _staples = staples;
        _build = build;
        _certificates = new StapledCertificates(new OwnCertificates(certificates), staples);
        try
        {
            _keys?.Join(this);
            _certificates.FollowFor(this);
            _current = Make(_certificates);
            Renew(); // keys and responses that arrived meanwhile found no config to renew
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The state for a new connection, whose config stays alive until <see cref="ContextState.Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal ContextState Acquire()
    {
        _keys?.AskIfDue();
        if (_staples is not null && _staples.Clock.GetUtcNow() >= _current!.Certificates.StapledUntil)
        {
            Renew(); // expired unnoticed: the machine was asleep, say
            _staples.WakeAll();
        }

        lock (_taking)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(S2nContext));
            ContextState current = _current!;
            bool counted = false;
            current.Config.DangerousAddRef(ref counted);
            return current;
        }
    }

    /// <summary>When the first of the certificates expires; null if there is none.</summary>
    internal DateTimeOffset? CertificatesExpireAt => _current?.Certificates.ExpireAt;

    /// <summary>Makes new connections use other certificates. All or nothing: if it throws, nothing has changed.</summary>
    internal void Replace(OwnCertificates certificates)
    {
        var replacement = new StapledCertificates(certificates, _staples);
        lock (_making)
        {
            replacement.FollowFor(this); // later changes wait for the lock
            try
            {
                Put(Make(replacement), replacement);
            }
            catch
            {
                _certificates.FollowFor(this);
                throw;
            }
        }
    }

    /// <summary>Makes new connections use the ring's current keys, and the current OCSP responses. Also all or nothing.</summary>
    internal void Renew()
    {
        lock (_making)
        {
            try
            {
                if (_current is { } current && !(HasKeysAtHand(current) && _certificates.IsUpToDate(current.Certificates)))
                {
                    Put(Make(_certificates), _certificates);
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
            _certificates.Dispose();
        }

        _keys?.Leave(this);
        _staples?.Leave(this);
    }

    private bool HasKeysAtHand(ContextState state)
    {
        TicketKeySet? atHand = _keys?.Acquire();
        atHand?.DangerousRelease();
        return atHand is null || atHand.Version == state.KeysVersion;
    }

    private ContextState Make(StapledCertificates certificates)
    {
        if (_keys is null)
        {
            return certificates.Show(shown => Make(shown, null));
        }

        TicketKeySet keys = _keys.Acquire() ?? throw new ObjectDisposedException(nameof(S2nContext)); // it has left the ring
        try
        {
            return certificates.Show(shown => Make(shown, keys));
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

    private void Put(ContextState state, StapledCertificates certificates)
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
            if (_certificates != certificates)
            {
                _certificates.Dispose();
                _certificates = certificates;
            }
        }
    }
}
