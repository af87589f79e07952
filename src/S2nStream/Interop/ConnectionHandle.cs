using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_connection</c>. s2n does not count the config that a connection uses, so this handle holds a
/// count on it; a context may be disposed while its connections live on.
/// </summary>
/// <remarks>
/// The connection hands a pointer to its callbacks: a weak GC handle on the owner. It is weak so that a
/// stream nobody disposed can still be collected, and it is freed only after the connection, which is
/// freed only when no call on it is running. While a call runs, its caller keeps the owner alive.
/// </remarks>
internal sealed class ConnectionHandle : SafeHandle
{
    private ConfigHandle? _config;
    private GCHandle _callbackTarget;

    public ConnectionHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>What the callbacks receive as their context: <see cref="CallbackTarget{T}"/> turns it back into the owner.</summary>
    internal nint CallbackContext => GCHandle.ToIntPtr(_callbackTarget);

    internal static ConnectionHandle Create(Mode mode, ConfigHandle config, object callbackTarget)
    {
        var connection = new ConnectionHandle();
        connection.SetHandle(S2n.s2n_connection_new(mode));
        S2nError.ThrowIf(connection.IsInvalid);
        try
        {
            bool counted = false;
            config.DangerousAddRef(ref counted);
            connection._config = config;
            connection._callbackTarget = GCHandle.Alloc(callbackTarget, GCHandleType.Weak);
            S2nError.ThrowIf(S2n.s2n_connection_set_config(connection, config) != S2n.Success);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal static T CallbackTarget<T>(nint context) where T : class => (T)GCHandle.FromIntPtr(context).Target!;

    protected override bool ReleaseHandle()
    {
        bool freed = S2n.s2n_connection_free(handle) == S2n.Success;
        _config?.DangerousRelease();
        if (_callbackTarget.IsAllocated)
        {
            _callbackTarget.Free();
        }

        return freed;
    }
}
