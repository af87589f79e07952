using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates;
using S2nTls.Context;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Engine;

/// <summary>A client's sessions: the one that it offers, and those that the server issues.</summary>
internal sealed unsafe partial class TlsEngine
{
    private S2nSessionCache? _sessionCache;
    private string? _sessionHost;
    private string _sessionOrigin = string.Empty;

    /// <summary>What was offered; it counts only where the server has taken it.</summary>
    private S2nSession? _offeredSession;
    private IReadOnlyList<byte[]>? _peerCertificates;

    /// <summary>For the cache. Whoever has the read side has this.</summary>
    private List<S2nSession>? _issuedSessions;

    /// <summary>The function that s2n gives a client's tickets to; it is set on the config, once.</summary>
    internal static delegate* unmanaged<nint, nint, nint, int> SessionTicketCallback => &OnSessionTicket;

    /// <summary>The session that was resumed; null where the handshake was a full one.</summary>
    private S2nSession? ResumedSession => IsSessionResumed ? _offeredSession : null;

    /// <summary>Offers a session for the host, if there is one that was made under the same terms.</summary>
    private void OfferSession(S2nContext context, ContextState terms, string host)
    {
        _sessionCache = context.SessionCache;
        _sessionHost = host;
        _sessionOrigin = _sessionCache is null ? string.Empty : SessionOrigins.With(context.SessionOrigin, terms.Config.Anchors, terms.Certificates.First);
        S2nSession? session;
        do
        {
            session = _sessionCache is { } cache ? Ask((cache, host), static take => take.cache.Take(take.host)) : null;
        }
        while (session is not null && !IsGood(session));

        if (session is null)
        {
            return;
        }

        fixed (byte* state = session.State)
        {
            // s2n copies it. What it does not take, because it is too old or of a suite that the policy no longer has, leads to a full handshake.
            if (S2n.s2n_connection_set_session(_connection, state, (nuint)session.State.Length) == S2n.Success)
            {
                _offeredSession = session;
            }
        }
    }

    /// <summary>Whoever keeps sessions may mix them up: what was verified must have been this host, on these terms.</summary>
    private bool IsGood(S2nSession session) =>
        session.Origin == _sessionOrigin &&
        string.Equals(session.TargetHost, _sessionHost, StringComparison.OrdinalIgnoreCase) &&
        session.ExpiresAt > DateTimeOffset.UtcNow;

    /// <summary>A session of TLS 1.2 can be offered again and again; one of TLS 1.3 should not be (RFC 8446 §C.4).</summary>
    private void KeepOfferedSession()
    {
        if (ResumedSession is { Protocol: SslProtocols.Tls12 } session)
        {
            (_issuedSessions ??= []).Add(session);
        }
    }

    /// <summary>
    /// Gives the cache, which is the application's, what the server has issued, when s2n's call is over. By whoever has the
    /// read side, and by the handshake only when it has succeeded.
    /// </summary>
    /// <param name="mayThrow">Not where there is data that has come before: then what the cache throws is the fault that the next call meets.</param>
    private void HandOverSessions(bool mayThrow = true)
    {
        if (Interlocked.Exchange(ref _issuedSessions, null) is not { } issued || _sessionCache is not { } cache)
        {
            return;
        }

        try
        {
            Ask((cache, issued), static give =>
            {
                give.issued.ForEach(give.cache.Add);
                return true;
            });
        }
        catch (Exception e) when (!_isLeft)
        {
            _fault ??= S2nFault.ApplicationThrew(e);
            if (mayThrow)
            {
                throw;
            }
        }
    }

    /// <returns>0; −1 ends the connection.</returns>
    [UnmanagedCallersOnly]
    private static int OnSessionTicket(nint connection, nint configContext, nint ticket)
    {
        TlsEngine? engine = null;
        try
        {
            engine = Of(connection);
            if (engine._sessionCache is not null)
            {
                (engine._issuedSessions ??= []).Add(engine.ReadSession(ticket));
            }

            return S2n.Success;
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
            return S2n.Failure;
        }
    }

    /// <summary>Copies a ticket, which s2n frees when its callback returns.</summary>
    private S2nSession ReadSession(nint ticket)
    {
        S2nError.ThrowIf(S2n.s2n_session_ticket_get_lifetime(ticket, out uint seconds) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_session_ticket_get_data_len(ticket, out nuint length) != S2n.Success);
        byte[] state = new byte[length];
        fixed (byte* destination = state)
        {
            S2nError.ThrowIf(S2n.s2n_session_ticket_get_data(ticket, length, destination) != S2n.Success);
        }

        return new S2nSession(_sessionHost!, Protocol, DateTimeOffset.UtcNow.AddSeconds(seconds), state, PeerCertificates(), _sessionOrigin);
    }

    /// <summary>What the server has shown, in this handshake or in the one of the session that was resumed.</summary>
    private IReadOnlyList<byte[]> PeerCertificates()
    {
        if (_peerCertificates is null)
        {
            using CertificateHandle chain = CertificateHandle.Create();
            _peerCertificates =
                ResumedSession is { } session ? session.PeerCertificates
                : S2n.s2n_connection_get_peer_cert_chain(_connection, chain) == S2n.Success ? CertificateChain.ReadEncoded(chain)
                : [];
        }

        return _peerCertificates;
    }

    private X509Certificate2? ResumedCertificate() =>
        ResumedSession is { PeerCertificates: [byte[] leaf, ..] } ? X509CertificateLoader.LoadCertificate(leaf) : null;
}
