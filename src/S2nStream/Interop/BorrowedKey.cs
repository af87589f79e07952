namespace S2nTls.Interop;

/// <summary>
/// What a certificate carries whose key is another's: its owner's handle is counted until the borrower's native
/// object is freed, so the key is there for as long as s2n can ask for a signature.
/// </summary>
internal sealed class BorrowedKey : IDisposable
{
    private readonly CertificateHandle _owner;

    internal BorrowedKey(CertificateHandle owner)
    {
        bool counted = false;
        owner.DangerousAddRef(ref counted);
        _owner = owner;
    }

    internal nint Owner => _owner.DangerousGetHandle();

    /// <summary>Called once, by the handle that carries it.</summary>
    public void Dispose() => _owner.DangerousRelease();
}
