using S2nTls.Errors;

namespace S2nTls.Engine.Handshake;

/// <summary>Asks the application's own cache which session to offer. Nothing has been sent yet.</summary>
internal sealed class SessionQuestion(TlsHandshake handshake, ClientSessions sessions, S2nSessionCache cache) : Question(handshake)
{
    private S2nSession? _session;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        do
        {
            _session = await cache.TakeAsync(sessions.Origin, cancellationToken).ConfigureAwait(false);
        }
        while (_session is not null && !sessions.Serves(_session));
    }

    protected override void GoOn()
    {
        sessions.Offer(_session);
        Handshake.UseKeys();
    }

    protected override S2nFault FaultOf(Exception thrown) => S2nFault.ApplicationThrew(thrown);
}
