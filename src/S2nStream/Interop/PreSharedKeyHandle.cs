using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>An <c>s2n_psk</c>: an identity and its secret. Connections copy it, so only its handle refers to it; freeing it wipes it.</summary>
internal sealed class PreSharedKeyHandle : SafeHandle
{
    public PreSharedKeyHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static PreSharedKeyHandle Create()
    {
        var psk = new PreSharedKeyHandle();
        psk.SetHandle(S2nError.CheckCreated(S2n.s2n_external_psk_new()));
        return psk;
    }

    protected override bool ReleaseHandle() => S2n.s2n_psk_free(ref handle) == S2n.Success;
}
