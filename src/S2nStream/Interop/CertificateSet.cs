using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// The certificates of a context. It holds a count on each, so that configs can be made with them for as long
/// as the context lives, whoever has disposed them meanwhile.
/// </summary>
/// <remarks>A SafeHandle for what that brings: a count, and a release that comes once, also where nobody disposes.</remarks>
internal sealed class CertificateSet : SafeHandle
{
    private readonly List<CertificateHandle> _certificates = [];

    internal CertificateSet(IEnumerable<CertificateHandle> certificates) : base(invalidHandleValue: 0, ownsHandle: true)
    {
        SetHandle(1); // there is something to release, though it is no pointer
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
            Dispose(); // one is disposed already: the others are not held
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
