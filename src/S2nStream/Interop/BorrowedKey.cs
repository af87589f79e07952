namespace S2nTls.Interop;

/// <summary>
/// Carried by a certificate that borrows its key from another: the owner's handle is counted until the borrower's native object is freed, so the
/// key exists for as long as s2n can ask for a signature.
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

    internal bool IsOutside => _owner.SignsOutside;

    /// <summary>Called once, by the handle of the borrower.</summary>
    public void Dispose() => _owner.DangerousRelease();
}
