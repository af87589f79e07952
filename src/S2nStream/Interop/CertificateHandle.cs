using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>An <c>s2n_cert_chain_and_key</c>. It must outlive every config that refers to it; see <see cref="ConfigHandle"/>.</summary>
/// <remarks>
/// If the private key is not in s2n, the certificate carries a strong GC handle on its signer, as its context. So the signer lives as long as s2n
/// can ask for a signature: this handle outlives configs, and configs outlive connections. Both end together with the native object, not with
/// <c>Dispose</c>.
/// </remarks>
internal sealed class CertificateHandle : SafeHandle
{
    private GCHandle _signer;

    public CertificateHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether the private key is not in this object of s2n.</summary>
    internal bool HasSigner => _signer.IsAllocated;

    /// <summary>Whether the private key is not in s2n at all.</summary>
    internal bool SignsOutside => HasSigner && _signer.Target is not BorrowedKey { IsOutside: false };

    internal static CertificateHandle Create()
    {
        var certificate = new CertificateHandle();
        certificate.SetHandle(S2nError.CheckCreated(S2n.s2n_cert_chain_and_key_new()));
        return certificate;
    }

    /// <summary>Sets the certificate's signer, once; a disposable one is disposed with the native object.</summary>
    internal void SetSigner(object signer)
    {
        _signer = GCHandle.Alloc(signer);
        S2nError.Check(S2n.s2n_cert_chain_and_key_set_ctx(this, GCHandle.ToIntPtr(_signer)));
    }

    /// <summary>The signer of a certificate that a connection has selected, or null if the key is in s2n.</summary>
    internal static object? SignerOf(nint certificate) =>
        S2n.s2n_cert_chain_and_key_get_ctx(certificate) is not 0 and nint context ? GCHandle.FromIntPtr(context).Target : null;

    protected override bool ReleaseHandle()
    {
        bool freed = S2n.s2n_cert_chain_and_key_free(handle) == S2n.Success;
        if (_signer.IsAllocated)
        {
            // Also on the finalizer thread: the GC handle has kept the signer from being finalized earlier.
            (_signer.Target as IDisposable)?.Dispose();
            _signer.Free();
        }

        return freed;
    }
}
