using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_async_pkey_op</c>, which belongs to the recipient of the callback. It has copies of all that it needs, and only compares its
/// connection's address: it may outlive the connection, and be freed on any thread.
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

    /// <summary>What to do with the key.</summary>
    internal PrivateKeyOperation Type
    {
        get
        {
            S2nError.Check(S2n.s2n_async_pkey_op_get_op_type(this, out PrivateKeyOperation type));
            return type;
        }
    }

    /// <summary>A copy of the operation's input.</summary>
    internal byte[] ReadInput()
    {
        S2nError.Check(S2n.s2n_async_pkey_op_get_input_size(this, out uint size));
        byte[] input = new byte[size];
        S2nError.Check(S2n.s2n_async_pkey_op_get_input(this, input, size));
        return input;
    }

    /// <summary>Sets the operation's result, which s2n copies.</summary>
    internal void SetOutput(ReadOnlySpan<byte> output) =>
        S2nError.Check(S2n.s2n_async_pkey_op_set_output(this, output, (uint)output.Length));

    protected override bool ReleaseHandle() => S2n.s2n_async_pkey_op_free(handle) == S2n.Success;
}
