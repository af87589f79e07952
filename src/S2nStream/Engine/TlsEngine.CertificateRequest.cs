using S2nTls.Context;
using S2nTls.Engine.Handshake;
using S2nTls.Errors;

namespace S2nTls.Engine;

/// <summary>
/// A client that chooses its certificate when the server has asked for one: its handshake waits for the
/// application then, before s2n knows of the request. See <see cref="ServerFlight"/>.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private ServerFlight? _flight;

    /// <summary>The server's request, when the handshake waits for the application to answer it.</summary>
    internal ClientCertificateRequest? CertificateRequest => _flight?.Request;

    /// <summary>What is held back from s2n; null on connections that choose no certificate any more.</summary>
    internal ServerFlight? Flight => _flight;

    /// <summary>Goes on with a handshake that waits for the application.</summary>
    /// <param name="context">
    /// A context with a certificate, that is otherwise as the connection's is; null to show none. s2n starts its
    /// validation of the server afresh with it, of which it has done nothing yet; what was set on the
    /// connection itself, the host's name and who verifies it, stays (<c>s2n_connection_set_config</c>).
    /// </param>
    /// <exception cref="S2nException">s2n refuses the context.</exception>
    internal void AnswerCertificateRequest(S2nContext? context)
    {
        if (context is not null)
        {
            Use(context);
            _sessionCache = null; // a session that shows this certificate is not to be resumed where another might be chosen
        }

        _question = null;
        _flight!.PassAll();
    }

    /// <summary>Ends a handshake in which no certificate could be chosen. What was thrown is the caller's to see.</summary>
    internal void RefuseCertificateRequest(Exception thrown) => _fault ??= S2nFault.ApplicationThrew(thrown);

    /// <summary>Gives the connection what another context gives to new ones.</summary>
    private ContextState Use(S2nContext context)
    {
        ContextState state = context.Acquire();
        try
        {
            _connection.UseConfig(state.Config);
            return state;
        }
        finally
        {
            state.Release();
        }
    }

    private int TakeInbound(Span<byte> destination)
    {
        if (_flight is not { } flight)
        {
            return _inbound.Take(destination);
        }

        int taken = flight.Take(destination, _inbound);
        if (flight.IsOver)
        {
            _flight = null;
        }

        return taken > 0 || _flight is not null ? taken : _inbound.Take(destination);
    }
}
