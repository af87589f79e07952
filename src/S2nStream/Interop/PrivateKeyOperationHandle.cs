using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_async_pkey_op</c>, which belongs to whoever the callback was given it by s2n. It has copies of all that it
/// needs, and compares its connection's address only: it may outlive the connection, and be freed on any thread.
/// </summary>
internal sealed class PrivateKeyOperationHandle : SafeHandle
{
    public PrivateKeyOperationHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static PrivateKeyOperationHandle Own(nint operation)
    {
        var owned = new PrivateKeyOperationHandle();
        owned.SetHandle(operation);
        return owned;
    }

    protected override bool ReleaseHandle() => S2n.s2n_async_pkey_op_free(handle) == S2n.Success;
}
