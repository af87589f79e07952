using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>A signature that a handshake waits for.</summary>
/// <param name="Signer">Whose it is to make.</param>
/// <param name="Request">What it is to sign.</param>
/// <param name="Operation">Where the signature goes. Owned: freed when it has been applied, or with the engine.</param>
internal sealed record PendingSignature(IS2nSigner Signer, S2nSigningRequest Request, PrivateKeyOperationHandle Operation);
