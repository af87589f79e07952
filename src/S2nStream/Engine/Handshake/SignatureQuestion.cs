using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>A signature by a private key that takes its time.</summary>
/// <param name="engine">Whose handshake it is.</param>
/// <param name="signer">Whose it is to make.</param>
/// <param name="request">What it is to sign.</param>
/// <param name="operation">Where the signature goes. Owned: freed when it has been applied, or with the engine.</param>
internal sealed class SignatureQuestion(
    TlsEngine engine, IS2nSigner signer, S2nSigningRequest request, PrivateKeyOperationHandle operation) : Question
{
    private byte[]? _signature;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _signature = await signer.SignAsync(request, cancellationToken).ConfigureAwait(false);

    internal override void Apply() => engine.CompleteSignature(operation, _signature ?? throw new InvalidOperationException("The signer answered null."));

    internal override Exception Refuse(Exception thrown) => engine.FailToSign(thrown);

    internal override void Free() => operation.Dispose();
}
