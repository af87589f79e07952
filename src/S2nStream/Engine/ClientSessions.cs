using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using S2nTls.Certificates;
using S2nTls.Context;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Engine;

/// <summary>A client's sessions: the one that it offers, and those that the server issues.</summary>
/// <param name="connection">The client's connection.</param>
/// <param name="cache">Where they are kept; null if none are.</param>
/// <param name="origin">The server.</param>
/// <param name="terms">The terms on which the server is verified.</param>
internal sealed class ClientSessions(TlsConnection connection, S2nSessionCache? cache, S2nSessionOrigin origin, string terms)
{
    private S2nSessionCache? _cache = cache;

    /// <summary>What was offered; it counts only if the server has accepted it.</summary>
    private S2nSession? _offered;

    /// <summary>For the cache. The holder of the read side owns this.</summary>
    private List<S2nSession>? _issued;

    /// <summary>What the cache threw after the call that gave it a session had returned. Set on any thread.</summary>
    private Exception? _notKept;

    private IReadOnlyList<byte[]>? _peerCertificates;

    /// <summary>The server.</summary>
    internal S2nSessionOrigin Origin => origin;

    /// <summary>Whether there are sessions that the cache has not been given yet, or could not keep.</summary>
    internal bool HasNews => _issued is not null || Volatile.Read(ref _notKept) is not null;

    /// <summary>The session that was resumed; null after a full handshake.</summary>
    internal S2nSession? Resumed => _offered is not null && connection.IsSessionResumed ? _offered : null;

    internal bool HasOffered => _offered is not null;

    /// <summary>Whether the server's certificates are needed later.</summary>
    internal bool KeepsCertificates => _cache is not null;

    /// <summary>What the server sent, in DER, in this handshake or in the one that made the resumed session.</summary>
    internal IReadOnlyList<byte[]> PeerCertificates
    {
        get => _peerCertificates ??= Resumed?.PeerCertificates ?? ReadPeerCertificates();
        set => _peerCertificates = value;
    }

    internal static ClientSessions For(TlsConnection connection, S2nContext context, ContextState state, S2nSessionOrigin origin) => new(
        connection, context.SessionCache, origin,
        context.SessionCache is null ? string.Empty : SessionTerms.With(context.SessionTerms, state.Trust?.Digest, state.Certificates.First));

    /// <summary>Offers a usable session if this cache has one; it answers synchronously, and is not application code.</summary>
    internal void OfferFrom(S2nMemorySessionCache memory)
    {
        S2nSession? session;
        do
        {
            session = memory.Take(origin);
        }
        while (session is not null && !Serves(session));

        Offer(session);
    }

    /// <summary>
    /// Whether a session is usable. A cache may mix sessions up, so what was verified must have been this host, on these terms. The port proves
    /// nothing: a cache may well share sessions between ports.
    /// </summary>
    internal bool Serves(S2nSession session) =>
        session.Terms == terms &&
        string.Equals(session.Origin.Host, origin.Host, StringComparison.OrdinalIgnoreCase) &&
        session.ExpiresAt > DateTimeOffset.UtcNow;

    /// <summary>Offers a usable session; null for none.</summary>
    internal void Offer(S2nSession? session)
    {
        // s2n copies it. If s2n refuses it, because it is too old or its suite is no longer in the policy, the handshake is a full one.
        if (session is not null && S2n.s2n_connection_set_session(connection.Handle, session.State, (nuint)session.State.Length) == S2n.Success)
        {
            _offered = session;
        }
    }

    /// <summary>
    /// Keeps no sessions from now on: one made with the chosen certificate must not be resumed by a connection that might choose another.
    /// </summary>
    internal void KeepNone() => _cache = null;

    /// <summary>A session of TLS 1.2 can be offered again and again; one of TLS 1.3 should not be (RFC 8446 §C.4).</summary>
    internal void KeepOffered()
    {
        if (Resumed is { Protocol: SslProtocols.Tls12 } session)
        {
            (_issued ??= []).Add(session);
        }
    }

    /// <summary>Copies a ticket, which s2n frees when its callback returns.</summary>
    internal void Take(nint ticket)
    {
        if (_cache is not null)
        {
            (_issued ??= []).Add(Read(ticket));
        }
    }

    /// <summary>
    /// Gives the issued sessions to the cache, which is application code, after s2n's call is over. Called by the holder of the read side, and by the
    /// handshake only once it has succeeded. Throws what the cache throws: now, or in a later call, because a slow cache is not waited for.
    /// </summary>
    internal void HandOver()
    {
        if (Interlocked.Exchange(ref _notKept, null) is { } thrown)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }

        if (Interlocked.Exchange(ref _issued, null) is { } issued && _cache is { } cache)
        {
            connection.Ask((this, cache, issued), static give =>
            {
                foreach (S2nSession session in give.issued)
                {
                    give.Item1.Follow(give.cache.AddAsync(session));
                }

                return true;
            });
        }
    }

    /// <summary>The handshake has failed: if a session was offered, it may be the reason, and the server's other sessions may fail too.</summary>
    internal void DropOffered()
    {
        if (_offered is null || _cache is not { } cache)
        {
            return;
        }

        _offered = null;
        _ = DropAsync();

        async Task DropAsync()
        {
            try
            {
                await cache.RemoveAsync(origin).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The caller learns why the handshake failed, and nothing depends on this.
            }
        }
    }

    /// <summary>The cache is not waited for, but what it throws is not lost.</summary>
    private void Follow(ValueTask adding)
    {
        if (adding.IsCompleted)
        {
            adding.GetAwaiter().GetResult();
            return;
        }

        _ = FollowAsync(adding);

        async Task FollowAsync(ValueTask adding)
        {
            try
            {
                await adding.ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Volatile.Write(ref _notKept, e);
            }
        }
    }

    private S2nSession Read(nint ticket)
    {
        S2nError.Check(S2n.s2n_session_ticket_get_lifetime(ticket, out uint seconds));
        S2nError.Check(S2n.s2n_session_ticket_get_data_len(ticket, out nuint length));
        byte[] state = new byte[length];
        S2nError.Check(S2n.s2n_session_ticket_get_data(ticket, length, state));
        return new S2nSession(origin, connection.Protocol, DateTimeOffset.UtcNow.AddSeconds(seconds), state, PeerCertificates, terms);
    }

    private List<byte[]> ReadPeerCertificates()
    {
        using CertificateHandle chain = CertificateHandle.Create();
        return S2n.s2n_connection_get_peer_cert_chain(connection.Handle, chain) == S2n.Success ? CertificateChain.ReadEncoded(chain) : [];
    }
}
