using S2nTls.Context;
using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Which certificate a client sends to a server that has asked for one: the handshake waits for it before s2n sees the request
/// (<see cref="ServerFlight"/>).
/// </summary>
/// <remarks>
/// The answer is a context with a certificate that is otherwise like the connection's; or null to send none. With it s2n restarts its validation
/// of the server, of which it has done nothing yet; what was set on the connection itself, the host name and who verifies it, stays
/// (<c>s2n_connection_set_config</c>).
/// </remarks>
internal sealed class CertificateQuestion(
    TlsHandshake handshake, ClientCertificateRequest request, Func<ClientCertificateRequest, S2nContext?> select) : Question(handshake)
{
    private S2nContext? _context;

    internal override bool TakesToken => false;

    internal override ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        _context = select(request);
        return ValueTask.CompletedTask;
    }

    protected override void GoOn()
    {
        if (_context is not null)
        {
            Handshake.Use(_context);
            Handshake.Connection.Sessions?.KeepNone();
        }

        Handshake.Flight!.PassAll();
    }

    protected override S2nFault FaultOf(Exception thrown) => S2nFault.ApplicationThrew(thrown);
}
