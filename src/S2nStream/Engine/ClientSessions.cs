using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using S2nTls.Certificates;
using S2nTls.Context;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Engine;

/// <summary>A client's sessions: the one that it offers, and those that the server issues.</summary>
/// <param name="connection">Whose they are.</param>
/// <param name="cache">Where they are kept; null where none are.</param>
/// <param name="origin">The server.</param>
/// <param name="terms">The terms on which the server is verified.</param>
internal sealed class ClientSessions(TlsConnection connection, S2nSessionCache? cache, S2nSessionOrigin origin, string terms)
{
    private S2nSessionCache? _cache = cache;

    /// <summary>What was offered; it counts only where the server has taken it.</summary>
    private S2nSession? _offered;

    /// <summary>For the cache. Whoever has the read side has this.</summary>
    private List<S2nSession>? _issued;

    /// <summary>What the cache has thrown after the call in which it was given a session. From any thread.</summary>
    private Exception? _notKept;

    private IReadOnlyList<byte[]>? _peerCertificates;

    /// <summary>The server.</summary>
    internal S2nSessionOrigin Origin => origin;

    /// <summary>Whether there are some that the cache has not been given yet, or could not keep.</summary>
    internal bool HasNews => _issued is not null || Volatile.Read(ref _notKept) is not null;

    /// <summary>The session that was resumed; null where the handshake was a full one.</summary>
    internal S2nSession? Resumed => _offered is not null && connection.IsSessionResumed ? _offered : null;

    /// <summary>Whether the certificates that the server shows are wanted later.</summary>
    internal bool KeepsCertificates => _cache is not null;

    /// <summary>What the server has shown, DER, in this handshake or in the one of the session that was resumed.</summary>
    internal IReadOnlyList<byte[]> PeerCertificates
    {
        get => _peerCertificates ??= Resumed?.PeerCertificates ?? ReadPeerCertificates();
        set => _peerCertificates = value;
    }

    internal static ClientSessions For(TlsConnection connection, S2nContext context, ContextState state, S2nSessionOrigin origin) => new(
        connection, context.SessionCache, origin,
        context.SessionCache is null ? string.Empty : SessionTerms.With(context.SessionTerms, state.Trust?.Digest, state.Certificates.First));

    /// <summary>Offers a session that serves, if this cache, which answers at once and is nobody else's code, has one.</summary>
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

    /// <summary>Whoever keeps sessions may mix them up: what was verified must have been this host, on these terms. The port proves nothing; a cache may well share sessions between ports.</summary>
    internal bool Serves(S2nSession session) =>
        session.Terms == terms &&
        string.Equals(session.Origin.Host, origin.Host, StringComparison.OrdinalIgnoreCase) &&
        session.ExpiresAt > DateTimeOffset.UtcNow;

    /// <summary>Offers a session that serves; null for none.</summary>
    internal void Offer(S2nSession? session)
    {
        // s2n copies it. What it does not take, because it is too old or of a suite that the policy no longer has, leads to a full handshake.
        if (session is not null && S2n.s2n_connection_set_session(connection.Handle, session.State, (nuint)session.State.Length) == S2n.Success)
        {
            _offered = session;
        }
    }

    /// <summary>Keeps none from here on: one that shows the certificate that was chosen is not to be resumed where another might be.</summary>
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
    /// Gives the cache, which is the application's, what the server has issued, when s2n's call is over. By whoever has the
    /// read side, and by the handshake only when it has succeeded. What the cache throws is thrown: now, or by a later call, since a cache that takes
    /// its time is not waited for.
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

    /// <summary>The handshake has failed: where a session was offered, it may be why, and the server's others may do the same.</summary>
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
                // The caller is told why the handshake has failed, and there is nothing that depends on this.
            }
        }
    }

    /// <summary>Nobody waits for the cache to have kept it; what it throws is not lost.</summary>
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
