using S2nTls.Certificates.Signing;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine.Handshake;

/// <summary>A signature by an asynchronous signer.</summary>
/// <param name="handshake">The handshake.</param>
/// <param name="signer">Makes the signature.</param>
/// <param name="digest">What to sign.</param>
/// <param name="operation">Receives the signature. Owned: freed when it has been applied, or with the handshake.</param>
internal sealed class SignatureQuestion(
    TlsHandshake handshake, AwaitedSigner signer, PrivateKeyOperations.ToBeSigned digest, PrivateKeyOperationHandle operation) : Question(handshake)
{
    private readonly S2nSigningRequest _request = new(digest.Algorithm, digest.Hash, digest.Input, signer.PublicKey, handshake.Connection.IsServer);
    private byte[]? _signature;

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken) =>
        _signature = await signer.Signer.SignAsync(_request, cancellationToken).ConfigureAwait(false);

    internal override void Free() => operation.Dispose();

    protected override void GoOn()
    {
        operation.SetOutput(_signature ?? throw new InvalidOperationException("The signer returned null."));
        PrivateKeyOperations.ThrowUnlessApplied(S2n.s2n_async_pkey_op_apply(operation, Handshake.Connection.Handle));
    }

    protected override S2nFault FaultOf(Exception thrown) => S2nFault.PrivateKeyFailed(thrown) with { LastMessage = Handshake.LastMessage };

    /// <summary>The caller sees the key's exception, as for synchronous keys.</summary>
    protected override Exception End(Exception thrown) => Handshake.KeyHasFailed(FaultOf(thrown), thrown);
}
