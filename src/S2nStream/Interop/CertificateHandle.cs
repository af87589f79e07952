using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>An <c>s2n_cert_chain_and_key</c>. It must outlive every config that refers to it; see <see cref="ConfigHandle"/>.</summary>
internal sealed class CertificateHandle : SafeHandle
{
    public CertificateHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static CertificateHandle Create()
    {
        var certificate = new CertificateHandle();
        certificate.SetHandle(S2n.s2n_cert_chain_and_key_new());
        S2nError.ThrowIf(certificate.IsInvalid);
        return certificate;
    }

    protected override bool ReleaseHandle() => S2n.s2n_cert_chain_and_key_free(handle) == S2n.Success;
}
