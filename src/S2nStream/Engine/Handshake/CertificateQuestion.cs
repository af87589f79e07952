using S2nTls.Context;

namespace S2nTls.Engine.Handshake;

/// <summary>Which certificate a client shows to a server that has asked for one.</summary>
internal sealed class CertificateQuestion(
    TlsEngine engine, ClientCertificateRequest request, Func<ClientCertificateRequest, S2nContext?> select) : Question
{
    private S2nContext? _context;

    internal override bool TakesToken => false;

    internal override ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        _context = select(request);
        return ValueTask.CompletedTask;
    }

    internal override void Apply() => engine.AnswerCertificateRequest(_context);

    internal override Exception Refuse(Exception thrown)
    {
        engine.RefuseCertificateRequest(thrown);
        return thrown;
    }
}
