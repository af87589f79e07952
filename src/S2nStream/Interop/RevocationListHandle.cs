using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>An <c>s2n_crl</c>. Connections that use it hold a count on it, until they are freed; see <see cref="ConnectionHandle.Keep"/>.</summary>
internal sealed class RevocationListHandle : SafeHandle
{
    public RevocationListHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static RevocationListHandle Create()
    {
        var list = new RevocationListHandle();
        list.SetHandle(S2nError.CheckCreated(S2n.s2n_crl_new()));
        return list;
    }

    protected override bool ReleaseHandle()
    {
        nint list = handle;
        return S2n.s2n_crl_free(ref list) == S2n.Success;
    }
}
