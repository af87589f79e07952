using S2nTls.Context;
using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Which certificate a client shows to a server that has asked for one: its handshake waits then, before s2n knows of the request
/// (<see cref="ServerFlight"/>).
/// </summary>
/// <remarks>
/// The answer is a context with a certificate, that is otherwise as the connection's is; or null to show none. s2n starts its validation of
/// the server afresh with it, of which it has done nothing yet; what was set on the connection itself, the host's name and who verifies it, stays (<c>s2n_connection_set_config</c>).
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
