using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// The certificates of a context. It holds a count on each, so that configs can be made with them for as long as the context lives, even if they
/// are disposed meanwhile.
/// </summary>
/// <remarks>A SafeHandle for its features: a count, and a release that runs once, even if it is never disposed.</remarks>
internal sealed class CertificateSet : SafeHandle
{
    private readonly List<CertificateHandle> _certificates = [];

    internal CertificateSet(IEnumerable<CertificateHandle> certificates) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        SetHandle(1); // there is something to release, though it is not a pointer
        try
        {
            foreach (CertificateHandle certificate in certificates)
            {
                bool counted = false;
                certificate.DangerousAddRef(ref counted);
                _certificates.Add(certificate);
            }
        }
        catch
        {
            Dispose(); // one is already disposed: release the others
            throw;
        }
    }

    public override bool IsInvalid => handle == 0;

    internal IReadOnlyList<CertificateHandle> Certificates => _certificates;

    protected override bool ReleaseHandle()
    {
        _certificates.ForEach(certificate => certificate.DangerousRelease());
        return true;
    }
}
